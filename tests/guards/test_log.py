"""The log may be purged at any time: what the application shows and decides rests on tables of its own."""

import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from dordt.audit.models import AuditEntry
from dordt.extensions import db
from dordt.shared import clock
from dordt.shared.database import writing
from tests.support.seeded import Walk
from tests.support.visitors import Visitor

THE_LOG = "/beheer/logboek/"
PART_OF_IT = re.compile(r"<section[^>]* data-log>.*?</section>", re.DOTALL)  # where a page shows the log itself
TOKEN = re.compile(r'(name="csrf_token"|id="csrf_token")[^>]*')


def shown(visitor: Visitor, path: str) -> str:
    answer = visitor.get(path)
    is_text = answer.mimetype.startswith("text/")  # a spreadsheet holds the moment at which it was made
    return TOKEN.sub("", PART_OF_IT.sub("", answer.text)) if is_text else answer.mimetype


@pytest.fixture
def purged(seeded_app: Flask) -> Iterator[None]:
    """Nothing in the log, until the test is over."""
    with writing():
        kept = [dict(row) for row in db.session.execute(sa.select(AuditEntry.__table__)).mappings()]
        db.session.execute(sa.delete(AuditEntry))
        db.session.commit()
    yield
    with writing():
        db.session.rollback()
        db.session.execute(sa.delete(AuditEntry))
        db.session.execute(sa.insert(AuditEntry), kept)
        db.session.commit()


@pytest.fixture
def before(staff_walk: Walk, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Each page of the staff, but for the log, as it looks when it is opened a second time.

    The clock stands still for the test: some pages say how fast mail leaves now.
    """
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    paths = [path for path in staff_walk.answers if path.startswith("/beheer/") and not path.startswith(THE_LOG)]
    for path in paths:
        staff_walk.visitor.get(path)  # to note what was read
    return {path: shown(staff_walk.visitor, path) for path in paths}


@pytest.mark.parametrize("seeded_app", ["postgres"], indirect=True)  # what a page reads does not depend on the engine
def test_purging_the_log_changes_no_page_of_the_staff(before: dict[str, str], purged: None, staff_walk: Walk):
    after = {path: shown(staff_walk.visitor, path) for path in before}

    assert len(before) > 30
    assert [path for path in before if before[path] != after[path]] == []
    assert "Geen regels" in staff_walk.visitor.get(THE_LOG).text
