"""Why a planned newsletter did not start stood in the log alone: the upgrade carries it over, and back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade

from tests.support.databases import ENGINES
from tests.support.migrating import app_at, erase, fill, rows

OLD, NEW = "0003_newsletter_blocks", "0004_facts_in_tables"
AT = datetime(2027, 3, 1, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
COLUMNS = ("number", "start_refusal", "start_refused_at", "too_late_at")
LINE = ("action", "subject_id", "actor_name", "detail", "at")


@pytest.fixture(params=ENGINES)
def old_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    yield from app_at(OLD, request, tmp_path)


def line_of(newsletter_id: int, action: str, at: datetime, **detail: object) -> dict[str, object]:
    about = {"action": f"newsletter.{action}", "subject_type": "newsletter", "subject_id": newsletter_id}
    return about | {"actor_name": "systeem", "at": at, "detail": {"number": newsletter_id + 6} | detail}


def kept(table: str, *columns: str) -> list[tuple[object, ...]]:
    """The rows with their moments in UTC: SQLite gives them back without a zone."""

    def with_zone(value: object) -> object:
        return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value

    return [tuple(map(with_zone, row)) for row in rows(table, *columns)]


def old_facts() -> None:
    """One that was refused twice and is too late, one that was planned again since, and one that was sent since."""
    texts = {"subject": "Nieuws", "preheader": "", "edit_version": 4, "created_at": AT, "updated_at": AT}
    fill("newsletter", {"id": 1, "number": 7, "state": "scheduled", "scheduled_at": AT} | texts)
    fill("newsletter", {"id": 2, "number": 8, "state": "scheduled", "scheduled_at": AT + 60 * MINUTE} | texts)
    fill("newsletter", {"id": 3, "number": 9, "state": "sent", "scheduled_at": AT} | texts)
    fill("audit_entry", *(line_of(number, "not_started", AT, reason="Niemand.") for number in (1, 2, 3)))
    fill("audit_entry", line_of(1, "not_started", AT + MINUTE, reason="Een fout."))
    fill("audit_entry", line_of(1, "too_late", AT + 2 * MINUTE))


def test_what_kept_a_plan_that_stands_is_carried_over(old_app: Flask):
    old_facts()

    upgrade(revision=NEW)

    assert kept("newsletter", *COLUMNS) == [
        (7, "Een fout.", AT + MINUTE, AT + 2 * MINUTE),
        (8, None, None, None),
        (9, None, None, None),
    ]


def test_the_way_back_leaves_the_log_as_it_was(old_app: Flask):
    old_facts()
    before = kept("audit_entry", *LINE)

    upgrade(revision=NEW)
    downgrade(revision=OLD)

    assert kept("audit_entry", *LINE) == before


def test_the_way_back_tells_the_log_what_was_purged_from_it(old_app: Flask):
    old_facts()
    upgrade(revision=NEW)
    erase("audit_entry")

    downgrade(revision=OLD)

    assert kept("audit_entry", *LINE) == [
        ("newsletter.not_started", 1, "systeem", {"number": 7, "reason": "Een fout."}, AT + MINUTE),
        ("newsletter.too_late", 1, "systeem", {"number": 7}, AT + 2 * MINUTE),
    ]
