"""Drafts of applications, the talent pool, what was erased; phone, suspicions and locks of applications"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UTC_DATETIME = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
STAGES = "'received', 'reviewing', 'interview', 'offer', 'hired', 'declined', 'withdrawn', 'rejected'"
EVENTS = "'received', 'moved', 'noted', 'mailed', 'told', 'bounced', 'withdrawn'"
NEW_EVENTS = ", 'document_added', 'contact_changed', 'released', 'deletion_asked'"
DOCUMENTS, NEW_DOCUMENTS = "'cv', 'answer'", ", 'added'"


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("opening_id", sa.Integer(), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=True),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("issued_at", UTC_DATETIME, nullable=False),
        sa.Column("locale", sa.String(length=35), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("moment", sa.BigInteger(), nullable=False),
        sa.Column("suspicions", sa.JSON(), nullable=False),
        sa.Column("expires_at", UTC_DATETIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["opening_id"], ["job_offer.post_id"], name=op.f("fk_draft_opening_id_job_offer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_draft_link_hash")),
        sa.UniqueConstraint("nonce", name=op.f("uq_draft_nonce")),
    )
    op.create_index("ix_draft_opening_id", "draft", ["opening_id"])
    op.create_index("ix_draft_expires_at", "draft", ["expires_at"])
    op.create_table(
        "draft_file",
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=80), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_draft_file_draft_id_draft"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_draft_file_file_id_stored_file"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("draft_id", "field", name=op.f("pk_draft_file")),
        sa.UniqueConstraint("file_id", name=op.f("uq_draft_file_file_id")),
    )
    op.create_table(
        "pool_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("given_at", UTC_DATETIME, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("until", UTC_DATETIME, nullable=False),
        sa.Column("asked_at", UTC_DATETIME, nullable=True),
        sa.Column("withdrawn_at", UTC_DATETIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_pool_consent_application_id_application"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pool_consent")),
    )
    op.create_index("ix_pool_consent_application_id", "pool_consent", ["application_id"])
    op.create_index("ix_pool_consent_until", "pool_consent", ["until"])
    op.create_table(
        "erased_application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("opening_id", sa.Integer(), nullable=True),
        sa.Column("received_month", sa.String(length=7), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("erased_on", sa.Date(), nullable=False),
        sa.CheckConstraint(f"stage IN ({STAGES})", name=op.f("ck_erased_application_stage")),
        sa.CheckConstraint("reason IN ('retention', 'applicant')", name=op.f("ck_erased_application_erasurereason")),
        sa.ForeignKeyConstraint(
            ["opening_id"],
            ["job_offer.post_id"],
            name=op.f("fk_erased_application_opening_id_job_offer"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erased_application")),
    )
    op.create_index("ix_erased_application_opening_id", "erased_application", ["opening_id"])
    op.create_table(
        "lost_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("asked_at", UTC_DATETIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lost_link")),
    )
    op.create_table(
        "retention_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UTC_DATETIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_run")),
    )
    op.add_column("application", sa.Column("phone", sa.String(length=20), nullable=False, server_default=""))
    op.add_column("application", sa.Column("is_suspect", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("application", sa.Column("suspicions", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("application", sa.Column("draft_hash", sa.String(length=64), nullable=True))
    op.create_index("ix_application_draft_hash", "application", ["draft_hash"], unique=True)
    op.add_column("application", sa.Column("new_email", sa.String(length=254), nullable=True))
    op.add_column("application", sa.Column("new_email_hash", sa.String(length=64), nullable=True))
    op.create_index("ix_application_new_email_hash", "application", ["new_email_hash"], unique=True)
    op.add_column("application", sa.Column("locked_at", UTC_DATETIME, nullable=True))
    allow("event", "ck_event_eventkind", EVENTS + NEW_EVENTS)
    allow("document", "ck_document_documentkind", DOCUMENTS + NEW_DOCUMENTS)


def downgrade() -> None:
    # Their files are nobody's then, and the sweep takes them.
    added = f"SELECT file_id FROM document WHERE kind NOT IN ({DOCUMENTS})"
    op.execute(f"UPDATE stored_file SET staged_until = '2000-01-01 00:00:00' WHERE id IN ({added})")
    op.execute(f"DELETE FROM document WHERE kind NOT IN ({DOCUMENTS})")
    # What was locked must not be read again: who asked for deletion gets it.
    op.execute("DELETE FROM application WHERE locked_at IS NOT NULL")
    op.execute(f"DELETE FROM event WHERE kind NOT IN ({EVENTS})")
    allow("document", "ck_document_documentkind", DOCUMENTS)
    allow("event", "ck_event_eventkind", EVENTS)
    op.drop_index("ix_application_new_email_hash", "application")
    op.drop_index("ix_application_draft_hash", "application")
    for column in ("new_email_hash", "new_email", "draft_hash", "locked_at", "suspicions", "is_suspect", "phone"):
        op.drop_column("application", column)
    for table in ("retention_run", "lost_link", "erased_application", "pool_consent", "draft_file", "draft"):
        op.drop_table(table)


def allow(table: str, constraint: str, kinds: str) -> None:
    """Let the column `kind` of a table have these values."""
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(constraint), type_="check")
        batch.create_check_constraint(op.f(constraint), f"kind IN ({kinds})")
