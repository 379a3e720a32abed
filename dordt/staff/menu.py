"""The rooms of /beheer/ in the order of its menu."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import request, url_for

from dordt.accounts.rights import Right
from dordt.shared import reading
from dordt.staff.guard import coordinator_scope, is_open, may
from dordt.staff.start import today


@dataclass(frozen=True)
class Room:
    """A line of the menu; `waiting` selects what needs somebody, its number stands beside the label."""

    label: str
    endpoint: str
    right: Right
    waiting: "Callable[[], sa.Select[Any]] | None" = None


@dataclass(frozen=True)
class RoomLink:
    """A line of the menu as the layout shows it."""

    label: str
    url: str
    current: bool
    count: int


def _requested_memberships() -> "sa.Select[Any]":
    return today.requested_memberships(coordinator_scope())


ROOMS = (
    Room("Vandaag", "staff.start.index", Right.READ),
    Room("Berichten", "staff.contact.inbox", Right.READ, today.new_messages),
    Room("Werkgroepen", "staff.workgroups.index", Right.READ, _requested_memberships),
    Room("Nieuws", "staff.news.index", Right.READ),
    Room("Nieuwsbrieven", "staff.newsletters.index", Right.READ),
    Room("Abonnees", "staff.subscribers.index", Right.READ),
    Room("Post", "staff.post.index", Right.READ),
    Room("Medewerkers", "staff.members.index", Right.ADMINISTER),
    Room("Instellingen", "staff.settings.index", Right.ADMINISTER),
    Room("Logboek", "staff.log.index", Right.ADMINISTER),
)


def links() -> list[RoomLink]:
    """The menu for this member, with what waits in each room."""
    return list(_links())


def _links() -> Iterator[RoomLink]:
    for room in ROOMS:
        blueprint = room.endpoint.rpartition(".")[0]
        if may(room.right) and is_open(blueprint):
            waiting = reading.count(room.waiting()) if room.waiting else 0
            is_here = f"{request.blueprint}.".startswith(f"{blueprint}.")
            yield RoomLink(room.label, url_for(room.endpoint), is_here, waiting)
