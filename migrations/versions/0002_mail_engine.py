"""The mail engine: relays, mail that comes in, why an address is suppressed, and indexes that stay quick."""

import sqlalchemy as sa
from alembic import op

from dordt.shared.database import UtcMoment

revision, down_revision = "0002_mail_engine", "0001_first_house"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_relay",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("second_tokens", sa.Double(), nullable=False),
        sa.Column("hour_tokens", sa.Double(), nullable=False),
        sa.Column("day_tokens", sa.Double(), nullable=False),
        sa.Column("filled_at", UtcMoment(), nullable=True),
        sa.Column("slowed_to", sa.Double(), nullable=True),
        sa.Column("slowed_at", UtcMoment(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("closed_until", UtcMoment(), nullable=True),
        sa.Column("problem", sa.String(length=500), nullable=True),
        sa.Column("problem_at", UtcMoment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_relay")),
        sa.UniqueConstraint("name", name=op.f("uq_mail_relay_name")),
    )
    op.create_table(
        "inbound_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("sender", sa.String(length=400), nullable=False),
        sa.Column("subject", sa.String(length=400), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "bounce",
                "soft_bounce",
                "delay",
                "complaint",
                "unsubscribe",
                "auto_reply",
                "unknown",
                name="inboundkind",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.String(length=1000), nullable=True),
        sa.Column("received_at", UtcMoment(), nullable=False),
        sa.Column("handled_at", UtcMoment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_inbound_mail_delivery_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_mail")),
        sa.UniqueConstraint("digest", name=op.f("uq_inbound_mail_digest")),
    )
    with op.batch_alter_table("inbound_mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inbound_mail_delivery_id"), ["delivery_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inbound_mail_received_at"), ["received_at"], unique=False)

    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_withdrawn", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("relay", sa.String(length=120), nullable=True))
        batch_op.drop_index(batch_op.f("ix_delivery_due"))
        batch_op.drop_index(batch_op.f("ix_delivery_mail_state"))
        batch_op.drop_index("ix_delivery_troubled")
        batch_op.create_index(
            "ix_delivery_troubled",
            ["id"],
            unique=False,
            sqlite_where=sa.text(
                "(state = 'uncertain' OR state = 'failed' OR state = 'bounced' OR state = 'complained')"
            ),
            postgresql_where=sa.text(
                "(state = 'uncertain' OR state = 'failed' OR state = 'bounced' OR state = 'complained')"
            ),
        )
        batch_op.create_index(
            "ix_delivery_done",
            ["mail_id", "state"],
            unique=False,
            sqlite_where=sa.text(
                "state != 'queued' AND state != 'deferred' AND state != 'leased' AND state != 'sending'"
            ),
            postgresql_where=sa.text(
                "state != 'queued' AND state != 'deferred' AND state != 'leased' AND state != 'sending'"
            ),
        )
        batch_op.create_index(
            "ix_delivery_due_bulk",
            ["mail_id", "next_attempt_at", "id", "state"],
            unique=False,
            sqlite_where=sa.text("priority > 1 AND state IN ('queued', 'deferred')"),
            postgresql_where=sa.text("priority > 1 AND state IN ('queued', 'deferred')"),
        )
        batch_op.create_index(
            "ix_delivery_due_single",
            ["next_attempt_at", "id"],
            unique=False,
            sqlite_where=sa.text("priority = 1 AND state IN ('queued', 'deferred')"),
            postgresql_where=sa.text("priority = 1 AND state IN ('queued', 'deferred')"),
        )

    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.add_column(sa.Column("finished_at", UtcMoment(), nullable=True))
        batch_op.create_index(
            "ix_mail_unfinished",
            ["kind", "id"],
            unique=False,
            sqlite_where=sa.text("kind != 'transactional' AND finished_at IS NULL"),
            postgresql_where=sa.text("kind != 'transactional' AND finished_at IS NULL"),
        )

    with op.batch_alter_table("newsletter", schema=None) as batch_op:
        batch_op.add_column(sa.Column("latest_start_at", UtcMoment(), nullable=True))

    with op.batch_alter_table("suppression", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "cause",
                sa.Enum(
                    "hard_bounce",
                    "soft_bounces",
                    "complaint",
                    "staff",
                    name="suppressioncause",
                    native_enum=False,
                    length=30,
                ),
                nullable=False,
                server_default="staff",
            )
        )
        batch_op.add_column(sa.Column("delivery_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_suppression_delivery_id"), ["delivery_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_suppression_delivery_id"), "delivery", ["delivery_id"], ["id"], ondelete="SET NULL"
        )


def downgrade() -> None:
    with op.batch_alter_table("suppression", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_suppression_delivery_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_suppression_delivery_id"))
        batch_op.drop_column("delivery_id")
        batch_op.drop_column("cause")

    with op.batch_alter_table("newsletter", schema=None) as batch_op:
        batch_op.drop_column("latest_start_at")

    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.drop_index("ix_mail_unfinished")
        batch_op.drop_column("finished_at")

    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_delivery_troubled")
        batch_op.create_index(
            "ix_delivery_troubled",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state IN ('uncertain', 'failed', 'bounced')"),
            postgresql_where=sa.text("state IN ('uncertain', 'failed', 'bounced')"),
        )
        batch_op.drop_index("ix_delivery_due_single")
        batch_op.drop_index("ix_delivery_due_bulk")
        batch_op.drop_index("ix_delivery_done")
        batch_op.create_index(batch_op.f("ix_delivery_mail_state"), ["mail_id", "state"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_delivery_due"),
            ["priority", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('queued', 'deferred')"),
            postgresql_where=sa.text("state IN ('queued', 'deferred')"),
        )
        batch_op.drop_column("relay")
        batch_op.drop_column("is_withdrawn")

    with op.batch_alter_table("inbound_mail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inbound_mail_received_at"))
        batch_op.drop_index(batch_op.f("ix_inbound_mail_delivery_id"))

    op.drop_table("inbound_mail")
    op.drop_table("mail_relay")
