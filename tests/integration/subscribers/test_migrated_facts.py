"""What an older version read in the log stands in tables after the upgrade, and in the log after the way back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade

from tests.support.databases import ENGINES
from tests.support.migrating import app_at, erase, fill, rows, table

OLD, NEW = "0003_newsletter_blocks", "0004_facts_in_tables"
AT = datetime(2027, 3, 1, 9, tzinfo=UTC)
LATER = AT + timedelta(days=2)
COUNTS = {"removed": 4, "returned": 1, "ended": 0, "stayed": 2}


@pytest.fixture(params=ENGINES)
def old_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    yield from app_at(OLD, request, tmp_path)


def moments(name: str, column: str) -> dict[int, datetime | None]:
    """As UTC: SQLite gives them back without a zone."""
    return {number: at and (at if at.tzinfo else at.replace(tzinfo=UTC)) for number, at in rows(name, "id", column)}


def log_lines() -> list[tuple[Any, ...]]:
    return rows("audit_entry", "action", "subject_type", "subject_id", "actor_id", "actor_name", "detail")


def old_facts() -> None:
    """Four subscribers, proof by hand and by form, an import that was undone, and the log of all that."""
    member = {"email": "mila@dordrecht.nl", "name": "Mila Bos", "active": True, "fs_uniquifier": "x"}
    fill("staff_member", {"id": 5, "created_at": AT} | member)
    kept = {"state": "confirmed", "link_version": 1, "asked_at": AT, "confirmed_at": AT}
    fill("subscriber", *({"id": n, "email": f"l{n}@x.nl", "email_key": f"l{n}@x.nl"} | kept for n in (1, 2, 3, 4)))
    proof = {"purpose": "newsletter", "source": "Balie", "asked_at": AT}
    fill(
        "consent",
        {"id": 1, "address_key": "l1@x.nl", "method": "staff", "confirmed_at": AT} | proof,
        {"id": 2, "address_key": "l2@x.nl", "method": "staff", "confirmed_at": None} | proof,
        {"id": 3, "address_key": "l3@x.nl", "method": "web_form", "confirmed_at": AT} | proof,
    )
    counts = {"row_count": 7, "done_count": 7, "added_count": 7, "known_count": 0}
    counts |= {"unsubscribed_count": 0, "refused_count": 0}
    brought = {"filename": "lijst.csv", "columns": {}, "source": "", "created_at": AT, "finished_at": AT} | counts
    fill(
        "subscriber_import",
        {"id": 1, "state": "undone", "undone_at": LATER} | brought,
        {"id": 2, "state": "done", "undone_at": None} | brought,
    )
    staff = {"actor_id": 5, "actor_name": "Mila de Vries", "at": AT}  # as she was called then
    resident = {"actor_id": None, "actor_name": "inwoner", "subject_type": "subscriber", "detail": {}}
    fill(
        "audit_entry",
        {"action": "subscriber.entered", "subject_type": "subscriber", "subject_id": 1, "detail": {"consent": 1}}
        | staff,
        {"action": "subscriber.asked_by_staff", "subject_type": "subscriber", "subject_id": 2, "detail": {"consent": 2}}
        | staff,
        # The proof that this one was about is gone, and SQLite gave its number out again.
        {"action": "subscriber.asked_by_staff", "subject_type": "subscriber", "subject_id": 9, "detail": {"consent": 3}}
        | staff,
        {"action": "subscriber.import_undone", "subject_type": "subscriber_import", "subject_id": 1, "detail": COUNTS}
        | staff,
        {"action": "subscriber.confirmed", "subject_id": 3, "at": AT} | resident,
        {"action": "subscriber.paused", "subject_id": 3, "at": LATER} | resident,
        {"action": "subscriber.unsubscribed", "subject_type": "subscriber", "subject_id": 4, "detail": {}} | staff,
    )


def test_who_entered_a_consent_stands_with_it(old_app: Flask):
    old_facts()

    upgrade(revision=NEW)

    assert rows("consent", "id", "entered_by_id", "entered_by_name") == [
        (1, 5, "Mila de Vries"),
        (2, 5, "Mila de Vries"),
        (3, None, None),
    ]


def test_the_last_act_of_a_subscriber_stands_with_them(old_app: Flask):
    old_facts()

    upgrade(revision=NEW)

    assert moments("subscriber", "touched_at") == {1: None, 2: None, 3: LATER, 4: None}


def test_what_undoing_came_to_stands_with_the_import(old_app: Flask):
    old_facts()

    upgrade(revision=NEW)

    columns = ("id", "removed_count", "returned_count", "ended_count", "stayed_count")
    assert rows("subscriber_import", *columns) == [(1, 4, 1, 0, 2), (2, None, None, None, None)]


def test_the_way_back_leaves_tables_and_log_as_they_were(old_app: Flask):
    old_facts()
    names = ("consent", "subscriber", "subscriber_import", "audit_entry")
    before = {name: rows(name, *table(name).columns.keys()) for name in names}

    upgrade(revision=NEW)
    downgrade(revision=OLD)

    assert {name: rows(name, *table(name).columns.keys()) for name in names} == before


def test_the_way_back_tells_the_log_what_was_purged_from_it(old_app: Flask):
    """The older version reads there whom an undone import may delete, and who entered a consent."""
    old_facts()
    upgrade(revision=NEW)
    erase("audit_entry")

    downgrade(revision=OLD)

    assert sorted(log_lines(), key=str) == sorted(
        [
            ("subscriber.entered", "subscriber", 1, 5, "Mila de Vries", {"consent": 1}),
            ("subscriber.asked_by_staff", "subscriber", 2, 5, "Mila de Vries", {"consent": 2}),
            ("subscriber.import_undone", "subscriber_import", 1, None, "systeem", COUNTS),
            ("subscriber.touched", "subscriber", 3, None, "inwoner", {}),
        ],
        key=str,
    )
    assert LATER in moments("audit_entry", "at").values()


def test_up_again_gives_the_same_facts(old_app: Flask):
    old_facts()
    upgrade(revision=NEW)
    erase("audit_entry")
    downgrade(revision=OLD)

    upgrade(revision=NEW)

    assert [row[1:] for row in rows("consent", "id", "entered_by_id", "entered_by_name")] == [
        (5, "Mila de Vries"),
        (5, "Mila de Vries"),
        (None, None),
    ]
    assert moments("subscriber", "touched_at") == {1: None, 2: None, 3: LATER, 4: None}
    assert rows("subscriber_import", "id", "removed_count", "stayed_count") == [(1, 4, 2), (2, None, None)]
