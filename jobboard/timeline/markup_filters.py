"""How a list of the blog says what it shows and what else it could: addresses, kinds, chips, the filter form, ways out."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from flask import url_for

from jobboard.core import i18n
from jobboard.core.i18n import _
from jobboard.posts.markup import Chip, Link
from jobboard.posts.markup_hub import hub_of
from jobboard.posts.models import Kind
from jobboard.timeline.queries_filters import Labels, PostFilters, words_of
from jobboard.timeline.queries_offers import Offers

INDEX, CATEGORY, AUTHOR, YEAR, MONTH = (
    *("timeline.index", "timeline.category", "timeline.author"),
    *("archive.year", "archive.month"),
)
#: What the path of each list says itself; everything else is in its query.
FIXED: dict[str, tuple[str, ...]] = {
    INDEX: (),
    CATEGORY: ("category",),
    AUTHOR: ("author",),
    YEAR: ("year", "month"),
    MONTH: ("year", "month"),
}
#: The lists that have a feed of their own, which takes the same query; the others' is the front page's.
FEEDS = {INDEX: "timeline.feed", CATEGORY: "timeline.category_feed", AUTHOR: "timeline.author_feed"}
#: The parts of the form, in its order. Kinds are links above it.
SELECTS = ("category", "author", "year", "month", "lang")


@dataclasses.dataclass(frozen=True)
class Option:
    """One value of a select, with the number of posts it would show."""

    value: str
    label: str
    count: int
    is_selected: bool


@dataclasses.dataclass(frozen=True)
class Select:
    """One part of the filter form."""

    name: str
    label: str
    options: Sequence[Option]


@dataclasses.dataclass(frozen=True)
class ListParts:
    """What stands around the cards of a list."""

    #: What is shown, in words; "" where that is what the path says.
    heading: str
    total: int
    kinds: Sequence[Link]
    chips: Sequence[Chip]
    selects: Sequence[Select]
    #: The kind, which the form hands on.
    kind: str
    #: The list without anything that its path does not say.
    all_url: str
    #: (month, how many posts of it the list would show) of a year's page.
    months: Sequence[tuple[Link, int]]


def home_of(filters: PostFilters) -> str:
    """The list whose path says the most of what is shown: each choice of filters has one canonical address."""
    if filters.category:
        return CATEGORY
    if filters.author:
        return AUTHOR
    if filters.year and len(filters.pairs()) == (2 if filters.month else 1):
        return MONTH if filters.month else YEAR
    return INDEX


def list_url(filters: PostFilters, at: str = "", *, page: int = 1, language: str | None = None) -> str:
    """The path of a list of these filters: the one `at` this endpoint, or the canonical one."""
    at = at or home_of(filters)
    more: dict[str, Any] = {"page": page} if page > 1 else {}
    return url_for(at, **_arguments(filters, at), **more, language=language or i18n.page_language())


def feed_url(filters: PostFilters, form: str = "atom", *, language: str | None = None) -> str:
    """The path of the feed of these filters; `form` is "atom" or "json"."""
    home = home_of(filters)
    at = home if home in FEEDS else INDEX
    endpoint = FEEDS[at] + ("_json" if form == "json" else "")
    return url_for(endpoint, **_arguments(filters, at), language=language or i18n.page_language())


def feed_hub(filters: PostFilters) -> str:
    """The WebSub hub that is told when the feed of these filters changes; "" when none is."""
    home = home_of(filters)
    at = home if home in FEEDS else INDEX
    return hub_of(FEEDS[at], _arguments(filters, at))


def query_of(filters: PostFilters, at: str, page: int = 1) -> list[tuple[str, str]]:
    """The canonical query of a list at an endpoint."""
    rows = [(name, value) for name, value in filters.pairs() if name not in FIXED[at]]
    return [*rows, *([("page", str(page))] if page > 1 else [])]


def _arguments(filters: PostFilters, at: str) -> dict[str, Any]:
    """What `url_for` needs for a list or its feed: the path's parts, then the query in its order."""
    path: dict[str, Any] = {}
    for name in FIXED[at]:
        if value := getattr(filters, name):
            path |= {name: int(value)} if name in {"year", "month"} else {"slug": value}
    return path | dict(query_of(filters, at))


def list_parts(filters: PostFilters, found: Offers, labels: Labels, at: str) -> ListParts:
    """What stands around the cards of the list at an endpoint."""
    chosen = {name for name, _value in query_of(filters, at)}
    return ListParts(
        heading=filters.words(labels) if chosen else "",
        total=found.total,
        kinds=_kinds(filters, found, at),
        chips=[
            Chip(words, list_url(filters.without(name), at))
            for name, _value, words in filters.parts(labels)
            if name in chosen and name != "kind"
        ],
        selects=[
            select
            for name in SELECTS
            if name not in FIXED[at] and (select := _select(name, filters, found, labels)) is not None
        ],
        kind=filters.kind,
        all_url=list_url(filters.only(FIXED[at]), at),
        months=_months(filters, found) if at in {YEAR, MONTH} else [],
    )


