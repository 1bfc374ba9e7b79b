"""Mails have attachments"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

UTC_DATETIME = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "outbox_attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content_type", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(content IS NULL) <> (file_id IS NULL)", name=op.f("ck_outbox_attachment_content_or_file")
        ),
        sa.ForeignKeyConstraint(
            ["mail_id"], ["outbox_mail.id"], name=op.f("fk_outbox_attachment_mail_id_outbox_mail"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_outbox_attachment_file_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_attachment")),
    )
    op.create_index("ix_outbox_attachment_mail_id", "outbox_attachment", ["mail_id"])
    op.create_index("ix_outbox_attachment_file_id", "outbox_attachment", ["file_id"])


def downgrade() -> None:
    op.drop_table("outbox_attachment")
