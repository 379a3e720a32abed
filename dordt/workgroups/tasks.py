"""What the worker does for work groups by itself."""

from flask import Flask

from dordt.mailer.inbound.intake import on_unsubscribe
from dordt.mailer.models import MailKind
from dordt.mailer.worker.tasks import every_minute
from dordt.shared import clock
from dordt.workgroups import services


def init_app(_app: Flask) -> None:
    every_minute(erase_unconfirmed)
    on_unsubscribe(MailKind.GROUP, services.leave_by_mail)  # no group gets mail yet; this is where leaving arrives


def erase_unconfirmed() -> None:
    """Keep what the mail promised: those who do not confirm in time are erased."""
    services.erase_unconfirmed(at=clock.now())
