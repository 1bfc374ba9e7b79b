"""When a post came to readers, where that was later than its date; the language an alert was asked for in"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

UTC_DATETIME = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    # In place: other tables point at these, and SQLite would have to make them anew.
    op.add_column("post", sa.Column("news_at", UTC_DATETIME, nullable=True))
    op.create_index("ix_post_news_at", "post", ["news_at"])
    op.add_column("alert", sa.Column("locale", sa.String(length=35), nullable=True))


def downgrade() -> None:
    op.drop_column("alert", "locale")
    op.drop_index("ix_post_news_at", "post")
    op.drop_column("post", "news_at")
