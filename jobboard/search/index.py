"""The search seam: put a text in, take it out, and ask which texts match. Both databases answer alike (decision 23)."""

from types import ModuleType

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from jobboard.core.db import session
from jobboard.search import postgres, sqlite
from jobboard.search.words import cut, query_terms

#: How well a text fits: all words in its title, some of them, or in its body only.
TIERS = 3


def put(text_id: int, language: str, title: str, body: str) -> None:
    """Make a text findable, replacing what was there under its id (a `PostText.id`)."""
    drop(text_id)
    session().execute(_engine().insertion(text_id, cut(title, language), cut(body, language)))


def drop(text_id: int) -> None:
    """Take a text out."""
    session().execute(sa.delete(sqlite.FTS).where(sqlite.FTS.c.rowid == text_id))


def drop_all() -> None:
    """Take every text out, for cutting them in another way."""
    session().execute(sa.delete(sqlite.FTS))


def is_missing(text_id: InstrumentedAttribute[int]) -> sa.ColumnElement[bool]:
    """Whether a text is not findable yet."""
    return text_id.not_in(sa.select(sqlite.FTS.c.rowid))


def matches(query: str) -> sa.FromClause | None:
    """(id, tier) of the texts that hold everything the query asks for; the lowest tier is the best (0 to `TIERS` - 1).

    Words are found in any of their forms and as beginnings, in the title or in the body; what stands in quotes as it stands.
    None when the query has no word in it. Any text is a legal query.
    """
    terms = query_terms(query)
    return _engine().matches(terms) if terms else None


def _engine() -> ModuleType:
    return postgres if session().get_bind().dialect.name == "postgresql" else sqlite
