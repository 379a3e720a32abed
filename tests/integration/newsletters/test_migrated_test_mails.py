"""Test mails that an older version kept in the log alone stand in their table after the upgrade, and back."""

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
KEPT = ("newsletter_id", "version", "address_count", "sent_by_id", "sent_by_name")
LINE = ("action", "subject_type", "subject_id", "actor_id", "actor_name", "detail")


@pytest.fixture(params=ENGINES)
def old_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    yield from app_at(OLD, request, tmp_path)


def line_of(newsletter_id: int, tests: int, version: int, at: datetime = AT) -> dict[str, object]:
    subject = {"action": "newsletter.tested", "subject_type": "newsletter", "subject_id": newsletter_id}
    by = {"actor_id": 5, "actor_name": "Mila de Vries", "at": at}
    return subject | by | {"detail": {"number": 7, "tests": tests, "version": version}}


def old_facts() -> None:
    """A newsletter that was tried twice, and the test of one that is gone."""
    member = {"email": "mila@dordrecht.nl", "name": "Mila Bos", "active": True, "fs_uniquifier": "x"}
    fill("staff_member", {"id": 5, "created_at": AT} | member)
    texts = {"subject": "Nieuws", "preheader": "", "state": "draft", "edit_version": 4}
    fill("newsletter", {"id": 1, "number": 7, "created_at": AT, "updated_at": AT} | texts)
    fill("audit_entry", line_of(1, 2, 3), line_of(1, 1, 4, AT + timedelta(hours=1)), line_of(9, 5, 1))


def test_each_test_mail_stands_in_the_table(old_app: Flask):
    old_facts()

    upgrade(revision=NEW)

    assert rows("newsletter_test_mail", *KEPT) == [(1, 3, 2, 5, "Mila de Vries"), (1, 4, 1, 5, "Mila de Vries")]


def test_the_way_back_leaves_the_log_as_it_was(old_app: Flask):
    old_facts()
    before = rows("audit_entry", *LINE)

    upgrade(revision=NEW)
    downgrade(revision=OLD)

    assert rows("audit_entry", *LINE) == before


def test_the_way_back_tells_the_log_what_was_purged_from_it(old_app: Flask):
    old_facts()
    upgrade(revision=NEW)
    erase("audit_entry")

    downgrade(revision=OLD)

    by = ("newsletter.tested", "newsletter", 1, 5, "Mila de Vries")
    assert [line for line in rows("audit_entry", *LINE) if line[0] == "newsletter.tested"] == [
        (*by, {"number": 7, "tests": 2, "version": 3}),
        (*by, {"number": 7, "tests": 1, "version": 4}),
    ]
