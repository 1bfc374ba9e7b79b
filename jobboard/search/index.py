"""The search seam: put a text in, take it out, and ask which texts match. Both databases answer alike (decision 23)."""

import dataclasses
from collections.abc import Sequence
from types import ModuleType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from jobboard.core.db import session
from jobboard.search import postgres, sqlite
from jobboard.search.models import HEAD, SearchWord, is_remembered
from jobboard.search.words import Term, cut, query_terms

#: How well a text fits: all words in its title, some of them, or in its body only.
TIERS = 3


def put(text_id: int, language: str, title: str, body: str) -> None:
    """Make a text findable, replacing what was there under its id (a `PostText.id`), and remember its words."""
    drop(text_id)
    in_title, in_body = cut(title, language), cut(body, language)
    session().execute(_engine().insertion(text_id, in_title, in_body))
    # In one order, so that two who write the same new words at once wait for each other and not in a circle.
    words = sorted(word for word in {*in_title.words, *in_body.words} if is_remembered(word))
    if words:
        session().execute(_engine().remembering(words, HEAD))


def drop(text_id: int) -> None:
    """Take a text out. Its words stay remembered until `is_forgotten` ones are deleted."""
    session().execute(sa.delete(sqlite.FTS).where(sqlite.FTS.c.rowid == text_id))


def drop_all() -> None:
    """Take every text out, for cutting them in another way."""
    session().execute(sa.delete(sqlite.FTS))
    session().execute(sa.delete(SearchWord))


def is_missing(text_id: InstrumentedAttribute[int]) -> sa.ColumnElement[bool]:
    """Whether a text is not findable yet."""
    return text_id.not_in(sa.select(sqlite.FTS.c.rowid))


def is_forgotten() -> sa.ColumnElement[bool]:
    """Whether a `SearchWord` stands in no text any more."""
    engine: Any = _engine()
    held = sa.select(engine.FTS.c.rowid).where(engine.holds(engine.exactly(SearchWord.word)))
    return sa.not_(held.correlate(SearchWord).exists())


def matches(query: str) -> sa.FromClause | None:
    """(id, tier) of the texts that hold everything the query asks for; the lowest tier is the best (0 to `TIERS` - 1).

    Words are found in any of their forms and as beginnings, in the title or in the body; what stands in quotes as it stands.
    None when the query has no word in it. Any text is a legal query.
    """
    terms = query_terms(query)
    return _engine().matches(terms) if terms else None


@dataclasses.dataclass(frozen=True)
class Asked:
    """Several queries asked at once: a table of them, and the index with the condition that a text holds one's words."""

    table: sa.TableValuedAlias
    #: From 0, in the order of the queries.
    number: sa.ColumnElement[int]
    texts: sa.TableClause
    text_id: sa.ColumnElement[int]
    #: `text_id` to order by where few are taken: each database then looks for the words first.
    by_text: sa.ColumnElement[int]
    is_held: sa.ColumnElement[bool]


def ask(queries: Sequence[Sequence[Term]]) -> Asked:
    """What a statement needs to look for each of these queries; it has the same shape for any number of them."""
    engine: Any = _engine()
    table, number, expression = engine.given([engine.expression(terms) for terms in queries])
    return Asked(table, number, engine.FTS, engine.FTS.c.rowid, engine.BY_TEXT, engine.holds(expression))


def _engine() -> ModuleType:
    return postgres if session().get_bind().dialect.name == "postgresql" else sqlite
