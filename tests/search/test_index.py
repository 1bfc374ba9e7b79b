"""Search finds the same on both engines: word forms, umlauts either way, beginnings, and any text is a legal query."""

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jobboard.core.db import session
from jobboard.search.index import drop, fold, matches, put, query_words

TEXTS = {
    1: ("de", "Systemadministratorin für Linux", "Wir betreiben Server in Köln und suchen Verstärkung."),
    2: ("en", "Database engineer", "You run PostgreSQL databases and write about running them in Cologne."),
    3: ("de", "Größe ist nicht alles", "Über Datenbanken, Straßen und Häuser. Bewerbungen willkommen."),
    4: ("en", "Why our servers were down", "An outage, explained. Linux was not to blame; naïve caching was."),
    5: ("de", "C++ & Rust", "50 % Kaffee, 100% remote; e-mail an jobs@example.org"),
}


@pytest.fixture
def index(app):
    for number, (language, title, body) in TEXTS.items():
        put(number, language, title, body)
    session().flush()


def found(query):
    rows = matches(query)
    return (
        None
        if rows is None
        else list(session().execute(sa.select(rows.c.id).order_by(rows.c.rank, rows.c.id)).scalars())
    )


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("linux", [1, 4]),  # in the title before in the body
        ("LINUX", [1, 4]),
        ("servers linux down", [4]),
        ("server köln", [1]),
        ("köln", [1]),
        ("koeln", [1]),
        ("koln", [1]),
        ("groesse", [3]),
        ("strasse", [3]),
        ("haus", [3]),
        ("häusern", [3]),
        ("bewerbung", [3]),
        ("database", [2]),
        ("datenbank", [3]),
        ("runs", [2]),
        ("postgres", [2]),  # the beginning of a word
        ("systemadmin", [1]),
        ("naive", [4]),
        ("rust c++", [5]),
        ("jobs@example.org", [5]),
        ("linux outage", [4]),
        ("linux datenbank", []),
        ("nirgends", []),
        ("ﬁle", []),
    ],
)
def test_words_are_found(index, query, ids):
    assert found(query) == ids


@pytest.mark.parametrize("query", ["", "  ", "%", '"', "*", "🚢", "!!! ???", "\x00"])
def test_query_without_a_word_looks_for_nothing(index, query):
    assert found(query) is None


@pytest.mark.parametrize(
    "query",
    [
        '"linux', "linux AND", "NEAR(linux, 2)", "title:linux", "linux*", "-linux", "^linux", "linux') --", "a" * 10_000,
        "li:nux & | !",
    ],
)  # fmt: skip
def test_signs_of_a_query_language_are_no_syntax(index, query):
    assert set(found(query)) <= set(TEXTS)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=40))
def test_any_text_is_a_legal_query(index, query):
    ids = found(query)
    assert ids is None or set(ids) <= set(TEXTS)


@given(st.text(max_size=60))
@example("ÜE")
def test_words_of_a_query_are_folded_as_those_of_a_text_are(text):
    assert all(forms[0] == fold(forms[0]) for forms in query_words(text))


def test_matches_can_be_joined_and_grouped(index):
    rows = matches("linux")
    other = sa.table("search_fts", sa.column("rowid"))
    statement = sa.select(other.c.rowid).join(rows, rows.c.id == other.c.rowid).group_by(other.c.rowid)
    assert sorted(session().execute(statement.order_by(sa.func.min(rows.c.rank))).scalars()) == [1, 4]


def test_text_that_is_changed_or_taken_out_is_found_no_more(index):
    put(1, "de", "Gärtnerin", "Mit Rosen.")
    drop(4)
    session().flush()
    assert (found("linux"), found("rose")) == ([], [1])
