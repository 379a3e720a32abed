"""Newsletters: writing, looking at them, approving, sending, following the post."""

from dordt.staff.newsletters.room import bp
from dordt.staff.newsletters.views import beginning, looking, preview, readers, report, sending, templates, writing

__all__ = ["beginning", "bp", "looking", "preview", "readers", "report", "sending", "templates", "writing"]
