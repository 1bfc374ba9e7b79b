"""The search seam: put a text in, take it out, and ask which texts match.

SQLite and PostgreSQL answer alike, because words are cut here and not by the database (decision 23).
"""

import re
import unicodedata
from functools import lru_cache
from types import ModuleType

import snowballstemmer
import sqlalchemy as sa

from jobboard.core.db import session
from jobboard.search import postgres, sqlite

STEMMERS = {"de": snowballstemmer.stemmer("german"), "en": snowballstemmer.stemmer("english")}
#: Words of a query that are looked at; more only costs.
MOST_WORDS = 12
LONGEST_WORD = 40

_WORD = re.compile(r"[^\W_]+")
#: "ü", "ue" and "u" are one to a searcher: both spellings of an umlaut fold to the bare vowel.
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "a"})
_UMLAUT = re.compile(r"([aou])e+")


def put(text_id: int, language: str, title: str, body: str) -> None:
    """Make a text findable, replacing what was there under its id (a `PostText.id`)."""
    drop(text_id)
    values = {"rowid": text_id, "title": cut(title, language), "body": cut(body, language)}
    session().execute(sa.insert(sqlite.FTS).values(values))


def drop(text_id: int) -> None:
    """Take a text out."""
    session().execute(sa.delete(sqlite.FTS).where(sqlite.FTS.c.rowid == text_id))


def matches(query: str) -> sa.FromClause | None:
    """(id, rank) of the texts in which every word of the query stands, as a beginning or in another form of the word.

    Lower ranks are better. None when the query has no word in it. Any text is a legal query.
    """
    words = query_words(query)
    return _engine().matches(words) if words else None


def query_words(query: str) -> list[list[str]]:
    """For each word of a query the forms under which it may stand in the index; the first also as a beginning."""
    found = _WORD.findall(unicodedata.normalize("NFKC", query).lower())[:MOST_WORDS]
    return [_forms(word[:LONGEST_WORD], tuple(STEMMERS)) for word in found if fold(word)]


def cut(text: str, language: str) -> str:
    """A text as the index holds it: every word folded, followed by its stem where that differs."""
    stemmed = (language.split("-", maxsplit=1)[0],)
    words = _WORD.findall(unicodedata.normalize("NFKC", text).lower())
    return " ".join(form for word in words for form in _forms(word[:LONGEST_WORD], stemmed))


def fold(word: str) -> str:
    """A lower-case word without accents, umlauts either way as the bare vowel: "Köln" and "koeln" are "koln"."""
    return _UMLAUT.sub(r"\1", fold_accents(word.translate(_SPELLED)))


def fold_accents(text: str) -> str:
    """A text without accents: "é" is "e"; letters that are more than a letter with an accent stay."""
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))


@lru_cache(maxsize=50_000)
def _forms(word: str, languages: tuple[str, ...]) -> list[str]:
    stems = [fold(STEMMERS[code].stemWord(word)) for code in languages if code in STEMMERS]
    return list(dict.fromkeys([fold(word), *filter(None, stems)]))


def _engine() -> ModuleType:
    return postgres if session().get_bind().dialect.name == "postgresql" else sqlite
