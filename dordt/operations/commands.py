"""`flask --app wsgi check`."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict

import click
from flask import Flask, current_app

from dordt.operations import domains, installation, reachability
from dordt.operations.dns_lookups import Names
from dordt.operations.findings import Finding, Level
from dordt.shared import clock


def init_app(app: Flask) -> None:
    app.cli.add_command(check_command)


@click.command("check")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def check_command(as_json: bool) -> None:
    """Say whether this installation is fit for production: settings, data, database, relay, DNS and site.

    Changes nothing and sends no mail. Exit status 1 when something FAILs.
    """
    findings = []
    for finding in _findings():
        findings.append(finding)
        if not as_json:
            _say(finding)
    failures, warnings = (sum(finding.level is level for finding in findings) for level in (Level.FAIL, Level.WARN))
    if as_json:
        click.echo(json.dumps({"fit": not failures, "findings": [asdict(finding) for finding in findings]}))
    else:
        click.echo(f"{failures} to solve, {warnings} to look at." if failures or warnings else "Fit for production.")
    sys.exit(1 if failures else 0)


def _findings() -> Iterator[Finding]:
    config, at = current_app.config, clock.now()
    yield from installation.check(config, at=at)
    yield from reachability.check_relays(config)
    yield from domains.check(config, Names(config["DNS_SERVER"]))
    yield from reachability.check_site(config["SITE_URL"], at=at)


def _say(finding: Finding) -> None:
    click.echo(f"{finding.level:4}  {finding.subject:12}  {finding.text}")
    if finding.record:
        click.echo(f"{'':20}{finding.record}")
