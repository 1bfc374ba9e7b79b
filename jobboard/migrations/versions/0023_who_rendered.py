"""Which renderer made each stored text, so that the worker can render old ones anew"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TABLES = ("post_text", "site_page")


def upgrade() -> None:
    for table in TABLES:  # in place: SQLite would have to make a large table anew
        op.add_column(table, sa.Column("rendered_by", sa.String(length=16), nullable=False, server_default=""))
        op.create_index(f"ix_{table}_rendered_by", table, ["rendered_by"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_index(f"ix_{table}_rendered_by", table)
        op.drop_column(table, "rendered_by")
