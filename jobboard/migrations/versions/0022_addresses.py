"""Addresses of categories, authors and series before; who has a page follows from what they wrote; names of feeds"""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

UTC_DATETIME = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
OWNERS = ("category", "person", "series")


def upgrade() -> None:
    for owner in OWNERS:
        table = f"old_{owner}_slug"
        op.create_table(
            table,
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("slug", sa.String(length=120), nullable=False),
            sa.Column("until", UTC_DATETIME, nullable=False),
            sa.Column("owner_id", sa.Integer(), nullable=False),
            sa.ForeignKeyConstraint(
                ["owner_id"], [f"{owner}.id"], name=op.f(f"fk_{table}_owner_id_{owner}"), ondelete="CASCADE"
            ),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
            sa.UniqueConstraint("slug", name=op.f(f"uq_{table}_slug")),
        )
        op.create_index(f"ix_{table}_owner_id", table, ["owner_id"])
    op.drop_column("person", "is_author")
    op.add_column("site", sa.Column("uid", sa.String(length=36), server_default="", nullable=False))
    op.execute(sa.text("UPDATE site SET uid = :uid").bindparams(uid=str(uuid.uuid4())))


def downgrade() -> None:
    op.drop_column("site", "uid")
    # In place: other tables point at this one, and SQLite would have to make it anew.
    op.add_column("person", sa.Column("is_author", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.execute(sa.text("UPDATE person SET is_author = id IN (SELECT person_id FROM authorship)"))
    for owner in reversed(OWNERS):
        op.drop_table(f"old_{owner}_slug")
