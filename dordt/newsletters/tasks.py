"""What the worker does for newsletters by itself."""

from flask import Flask

from dordt.mailer.tasks import every_minute
from dordt.newsletters import services
from dordt.shared import clock


def init_app(_app: Flask) -> None:
    """Register the work."""
    every_minute(follow_post)


def follow_post() -> None:
    """Note which newsletters are all sent, and which the post room paused."""
    services.follow_post(at=clock.now())
