"""Search on SQLite: an FTS5 table of words that are already cut."""

import sqlalchemy as sa

#: The same three columns on both engines; PostgreSQL's has a generated tsvector beside them.
FTS = sa.table("search_fts", sa.column("rowid", sa.Integer), sa.column("title", sa.Text), sa.column("body", sa.Text))


def matches(words: list[list[str]]) -> sa.FromClause:
    """(id, rank) by bm25, a word in the title counting eight times one in the body."""
    # Forms hold word characters only (they were cut), so inside quotes nothing of a query can be FTS5 syntax.
    terms = [" OR ".join([f'"{forms[0]}"*', *(f'"{form}"' for form in forms[1:])]) for forms in words]
    query = " AND ".join(f"({term})" for term in terms)
    rank = sa.literal_column("bm25(search_fts, 8.0, 1.0)", sa.Float)
    found = sa.select(FTS.c.rowid.label("id"), rank.label("rank")).where(
        sa.literal_column("search_fts").op("MATCH")(query)
    )
    # Materialized: bm25 works beside its MATCH only, and SQLite would pull it into the query around it.
    return found.cte("found").prefix_with("MATERIALIZED")
