"""Prepared cards, and the log of changes that indexes in memory catch up by"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("content_version") as table:
        table.add_column(sa.Column("cards_made_by", sa.String(length=64), nullable=False, server_default=""))
    op.create_table(
        "post_card",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_card_post_id_post"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post_id", "language", name=op.f("pk_post_card")),
    )
    op.create_table(
        "card_due",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_card_due_post_id_post"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_card_due")),
    )
    op.create_table(
        "post_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_change")),
    )
    op.create_index("ix_post_change_version", "post_change", ["version"])
    op.create_index("ix_post_closes_at", "post", ["closes_at"])
    op.create_index("ix_post_closed_at", "post", ["closed_at"])


def downgrade() -> None:
    op.drop_index("ix_post_closed_at", "post")
    op.drop_index("ix_post_closes_at", "post")
    op.drop_table("post_change")
    op.drop_table("card_due")
    op.drop_table("post_card")
    with op.batch_alter_table("content_version") as table:
        table.drop_column("cards_made_by")
