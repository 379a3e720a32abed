"""What the worker does for subscribers by itself."""

import threading

from flask import Flask

from dordt.mailer.inbound.intake import on_unsubscribe
from dordt.mailer.models import MailKind
from dordt.mailer.worker.tasks import background_job, every_minute
from dordt.shared import clock
from dordt.subscribers import services
from dordt.subscribers.imports import services as imports


def init_app(_app: Flask) -> None:
    every_minute(erase_unconfirmed)
    every_minute(erase_changes)
    every_minute(end_pauses)
    every_minute(erase_forgotten_files)
    background_job(import_waiting)
    on_unsubscribe(MailKind.NEWSLETTER, services.unsubscribe_by_mail)


def erase_unconfirmed() -> None:
    """Keep what the mail promised: who does not confirm in time is erased."""
    services.erase_unconfirmed(at=clock.now())
    services.erase_applications(at=clock.now())


def erase_changes() -> None:
    services.erase_changes(at=clock.now())


def end_pauses() -> None:
    """Who paused until now gets the newsletter again."""
    services.end_pauses(at=clock.now())


def erase_forgotten_files() -> None:
    """A file with subscribers that nobody started is kept for a day."""
    imports.erase_forgotten(at=clock.now())


def import_waiting(stop: threading.Event) -> None:
    imports.import_waiting(stop, now=clock.now)
