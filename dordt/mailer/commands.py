"""`flask mailer …`: the worker, inbound mail, and the status of the queue."""

import json
import os
import sys
from dataclasses import asdict
from typing import Any

import click
import sqlalchemy as sa
from flask import Flask, current_app
from flask.cli import AppGroup

from dordt.extensions import db
from dordt.mailer.inbound.intake import LARGEST, MailRefused, receive
from dordt.mailer.models import DUE_STATES, Delivery, DeliveryState, Mail, MailState
from dordt.mailer.relays.status import RelayStatus, statuses
from dordt.mailer.worker.process import Worker
from dordt.shared import clock
from dordt.shared.database import reading

mailer_cli = AppGroup("mailer", help="Deliver mail, and see what waits.")


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(mailer_cli)


@mailer_cli.command("run")
def run_command() -> None:
    """Deliver what is due, in the foreground, until SIGTERM or Ctrl-C."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    click.echo("The mail worker runs; Ctrl-C stops it.")
    Worker(app).run()


@mailer_cli.command("receive")
@click.option("--recipient", default="", help="To whom it came, as a Postfix pipe has it in ${recipient}.")
@click.option("--sender", help="Who sent it, as in ${sender}; empty for a bounce.")
def receive_command(recipient: str, sender: str | None) -> None:
    """Take in one mail from standard input: a bounce, a complaint, an unsubscribe, or anything else.

    Ends with 0 when it is stored, with 65 when it never can be, and with 75 when it must be offered again (sysexits).
    """
    try:
        raw = sys.stdin.buffer.read(LARGEST + 1)
        receive(raw, source="pipe", recipient=recipient, sender=sender, at=clock.now())
    except MailRefused as refused:
        click.echo(f"This mail is not taken in: {refused}.", err=True)
        raise SystemExit(os.EX_DATAERR) from None
    except Exception as problem:  # whatever it is, the mail must not be lost; its words may hold an address
        click.echo(f"This mail cannot be stored now: {type(problem).__name__}.", err=True)
        raise SystemExit(os.EX_TEMPFAIL) from None


@mailer_cli.command("status")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def status_command(as_json: bool) -> None:
    """Say how many deliveries stand in each state, and what waits."""
    with reading():
        status = _status()
    if as_json:
        click.echo(json.dumps(status))
        return
    for state, count in status["states"].items():
        click.echo(f"{state:12} {count}")
    click.echo(f"due now      {status['due']}, the oldest since {status['oldest_due_at'] or '-'}")
    for relay in status["relays"]:
        use = f"not used until {relay['closed_until']}" if relay["closed_until"] else "in use"
        slowed = f", slowed to {relay['slowed_to']:.1f} a second" if relay["slowed_to"] else ""
        problem = f"; last problem {relay['problem_at']}: {relay['problem']}" if relay["problem"] else ""
        click.echo(f"relay        {relay['name']}: {use}{slowed}{problem}")
    for mail in status["paused"]:
        click.echo(f"paused       mail {mail['id']}: {mail['reason']}")


def _status() -> dict[str, Any]:
    counts = dict(db.session.execute(sa.select(Delivery.state, sa.func.count()).group_by(Delivery.state)).all())
    due = sa.and_(Delivery.state.in_(DUE_STATES), Delivery.next_attempt_at <= clock.now())
    waiting, oldest = db.session.execute(
        sa.select(sa.func.count(), sa.func.min(Delivery.next_attempt_at)).where(due)
    ).one()
    paused = db.session.execute(sa.select(Mail.id, Mail.state_reason).where(Mail.state == MailState.PAUSED))
    return {
        "states": {state.value: counts.get(state, 0) for state in DeliveryState},
        "due": waiting,
        "oldest_due_at": oldest and oldest.isoformat(),
        "paused": [{"id": row.id, "reason": row.state_reason} for row in paused],
        "relays": [_told(relay) for relay in statuses(at=clock.now())],
    }


def _told(relay: RelayStatus) -> dict[str, Any]:
    """As JSON has it."""
    moments = ("closed_until", "problem_at")
    return asdict(relay) | {name: (value := getattr(relay, name)) and value.isoformat() for name in moments}
