"""The search index keeps the order of words, for phrases, and their other forms apart; the worker fills it anew"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("content_version") as table:
        table.add_column(sa.Column("words_cut_by", sa.String(length=64), nullable=False, server_default=""))
    op.execute("DROP TABLE search_fts")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE TABLE search_fts (rowid bigint PRIMARY KEY, vector tsvector NOT NULL)")
        op.execute("CREATE INDEX ix_search_fts_vector ON search_fts USING gin (vector)")
    else:
        # Everything but spaces belongs to a word: the words were cut before.
        op.execute(
            "CREATE VIRTUAL TABLE search_fts USING fts5(title, body, title_forms, body_forms, "
            "tokenize=\"unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co'\", prefix='2 3')"
        )


def downgrade() -> None:
    op.execute("DROP TABLE search_fts")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TABLE search_fts (rowid bigint PRIMARY KEY, title text NOT NULL, body text NOT NULL, "
            "vector tsvector GENERATED ALWAYS AS (setweight(to_tsvector('simple', title), 'A') || "
            "setweight(to_tsvector('simple', body), 'D')) STORED)"
        )
        op.execute("CREATE INDEX ix_search_fts_vector ON search_fts USING gin (vector)")
    else:
        op.execute(
            "CREATE VIRTUAL TABLE search_fts USING fts5("
            "title, body, tokenize='unicode61 remove_diacritics 0', prefix='2 3')"
        )
    with op.batch_alter_table("content_version") as table:
        table.drop_column("words_cut_by")
