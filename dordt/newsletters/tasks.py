"""What the worker does for newsletters by itself."""

from flask import Flask

from dordt.mailer.worker.tasks import after_delivery, every_minute
from dordt.newsletters.sending import services
from dordt.shared import clock


def init_app(_app: Flask) -> None:
    after_delivery(follow_mailer)
    every_minute(follow_mailer)  # also when the worker ended between the last e-mail and that
    every_minute(start_due)


def follow_mailer() -> None:
    """Note which newsletters are all sent, and which the mailer paused."""
    services.follow_mailer(at=clock.now())


def start_due() -> None:
    """Start what was planned for this minute."""
    services.start_due(at=clock.now())
