"""The sections of /beheer/, each a blueprint, with their one guard and their menu."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Flask, request, url_for

from dordt.accounts import sessions
from dordt.mailer.reply_labels import reply_label
from dordt.shared.database import reading
from dordt.shared.reading import count
from dordt.staff import access, pages
from dordt.staff.access import coordinator_scope, is_open, may
from dordt.staff.contact import views as contact_views
from dordt.staff.drafts import views as drafts_views
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
    drafts_views,
)


@dataclass(frozen=True)
class MenuItem:
    """A section by its first page, without "staff."; `waiting` selects what needs somebody, shown as a number."""

    label: str
    endpoint: str
    waiting: "Callable[[], sa.Select[Any]] | None" = None
    waiting_at: tuple[str, dict[str, Any]] | None = None  # the list of exactly those


@dataclass(frozen=True)
class MenuLink:
    """A section as the layout shows it."""

    label: str
    url: str
    current: bool
    count: int
    count_url: str


def _requested_memberships() -> "sa.Select[Any]":
    return start_views.requested_memberships(coordinator_scope())


MENU = (
    MenuItem("Vandaag", "start.index"),
    MenuItem("Berichten", "contact.inbox", start_views.new_messages, ("contact.inbox", start_views.NEW)),
    MenuItem(
        "Werkgroepen",
        "workgroups.index",
        _requested_memberships,
        ("workgroups.memberships", start_views.REQUESTED),
    ),
    MenuItem("Nieuws", "news.index"),
    MenuItem("Nieuwsbrieven", "newsletters.index"),
    MenuItem("Abonnees", "subscribers.index"),
    MenuItem("Post", "post.index"),
    MenuItem("Medewerkers", "members.index"),
    MenuItem("Instellingen", "settings.index"),
    MenuItem("Logboek", "log.index"),
)


def init_app(app: Flask) -> None:
    """Everything under /beheer/, each section a blueprint of its own. Raises AccessUnsettled."""
    staff = Blueprint("staff", __name__, url_prefix="/beheer")
    staff.before_request(access.require_access)
    staff.before_request(drafts_views.keep_others)
    staff.after_request(pages.note_list)
    staff.after_request(drafts_views.settle)
    staff.context_processor(_frame)
    app.add_template_global(pages.way_back)
    app.add_template_filter(reply_label)
    for views in SECTION_VIEWS:
        staff.register_blueprint(views.bp)
    app.register_blueprint(staff)
    access.require_complete(app)


def _frame() -> dict[str, Any]:
    """What the layout and the templates of every section receive; a page for a visitor whom we refused has no menu."""
    if sessions.current_member() is None:
        return {}
    with reading():
        return {"menu": list(menu()), "staff_member": access.member(), "may": may}


def menu() -> Iterator[MenuLink]:
    """The sections that this member may open."""
    for item in MENU:
        section = item.endpoint.rpartition(".")[0]
        if is_open(section) and all(may(right) for right in access.needed(item.endpoint, "GET")):
            endpoint, chosen = item.waiting_at or (item.endpoint, {})
            is_waiting = item.waiting is not None and all(may(right) for right in access.needed(endpoint, "GET"))
            waiting = count(item.waiting()) if item.waiting and is_waiting else 0
            count_url = url_for(f"staff.{endpoint}", **chosen)
            is_here = f"{request.blueprint}.".startswith(f"staff.{section}.")
            yield MenuLink(item.label, url_for(f"staff.{item.endpoint}"), is_here, waiting, count_url)
