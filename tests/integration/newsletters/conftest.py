"""The relay and the workers of the post room, for newsletters that are really being sent."""

from tests.integration.mailer.conftest import relay, start_worker

__all__ = ["relay", "start_worker"]
