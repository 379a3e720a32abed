"""A row for each application: what an older version held stays, and after the way back each person has one row."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade, upgrade

from tests.support.databases import ENGINES
from tests.support.migrating import app_at, erase, fill, rows

OLD, NEW = "0005_replies", "0006_applications"
AT = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.fixture(params=ENGINES)
def old_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    yield from app_at(OLD, request, tmp_path)


def add(number: int | None, state: str, email: str = "anna@voorbeeld.nl") -> None:
    who: dict[str, Any] = {"name": "Anna", "email": email, "email_key": email, "phone": "", "neighbourhood": "reeland"}
    rest = {"motivation": "", "show_name": False, "link_version": 1, "created_at": AT, "decision_text": ""}
    number_given = {"id": number} if number else {}
    fill("membership", {"workgroup_id": 1, "state": state} | number_given | who | rest)


@pytest.fixture
def group(old_app: Flask) -> None:
    texts = dict.fromkeys(("summary", "audience", "room_for_influence", "body"), "")
    fill(
        "workgroup",
        {"id": 1, "slug": "park", "name": "Park", "phases": [], "is_open": True, "position": 0, "created_at": AT}
        | texts,
    )


@pytest.mark.usefixtures("group")
def test_each_application_is_a_row_and_one_of_a_person_takes_part():
    add(1, "declined")
    before = rows("membership", "id", "state", "email", "created_at")

    upgrade(revision=NEW)

    assert rows("membership", "id", "state", "email", "created_at") == before
    add(2, "approved")
    add(3, "unconfirmed")
    with pytest.raises(sa.exc.IntegrityError):
        add(4, "requested")
    add(5, "left", "bram@voorbeeld.nl")
    add(6, "unconfirmed", "bram@voorbeeld.nl")
    downgrade(revision=OLD)
    assert rows("membership", "id", "state") == [(2, "approved"), (6, "unconfirmed")]
    with pytest.raises(sa.exc.IntegrityError):
        add(7, "unconfirmed")


@pytest.mark.parametrize("way", ["up", "down"])
@pytest.mark.parametrize("old_app", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("group")
def test_no_number_is_given_out_again(way: str):
    if way == "down":
        upgrade(revision=NEW)
    add(8, "left")
    erase("membership")

    upgrade(revision=NEW) if way == "up" else downgrade(revision=OLD)

    add(None, "unconfirmed")
    assert rows("membership", "id") == [(9,)]
