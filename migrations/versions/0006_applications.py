"""Each form that somebody sends in to join a work group is a row of its own: the address alone is no longer unique, only
who takes part is. The way back keeps of each person the row that takes part, or else the newest.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0006_applications", "0005_replies"
branch_labels = depends_on = None

TAKES_PART = ("requested", "waiting", "approved")
IS_TAKING_PART = sa.text("state IN ('requested', 'waiting', 'approved')")
PERSON = ["workgroup_id", "email_key"]
ADDRESS_ONCE, TAKING_PART = "uq_membership_workgroup_id_email_key", "uq_membership_taking_part"

membership = sa.table(
    "membership",
    sa.column("id", sa.Integer),
    sa.column("workgroup_id", sa.Integer),
    sa.column("email_key", sa.String),
    sa.column("state", sa.String),
)


def last_number(table: str) -> int | None:
    """The highest number that SQLite ever gave out: links carry it, so a table that is made again goes on from there."""
    if op.get_bind().dialect.name != "sqlite":
        return None
    query = sa.text("SELECT seq FROM sqlite_sequence WHERE name = :table")
    found: int | None = op.get_bind().scalar(query, {"table": table})
    return found


def go_on_from(table: str, number: int | None) -> None:
    if number is not None:
        op.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :table").bindparams(table=table))
        go_on = sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :number)")
        op.execute(go_on.bindparams(table=table, number=number))


def keep_one_of_each_person() -> None:
    other = membership.alias("other")
    same = sa.and_(other.c.workgroup_id == membership.c.workgroup_id, other.c.email_key == membership.c.email_key)
    takes_part, other_takes_part = membership.c.state.in_(TAKES_PART), other.c.state.in_(TAKES_PART)
    comes_first = sa.or_(sa.and_(other_takes_part, ~takes_part), sa.and_(other.c.id > membership.c.id, ~takes_part))
    op.execute(sa.delete(membership).where(sa.exists().where(same, comes_first)))


def upgrade() -> None:
    number = last_number("membership")
    with op.batch_alter_table("membership", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.drop_constraint(ADDRESS_ONCE, type_="unique")
    op.create_index(
        TAKING_PART, "membership", PERSON, unique=True, sqlite_where=IS_TAKING_PART, postgresql_where=IS_TAKING_PART
    )
    go_on_from("membership", number)


def downgrade() -> None:
    number = last_number("membership")
    keep_one_of_each_person()
    op.drop_index(TAKING_PART, "membership")
    with op.batch_alter_table("membership", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.create_unique_constraint(ADDRESS_ONCE, PERSON)
    go_on_from("membership", number)
