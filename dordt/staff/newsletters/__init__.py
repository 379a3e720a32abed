"""Newsletters for staff: the list and one of them here, writing, sending and reporting in packages of their own."""

from dordt.staff.newsletters import views
from dordt.staff.newsletters.composer import views as composer
from dordt.staff.newsletters.reporting import views as reporting
from dordt.staff.newsletters.sending import views as sending

__all__ = ["composer", "reporting", "sending", "views"]
