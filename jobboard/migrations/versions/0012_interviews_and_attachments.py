"""Interviews; mails have attachments and may come too late"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

UTC_DATETIME = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")

EVENTS = (
    "'received', 'moved', 'noted', 'mailed', 'told', 'bounced', 'withdrawn', 'document_added', 'contact_changed', "
    "'released', 'deletion_asked'"
)
NEW_EVENTS = ", 'interview'"
STATES, VENUES = "'proposed', 'planned', 'cancelled'", "'on_site', 'video', 'phone'"
SIDES = "'staff', 'applicant', 'ended'"


def upgrade() -> None:
    op.add_column("outbox_mail", sa.Column("expires_at", UTC_DATETIME, nullable=True))
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
    op.create_table(
        "interview",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=320), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("starts_at", UTC_DATETIME, nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("venue", sa.String(length=40), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("answer_by", UTC_DATETIME, nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", UTC_DATETIME, nullable=False),
        sa.Column("picked_at", UTC_DATETIME, nullable=True),
        sa.Column("wished_at", UTC_DATETIME, nullable=True),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("cancelled_at", UTC_DATETIME, nullable=True),
        sa.Column("cancelled_by", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("is_untold", sa.Boolean(), nullable=False),
        sa.Column("reminded_at", UTC_DATETIME, nullable=True),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_interview_interviewstate")),
        sa.CheckConstraint(f"venue IN ({VENUES})", name=op.f("ck_interview_venue")),
        sa.CheckConstraint(f"cancelled_by IN ({SIDES})", name=op.f("ck_interview_side")),
        sa.CheckConstraint(
            "state <> 'planned' OR starts_at IS NOT NULL", name=op.f("ck_interview_planned_has_a_start")
        ),
        sa.CheckConstraint(
            "state <> 'cancelled' OR cancelled_at IS NOT NULL", name=op.f("ck_interview_cancelled_has_a_moment")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_interview_application_id_application"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["person.id"], name=op.f("fk_interview_proposed_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview")),
        sa.UniqueConstraint("uid", name=op.f("uq_interview_uid")),
    )
    op.create_index("ix_interview_application_id", "interview", ["application_id"])
    op.create_index("ix_interview_state", "interview", ["state", "starts_at"])
    op.create_table(
        "interview_slot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", UTC_DATETIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["interview_id"],
            ["interview.id"],
            name=op.f("fk_interview_slot_interview_id_interview"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_slot")),
        sa.UniqueConstraint("interview_id", "starts_at", name=op.f("uq_interview_slot_interview_id_starts_at")),
    )
    op.create_index("ix_interview_slot_starts_at", "interview_slot", ["starts_at"])
    op.create_table(
        "interview_person",
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interview_id"],
            ["interview.id"],
            name=op.f("fk_interview_person_interview_id_interview"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_interview_person_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("interview_id", "person_id", name=op.f("pk_interview_person")),
    )
    op.create_index("ix_interview_person_person_id", "interview_person", ["person_id"])
    op.create_table(
        "calendar_feed",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    allow_events(EVENTS + NEW_EVENTS)


def downgrade() -> None:
    op.execute("DELETE FROM event WHERE kind = 'interview'")
    allow_events(EVENTS)
    for table in ("calendar_feed", "interview_person", "interview_slot", "interview", "outbox_attachment"):
        op.drop_table(table)
    op.drop_column("outbox_mail", "expires_at")


def allow_events(kinds: str) -> None:
    """Let events be of these kinds."""
    with op.batch_alter_table("event") as batch:
        batch.drop_constraint(op.f("ck_event_eventkind"), type_="check")
        batch.create_check_constraint(op.f("ck_event_eventkind"), f"kind IN ({kinds})")
