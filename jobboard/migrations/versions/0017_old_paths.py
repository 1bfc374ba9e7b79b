"""Addresses that imported texts had at their old home"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "old_path",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["text_id"], ["post_text.id"], name=op.f("fk_old_path_text_id_post_text"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_old_path")),
        sa.UniqueConstraint("path", name=op.f("uq_old_path_path")),
    )
    op.create_index("ix_old_path_text_id", "old_path", ["text_id"])


def downgrade() -> None:
    op.drop_table("old_path")
