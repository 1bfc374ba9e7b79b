"""Search on PostgreSQL: a `tsvector` made of words that are already cut, so that no parser of the database's cuts them again.

Weights tell the columns apart: A the title's words, B the body's, C and D their other forms.
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from jobboard.search.words import Cut, Term

FTS = sa.table("search_fts", sa.column("rowid", sa.BigInteger), sa.column("vector", TSVECTOR))
#: A position higher than this is kept as this by PostgreSQL.
LAST_POSITION = 16383


def insertion(text_id: int, title: Cut, body: Cut) -> sa.Insert:
    """The row of a text."""
    parts = []
    for weight, words in (("A", title.words), ("B", body.words), ("C", title.forms), ("D", body.forms)):
        parts += [f"'{word}':{min(at, LAST_POSITION)}{weight}" for at, word in enumerate(words, 1)]
    return sa.insert(FTS).values(rowid=text_id, vector=sa.cast(sa.literal(" ".join(parts)), TSVECTOR))


def matches(terms: list[Term]) -> sa.FromClause:
    """(id, tier): in which texts all terms stand, and how many of them in the title."""
    in_title = [_expression(term, in_title=True) for term in terms]
    tier = sa.case((_matches(" & ".join(in_title)), 0), (_matches(" | ".join(in_title)), 1), else_=2)
    query = _matches(" & ".join(_expression(term, in_title=False) for term in terms))
    return sa.select(FTS.c.rowid.label("id"), tier.label("tier")).where(query).cte("found").prefix_with("MATERIALIZED")


def _matches(query: str) -> sa.ColumnElement[bool]:
    return FTS.c.vector.op("@@")(sa.cast(sa.literal(query), TSQUERY))


def _expression(term: Term, *, in_title: bool) -> str:
    """A term as a `tsquery`. Words hold letters and digits only (they were cut), so in quotes nothing of them is syntax."""
    if term.is_phrase:
        weights = "A" if in_title else "AB"
        return "(" + " | ".join(" <-> ".join(f"'{word}':{weight}" for word in term.words) for weight in weights) + ")"
    weights = "AC" if in_title else ""
    first = f"'{term.words[0]}':*{weights}"
    others = [f"'{word}'{f':{weights}' if weights else ''}" for word in term.words[1:]]
    return f"({' | '.join([first, *others])})"
