"""Smaller copies of pictures; series of posts"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # In place: other tables point at this one, and SQLite would have to make it anew.
    op.add_column("stored_file", sa.Column("sizes", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("slug", name=op.f("uq_series_slug")),
    )
    op.create_table(
        "series_part",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_series_part_counts_from_one")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_series_part_post_id_post"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_series_part_series_id_series"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_series_part")),
    )
    op.create_index("ix_series_part_series_id", "series_part", ["series_id"])


def downgrade() -> None:
    op.drop_table("series_part")
    op.drop_table("series")
    op.drop_column("stored_file", "sizes")
