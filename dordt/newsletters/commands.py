"""`flask --app wsgi newsletter …`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from dordt.extensions import db
from dordt.mailer.ledger import outbox
from dordt.news.importing import ImportProblem
from dordt.newsletters.content.services import editing, starting_points
from dordt.newsletters.models import Newsletter
from dordt.newsletters.sending import plans
from dordt.newsletters.sending import services as sending
from dordt.newsletters.sending.plans import Plan
from dordt.newsletters.transitions import newsletter_numbered
from dordt.shared import clock
from dordt.shared.local_time import Moment, MomentRefused, as_written, read_moment
from dordt.shared.problems import DomainError
from dordt.subscribers.commands import import_subscribers_command

HIGHEST = 2**31 - 1

newsletter_cli = AppGroup("newsletter", help="Newsletters and their subscribers.")
newsletter_cli.add_command(import_subscribers_command)
id_argument = click.argument("newsletter_id", metavar="ID", type=click.IntRange(1, HIGHEST))


def init_app(app: Flask) -> None:
    app.cli.add_command(newsletter_cli)


@newsletter_cli.command("new")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--approve", is_flag=True, help="Approve it at once, so that it can be sent.")
def new_command(file: Path, approve: bool) -> None:
    """Make a newsletter from FILE and print its id, by which the other commands find it.

    Front matter: subject, preheader, articles (slugs of published articles); below it the intro in Markdown.
    """
    at = clock.now()
    with _refusals(f"{file}: "):
        content, unknown = starting_points.read_file(file, at=at)
        newsletter = editing.create_newsletter(content, at=at)
        newsletter_id = newsletter.id
        if approve:
            sending.approve_newsletter(newsletter_id, at=at)
    for name in unknown:
        click.echo(f"{file}: {name}: unknown field, not used", err=True)
    click.echo(newsletter_id)


@newsletter_cli.command("send")
@id_argument
@click.option("--at", "start", metavar="MOMENT", help="Start then instead of now, e.g. 2027-03-01T09:00.")
@click.option("--not-after", "latest", metavar="MOMENT", help="Do not start later than this; two hours after --at.")
def send_command(newsletter_id: int, start: str | None, latest: str | None) -> None:
    """Send an approved newsletter to all confirmed subscribers, starting now or at a moment.

    A MOMENT is a time in Amsterdam, unless it ends with Z or an offset: 2027-03-01T09:00+01:00.
    """
    if start:
        _plan(newsletter_id, start, latest)
    elif latest:
        raise click.UsageError("--not-after needs --at.")
    else:
        _start(newsletter_id)


@newsletter_cli.command("status")
@id_argument
def status_command(newsletter_id: int) -> None:
    """Say where a newsletter stands, and how many of its deliveries are in each state."""
    newsletter = _found(newsletter_id)
    click.echo(f"Newsletter {newsletter_id}: {newsletter.state}")
    status = plans.status_of(newsletter, at=clock.now())
    if status:
        click.echo(f"starts {as_written(status.plan.starts_at)}")
        click.echo(f"not-after {as_written(status.plan.latest_at)}")
        if status.is_late:
            click.echo("too late: nothing starts by itself; send it now, plan it again or cancel it")
        if status.reason:
            click.echo(f"reason {status.reason}")
    if newsletter.mail:
        click.echo(f"frozen {newsletter.mail.frozen_count}")
        for state, count in sorted(outbox.progress(newsletter.mail.id).items()):
            click.echo(f"{state} {count}")


@newsletter_cli.command("unplan")
@id_argument
def unplan_command(newsletter_id: int) -> None:
    """Withdraw the plan of a newsletter; it stays approved."""
    _act(sending.withdraw_plan, newsletter_id, "no longer planned")


@newsletter_cli.command("pause")
@id_argument
def pause_command(newsletter_id: int) -> None:
    """Let nothing more leave until it is resumed."""
    _act(sending.pause_newsletter, newsletter_id, "paused")


@newsletter_cli.command("resume")
@id_argument
def resume_command(newsletter_id: int) -> None:
    """Go on with a newsletter that was paused."""
    _act(sending.resume_newsletter, newsletter_id, "resumed")


@newsletter_cli.command("cancel")
@id_argument
def cancel_command(newsletter_id: int) -> None:
    """Stop a newsletter for good; what has not left never leaves."""
    _act(sending.cancel_newsletter, newsletter_id, "cancelled")


def _start(newsletter_id: int) -> None:
    with _refusals():
        is_new = sending.start_newsletter(newsletter_id, at=clock.now())
    mail = _found(newsletter_id).mail
    frozen = mail.frozen_count if mail else 0
    if is_new:
        click.echo(f"{frozen} deliveries frozen for newsletter {newsletter_id}.")
    else:
        click.echo(f"Newsletter {newsletter_id} was started before, with {frozen} deliveries; nothing was added.")


def _plan(newsletter_id: int, start: str, latest: str | None) -> None:
    starts = _moment(start, "--at")
    ends = _moment(latest, "--not-after") if latest else Moment(starts.at + plans.DEFAULT_WINDOW)
    with _refusals():
        sending.plan_newsletter(newsletter_id, Plan(starts.at, ends.at), at=clock.now())
    click.echo(
        f"Newsletter {newsletter_id} starts {as_written(starts.at)}, not after {as_written(ends.at)} (Amsterdam)."
    )
    for note in filter(None, (starts.note, ends.note)):
        click.echo(note, err=True)


def _moment(text: str, option: str) -> Moment:
    try:
        return read_moment(text)
    except MomentRefused as refused:
        raise click.BadParameter(str(refused), param_hint=option) from refused


def _act(step: Callable[..., None], newsletter_id: int, done: str) -> None:
    with _refusals():
        step(newsletter_id, at=clock.now())
    click.echo(f"Newsletter {newsletter_id} {done}.")


def _found(newsletter_id: int) -> Newsletter:
    with _refusals():
        return newsletter_numbered(newsletter_id)


@contextmanager
def _refusals(before: str = "") -> Iterator[None]:
    """What a service refuses is said in one line, with exit code 1."""
    try:
        yield
    except (DomainError, ImportProblem) as problem:
        db.session.rollback()
        raise click.ClickException(f"{before}{problem}") from problem
