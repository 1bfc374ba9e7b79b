"""The query of the list of openings: any address is understood, has one canonical form, and reads as words."""

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from jobboard.core.i18n import force_locale
from jobboard.openings.models import CEFR
from jobboard.openings.queries_filters import FACETS, Filters, Sort, filters_from, is_canonical

NAMES = [
    *(facet.name for facet in FACETS),
    "q",
    "speaks",
    "speaks_language",
    "speaks_level",
    "sort",
    "page",
    "utm_source",
]
VALUES = [
    "remote", "hybrid", "permanent", "full_time", "senior", "DE/Heidelberg", "remote:DE", "DE", "operations",
    "de:B2", "de:A1", "DE:c1", "en", "B2", "", "newest", "pay", "relevance", "2", "0", "-1", "x" * 300, "\x00",
]  # fmt: skip
PAIRS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES) | st.text(max_size=8)), max_size=12)


def read(query):
    return filters_from(MultiDict(parse_qsl(query, keep_blank_values=True)))


@given(PAIRS)
def test_any_address_is_understood_and_its_canonical_form_asks_for_the_same(pairs):
    filters = filters_from(MultiDict(pairs))
    canonical = filters.pairs()
    assert filters_from(MultiDict(canonical)) == filters
    assert is_canonical(filters, canonical)
    assert all(value for _name, value in canonical)
    assert urlencode(canonical) == urlencode(filters_from(MultiDict(reversed(pairs))).pairs()) or _is_ambiguous(pairs)


def _is_ambiguous(pairs):
    """Of a value that may be given once the first counts, and languages and levels pair up by their order."""
    once = [name for name, _value in pairs if name in {"q", "sort", "page"}]
    return len(once) != len(set(once)) or any(name.startswith("speaks_") for name, _value in pairs)


@given(PAIRS)
def test_dropping_everything_one_by_one_leaves_nothing(pairs):
    filters = filters_from(MultiDict(pairs))
    for name, value, _words in [(name, value, "") for name, value in filters.pairs(with_page=False) if name != "sort"]:
        filters = filters.without(name, value if name != "q" else None)
    assert filters.is_empty


@given(PAIRS)
def test_keeping_one_thing_only_asks_for_nothing_else(pairs):
    filters = filters_from(MultiDict(pairs))
    kept = [pair for name in dict(filters.choices()) for pair in filters.only(name).choices()]
    assert kept == filters.choices()
    assert all(filters.only(name).page == 1 for name in NAMES)


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("", ""),
        ("utm_source=mail&workplace=&q=+", ""),
        ("workplace=remote&workplace=hybrid&workplace=remote", "workplace=hybrid&workplace=remote"),
        ("level=senior&contract=permanent", "contract=permanent&level=senior"),
        ("workplace=moon&contract=permanent", "contract=permanent"),
        ("q=  Linux   admin ", "q=Linux+admin"),
        ("q=linux&sort=relevance", "q=linux"),
        ("q=linux&sort=newest", "q=linux&sort=newest"),
        ("sort=relevance", ""),
        ("sort=newest&page=1", ""),
        ("sort=pay&page=3", "sort=pay&page=3"),
        ("page=x", ""),
        ("speaks_language=de&speaks_level=B2&speaks_language=&speaks_level=C1", "speaks=de%3AB2"),
        ("speaks_language=en&speaks_level=", "speaks=en%3AC2"),
        ("speaks=de:A1&speaks=DE:b2", "speaks=de%3AB2"),
        ("speaks=de&speaks=:B2&speaks=de:Z9", ""),
        ("place=remote&place=remote:XX&place=remote:", "place=remote"),
        ("place=DE/Heidelberg&place=remote:DE&place=remote:Mars", "place=DE%2FHeidelberg&place=remote%3ADE"),
    ],
)
def test_address_has_one_canonical_form(query, canonical):
    assert urlencode(read(query).pairs()) == canonical


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "“linux”, Permanent, Remote, Heidelberg, Remote in Germany, German up to B2"),
        ("de", "„linux“, Unbefristet, Remote, Heidelberg, Remote (Deutschland), Deutsch bis B2"),
    ],
)
def test_query_reads_as_words(app, language, words):
    query = "q=linux&workplace=remote&contract=permanent&place=DE/Heidelberg&place=remote:DE&speaks=de:B2"
    with app.test_request_context(), force_locale(language):
        assert read(query).words() == words
        assert Filters().words() == ""


def test_two_that_ask_for_the_same_are_one_value():
    assert {read("level=senior&speaks=de:B2"), read("speaks=de:B2&level=senior&page=1")} == {
        Filters(chosen=(("level", ("senior",)),), speaks=(("de", CEFR.B2),))
    }


def test_change_starts_at_the_first_page_again():
    filters = read("q=linux&level=senior&level=lead&page=4")
    assert filters.with_sort(Sort.pay) == read("q=linux&level=senior&level=lead&sort=pay")
    assert filters.without("level", "lead") == read("q=linux&level=senior")
    assert filters.without("level") == read("q=linux")
    assert read("q=linux&sort=pay&page=2").without("q") == read("sort=pay")


def test_more_values_than_a_person_chooses_are_cut_off():
    assert len(read("&".join(f"category=c{number}" for number in range(500))).values("category")) == 30
    assert len(read("q=" + "a" * 5000).q) == 200
