"""Newsletters: writing, looking at them, approving, sending, reporting."""

from dordt.staff.newsletters.blueprint import bp
from dordt.staff.newsletters.composer import views as composer
from dordt.staff.newsletters.reporting import views as reporting
from dordt.staff.newsletters.sending import views as sending
from dordt.staff.newsletters.views import pages, readers

__all__ = ["bp", "composer", "pages", "readers", "reporting", "sending"]
