"""The list's filter panel: facets with counts, chips, and what to drop when nothing is found."""

import dataclasses
import functools
from collections.abc import Callable, Sequence
from urllib.parse import quote

from flask import url_for

from jobboard.core import i18n
from jobboard.core.i18n import _
from jobboard.openings.markup import place_name, remote_words
from jobboard.openings.models import CEFR, CEFR_LABELS
from jobboard.openings.queries_filters import FACETS, Filters, Sort
from jobboard.openings.queries_index import FacetIndex
from jobboard.posts.markup import Chip, Link

SORT_LABELS: dict[Sort, Callable[[], str]] = {
    Sort.relevance: lambda: _("Best match"),
    Sort.newest: lambda: _("Newest"),
    Sort.closing: lambda: _("Closing soonest"),
    Sort.pay: lambda: _("Highest pay"),
}
#: Languages that can always be chosen in "I speak", beside those openings require.
COMMON_LANGUAGES = ("de", "en", "fr", "es", "it", "pl", "nl", "da", "tr", "uk", "ru", "ar", "pt")


@dataclasses.dataclass(frozen=True)
class FacetValue:
    """One value of a facet in the panel; `state` is " checked", " disabled" or nothing, or the hole for it."""

    value: str
    label: str
    count: int | str
    state: str


@dataclasses.dataclass(frozen=True)
class Facet:
    """One facet in the panel; `opened` is " open" or nothing, `more` rendered choices behind the others, or the holes."""

    name: str
    label: str
    values: list[FacetValue]
    opened: str
    more: str


@dataclasses.dataclass(frozen=True)
class Speaks:
    """The "I speak" part of the panel: (tag, level) of the filled rows; the panel adds empty ones."""

    rows: list[tuple[str, str]]
    languages: list[tuple[str, str]]
    levels: list[tuple[str, str]]
    language_name: str = "speaks_language"
    level_name: str = "speaks_level"


def labels_of(index: FacetIndex) -> dict[tuple[str, str], str]:
    """The words of values that only the openings know, in the page's language."""
    labels = {("category", slug): i18n.pick(names) for slug, names in index.categories.items()}
    for key in index.bits["place"]:
        labels["place", key] = _place_label(index, key)
    return labels


def _place_label(index: FacetIndex, key: str) -> str:
    return remote_words([key[7:]]) if key.startswith("remote:") else place_name(index.places[key])


def offered(index: FacetIndex, labels: dict[tuple[str, str], str]) -> dict[str, list[tuple[str, str]]]:
    """The (value, label) that each facet offers, in an order that no choice changes: fixed, or the most frequent first."""
    found = {}
    for kind in FACETS:
        sizes = index.counts({}, kind.name)
        values = [
            (value, labels.get((kind.name, value)) or kind.words(value)) for value in (kind.fixed or sizes.keys())
        ]
        if kind.fixed is None:
            values.sort(key=lambda pair: (-sizes[pair[0]], pair[1].casefold()))
        found[kind.name] = values
    return found


def speaks(index: FacetIndex, filters: Filters) -> Speaks:
    """The rows that are filled, and the languages and levels to choose from."""
    tags = {*COMMON_LANGUAGES, *(tag for tag, _level in index.needs), *(tag for tag, _level in filters.speaks)}
    names = sorted(((tag, i18n.language_name(tag)) for tag in tags), key=lambda pair: pair[1].casefold())
    rows = [(tag, level.value) for tag, level in filters.speaks]
    levels = [(level.value, str(CEFR_LABELS[level])) for level in CEFR]
    return Speaks(rows, names, levels)


def chips(filters: Filters, asked: Sequence[tuple[str, str, str]]) -> list[Chip]:
    """What is chosen (`Filters.parts`); each leads to the same list without it."""
    return [
        Chip(words, list_url(filters.without(name, value if name != "q" else None))) for name, value, words in asked
    ]


def sorts(filters: Filters) -> list[Link]:
    """The orders one can choose; by relevance only where words were typed."""
    wanted = [sort for sort in SORT_LABELS if sort is not Sort.relevance or filters.q]
    return [Link(SORT_LABELS[sort](), list_url(filters.with_sort(sort)), sort is filters.sort) for sort in wanted]


def list_url(filters: Filters, *, language: str | None = None) -> str:
    """The one address of what is asked for."""
    return _list_path(language or i18n.page_language()) + _query(filters)


def feed_url(filters: Filters) -> str:
    """The feed of what is asked for; its order is its own."""
    return f"{_list_path(i18n.page_language())}feed.atom{_query(filters.with_sort(filters.default_sort))}"


def _query(filters: Filters) -> str:
    query = "&".join([_pair(name, value) for name, value in filters.pairs()])
    return f"?{query}" if query else ""


@functools.lru_cache(4096)
def _pair(name: str, value: str) -> str:
    """A page holds a dozen addresses of nearly the same choices."""
    return f"{name}={quote(value, safe=':/')}"


@functools.cache
def _list_path(language: str) -> str:
    return str(url_for("openings.index", language=language))


def drop_suggestions(
    filters: Filters, drops: list[tuple[str, str | None, int]], labels: dict[tuple[str, str], str]
) -> list[tuple[str, str, int]]:
    """(what to drop in words, address without it, count it brings back)."""
    rows = []
    for name, _value, count in drops:
        words = ", ".join(part for facet, _one, part in filters.parts(labels) if facet == name)
        rows.append((words, list_url(filters.without(name)), count))
    return rows
