"""Newsletters in blocks, templates, who approves; preferences of subscribers, why they leave, files they came from."""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

from dordt.shared.database import UtcMoment

revision, down_revision = "0003_newsletter_blocks", "0002_mail_engine"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_table(
        "newsletter_policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("second_person", sa.Boolean(), nullable=False),
        sa.Column("changed_at", UtcMoment(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["staff_member.id"], name=op.f("fk_newsletter_policy_changed_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_newsletter_policy")),
    )
    with op.batch_alter_table("newsletter_policy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_newsletter_policy_changed_by_id"), ["changed_by_id"], unique=False)

    op.create_table(
        "newsletter_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("preheader", sa.String(length=200), nullable=False),
        sa.Column("blocks", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcMoment(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["staff_member.id"],
            name=op.f("fk_newsletter_template_created_by_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_newsletter_template")),
        sa.UniqueConstraint("name", name=op.f("uq_newsletter_template_name")),
    )
    with op.batch_alter_table("newsletter_template", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_newsletter_template_created_by_id"), ["created_by_id"], unique=False)

    op.create_table(
        "subscriber_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("given_at", UtcMoment(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "uploaded",
                "queued",
                "running",
                "done",
                "failed",
                "withdrawn",
                "undone",
                name="importstate",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("problem", sa.String(length=500), nullable=True),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("done_count", sa.Integer(), nullable=False),
        sa.Column("added_count", sa.Integer(), nullable=False),
        sa.Column("known_count", sa.Integer(), nullable=False),
        sa.Column("unsubscribed_count", sa.Integer(), nullable=False),
        sa.Column("refused_count", sa.Integer(), nullable=False),
        sa.Column("lease_until", UtcMoment(), nullable=True),
        sa.Column("created_at", UtcMoment(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("finished_at", UtcMoment(), nullable=True),
        sa.Column("undone_at", UtcMoment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["staff_member.id"], name=op.f("fk_subscriber_import_created_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriber_import")),
    )
    with op.batch_alter_table("subscriber_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subscriber_import_created_by_id"), ["created_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_subscriber_import_state"), ["state"], unique=False)

    op.create_table(
        "import_refusal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["subscriber_import.id"], name=op.f("fk_import_refusal_import_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_refusal")),
    )
    with op.batch_alter_table("import_refusal", schema=None) as batch_op:
        batch_op.create_index("ix_import_refusal_import_id_line", ["import_id", "line"], unique=False)

    op.create_table(
        "newsletter_neighbourhood",
        sa.Column("newsletter_id", sa.Integer(), nullable=False),
        sa.Column("neighbourhood_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["neighbourhood_id"], ["neighbourhood.id"], name=op.f("fk_newsletter_neighbourhood_neighbourhood_id")
        ),
        sa.ForeignKeyConstraint(
            ["newsletter_id"],
            ["newsletter.id"],
            name=op.f("fk_newsletter_neighbourhood_newsletter_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("newsletter_id", "neighbourhood_id", name=op.f("pk_newsletter_neighbourhood")),
    )
    with op.batch_alter_table("newsletter_neighbourhood", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_newsletter_neighbourhood_neighbourhood_id"), ["neighbourhood_id"], unique=False
        )

    op.create_table(
        "newsletter_topic",
        sa.Column("newsletter_id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["newsletter_id"], ["newsletter.id"], name=op.f("fk_newsletter_topic_newsletter_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_newsletter_topic_topic_id")),
        sa.PrimaryKeyConstraint("newsletter_id", "topic_id", name=op.f("pk_newsletter_topic")),
    )
    with op.batch_alter_table("newsletter_topic", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_newsletter_topic_topic_id"), ["topic_id"], unique=False)

    op.create_table(
        "address_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("asked_at", UtcMoment(), nullable=False),
        sa.Column("confirmed_at", UtcMoment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], name=op.f("fk_address_change_subscriber_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_change")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("address_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_address_change_asked_at"), ["asked_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_address_change_subscriber_id"), ["subscriber_id"], unique=False)

    op.create_table(
        "newsletter_block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("newsletter_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "intro",
                "article",
                "workgroup",
                "quote",
                "image",
                "button",
                "outcome",
                "text",
                name="blockkind",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("alt", sa.String(length=500), nullable=False),
        sa.Column("is_decorative", sa.Boolean(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=True),
        sa.Column("workgroup_id", sa.Integer(), nullable=True),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("media_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_newsletter_block_article_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["media_id"], ["media_file.id"], name=op.f("fk_newsletter_block_media_id")),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_newsletter_block_meeting_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["newsletter_id"], ["newsletter.id"], name=op.f("fk_newsletter_block_newsletter_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workgroup_id"], ["workgroup.id"], name=op.f("fk_newsletter_block_workgroup_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_newsletter_block")),
    )
    with op.batch_alter_table("newsletter_block", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_newsletter_block_article_id"), ["article_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_newsletter_block_media_id"), ["media_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_newsletter_block_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_newsletter_block_newsletter_id"), ["newsletter_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_newsletter_block_workgroup_id"), ["workgroup_id"], unique=False)

    op.create_table(
        "unsubscription",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=True),
        sa.Column(
            "way",
            sa.Enum("link", "one_click", "mail", "staff", name="unsubscribeway", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column(
            "reason",
            sa.Enum(
                "too_often",
                "not_my_wijk",
                "not_useful",
                "reads_elsewhere",
                "never_asked",
                "other",
                name="unsubscribereason",
                native_enum=False,
                length=30,
            ),
            nullable=True,
        ),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["mail.id"], name=op.f("fk_unsubscription_mail_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], name=op.f("fk_unsubscription_subscriber_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unsubscription")),
    )
    with op.batch_alter_table("unsubscription", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unsubscription_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_unsubscription_mail_id"), ["mail_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_unsubscription_subscriber_id"), ["subscriber_id"], unique=False)

    _blocks_from_columns()
    op.drop_table("newsletter_article")
    with op.batch_alter_table("consent") as consent:
        _add_pointer(consent, "consent", "import_id", "subscriber_import")
    with op.batch_alter_table("newsletter") as newsletter:
        newsletter.add_column(sa.Column("edit_version", sa.Integer(), nullable=False, server_default="1"))
        newsletter.add_column(sa.Column("exclusions", sa.JSON(), nullable=True))
        newsletter.add_column(sa.Column("removed_block", sa.JSON(), nullable=True))
        _add_pointer(newsletter, "newsletter", "edited_by_id", "staff_member")
        _add_pointer(newsletter, "newsletter", "not_to_id", "newsletter")
        newsletter.drop_column("intro")
    last_id = _last_subscriber()
    with op.batch_alter_table("subscriber", table_kwargs={"sqlite_autoincrement": True}) as subscriber:
        subscriber.add_column(sa.Column("paused_until", UtcMoment(), nullable=True))
        _add_pointer(subscriber, "subscriber", "import_id", "subscriber_import")
    _count_on_from(last_id)


def _add_pointer(batch: BatchOperations, table: str, column: str, target: str) -> None:
    batch.add_column(sa.Column(column, sa.Integer(), nullable=True))
    batch.create_index(f"ix_{table}_{column}", [column])
    batch.create_foreign_key(f"fk_{table}_{column}", target, [column], ["id"], ondelete="SET NULL")


def _last_subscriber() -> int | None:
    """The last id that SQLite gave out: links carry it, and a table made anew would forget those that were erased."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return None
    return connection.scalar(sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'subscriber'"))


def _count_on_from(last_id: int | None) -> None:
    if last_id:  # a table that was copied empty has no row there at all
        op.execute("DELETE FROM sqlite_sequence WHERE name = 'subscriber'")
        op.execute(
            sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES ('subscriber', :last)").bindparams(last=last_id)
        )


def _blocks_from_columns() -> None:
    """The intro and the articles of each newsletter become its blocks, the articles with what they say now."""
    columns = "newsletter_id, position, kind, title, text, url, alt, is_decorative"
    op.execute(
        f"INSERT INTO newsletter_block ({columns}) "  # noqa: S608  (the names above)
        "SELECT id, 0, 'intro', '', intro, '', '', false FROM newsletter WHERE intro <> ''"
    )
    op.execute(
        f"INSERT INTO newsletter_block ({columns}, article_id, media_id) "  # noqa: S608
        "SELECT place.newsletter_id, place.position + CASE WHEN newsletter.intro <> '' THEN 1 ELSE 0 END, 'article', "
        "article.title, article.intro, '', article.image_alt, article.image_alt = '', article.id, article.image_id "
        "FROM newsletter_article AS place JOIN article ON article.id = place.article_id "
        "JOIN newsletter ON newsletter.id = place.newsletter_id"
    )


def downgrade() -> None:
    op.add_column("newsletter", sa.Column("intro", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "newsletter_article",
        sa.Column("id", sa.INTEGER(), nullable=False),
        sa.Column("newsletter_id", sa.INTEGER(), nullable=False),
        sa.Column("article_id", sa.INTEGER(), nullable=False),
        sa.Column("position", sa.INTEGER(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_newsletter_article_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["newsletter_id"], ["newsletter.id"], name=op.f("fk_newsletter_article_newsletter_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_newsletter_article")),
        sa.UniqueConstraint("newsletter_id", "article_id", name=op.f("uq_newsletter_article_newsletter_id_article_id")),
    )
    with op.batch_alter_table("newsletter_article", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_newsletter_article_newsletter_id"), ["newsletter_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_newsletter_article_article_id"), ["article_id"], unique=False)

    _columns_from_blocks()
    last_id = _last_subscriber()
    with op.batch_alter_table("subscriber", table_kwargs={"sqlite_autoincrement": True}) as subscriber:
        subscriber.drop_constraint("fk_subscriber_import_id", type_="foreignkey")
        subscriber.drop_index("ix_subscriber_import_id")
        subscriber.drop_column("import_id")
        subscriber.drop_column("paused_until")
    _count_on_from(last_id)
    with op.batch_alter_table("consent") as consent:
        consent.drop_constraint("fk_consent_import_id", type_="foreignkey")
        consent.drop_index("ix_consent_import_id")
        consent.drop_column("import_id")
    with op.batch_alter_table("newsletter") as newsletter:
        for column in ("edited_by_id", "not_to_id"):
            newsletter.drop_constraint(f"fk_newsletter_{column}", type_="foreignkey")
            newsletter.drop_index(f"ix_newsletter_{column}")
            newsletter.drop_column(column)
        newsletter.drop_column("removed_block")
        newsletter.drop_column("exclusions")
        newsletter.drop_column("edit_version")
    for table in ("unsubscription", "newsletter_block", "address_change", "newsletter_topic"):
        op.drop_table(table)
    for table in ("newsletter_neighbourhood", "import_refusal", "subscriber_import"):
        op.drop_table(table)
    op.drop_table("newsletter_template")
    op.drop_table("newsletter_policy")


def _columns_from_blocks() -> None:
    """What an older version can hold: the first intro, and each article once."""
    op.execute(
        "UPDATE newsletter SET intro = COALESCE((SELECT text FROM newsletter_block AS block "
        "WHERE block.newsletter_id = newsletter.id AND kind = 'intro' ORDER BY position LIMIT 1), '')"
    )
    op.execute(
        "INSERT INTO newsletter_article (newsletter_id, article_id, position) "
        "SELECT newsletter_id, article_id, MIN(position) FROM newsletter_block "
        "WHERE article_id IS NOT NULL GROUP BY newsletter_id, article_id"
    )
