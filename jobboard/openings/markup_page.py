"""The page of the list, prepared once per index and language: a reader's choice only fills the holes."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

from flask import current_app, render_template, url_for
from flask_babel import get_translations
from markupsafe import Markup, escape

from jobboard.core import i18n
from jobboard.core.db import Page
from jobboard.core.i18n import _
from jobboard.core.skeleton import Skeleton, hole
from jobboard.core.web import site_url
from jobboard.openings.markup_list import (
    SORT_LABELS,
    Addresses,
    Facet,
    FacetValue,
    alerts_path,
    drop_suggestions,
    keep_suggestions,
    labels_of,
    list_path,
    offered,
    speaks,
    word_drops,
    word_suggestions,
)
from jobboard.openings.queries import Found, OtherWords, next_to_drop, next_to_keep
from jobboard.openings.queries_bits import Sets
from jobboard.openings.queries_filters import BY_NAME, Filters, Sort, words_of
from jobboard.openings.queries_index import FacetIndex
from jobboard.posts.markup import Chip, Link

#: Filled-in "I speak" rows that are remembered; people speak few combinations.
MOST_SPOKEN = 500
#: Values of a long facet that are seen at once; the others are folded.
MOST_SHOWN = 8


def list_page(index: FacetIndex) -> "ListPage":
    """The prepared page of this index in the page's language."""
    language = i18n.page_language()
    if language not in index.prepared:
        index.prepared[language] = ListPage(index, language)
    found: ListPage = index.prepared[language]
    return found


