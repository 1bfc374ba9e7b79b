"""The list's filter panel: facets with counts, chips, and what to drop when nothing is found."""

import dataclasses
import functools
from collections.abc import Callable, Sequence
from urllib.parse import quote

from flask import url_for
from markupsafe import escape

from jobboard.core import i18n
from jobboard.core.i18n import _, ngettext
from jobboard.openings.markup import place_name, remote_words
from jobboard.openings.models import CEFR, CEFR_LABELS
from jobboard.openings.queries import OtherWords
from jobboard.openings.queries_filters import FACETS, REMOTE, Filters, Sort, words_of
from jobboard.openings.queries_index import DERIVED, FacetIndex

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
    """One facet in the panel; `opened` is " open" or nothing, `more` rendered choices behind the others, or the holes.

    `none` is the state of "any", which a facet with one choice offers; None where several can be chosen. `folded` are the
    less frequent values of a long facet, `rest` is " open" or nothing for what folds them.
    """

    name: str
    label: str
    values: list[FacetValue]
    opened: str
    more: str
    none: str | None = None
    folded: Sequence[FacetValue] = ()
    rest: str = ""


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
    labels |= {("place", key): place_name(place) for key, place in index.places.items()}
    for key in index.bits["place"]:
        if key.startswith(f"{REMOTE}:"):
            labels["place", key] = remote_words([key.removeprefix(f"{REMOTE}:")])
    return labels


def offered(index: FacetIndex, labels: dict[tuple[str, str], str]) -> dict[str, list[tuple[str, str]]]:
    """The (value, label) that each facet offers, in an order that no choice changes: fixed, or the most frequent first."""
    found = {}
    for kind in FACETS:
        sizes = index.counts({}, kind.name)
        values = [(value, str(labels.get((kind.name, value)) or kind.words(value))) for value in (kind.fixed or sizes)]
        if kind.fixed is None and kind.name not in DERIVED:
            values.sort(key=lambda pair: (-sizes[pair[0]], pair[1].casefold()))
        found[kind.name] = values
    return found


def speaks(index: FacetIndex, filters: Filters) -> Speaks:
    """The rows that are filled, and the languages and levels to choose from."""
    tags = {*COMMON_LANGUAGES, *(tag for tag, _level in index.needs), *(tag for tag, _level in filters.speaks)}
    names = sorted(((tag, i18n.language_name(tag)) for tag in tags), key=lambda pair: pair[1].casefold())
    rows = [(tag, level.value) for tag, level in filters.speaks]
    levels = [(level.value, str(CEFR_LABELS[level])) for level in reversed(CEFR)]  # who names none means the highest
    return Speaks(rows, names, levels)


class Addresses:
    """All addresses a page of the list shows, as HTML, put together from the parts of one query.

    A page holds two dozen addresses of nearly the same choices; the canonical order has `sort` and `page` last.
    """

    def __init__(self, filters: Filters, path: str) -> None:
        self._filters, self._path = filters, path
        self._pairs = [_pair(name, value) for name, value in filters.choices()]
        self._sort = [_pair("sort", filters.sort.value)] if filters.sort is not filters.default_sort else []
        self.query = _query(
            [*self._pairs, *self._sort, *([_pair("page", str(filters.page))] if filters.page > 1 else [])]
        )
        self.feed_query = _query(self._pairs)

    def of_page(self, number: int) -> str:
        """Another page of the same."""
        return self._path + _query([*self._pairs, *self._sort, *([f"page={number}"] if number > 1 else [])])

    def of_sort(self, sort: Sort) -> str:
        """The same in another order, from the first page."""
        chosen = [] if sort is self._filters.default_sort else [_pair("sort", sort.value)]
        return self._path + _query([*self._pairs, *chosen])

    def without(self, place: int) -> str:
        """The same without one of `Filters.choices`, from the first page."""
        if place == 0 and self._filters.q:
            return str(escape(list_url(self._filters.without("q"))))
        return self._path + _query([*self._pairs[:place], *self._pairs[place + 1 :], *self._sort])


def list_url(filters: Filters, *, language: str | None = None) -> str:
    """The one address of what is asked for."""
    return list_path(language or i18n.page_language()) + _unescaped(filters.pairs())


def feed_url(filters: Filters) -> str:
    """The feed of what is asked for; its order is its own."""
    return f"{list_path(i18n.page_language())}feed.atom{_unescaped(filters.choices())}"


def list_path(language: str) -> str:
    """The address of the list itself."""
    return str(url_for("openings.index", language=language))


def alerts_path(language: str) -> str:
    """Where the openings of a list are asked for by mail; the list's own query goes behind it."""
    return str(url_for("alerts.openings", language=language))


def _unescaped(pairs: list[tuple[str, str]]) -> str:
    return _query([_pair(*pair) for pair in pairs]).replace("&amp;", "&")


def _query(pairs: list[str]) -> str:
    return "?" + "&amp;".join(pairs) if pairs else ""


@functools.lru_cache(4096)
def _pair(name: str, value: str) -> str:
    """A pair of a query; quoted, it holds nothing that HTML would have to escape."""
    return f"{name}={quote(value, safe=':/')}"


def word_suggestions(rows: Sequence[OtherWords]) -> list[tuple[str, str, str]]:
    """(other words, their address, what they find in words)."""
    return [
        (one.filters.q, list_url(one.filters), ngettext("%(num)d opening", "%(num)d openings", one.count))
        for one in rows
        if not one.left_out
    ]


def word_drops(rows: Sequence[OtherWords]) -> list[tuple[str, str, int]]:
    """(the word to leave out, address without it, count it brings back)."""
    return [(words_of("q", one.left_out), list_url(one.filters), one.count) for one in rows if one.left_out]


def drop_suggestions(
    filters: Filters, drops: list[tuple[str, str | None, int]], labels: dict[tuple[str, str], str]
) -> list[tuple[str, str, int]]:
    """(what to drop in words, address without it, count it brings back)."""
    return [(_words_of(filters, name, labels), list_url(filters.without(name)), count) for name, _value, count in drops]


def keep_suggestions(
    filters: Filters, keeps: list[tuple[str, str | None, int]], labels: dict[tuple[str, str], str]
) -> list[tuple[str, str, int]]:
    """(what alone to keep in words, address of it, count it finds)."""
    return [(_words_of(filters, name, labels), list_url(filters.only(name)), count) for name, _value, count in keeps]


def _words_of(filters: Filters, name: str, labels: dict[tuple[str, str], str]) -> str:
    return ", ".join(words for facet, _value, words in filters.parts(labels) if facet == name)
