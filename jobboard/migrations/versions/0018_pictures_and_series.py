"""Smaller copies of pictures; series of posts"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # In place: other tables point at this one, and SQLite would have to make it anew.
    op.add_column("stored_file", sa.Column("sizes", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column("stored_file", "sizes")
