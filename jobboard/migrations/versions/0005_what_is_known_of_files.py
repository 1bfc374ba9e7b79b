"""What is known of an upload: what HR should know before opening it, its pages, and what the virus scanner said"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Columns are added and dropped in place: other tables point at this one, and SQLite would have to make it anew.
UTC_DATETIME = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.add_column("stored_file", sa.Column("flags", sa.JSON(none_as_null=True), nullable=False, server_default="[]"))
    op.add_column("stored_file", sa.Column("page_count", sa.Integer(), nullable=True))
    op.add_column("stored_file", sa.Column("pages", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("stored_file", sa.Column("pages_made_at", UTC_DATETIME, nullable=True))
    # The check stands with its column, so that SQLite can drop both.
    op.execute(
        "ALTER TABLE stored_file ADD COLUMN scan_state VARCHAR(40) NOT NULL DEFAULT 'not_scanned' "
        "CONSTRAINT ck_stored_file_scanstate "
        "CHECK (scan_state IN ('not_scanned', 'pending', 'clean', 'infected', 'error'))"
    )
    op.add_column("stored_file", sa.Column("scan_finding", sa.Text(), nullable=False, server_default=""))
    op.add_column("stored_file", sa.Column("scanned_at", UTC_DATETIME, nullable=True))
    op.create_index("ix_stored_file_pages_made_at", "stored_file", ["pages_made_at"])
    op.create_index("ix_stored_file_scan_state", "stored_file", ["scan_state"])


def downgrade() -> None:
    op.drop_index("ix_stored_file_scan_state", "stored_file")
    op.drop_index("ix_stored_file_pages_made_at", "stored_file")
    for name in ("scanned_at", "scan_finding", "scan_state", "pages_made_at", "pages", "page_count", "flags"):
        op.drop_column("stored_file", name)
