"""What the worker does for newsletters by itself."""

from flask import Flask

from dordt.mailer.worker.tasks import after_delivery, every_minute
from dordt.newsletters.sending import services
from dordt.shared import clock


def init_app(_app: Flask) -> None:
    """Register the work."""
    after_delivery(follow_post)
    every_minute(follow_post)  # also when the worker ended between the last e-mail and that
    every_minute(start_due)


def follow_post() -> None:
    """Note which newsletters are all sent, and which the post room paused."""
    services.follow_post(at=clock.now())


def start_due() -> None:
    """Start what was planned for this minute."""
    services.start_due(at=clock.now())
