"""What a WebSub hub was told and is to be told"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

UTC_DATETIME = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "hub",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("looked_at", UTC_DATETIME, nullable=False),
        sa.Column("told_at", UTC_DATETIME, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("waits_until", UTC_DATETIME, nullable=True),
        sa.Column("last_error", sa.String(length=300), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_hub_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub")),
    )
    op.create_table(
        "feed_shown",
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("entries", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_feed_shown")),
    )
    op.create_table(
        "topic_news",
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("due_at", UTC_DATETIME, nullable=False),
        sa.Column("leased_until", UTC_DATETIME, nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_topic_news")),
    )
    op.create_index("ix_topic_news_due_at", "topic_news", ["due_at"])


def downgrade() -> None:
    op.drop_table("topic_news")
    op.drop_table("feed_shown")
    op.drop_table("hub")
