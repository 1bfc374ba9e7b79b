"""Criteria, reviews and ratings; names hidden at first; mail templates"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

UTC_DATETIME = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
EVENTS = (
    "'received', 'moved', 'noted', 'mailed', 'told', 'bounced', 'withdrawn', 'document_added', 'contact_changed', "
    "'released', 'deletion_asked', 'taken_back'"
)
NEW_EVENTS = ", 'rated', 'rating_changed', 'names_shown', 'mail_taken_back', 'address_corrected'"


def upgrade() -> None:
    op.create_table(
        "review_rules",
        sa.Column("offer_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hides_names", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["job_offer.post_id"], name=op.f("fk_review_rules_offer_id_job_offer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("offer_id", name=op.f("pk_review_rules")),
    )
    op.create_table(
        "criterion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["job_offer.post_id"], name=op.f("fk_criterion_offer_id_job_offer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criterion")),
    )
    op.create_index("ix_criterion_offer_id", "criterion", ["offer_id"])
    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UTC_DATETIME, nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("earlier", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_review_application_id_application"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_review_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("application_id", "by_id", name=op.f("uq_review_application_id_by_id")),
    )
    op.create_table(
        "rating",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name=op.f("ck_rating_stars")),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_rating_review_id_review"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["criterion_id"], ["criterion.id"], name=op.f("fk_rating_criterion_id_criterion")),
        sa.PrimaryKeyConstraint("review_id", "criterion_id", name=op.f("pk_rating")),
    )
    op.create_index("ix_rating_criterion_id", "rating", ["criterion_id"])
    op.create_table(
        "mail_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=True),
        sa.Column("subject", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("body", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("changed_at", UTC_DATETIME, nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(kind IS NULL) <> (name IS NULL)", name=op.f("ck_mail_template_kind_or_name")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["person.id"], name=op.f("fk_mail_template_changed_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_template")),
        sa.UniqueConstraint("kind", name=op.f("uq_mail_template_kind")),
        sa.UniqueConstraint("name", name=op.f("uq_mail_template_name")),
    )
    allow_events(EVENTS + NEW_EVENTS)


def downgrade() -> None:
    op.execute(f"DELETE FROM event WHERE kind NOT IN ({EVENTS})")
    allow_events(EVENTS)
    for table in ("mail_template", "rating", "review", "criterion", "review_rules"):
        op.drop_table(table)


def allow_events(kinds: str) -> None:
    """Let events be of these kinds."""
    with op.batch_alter_table("event") as batch:
        batch.drop_constraint(op.f("ck_event_eventkind"), type_="check")
        batch.create_check_constraint(op.f("ck_event_eventkind"), f"kind IN ({kinds})")
