"""Who in the talent pool was told about which opening"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

UTC_DATETIME = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "pool_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("opening_id", sa.Integer(), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UTC_DATETIME, nullable=False),
        sa.Column("link_epoch", sa.Integer(), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_pool_contact_application_id_application"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["opening_id"], ["job_offer.post_id"], name=op.f("fk_pool_contact_opening_id_job_offer"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_pool_contact_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pool_contact")),
        sa.UniqueConstraint("address_hash", "opening_id", name=op.f("uq_pool_contact_address_hash_opening_id")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_pool_contact_link_hash")),
    )
    op.create_index("ix_pool_contact_application_id", "pool_contact", ["application_id"])
    op.create_index("ix_pool_contact_opening_id", "pool_contact", ["opening_id"])


def downgrade() -> None:
    op.drop_table("pool_contact")
