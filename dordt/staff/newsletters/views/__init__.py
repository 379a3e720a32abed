"""Newsletters: writing, looking at them, approving, sending, following the post."""

from dordt.staff.newsletters.composer import views as composer
from dordt.staff.newsletters.room import bp
from dordt.staff.newsletters.views import pages, readers, report, sending

__all__ = ["bp", "composer", "pages", "readers", "report", "sending"]
