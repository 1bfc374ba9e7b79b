"""Which secret keys made the links that are stored, so that those of a key that is gone can end"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("site", sa.Column("keys_mark", sa.String(length=64), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("site", "keys_mark")
