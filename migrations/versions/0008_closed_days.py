"""Days on which the gemeente does not work, besides weekends and public holidays."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0008_closed_days", "0007_subscriber_applications"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_table(
        "closed_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_closed_day"),
        sa.UniqueConstraint("day", name="uq_closed_day_day"),
    )


def downgrade() -> None:
    op.drop_table("closed_day")
