"""Search on SQLite: an FTS5 table of words that are already cut. Titles and bodies keep their order, for phrases."""

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from jobboard.search.models import SearchWord
from jobboard.search.words import Cut, Term

FTS = sa.table(
    "search_fts",
    sa.column("rowid", sa.Integer),
    sa.column("title", sa.Text),
    sa.column("body", sa.Text),
    sa.column("title_forms", sa.Text),
    sa.column("body_forms", sa.Text),
)

#: FTS5 finds rows in this order.
BY_TEXT = FTS.c.rowid


def insertion(text_id: int, title: Cut, body: Cut) -> sa.Insert:
    """The row of a text."""
    values = {"title": title.words, "body": body.words, "title_forms": title.forms, "body_forms": body.forms}
    return sa.insert(FTS).values(rowid=text_id, **{name: " ".join(words) for name, words in values.items()})


def remembering(words: list[str], head: int) -> sa.Insert:
    """The rows of those words that are not remembered yet."""
    word = _listed(words).c.value
    columns = sa.select(word, sa.func.substr(word, 1, head), sa.func.length(word))
    return sa.insert(SearchWord).prefix_with("OR IGNORE").from_select(["word", "head", "size"], columns)


def given(expressions: list[str]) -> tuple[sa.TableValuedAlias, sa.ColumnElement[int], sa.ColumnElement[str]]:
    """A table of these, its numbers from 0, and its expressions."""
    table = _listed(expressions)
    return table, table.c.key, table.c.value


def _listed(texts: list[str]) -> sa.TableValuedAlias:
    return sa.func.json_each(json.dumps(texts)).table_valued("key", "value", name="listed")


def matches(terms: list[Term]) -> sa.FromClause:
    """(id, tier): in which texts all terms stand, and how many of them in the title."""
    in_title = [_expression(term, in_title=True) for term in terms]
    tier = sa.case(
        (FTS.c.rowid.in_(_ids(" AND ".join(in_title))), 0), (FTS.c.rowid.in_(_ids(" OR ".join(in_title))), 1), else_=2
    )
    found = sa.select(FTS.c.rowid.label("id"), tier.label("tier")).where(holds(expression(terms)))
    # Materialized: the table is looked at for its words once, whatever the query around it looks like.
    return found.cte("found").prefix_with("MATERIALIZED")


def expression(terms: Sequence[Term]) -> str:
    """Everything a query asks for."""
    return " AND ".join(_expression(term, in_title=False) for term in terms)


def exactly(word: Any) -> sa.ColumnElement[str]:
    """A word as it stands in a text, from a column."""
    return sa.literal('{title body} : "').concat(word).concat('"')


def holds(query: Any) -> sa.ColumnElement[bool]:
    """Whether a text holds what an expression (a text or a column of texts) asks for."""
    return sa.literal_column("search_fts").op("MATCH")(query)


def _ids(query: str) -> sa.Select[tuple[int]]:
    return sa.select(FTS.c.rowid).where(holds(query)).correlate(None)


def _expression(term: Term, *, in_title: bool) -> str:
    """A term in FTS5's language. Words hold letters and digits only (they were cut), so in quotes nothing of them is syntax."""
    if term.is_phrase:
        columns, words = "title" if in_title else "title body", " ".join(term.words)
        return f'({{{columns}}} : "{words}")'
    columns = "title title_forms" if in_title else "title title_forms body body_forms"
    words = " OR ".join([f'"{term.words[0]}"*', *(f'"{word}"' for word in term.words[1:])])
    return f"({{{columns}}} : ({words}))"
