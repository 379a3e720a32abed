"""Facts that were read back from the log get columns of their own, so that the log can be purged.

Each fact is one pair of functions, `<fact>_up` and `<fact>_down`: the first makes the columns and fills them from
audit_entry, the second writes back what the log lost in the meantime, for the older version reads it there, and drops
them. PAIRS at the end names them all.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from dordt.shared.database import UtcMoment

revision, down_revision = "0004_facts_in_tables", "0003_newsletter_blocks"
branch_labels = depends_on = None

RESIDENT, SYSTEM = "inwoner", "systeem"
ENTERED, ASKED = "subscriber.entered", "subscriber.asked_by_staff"
UNDONE = "subscriber.import_undone"
TESTED = "newsletter.tested"
NOT_STARTED, TOO_LATE = "newsletter.not_started", "newsletter.too_late"
UNDONE_COUNTS = ("removed", "returned", "ended", "stayed")

audit_entry = sa.table(
    "audit_entry",
    sa.column("id", sa.Integer),
    sa.column("at", UtcMoment()),
    sa.column("actor_id", sa.Integer),
    sa.column("actor_name", sa.String),
    sa.column("action", sa.String),
    sa.column("subject_type", sa.String),
    sa.column("subject_id", sa.Integer),
    sa.column("detail", sa.JSON),
)
consent = sa.table(
    "consent",
    sa.column("id", sa.Integer),
    sa.column("address_key", sa.String),
    sa.column("method", sa.String),
    sa.column("asked_at", UtcMoment()),
    sa.column("confirmed_at", UtcMoment()),
    sa.column("entered_by_id", sa.Integer),
    sa.column("entered_by_name", sa.String),
)
subscriber = sa.table(
    "subscriber",
    sa.column("id", sa.Integer),
    sa.column("email_key", sa.String),
    sa.column("touched_at", UtcMoment()),
)
subscriber_import = sa.table(
    "subscriber_import",
    sa.column("id", sa.Integer),
    sa.column("state", sa.String),
    sa.column("undone_at", UtcMoment()),
    *(sa.column(f"{name}_count", sa.Integer) for name in UNDONE_COUNTS),
)
newsletter = sa.table(
    "newsletter",
    sa.column("id", sa.Integer),
    sa.column("number", sa.Integer),
    sa.column("state", sa.String),
    sa.column("scheduled_at", UtcMoment()),
    sa.column("start_refusal", sa.Text),
    sa.column("start_refused_at", UtcMoment()),
    sa.column("too_late_at", UtcMoment()),
)
test_mail = sa.table(
    "newsletter_test_mail",
    sa.column("id", sa.Integer),
    sa.column("newsletter_id", sa.Integer),
    sa.column("version", sa.Integer),
    sa.column("address_count", sa.Integer),
    sa.column("sent_at", UtcMoment()),
    sa.column("sent_by_id", sa.Integer),
    sa.column("sent_by_name", sa.String),
)


# What the pairs share.


def logged(*actions: str) -> "Sequence[sa.Row[Any]]":
    """The log lines with these actions, the oldest first."""
    query = sa.select(audit_entry).where(audit_entry.c.action.in_(actions)).order_by(audit_entry.c.id)
    return op.get_bind().execute(query).all()


def write_log(lines: Iterable[dict[str, Any]]) -> None:
    """Lines that the log no longer has: subject_type, subject_id, action, at and detail; by the system unless named."""
    for line in lines:
        values = {"actor_id": None, "actor_name": SYSTEM, "detail": {}} | line
        op.execute(sa.insert(audit_entry).values(values))


def update_each(table: sa.TableClause, values: Iterable[tuple[int, dict[str, Any]]]) -> None:
    """Set columns of rows, by the id of the row."""
    for number, columns in values:
        op.execute(sa.update(table).where(table.c.id == number).values(columns))


def add_pointer(table: str, column: str, target: str) -> None:
    """A nullable column with an index that points at another table, and is emptied when that row goes."""
    with op.batch_alter_table(table) as batch:
        batch.add_column(sa.Column(column, sa.Integer(), nullable=True))
        batch.create_index(f"ix_{table}_{column}", [column])
        batch.create_foreign_key(f"fk_{table}_{column}", target, [column], ["id"], ondelete="SET NULL")


def drop_pointer(table: str, column: str) -> None:
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(f"fk_{table}_{column}", type_="foreignkey")
        batch.drop_index(f"ix_{table}_{column}")
        batch.drop_column(column)


# Who entered a consent by hand: consent.entered_by_id, entered_by_name.


def consent_entry_up() -> None:
    add_pointer("consent", "entered_by_id", "staff_member")
    op.add_column("consent", sa.Column("entered_by_name", sa.String(length=120), nullable=True))
    by_hand = set(op.get_bind().scalars(sa.select(consent.c.id).where(consent.c.method == "staff")))
    entered = {line.detail.get("consent"): line for line in logged(ENTERED, ASKED)}
    update_each(
        consent,
        (
            (number, {"entered_by_id": line.actor_id, "entered_by_name": line.actor_name})
            for number, line in entered.items()
            if number in by_hand
        ),
    )


def consent_entry_down() -> None:
    known = {line.detail.get("consent") for line in logged(ENTERED, ASKED)}
    query = sa.select(consent, subscriber.c.id.label("subscriber_id")).where(consent.c.entered_by_name.is_not(None))
    of_subscriber = query.outerjoin(subscriber, subscriber.c.email_key == consent.c.address_key).order_by(consent.c.id)
    write_log(
        {
            "at": row.asked_at,
            "actor_id": row.entered_by_id,
            "actor_name": row.entered_by_name,
            "action": ENTERED if row.confirmed_at else ASKED,
            "subject_type": "subscriber",
            "subject_id": row.subscriber_id,
            "detail": {"consent": row.id},
        }
        for row in op.get_bind().execute(of_subscriber).all()
        if row.id not in known
    )
    op.drop_column("consent", "entered_by_name")
    drop_pointer("consent", "entered_by_id")


# When a subscriber did something themselves last: subscriber.touched_at.


def own_acts() -> "sa.ColumnElement[bool]":
    return sa.and_(audit_entry.c.subject_type == "subscriber", audit_entry.c.actor_name == RESIDENT)


def touched_up() -> None:
    op.add_column("subscriber", sa.Column("touched_at", UtcMoment(), nullable=True))
    last = sa.select(sa.func.max(audit_entry.c.at)).where(own_acts(), audit_entry.c.subject_id == subscriber.c.id)
    acted = sa.select(audit_entry.c.subject_id).where(own_acts(), audit_entry.c.subject_id.is_not(None))
    op.execute(sa.update(subscriber).where(subscriber.c.id.in_(acted)).values(touched_at=last.scalar_subquery()))


def touched_down() -> None:
    noted = sa.exists().where(
        own_acts(), audit_entry.c.subject_id == subscriber.c.id, audit_entry.c.at >= subscriber.c.touched_at
    )
    lost = sa.select(subscriber.c.id, subscriber.c.touched_at).where(subscriber.c.touched_at.is_not(None), ~noted)
    write_log(
        {
            "at": row.touched_at,
            "actor_name": RESIDENT,
            "action": "subscriber.touched",  # what they did is not known any more
            "subject_type": "subscriber",
            "subject_id": row.id,
        }
        for row in op.get_bind().execute(lost).all()
    )
    op.drop_column("subscriber", "touched_at")


# What undoing an import came to: removed_count, returned_count, ended_count and stayed_count of subscriber_import.


def undone_up() -> None:
    for name in UNDONE_COUNTS:
        op.add_column("subscriber_import", sa.Column(f"{name}_count", sa.Integer(), nullable=True))
    update_each(
        subscriber_import,
        (
            (line.subject_id, {f"{name}_count": line.detail.get(name, 0) for name in UNDONE_COUNTS})
            for line in logged(UNDONE)
        ),
    )


def undone_down() -> None:
    known = {line.subject_id for line in logged(UNDONE)}
    undone = sa.select(subscriber_import).where(subscriber_import.c.removed_count.is_not(None))
    write_log(
        {
            "at": row.undone_at,
            "action": UNDONE,
            "subject_type": "subscriber_import",
            "subject_id": row.id,
            "detail": {name: row._mapping[f"{name}_count"] for name in UNDONE_COUNTS},
        }
        for row in op.get_bind().execute(undone).all()
        if row.id not in known
    )
    for name in UNDONE_COUNTS:
        op.drop_column("subscriber_import", f"{name}_count")


# Which test mails were sent: a row each in newsletter_test_mail.


def test_mail_up() -> None:
    op.create_table(
        "newsletter_test_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("newsletter_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("address_count", sa.Integer(), nullable=False),
        sa.Column("sent_at", UtcMoment(), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("sent_by_name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["newsletter_id"], ["newsletter.id"], name="fk_newsletter_test_mail_newsletter_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["staff_member.id"], name="fk_newsletter_test_mail_sent_by_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_newsletter_test_mail"),
    )
    for column in ("newsletter_id", "sent_by_id"):
        op.create_index(f"ix_newsletter_test_mail_{column}", "newsletter_test_mail", [column])
    known = set(op.get_bind().scalars(sa.select(newsletter.c.id)))
    for line in logged(TESTED):
        if line.subject_id in known:
            sent = {"version": line.detail["version"], "address_count": line.detail["tests"], "sent_at": line.at}
            by = {"sent_by_id": line.actor_id, "sent_by_name": line.actor_name}
            op.execute(sa.insert(test_mail).values({"newsletter_id": line.subject_id} | sent | by))


def test_mail_down() -> None:
    known = {(line.subject_id, line.at) for line in logged(TESTED)}
    query = sa.select(test_mail, newsletter.c.number).join(newsletter, newsletter.c.id == test_mail.c.newsletter_id)
    write_log(
        {
            "at": row.sent_at,
            "actor_id": row.sent_by_id,
            "actor_name": row.sent_by_name,
            "action": TESTED,
            "subject_type": "newsletter",
            "subject_id": row.newsletter_id,
            "detail": {"number": row.number, "tests": row.address_count, "version": row.version},
        }
        for row in op.get_bind().execute(query.order_by(test_mail.c.id)).all()
        if (row.newsletter_id, row.sent_at) not in known
    )
    op.drop_table("newsletter_test_mail")


# Why a planned newsletter did not start: start_refusal, start_refused_at and too_late_at.


def not_started_up() -> None:
    op.add_column("newsletter", sa.Column("start_refusal", sa.Text(), nullable=True))
    op.add_column("newsletter", sa.Column("start_refused_at", UtcMoment(), nullable=True))
    op.add_column("newsletter", sa.Column("too_late_at", UtcMoment(), nullable=True))
    planned = sa.select(newsletter.c.id, newsletter.c.scheduled_at).where(newsletter.c.state == "scheduled")
    plans: dict[int, Any] = {row.id: row.scheduled_at for row in op.get_bind().execute(planned).all()}
    for line in logged(NOT_STARTED, TOO_LATE):
        if line.subject_id not in plans or line.at < plans[line.subject_id]:
            continue  # of a plan that stands no more
        values = {"too_late_at": line.at}
        if line.action == NOT_STARTED:
            values = {"start_refusal": line.detail["reason"], "start_refused_at": line.at}
        update_each(newsletter, [(line.subject_id, values)])


def not_started_down() -> None:
    known = {(line.subject_id, line.action, line.at) for line in logged(NOT_STARTED, TOO_LATE)}
    noted = sa.or_(newsletter.c.start_refused_at.is_not(None), newsletter.c.too_late_at.is_not(None))
    lines: list[dict[str, Any]] = []
    for row in op.get_bind().execute(sa.select(newsletter).where(noted).order_by(newsletter.c.id)).all():
        about = {"subject_type": "newsletter", "subject_id": row.id}
        refused = {"number": row.number, "reason": row.start_refusal}
        lines.append(about | {"action": NOT_STARTED, "at": row.start_refused_at, "detail": refused})
        lines.append(about | {"action": TOO_LATE, "at": row.too_late_at, "detail": {"number": row.number}})
    write_log(line for line in lines if line["at"] and (line["subject_id"], line["action"], line["at"]) not in known)
    for name in ("start_refusal", "start_refused_at", "too_late_at"):
        op.drop_column("newsletter", name)


PAIRS: Sequence[tuple[Callable[[], None], Callable[[], None]]] = (
    (consent_entry_up, consent_entry_down),
    (touched_up, touched_down),
    (undone_up, undone_down),
    (test_mail_up, test_mail_down),
    (not_started_up, not_started_down),
)


def upgrade() -> None:
    for up, _down in PAIRS:
        up()


def downgrade() -> None:
    for _up, down in reversed(PAIRS):
        down()