class ListPage:
    """The list of openings in one language."""

    def __init__(self, index: FacetIndex, language: str) -> None:
        self._index = index
        self._labels = labels_of(index)
        offers = offered(index, self._labels)
        self._known = self._labels | {(name, value): words for name, pairs in offers.items() for value, words in pairs}
        self._translations = get_translations()
        self._summary, self._page_words = _("%(first)d to %(last)d of %(total)d"), _("Page %(number)d")
        self._path, self._site, self._alerts = list_path(language), site_url(""), alerts_path(language)
        self._paths = {code: list_path(code) for code in i18n.languages()}
        self._speaks: dict[Any, bytes] = {}
        self._parts: dict[tuple[Any, ...], Skeleton] = {}
        self._facets = [FacetPart(index, name, pairs, self._known) for name, pairs in offers.items()]
        holes = {
            name: hole(name)
            for name in ("heading", "show", "sorts", "chips", "cards", "pager", "feed_url", "alert_url")
        }
        self._found = Skeleton(self._results(**holes))
        feed = Markup(f"{self._site}{self._path}feed.")  # noqa: S704 - our own address
        data = Markup(site_url(url_for("api.openings")))  # noqa: S704 - our own address
        default = i18n.default_language()
        context = {
            "hole": hole,
            "all_url": self._path,
            "canonical": hole("canonical"),
            "alternates": [
                *((code, hole(f"alternate:{code}")) for code in self._paths),
                ("x-default", hole(f"alternate:{default}")),
            ],
            "languages": [(code, i18n.own_name(code), hole(f"address:{code}"), code == language) for code in self._paths],
            "feeds": [(_("Feed of these openings"), feed + form + hole("feed_query")) for form in ("atom", "json")],
            "data_url": data + hole("feed_query"),
        }  # fmt: skip
        self._skeleton = Skeleton(render_template("openings/index.html", **context))

    def fill(
        self,
        filters: Filters,
        found: Found,
        page: Page[int],
        cards: Sequence[bytes],
        meant: Sequence[OtherWords],
    ) -> bytes:
        """The page of one choice, as UTF-8. `meant` are lists with other words, for words that find nothing."""
        urls, words = Addresses(filters, self._path), self._words(filters)
        is_sorted = filters.sort is not filters.default_sort
        texts: dict[str, str] = {
            "title": escape(self._title(page, ", ".join(words))),
            "canonical": self._site + self._path + urls.query,
            "feed_query": urls.feed_query,
            "q": escape(filters.q),
        }
        for code, path in self._paths.items():
            texts[f"address:{code}"] = path + urls.query
            texts[f"alternate:{code}"] = self._site + path + urls.query
        values = _encoded(texts)
        values["hidden"] = self._macro("hidden_field", "sort", filters.sort.value) if is_sorted else b""
        values["count"] = self._macro("count_badge", len(words)) if words else b""
        values["speaks"] = self._spoken(filters)
        values["facets"] = b"".join([facet.fill(filters.values(facet.name), found) for facet in self._facets])
        if cards:
            values["results"] = self._found.fill(self._cards(filters, page, cards, urls, words))
        else:
            values["results"] = self._nothing(filters, found, urls, words, meant)
        return self._skeleton.fill(values)

    def _cards(
        self, filters: Filters, page: Page[int], cards: Sequence[bytes], urls: Addresses, words: list[str]
    ) -> dict[str, bytes]:
        """What fills the holes of the results."""
        heading = self._counted("%(num)d opening", "%(num)d openings", page.total)
        show = self._counted("Show %(num)d opening", "Show %(num)d openings", page.total)
        values = _encoded({"heading": heading, "show": show, "feed_url": f"{self._path}feed.atom{urls.feed_query}"})
        values["alert_url"] = f"{self._alerts}{urls.feed_query}".encode()
        values["sorts"] = self._sorts(filters, urls) if page.total > 1 else b""
        values["chips"] = self._chips(urls, words)
        values["cards"] = b"".join(cards)
        values["pager"] = self._pager(page, urls)
        return values

    def _nothing(
        self,
        filters: Filters,
        found: Found,
        urls: Addresses,
        words: list[str],
        meant: Sequence[OtherWords],
    ) -> bytes:
        """What was perhaps meant where nothing was found, what to leave out, and what to keep where that is not enough."""
        drops = word_drops(meant) + drop_suggestions(filters, next_to_drop(self._index, found.parts), self._labels)
        kept = [] if drops else next_to_keep(found.parts)
        keeps = keep_suggestions(filters, kept, self._labels)
        feed = Markup(f"{self._path}feed.atom{urls.feed_query}")  # noqa: S704 - quoted by `Addresses`
        alerts = Markup(f"{self._alerts}{urls.feed_query}")  # noqa: S704 - quoted by `Addresses`
        chips = Markup(self._chips(urls, words).decode())  # noqa: S704 - rendered
        none, ways = _("No openings"), {"drops": drops, "keeps": keeps, "feed_url": feed, "alert_url": alerts}
        ways["meant"] = word_suggestions(meant)
        return self._results(heading=none, show=none, chips=chips, **ways).encode()

    def _counted(self, one: str, many: str, number: int) -> str:
        """A count in words, without asking for the page's language each time."""
        return str(self._translations.ngettext(one, many, number)) % {"num": number}

    def _words(self, filters: Filters) -> list[str]:
        """Each thing asked for in words."""
        found = []
        for pair in filters.choices():
            words = self._known.get(pair)
            if words is None:
                words = words_of(*pair)
                if pair[0] != "q" and len(self._known) < MOST_SPOKEN + len(self._labels):
                    self._known[pair] = words
            found.append(words)
        return found

    def _title(self, page: Page[int], words: str) -> str:
        title = self._counted("%(num)d job", "%(num)d jobs", page.total)
        if words:
            title = f"{title}: {words}"
        return title if page.number == 1 else f"{title} · {self._page_words % {'number': page.number}}"

    def _spoken(self, filters: Filters) -> bytes:
        """The "I speak" rows."""
        if filters.speaks not in self._speaks:
            if len(self._speaks) >= MOST_SPOKEN:
                self._speaks.clear()
            rows = _module("parts/filters.html").speaks_rows(speaks(self._index, filters))
            self._speaks[filters.speaks] = str(rows).encode()
        return self._speaks[filters.speaks]

    def _results(self, **context: Any) -> str:
        template = current_app.jinja_env.get_template("openings/_results.html")
        return template.render(all_count=len(self._index), all_url=self._path, **context)

    def _sorts(self, filters: Filters, urls: Addresses) -> bytes:
        """The orders one can choose; by relevance only where words were typed."""
        wanted = [sort for sort in SORT_LABELS if sort is not Sort.relevance or filters.q]

        def render() -> str:
            links = [Link(SORT_LABELS[sort](), hole(sort.value), sort is filters.sort) for sort in wanted]
            note = self._pay_note() if filters.sort is Sort.pay else ""
            return str(_module("parts/filters.html").sort_links(links, note=note))

        kept = self._kept(("sorts", filters.sort, bool(filters.q)), render)
        return kept.fill(_encoded({sort.value: urls.of_sort(sort) for sort in wanted if sort is not filters.sort}))

    def _pay_note(self) -> str:
        """How pay is ordered where there are several currencies; "" for one."""
        currencies = self._index.currencies()
        if len(currencies) < 2:
            return ""
        first, *others = currencies
        return _(
            "Pay in %(first)s comes first, then %(others)s: without exchange rates, currencies are not compared.",
            first=first,
            others=i18n.listed(others),
        )

    def _chips(self, urls: Addresses, words: list[str]) -> bytes:
        """What is chosen, each to be taken back."""
        if not words:
            return b""

        def render() -> str:
            named = [Chip(hole(f"text:{number}"), hole(f"url:{number}")) for number in range(len(words))]
            return str(_module("parts/badges.html").chip_list(named, self._path))

        values = {f"text:{number}": str(escape(text)) for number, text in enumerate(words)}
        values |= {f"url:{number}": urls.without(number) for number in range(len(words))}
        return self._kept(("chips", len(words)), render).fill(_encoded(values))

    def _pager(self, page: Page[int], urls: Addresses) -> bytes:
        """Which part of the list this is, and the way to the others."""
        links, number = page.links, page.number

        def render() -> str:
            shown = {
                "total": page.total,
                "links": [
                    (number and hole(f"number:{place}"), url and hole(f"url:{place}"))
                    for place, (number, url) in enumerate(links)
                ],
                "previous_url": number > 1 and hole("before"),
                "next_url": number < page.pages and hole("after"),
            }
            return str(_module("parts/pager.html").pager(shown, hole("summary")))

        values = {
            "summary": self._summary % {"first": page.first, "last": page.last, "total": page.total},
            "before": urls.of_page(number - 1),
            "after": urls.of_page(number + 1),
        }
        for place, (one, _url) in enumerate(links):
            values[f"number:{place}"], values[f"url:{place}"] = str(one), urls.of_page(one or 1)
        shape = tuple((one is None, url is None) for one, url in links)
        return self._kept(("pager", number > 1, number < page.pages, *shape), render).fill(_encoded(values))

    def _macro(self, name: str, *arguments: Any) -> bytes:
        """What a macro of the panel makes of arguments that have few values."""

        def render() -> str:
            return str(getattr(_module("parts/filters.html"), name)(*arguments))

        return self._kept((name, *arguments), render).fill({})

    def _kept(self, shape: tuple[Any, ...], render: Callable[[], str]) -> Skeleton:
        """A part whose words are the same for everybody."""
        if shape not in self._parts:
            self._parts[shape] = Skeleton(render())
        return self._parts[shape]


