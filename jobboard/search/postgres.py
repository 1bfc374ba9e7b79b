"""Search on PostgreSQL: full text with the configuration `simple`, as the words are already cut."""

import sqlalchemy as sa

FTS = sa.table("search_fts", sa.column("rowid", sa.Integer), sa.column("vector", sa.Text))


def matches(words: list[list[str]]) -> sa.FromClause:
    """(id, rank) by ts_rank, a word in the title counting eight times one in the body; lower is better."""
    # Forms hold word characters only (they were cut), so inside quotes nothing of a query can be tsquery syntax.
    terms = [" | ".join([f"'{forms[0]}':*", *(f"'{form}'" for form in forms[1:])]) for forms in words]
    query = sa.func.to_tsquery("simple", " & ".join(f"({term})" for term in terms))
    rank = -sa.func.ts_rank(sa.cast([0.125, 0.2, 0.4, 1.0], sa.ARRAY(sa.Float(24))), FTS.c.vector, query)
    found = sa.select(FTS.c.rowid.label("id"), rank.label("rank")).where(FTS.c.vector.op("@@")(query))
    return found.subquery("found")
