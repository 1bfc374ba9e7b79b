"""The search index of each engine, and the row of the content version"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(sa.text("INSERT INTO content_version (id, number) VALUES (1, 1)"))
    op.execute(
        sa.text(
            "INSERT INTO site (id, name, tagline, intro, gender_marker, time_zone, organisation, organisation_url, "
            "contact_email, retention_days) VALUES (1, 'Jobboard', '{}', '{}', '(m/w/d)', 'Europe/Berlin', '', '', '', 180)"
        )
    )
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


def downgrade() -> None:
    op.execute("DROP TABLE search_fts")
    op.execute(sa.text("DELETE FROM site"))
    op.execute(sa.text("DELETE FROM content_version"))
