"""When a resident added something to a message last: until it is opened again the message is unread for everybody."""

import sqlalchemy as sa
from alembic import op

from dordt.shared.database import UtcMoment

revision, down_revision = "0005_replies", "0004_facts_in_tables"
branch_labels = depends_on = None

message = sa.table("message", sa.column("id", sa.Integer), sa.column("added_to_at", UtcMoment()))
entry = sa.table(
    "message_entry",
    sa.column("message_id", sa.Integer),
    sa.column("kind", sa.String),
    sa.column("at", UtcMoment()),
)


def upgrade() -> None:
    op.add_column("message", sa.Column("added_to_at", UtcMoment(), nullable=True))
    last = sa.select(sa.func.max(entry.c.at)).where(entry.c.message_id == message.c.id, entry.c.kind == "from_resident")
    op.execute(sa.update(message).values(added_to_at=last.scalar_subquery()))


def downgrade() -> None:
    op.drop_column("message", "added_to_at")
