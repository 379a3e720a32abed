"""What is done for each message costs the same however much was ever sent: no statement reads the whole ledger."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from dordt.extensions import db
from dordt.mailer.ledger import claiming, outbox
from dordt.mailer.models import SuppressionScope
from tests.factories.mailer import WRITTEN_AT, make_newsletter
from tests.support.databases import Installation


@pytest.fixture
def plans(sqlite_installation: Installation) -> Iterator[list[str]]:
    """How SQLite goes about each change of a delivery."""
    found: list[str] = []

    def explain(_connection: sa.Connection, cursor: Any, sql: str, values: Any, _context: Any, is_many: bool) -> None:
        if sql.startswith("UPDATE delivery") and not is_many:
            steps = cursor.connection.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
            found.extend(step[-1] for step in steps)

    with sqlite_installation.app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", explain)
        yield found
        sa.event.remove(db.engine, "before_cursor_execute", explain)
        db.session.remove()
    sqlite_installation.tidy()


def mark() -> None:
    claiming.mark_sending([due.id for due in claiming.claim("first", 3, at=WRITTEN_AT)], "first")


def withdraw() -> None:
    outbox.withdraw("lezer2@voorbeeld.nl", scope=SuppressionScope.NEWSLETTER)


def resend() -> None:
    outbox.resend(1, at=WRITTEN_AT)


@pytest.mark.parametrize("step", [mark, withdraw, resend])
def test_no_step_for_one_message_reads_every_mail(plans: list[str], step: Callable[[], None]) -> None:
    make_newsletter(3)
    plans.clear()

    step()

    assert any("SEARCH delivery" in plan for plan in plans)
    assert not [plan for plan in plans if plan.startswith("SCAN") and "json_each" not in plan]
