"""The words of all texts, which mistyped words of a search are compared with; filled from the index there is"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_word",
        sa.Column("word", sa.String(length=30), nullable=False),
        sa.Column("head", sa.String(length=2), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_word")),
    )
    op.create_index("ix_search_word_head_size", "search_word", ["head", "size"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "INSERT INTO search_word (word, head, size) SELECT word, substr(word, 1, 2), length(word) "
            "FROM ts_stat('SELECT vector FROM search_fts', 'ab') WHERE length(word) BETWEEN 2 AND 30 AND word !~ '[0-9]'"
        )
    else:
        op.execute("CREATE VIRTUAL TABLE temp.search_terms USING fts5vocab('main', 'search_fts', 'col')")
        op.execute(
            "INSERT INTO search_word (word, head, size) SELECT DISTINCT term, substr(term, 1, 2), length(term) "
            "FROM temp.search_terms WHERE col IN ('title', 'body') AND length(term) BETWEEN 2 AND 30 "
            "AND term NOT GLOB '*[0-9]*'"
        )
        op.execute("DROP TABLE temp.search_terms")


def downgrade() -> None:
    op.drop_table("search_word")
