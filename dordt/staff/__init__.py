"""The sections of /beheer/, each a blueprint, and their one guard."""

from typing import Any

from flask import Blueprint, Flask

from dordt.shared.transactions import reading
from dordt.staff import access, guard, menu
from dordt.staff.contact import views as contact_views
from dordt.staff.log import views as log_views
from dordt.staff.members import views as members_views
from dordt.staff.news import views as news_views
from dordt.staff.newsletters import views as newsletters_views
from dordt.staff.post import views as post_views
from dordt.staff.settings import views as settings_views
from dordt.staff.start import views as start_views
from dordt.staff.subscribers import views as subscribers_views
from dordt.staff.workgroups import views as workgroups_views

SECTION_VIEWS = (
    start_views,
    contact_views,
    members_views,
    log_views,
    news_views,
    newsletters_views,
    subscribers_views,
    workgroups_views,
    post_views,
    settings_views,
)


def init_app(app: Flask) -> None:
    """Everything under /beheer/, each section a blueprint of its own. Raises AccessUnsettled."""
    staff = Blueprint("staff", __name__, url_prefix="/beheer")
    staff.before_request(guard.require_access)
    staff.context_processor(_frame)
    for views in SECTION_VIEWS:
        staff.register_blueprint(views.bp)
    app.register_blueprint(staff)
    access.require_complete(app)


def _frame() -> dict[str, Any]:
    """What the layout and the templates of every section receive."""
    with reading():
        return {"menu": list(menu.links()), "staff_member": guard.member(), "may": guard.may}
