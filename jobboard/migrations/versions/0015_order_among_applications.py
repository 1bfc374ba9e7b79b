"""Tags, assignees, what somebody has seen, mentions, saved filters, bulk runs, and the words of applications"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

UTC_DATETIME = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
STAGES = "'received', 'reviewing', 'interview', 'offer', 'hired', 'declined', 'withdrawn', 'rejected'"
EVENTS = (
    "'received', 'moved', 'noted', 'mailed', 'told', 'bounced', 'withdrawn', "
    "'document_added', 'contact_changed', 'released', 'deletion_asked', 'interview', "
    "'rated', 'rating_changed', 'names_shown', 'mail_taken_back', 'address_corrected'"
)


def upgrade() -> None:
    op.create_table(
        "tag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("key", name=op.f("uq_tag_key")),
    )
    of_applications("application_tag", reference("application_tag", "tag_id", "tag"))
    of_applications("application_assignee", reference("application_assignee", "person_id", "person"))
    of_applications(
        "application_seen",
        reference("application_seen", "person_id", "person"),
        sa.Column("event_id", sa.Integer(), nullable=False),
    )
    op.create_table(
        "mention",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("read_at", UTC_DATETIME, nullable=True),
        *(cascade("mention", f"{name}_id", name) for name in ("note", "application", "person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mention")),
        sa.UniqueConstraint("note_id", "person_id", name=op.f("uq_mention_note_id_person_id")),
    )
    op.create_index("ix_mention_application_id", "mention", ["application_id"])
    op.create_index("ix_mention_person_id", "mention", ["person_id"])
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        cascade("saved_filter", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint("person_id", "name", name=op.f("uq_saved_filter_person_id_name")),
    )
    create_bulk_tables()
    op.create_table(
        "application_words",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("cut_by", sa.String(length=64), nullable=False),
        cascade("application_words", "application_id", "application"),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_application_words")),
    )
    op.add_column("person", sa.Column("has_keys", sa.Boolean(), nullable=False, server_default=sa.true()))
    allow_events(f"{EVENTS}, 'taken_back'")


def create_bulk_tables() -> None:
    op.create_table(
        "bulk_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", UTC_DATETIME, nullable=False),
        sa.Column("to_stage", sa.String(length=40), nullable=False),
        sa.Column("send_after", UTC_DATETIME, nullable=True),
        sa.Column("mails_back_at", UTC_DATETIME, nullable=True),
        sa.Column("moves_back_at", UTC_DATETIME, nullable=True),
        sa.CheckConstraint(f"to_stage IN ({STAGES})", name=op.f("ck_bulk_run_stage")),
        cascade("bulk_run", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_run")),
        sa.UniqueConstraint("nonce", name=op.f("uq_bulk_run_nonce")),
    )
    op.create_index("ix_bulk_run_at", "bulk_run", ["at"])
    op.create_table(
        "bulk_item",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        cascade("bulk_item", "run_id", "bulk_run"),
        cascade("bulk_item", "application_id", "application"),
        sa.PrimaryKeyConstraint("run_id", "application_id", name=op.f("pk_bulk_item")),
    )
    op.create_index("ix_bulk_item_application_id", "bulk_item", ["application_id"])


def downgrade() -> None:
    op.execute("DELETE FROM event WHERE kind = 'taken_back'")
    allow_events(EVENTS)
    op.drop_column("person", "has_keys")
    for table in ("application_words", "bulk_item", "bulk_run", "saved_filter", "mention"):
        op.drop_table(table)
    for table in ("application_seen", "application_assignee", "application_tag", "tag"):
        op.drop_table(table)


def of_applications(table: str, other: tuple[str, sa.ForeignKeyConstraint], *columns: "sa.Column[int]") -> None:
    """A table that ties applications to something else, gone with either of them."""
    column, constraint = other
    op.create_table(
        table,
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column(column, sa.Integer(), nullable=False),
        *columns,
        cascade(table, "application_id", "application"),
        constraint,
        sa.PrimaryKeyConstraint("application_id", column, name=op.f(f"pk_{table}")),
    )
    op.create_index(f"ix_{table}_{column}", table, [column])


def reference(table: str, column: str, to_table: str) -> tuple[str, sa.ForeignKeyConstraint]:
    return column, cascade(table, column, to_table)


def cascade(table: str, column: str, to_table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{to_table}.id"], name=op.f(f"fk_{table}_{column}_{to_table}"), ondelete="CASCADE"
    )


def allow_events(kinds: str) -> None:
    """Let events be of these kinds."""
    with op.batch_alter_table("event") as batch:
        batch.drop_constraint(op.f("ck_event_eventkind"), type_="check")
        batch.create_check_constraint(op.f("ck_event_eventkind"), f"kind IN ({kinds})")
