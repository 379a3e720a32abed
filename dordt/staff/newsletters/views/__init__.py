"""Newsletters: writing, looking at them, approving, sending, following the post."""

from dordt.staff.newsletters.room import bp
from dordt.staff.newsletters.views import looking, readers, sending, writing

__all__ = ["bp", "looking", "readers", "sending", "writing"]
