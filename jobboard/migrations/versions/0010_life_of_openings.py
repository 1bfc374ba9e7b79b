"""The history of openings, and that a position was filled"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

UTC_DATETIME = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
KINDS = "'published', 'scheduled', 'withdrawn', 'overridden', 'closed', 'filled', 'extended', 'reopened'"


def upgrade() -> None:
    op.create_table(
        "offer_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("at", UTC_DATETIME, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", UTC_DATETIME, nullable=True),
        sa.Column("item", sa.String(length=60), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_offer_event_happened")),
        sa.CheckConstraint(
            "kind NOT IN ('extended', 'overridden') OR reason != ''", name=op.f("ck_offer_event_has_reason")
        ),
        sa.CheckConstraint("kind != 'extended' OR until IS NOT NULL", name=op.f("ck_offer_event_has_deadline")),
        sa.CheckConstraint(
            "(kind = 'overridden') = (item IS NOT NULL AND fingerprint IS NOT NULL)",
            name=op.f("ck_offer_event_has_item"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_offer_event_by_id_person")),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["job_offer.post_id"], name=op.f("fk_offer_event_offer_id_job_offer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_event")),
    )
    op.create_index("ix_offer_event_offer_id", "offer_event", ["offer_id"])
    op.add_column("job_offer", sa.Column("is_filled", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("job_offer", "is_filled")
    op.drop_table("offer_event")
