"""The newsletter as residents meet it: sign up, choose, move, leave."""

from dordt.subscribers.pages import bp
from dordt.subscribers.views import leaving, moving, preferences, subscribing

__all__ = ["bp", "leaving", "moving", "preferences", "subscribing"]
