"""Search on PostgreSQL: a `tsvector` made of words that are already cut, so that no parser of the database's cuts them again.

Weights tell the columns apart: A the title's words, B the body's, C and D their other forms.
"""

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, TSQUERY, TSVECTOR, insert

from jobboard.search.models import SearchWord
from jobboard.search.words import Cut, Term

FTS = sa.table("search_fts", sa.column("rowid", sa.BigInteger), sa.column("vector", TSVECTOR))
#: Not the bare column: for the first few in its order the planner would read text after text until enough of them match.
BY_TEXT = FTS.c.rowid + 0
#: A position higher than this is kept as this by PostgreSQL.
LAST_POSITION = 16383


def insertion(text_id: int, title: Cut, body: Cut) -> sa.Insert:
    """The row of a text."""
    parts = []
    for weight, words in (("A", title.words), ("B", body.words), ("C", title.forms), ("D", body.forms)):
        parts += [f"'{word}':{min(at, LAST_POSITION)}{weight}" for at, word in enumerate(words, 1)]
    return sa.insert(FTS).values(rowid=text_id, vector=sa.cast(sa.literal(" ".join(parts)), TSVECTOR))


def remembering(words: list[str], head: int) -> sa.Insert:
    """The rows of those words that are not remembered yet."""
    word = _listed(words).c.value
    columns = sa.select(word, sa.func.substr(word, 1, head), sa.func.length(word))
    return insert(SearchWord).from_select(["word", "head", "size"], columns).on_conflict_do_nothing()


def given(expressions: list[str]) -> tuple[sa.TableValuedAlias, sa.ColumnElement[int], sa.ColumnElement[str]]:
    """A table of these, its numbers from 0, and its expressions."""
    table = _listed(expressions)
    return table, table.c.key - 1, table.c.value


def _listed(texts: list[str]) -> sa.TableValuedAlias:
    values = sa.func.jsonb_array_elements_text(sa.cast(sa.literal(json.dumps(texts)), JSONB))
    return values.table_valued(sa.column("value", sa.Text), with_ordinality="key", name="listed").render_derived()


def matches(terms: list[Term]) -> sa.FromClause:
    """(id, tier): in which texts all terms stand, and how many of them in the title."""
    in_title = [_expression(term, in_title=True) for term in terms]
    tier = sa.case((holds(" & ".join(in_title)), 0), (holds(" | ".join(in_title)), 1), else_=2)
    found = sa.select(FTS.c.rowid.label("id"), tier.label("tier")).where(holds(expression(terms)))
    return found.cte("found").prefix_with("MATERIALIZED")


def expression(terms: Sequence[Term]) -> str:
    """Everything a query asks for."""
    return " & ".join(_expression(term, in_title=False) for term in terms)


def exactly(word: Any) -> sa.ColumnElement[str]:
    """A word as it stands in a text, from a column."""
    return sa.literal("'").concat(word).concat("':AB")


def holds(query: Any) -> sa.ColumnElement[bool]:
    """Whether a text holds what an expression (a text or a column of texts) asks for."""
    return FTS.c.vector.op("@@")(sa.cast(sa.literal(query) if isinstance(query, str) else query, TSQUERY))


def _expression(term: Term, *, in_title: bool) -> str:
    """A term as a `tsquery`. Words hold letters and digits only (they were cut), so in quotes nothing of them is syntax."""
    if term.is_phrase:
        weights = "A" if in_title else "AB"
        return "(" + " | ".join(" <-> ".join(f"'{word}':{weight}" for word in term.words) for weight in weights) + ")"
    weights = "AC" if in_title else ""
    first = f"'{term.words[0]}':*{weights}"
    others = [f"'{word}'{f':{weights}' if weights else ''}" for word in term.words[1:]]
    return f"({' | '.join([first, *others])})"
