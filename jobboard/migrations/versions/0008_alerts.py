"""Alerts by mail, who asked for them, and the one-click end of a list's mails"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

UTC_DATETIME = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "subscriber",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("locale", sa.String(length=35), nullable=False),
        sa.Column("link_epoch", sa.Integer(), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=True),
        sa.Column("stop_hash", sa.String(length=64), nullable=True),
        sa.Column("mailed_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriber")),
        sa.UniqueConstraint("email_key", name=op.f("uq_subscriber_email_key")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_subscriber_link_hash")),
        sa.UniqueConstraint("stop_hash", name=op.f("uq_subscriber_stop_hash")),
    )
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("query", sa.String(length=2000), nullable=False),
        sa.Column("frequency", sa.String(length=40), nullable=False),
        sa.Column("created_at", UTC_DATETIME, nullable=False),
        sa.Column("confirm_epoch", sa.Integer(), nullable=False),
        sa.Column("confirm_hash", sa.String(length=64), nullable=True),
        sa.Column("confirmed_at", UTC_DATETIME, nullable=True),
        sa.Column("since", UTC_DATETIME, nullable=False),
        sa.Column("next_at", UTC_DATETIME, nullable=False),
        sa.Column("kept_at", UTC_DATETIME, nullable=True),
        sa.Column("asked_at", UTC_DATETIME, nullable=True),
        sa.CheckConstraint("what IN ('openings', 'posts')", name=op.f("ck_alert_what")),
        sa.CheckConstraint("frequency IN ('instantly', 'daily', 'weekly')", name=op.f("ck_alert_frequency")),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], name=op.f("fk_alert_subscriber_id_subscriber"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("confirm_hash", name=op.f("uq_alert_confirm_hash")),
        sa.UniqueConstraint("subscriber_id", "what", "query", name=op.f("uq_alert_subscriber_id_what_query")),
    )
    op.create_index("ix_alert_due", "alert", ["frequency", "next_at"])
    op.create_index("ix_alert_created_at", "alert", ["created_at"])
    op.create_table(
        "alert_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("made_at", UTC_DATETIME, nullable=False),
        sa.Column("post_ids", sa.JSON(), nullable=False),
        sa.Column("since", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscriber.id"],
            name=op.f("fk_alert_mail_subscriber_id_subscriber"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_mail")),
    )
    op.create_index("ix_alert_mail_subscriber_id", "alert_mail", ["subscriber_id"])
    op.add_column("outbox_mail", sa.Column("unsubscribe", sa.String(length=200), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("outbox_mail") as table:
        table.drop_column("unsubscribe")
    op.drop_table("alert_mail")
    op.drop_table("alert")
    op.drop_table("subscriber")
