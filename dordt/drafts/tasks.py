"""What the worker does for drafts by itself."""

from flask import Flask

from dordt.drafts import services
from dordt.mailer.worker.tasks import every_minute
from dordt.shared import clock


def init_app(_app: Flask) -> None:
    every_minute(erase_old_drafts)


def erase_old_drafts() -> None:
    services.erase_old(at=clock.now())
