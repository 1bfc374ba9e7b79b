"""Views per day, sources of readers and applicants, what stays of erased applications, a promise for all openings"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STAGES = "'received', 'reviewing', 'interview', 'offer', 'hired', 'declined', 'withdrawn', 'rejected'"
# Columns are added in place, each with its constraint: SQLite can drop both again, and nothing points at a table made anew.
SOURCE = "ALTER TABLE {table} ADD COLUMN source_id INTEGER CONSTRAINT fk_{table}_source_id_source_code REFERENCES source_code(id)"


def upgrade() -> None:
    op.create_table(
        "source_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_code")),
        sa.UniqueConstraint("code", name=op.f("uq_source_code_code")),
    )
    op.create_table(
        "view_count",
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_view_count_post_id_post"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("on", "subject", "host", "source", name=op.f("pk_view_count")),
    )
    op.create_index("ix_view_count_post_id", "view_count", ["post_id", "on"])
    op.execute(SOURCE.format(table="application"))
    op.create_index("ix_application_told_stage", "application", ["told_stage", "received_at"])
    op.execute(SOURCE.format(table="erased_application"))
    op.execute(
        "ALTER TABLE erased_application ADD COLUMN reached VARCHAR(40) NOT NULL DEFAULT 'received' "
        f"CONSTRAINT ck_erased_application_reached CHECK (reached IN ({STAGES}))"
    )
    # Of those erased before, only the end is known.
    op.execute("UPDATE erased_application SET reached = stage WHERE stage IN ('reviewing', 'interview', 'offer', 'hired')")
    op.execute("UPDATE erased_application SET reached = 'offer' WHERE stage = 'declined'")
    op.add_column("erased_application", sa.Column("is_promise_kept", sa.Boolean(), nullable=True))
    op.add_column(
        "erased_application", sa.Column("is_suspect", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("site", sa.Column("response_days", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("site", "response_days")
    for column in ("is_suspect", "is_promise_kept", "reached"):
        op.drop_column("erased_application", column)
    op.drop_index("ix_application_told_stage", "application")
    for table in ("erased_application", "application"):
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"ALTER TABLE {table} DROP COLUMN source_id")
        else:
            op.drop_column(table, "source_id")
    op.drop_table("view_count")
    op.drop_table("source_code")
