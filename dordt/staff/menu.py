"""The menu of /beheer/: its sections in order, and what waits in each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import request, url_for

from dordt.shared import reading
from dordt.staff import access
from dordt.staff.guard import coordinator_scope, is_open, may
from dordt.staff.start import today


@dataclass(frozen=True)
class MenuItem:
    """A section; `waiting` selects what needs somebody, its number stands beside the label. Without "staff."."""

    label: str
    endpoint: str
    waiting: "Callable[[], sa.Select[Any]] | None" = None


@dataclass(frozen=True)
class MenuLink:
    """A section as the layout shows it."""

    label: str
    url: str
    current: bool
    count: int


def _requested_memberships() -> "sa.Select[Any]":
    return today.requested_memberships(coordinator_scope())


ITEMS = (
    MenuItem("Vandaag", "start.index"),
    MenuItem("Berichten", "contact.inbox", today.new_messages),
    MenuItem("Werkgroepen", "workgroups.index", _requested_memberships),
    MenuItem("Nieuws", "news.index"),
    MenuItem("Nieuwsbrieven", "newsletters.index"),
    MenuItem("Abonnees", "subscribers.index"),
    MenuItem("Post", "post.index"),
    MenuItem("Medewerkers", "members.index"),
    MenuItem("Instellingen", "settings.index"),
    MenuItem("Logboek", "log.index"),
)


def links() -> Iterator[MenuLink]:
    """The sections that this member may open."""
    for item in ITEMS:
        section = item.endpoint.rpartition(".")[0]
        if is_open(section) and all(may(right) for right in access.needed(item.endpoint, "GET")):
            count = reading.count(item.waiting()) if item.waiting else 0
            is_here = f"{request.blueprint}.".startswith(f"staff.{section}.")
            yield MenuLink(item.label, url_for(f"staff.{item.endpoint}"), is_here, count)