class FacetPart:
    """One facet of the panel: a value that shows nothing is disabled, not gone; a chosen one never is."""

    def __init__(
        self, index: FacetIndex, name: str, offers: list[tuple[str, str]], known: dict[tuple[str, str], str]
    ) -> None:
        self.name, self._index, self._known = name, index, known
        sets = index.sets(name)
        self._sets = Sets([sets.get(value, 0) for value, _label in offers])
        self._place = {value: place for place, (value, _label) in enumerate(offers)}
        self._kind = BY_NAME[name]
        values = [FacetValue(value, label, hole(f"count:{value}"), hole(f"state:{value}")) for value, label in offers]
        none = hole("none") if self._kind.is_single else None
        self._is_folded = len(offers) > MOST_SHOWN + 2  # one or two more are no longer than what folds them
        shown = MOST_SHOWN if self._is_folded else len(offers)
        facet = Facet(
            name, self._kind.heading(), values[:shown], hole("opened"), hole("more"), none, values[shown:], hole("rest")
        )
        self._skeleton = Skeleton(str(_module("parts/filters.html").facet(facet)))
        self._unchosen = self._filled((), Found(index.all, {}))

    def fill(self, chosen: tuple[str, ...], found: Found) -> bytes:
        """The facet with exact counts, its own choice left out."""
        others = found.parts.keys() - {self.name}
        return self._filled(chosen, found) if chosen or others else self._unchosen

    def _filled(self, chosen: tuple[str, ...], found: Found) -> bytes:
        is_free = self.name not in found.parts
        rest = found.bits if is_free else self._index.all_of(found.parts, without=self.name)
        is_open = chosen or (self._kind.is_open and self._place)
        values = [b" open" if is_open else b"" if self._place else b" hidden"]  # nothing to choose: nothing to open
        if self._kind.is_single:
            values.append(b"" if chosen else b" checked")
        first = len(values)
        sizes = self._sets.sizes
        if rest != self._index.all:
            sizes = self._sets.within(rest, found.total if is_free else rest.bit_count())
        for number in sizes:
            values += (b"" if number else b" disabled", b"%d" % number)
        more = b""
        for value in chosen:
            place = self._place.get(value)
            if place is None:
                number = (rest & self._index.matching(self.name, [value])).bit_count()
                label = self._known.get((self.name, value)) or words_of(self.name, value)
                more += self._choice.fill(
                    _encoded({"value": escape(value), "label": escape(label), "count": str(number)})
                )
            else:
                values[first + 2 * place] = b" checked"
        if self._is_folded:
            last = first + 2 * MOST_SHOWN
            is_wanted = b" checked" in values[last::2] or not any(sizes[:MOST_SHOWN])
            values.insert(last, b" open" if is_wanted else b"")
        values.append(more)
        return self._skeleton.fill_in_order(values)

    @functools.cached_property
    def _choice(self) -> Skeleton:
        """A chosen value that is not offered."""
        one = FacetValue(hole("value"), hole("label"), hole("count"), " checked")
        kind = "radio" if self._kind.is_single else "checkbox"
        return Skeleton(str(_module("parts/filters.html").choice(self.name, one, kind)))


def _encoded(texts: dict[str, str]) -> dict[str, bytes]:
    return {name: text.encode() for name, text in texts.items()}


def _module(name: str) -> Any:
    """The macros of a template."""
    return current_app.jinja_env.get_template(name).module