def _kinds(filters: PostFilters, found: Offers, at: str) -> list[Link]:
    """Everything, or one kind; nothing where the list has one kind only."""
    words = {"": _("Everything"), Kind.article.value: _("Articles"), Kind.opening.value: _("Job offers")}
    shown = [kind for kind in words if not kind or kind in found.values["kind"] or kind == filters.kind]
    if len(shown) < len(words) and not filters.kind:
        return []
    return [Link(words[kind], list_url(filters.with_value("kind", kind), at), kind == filters.kind) for kind in shown]


def _select(name: str, filters: PostFilters, found: Offers, labels: Labels) -> Select | None:
    """One part of the form; None where nothing can be chosen. A choice that shows nothing is not lost."""
    chosen, counts = getattr(filters, name), dict(found.values.get(name, {}))
    if chosen:
        counts.setdefault(chosen, 0)
    elif len(counts) < 2:
        return None
    options = [Option(value, words_of(name, value, labels), n, value == chosen) for value, n in counts.items()]
    if name in {"year", "month"}:
        options.sort(key=lambda one: one.value, reverse=name == "year")
    else:
        options.sort(key=lambda one: one.label.casefold())
    return Select(name, _select_label(name), options)


def _select_label(name: str) -> str:
    return {
        "category": _("Category"),
        "author": _("Written by"),
        "year": _("Year"),
        "month": _("Month"),
        "lang": _("Language of the text"),
    }[name]


def _months(filters: PostFilters, found: Offers) -> list[tuple[Link, int]]:
    """The months of a year's page, with what else was chosen."""
    counts = sorted(found.values["month"].items())
    links = [(filters.with_value("month", month), count) for month, count in counts]
    return [
        (Link(words_of("month", one.month, {}), list_url(one, MONTH), one.month == filters.month), count)
        for one, count in links
    ]


@dataclasses.dataclass(frozen=True)
class WaysOut:
    """What to do where nothing was found: (words, path, how many posts that shows)."""

    drops: Sequence[tuple[str, str, int]]
    keeps: Sequence[tuple[str, str, int]]


def choices_to_leave(filters: PostFilters, at: str) -> tuple[list[PostFilters], list[PostFilters]]:
    """The lists without one choice each, and those with one choice each: what `ways_out` wants counted."""
    names = [name for name, _value in query_of(filters, at)]
    return [filters.without(name) for name in names], [filters.only({*FIXED[at], *_whole(name)}) for name in names]


def _whole(name: str) -> set[str]:
    """A part with what it makes no sense without."""
    return {"year", "month"} if name == "month" else {name}


def ways_out(filters: PostFilters, at: str, labels: Labels, counts: Sequence[int]) -> WaysOut:
    """Which choice to drop, the most helpful first; which alone to keep where dropping one is not enough."""
    without, only = choices_to_leave(filters, at)
    words = [one for name, _value, one in filters.parts(labels) if name not in FIXED[at]]
    drops = _rows(words, without, counts[: len(without)], at)
    return WaysOut(drops, [] if drops else _rows(words, only, counts[len(without) :], at))


def _rows(
    words: Sequence[str], lists: Sequence[PostFilters], counts: Sequence[int], at: str
) -> list[tuple[str, str, int]]:
    rows = [(text, list_url(one, at), count) for text, one, count in zip(words, lists, counts, strict=True) if count]
    return sorted(rows, key=lambda row: -row[2])


def language_feeds(filters: PostFilters, found: Offers) -> list[tuple[str, Link]]:
    """(language, its feed) of each language the list has texts in; nothing where there is only one."""
    tags = found.values["lang"]
    if len(tags) < 2:
        return []
    feeds = [(tag, Link(i18n.language_name(tag), feed_url(filters.with_value("lang", tag)))) for tag in tags]
    return sorted(feeds, key=lambda pair: pair[1].text.casefold())


def feed_title(filters: PostFilters, labels: Labels, site: str) -> str:
    """What a feed is called: the site, and what of it is told."""
    named = {name: words for name, _value, words in filters.parts(labels)}
    if not named:
        return site
    if list(named) == ["author"]:
        return _("%(author)s at %(site)s", author=named["author"], site=site)
    if list(named) == ["category"]:
        return _("%(category)s at %(site)s", category=named["category"], site=site)
    return f"{site}: {filters.words(labels)}"
