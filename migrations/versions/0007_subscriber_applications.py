"""Each form for the newsletter is a row of its own until its link is used.

Who waits for a mail now gets a row with the number of the subscriber, which their link names; new rows are numbered
from beyond the last subscriber. On the way back the rows go: links mailed in between stop, and who waits asks again.
"""

import sqlalchemy as sa
from alembic import op

from dordt.shared.database import UtcMoment

revision, down_revision = "0007_subscriber_applications", "0006_applications"
branch_labels = depends_on = None

TABLE = "subscriber_application"
CHOICES = {"neighbourhoods": "neighbourhood", "topics": "topic"}

subscriber = sa.table(
    "subscriber",
    sa.column("id", sa.Integer),
    sa.column("email", sa.String),
    sa.column("email_key", sa.String),
    sa.column("state", sa.String),
    sa.column("asked_at", UtcMoment()),
)
consent = sa.table(
    "consent",
    sa.column("id", sa.Integer),
    sa.column("address_key", sa.String),
    sa.column("purpose", sa.String),
    sa.column("confirmed_at", UtcMoment()),
    sa.column("withdrawn_at", UtcMoment()),
)
application = sa.table(
    TABLE,
    sa.column("id", sa.Integer),
    sa.column("subscriber_id", sa.Integer),
    sa.column("email", sa.String),
    sa.column("fields", sa.JSON),
    sa.column("consent_id", sa.Integer),
    sa.column("asked_at", UtcMoment()),
)


def chosen(place: str, number: int) -> list[str]:
    """The slugs of the wijken or themes that a subscriber chose."""
    query = sa.text(
        f"SELECT slug FROM {place} JOIN subscriber_{place} ON {place}.id = {place}_id"  # noqa: S608  (names of ours)
        " WHERE subscriber_id = :number ORDER BY position, slug"
    )
    return list(op.get_bind().scalars(query, {"number": number}))


def carry_over() -> None:
    """Whoever agreed to something that is not confirmed, or stands on the list as unconfirmed."""
    waits = sa.and_(
        consent.c.address_key == subscriber.c.email_key,
        consent.c.purpose == "newsletter",
        consent.c.confirmed_at.is_(None),
        consent.c.withdrawn_at.is_(None),
    )
    proof = sa.select(sa.func.max(consent.c.id)).where(waits).scalar_subquery()
    who = sa.select(subscriber, proof.label("consent_id"))
    waiting = who.where(sa.or_(subscriber.c.state == "unconfirmed", sa.exists().where(waits)))
    for row in op.get_bind().execute(waiting).all():
        values = {"id": row.id, "subscriber_id": row.id, "email": row.email, "consent_id": row.consent_id}
        fields = {name: chosen(place, row.id) for name, place in CHOICES.items()}
        op.execute(sa.insert(application).values(values | {"fields": fields, "asked_at": row.asked_at}))


def number_from_beyond_the_subscribers() -> None:
    """The highest number that was ever given to a subscriber: old links name those."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        last = connection.scalar(sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'subscriber'"))
        op.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :table").bindparams(table=TABLE))
        go_on = sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :last)")
        op.execute(go_on.bindparams(table=TABLE, last=last or 0))
    else:
        last_given = "SELECT last_value FROM subscriber_id_seq"
        op.execute(f"SELECT setval('{TABLE}_id_seq', ({last_given}))")


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("consent_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", UtcMoment(), nullable=False),
        sa.Column("confirmed_at", UtcMoment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], name=f"fk_{TABLE}_subscriber_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=f"fk_{TABLE}_consent_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{TABLE}"),
        sqlite_autoincrement=True,
    )
    for column in ("subscriber_id", "consent_id", "asked_at"):
        op.create_index(f"ix_{TABLE}_{column}", TABLE, [column])
    carry_over()
    number_from_beyond_the_subscribers()


def downgrade() -> None:
    op.drop_table(TABLE)
