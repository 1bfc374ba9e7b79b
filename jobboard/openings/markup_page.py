"""The page of the list, prepared once per index and language: a reader's choice only fills the holes."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import current_app, render_template
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
    drop_suggestions,
    labels_of,
    list_path,
    offered,
    speaks,
)
from jobboard.openings.queries import Found, next_to_drop
from jobboard.openings.queries_filters import BY_NAME, SPEAKS, Filters, Sort, words_of
from jobboard.openings.queries_index import FacetIndex
from jobboard.posts.markup import Chip, Link

#: Filled-in "I speak" rows that are remembered; people speak few combinations.
MOST_SPOKEN = 500


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
        self._path, self._site = list_path(language), site_url("")
        self._paths = {code: list_path(code) for code in i18n.languages()}
        self._speaks: dict[Any, str] = {}
        self._parts: dict[tuple[Any, ...], Skeleton] = {}
        self._facets = [FacetPart(index, name, pairs) for name, pairs in offers.items()]
        holes = {name: hole(name) for name in ("heading", "sorts", "chips", "cards", "pager", "feed_url")}
        self._found = Skeleton(self._results(**holes))
        context = {
            "hole": hole,
            "all_url": self._path,
            "canonical": hole("canonical"),
            "alternates": [(code, hole(f"alternate:{code}")) for code in self._paths],
            "languages": [(code, i18n.own_name(code), hole(f"address:{code}"), code == language) for code in self._paths],
            "feeds": [(_("Feed of these openings"), hole("feed"))],
        }  # fmt: skip
        self._skeleton = Skeleton(render_template("openings/index.html", **context))

    def fill(self, filters: Filters, found: Found, page: Page[int], cards: Sequence[Markup]) -> str:
        """The page of one choice."""
        urls, words = Addresses(filters, self._path), self._words(filters)
        is_sorted = filters.sort is not filters.default_sort
        filter_parts = _module("parts/filters.html")
        values: dict[str, str] = {
            "title": escape(self._title(page, ", ".join(words))),
            "canonical": self._site + self._path + urls.query,
            "feed": f"{self._site}{self._path}feed.atom{urls.feed_query}",
            "q": escape(filters.q),
            "hidden": filter_parts.hidden_field("sort", filters.sort.value) if is_sorted else "",
            "count": filter_parts.count_badge(len(words)) if words else "",
            "speaks": self._spoken(filters),
            "facets": "".join([facet.fill(filters.values(facet.name), found) for facet in self._facets]),
        }
        for code, path in self._paths.items():
            values[f"address:{code}"] = path + urls.query
            values[f"alternate:{code}"] = self._site + path + urls.query
        if cards:
            values["results"] = self._found.fill(self._cards(filters, page, cards, urls, words))
        else:
            drops = drop_suggestions(filters, next_to_drop(self._index, found.parts), self._labels)
            feed = Markup(f"{self._path}feed.atom{urls.feed_query}")  # noqa: S704 - quoted by `Addresses`
            chips = Markup(self._chips(urls, words))  # noqa: S704 - rendered
            values["results"] = self._results(heading=_("No openings"), chips=chips, drops=drops, feed_url=feed)
        return self._skeleton.fill(values)

    def _cards(
        self, filters: Filters, page: Page[int], cards: Sequence[Markup], urls: Addresses, words: list[str]
    ) -> dict[str, str]:
        """What fills the holes of the results."""
        return {
            "heading": self._counted("%(num)d opening", "%(num)d openings", page.total),
            "sorts": self._sorts(filters, urls) if page.total > 1 else "",
            "chips": self._chips(urls, words),
            "cards": "".join(cards),
            "pager": self._pager(page, urls),
            "feed_url": f"{self._path}feed.atom{urls.feed_query}",
        }

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
                if pair[0] == SPEAKS and len(self._known) < MOST_SPOKEN + len(self._labels):
                    self._known[pair] = words
            found.append(words)
        return found

    def _title(self, page: Page[int], words: str) -> str:
        title = self._counted("%(num)d job", "%(num)d jobs", page.total)
        if words:
            title = f"{title}: {words}"
        return title if page.number == 1 else f"{title} · {self._page_words % {'number': page.number}}"

    def _spoken(self, filters: Filters) -> str:
        """The "I speak" rows."""
        if filters.speaks not in self._speaks:
            if len(self._speaks) >= MOST_SPOKEN:
                self._speaks.clear()
            rows = _module("parts/filters.html").speaks_rows(speaks(self._index, filters))
            self._speaks[filters.speaks] = str(rows)
        return self._speaks[filters.speaks]

    def _results(self, **context: Any) -> str:
        template = current_app.jinja_env.get_template("openings/_results.html")
        return template.render(all_count=len(self._index), all_url=self._path, **context)

    def _sorts(self, filters: Filters, urls: Addresses) -> str:
        """The orders one can choose; by relevance only where words were typed."""
        wanted = [sort for sort in SORT_LABELS if sort is not Sort.relevance or filters.q]

        def render() -> str:
            links = [Link(SORT_LABELS[sort](), hole(sort.value), sort is filters.sort) for sort in wanted]
            return str(_module("parts/filters.html").sort_links(links))

        kept = self._kept(("sorts", filters.sort, bool(filters.q)), render)
        return kept.fill({sort.value: urls.of_sort(sort) for sort in wanted if sort is not filters.sort})

    def _chips(self, urls: Addresses, words: list[str]) -> str:
        """What is chosen, each to be taken back."""
        if not words:
            return ""

        def render() -> str:
            named = [Chip(hole(f"text:{number}"), hole(f"url:{number}")) for number in range(len(words))]
            return str(_module("parts/badges.html").chip_list(named, self._path))

        values = {f"text:{number}": str(escape(text)) for number, text in enumerate(words)}
        values |= {f"url:{number}": urls.without(number) for number in range(len(words))}
        return self._kept(("chips", len(words)), render).fill(values)

    def _pager(self, page: Page[int], urls: Addresses) -> str:
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
        return self._kept(("pager", number > 1, number < page.pages, *shape), render).fill(values)

    def _kept(self, shape: tuple[Any, ...], render: Callable[[], str]) -> Skeleton:
        """A part whose words are the same for everybody."""
        if shape not in self._parts:
            self._parts[shape] = Skeleton(render())
        return self._parts[shape]


class FacetPart:
    """One facet of the panel: a value that shows nothing is disabled, not gone; a chosen one never is."""

    def __init__(self, index: FacetIndex, name: str, offers: list[tuple[str, str]]) -> None:
        self.name, self._index = name, index
        sets = index.sets(name)
        self._sets = [sets.get(value, 0) for value, _label in offers]
        self._place = {value: place for place, (value, _label) in enumerate(offers)}
        self._kind = BY_NAME[name]
        values = [FacetValue(value, label, hole(f"count:{value}"), hole(f"state:{value}")) for value, label in offers]
        none = hole("none") if self._kind.is_single else None
        facet = Facet(name, self._kind.heading(), values, hole("opened"), hole("more"), none)
        self._skeleton = Skeleton(str(_module("parts/filters.html").facet(facet)))
        self._unchosen = self._filled((), {})

    def fill(self, chosen: tuple[str, ...], found: Found) -> str:
        """The facet with exact counts, its own choice left out."""
        others = found.parts.keys() - {self.name}
        return self._filled(chosen, found.parts) if chosen or others else self._unchosen

    def _filled(self, chosen: tuple[str, ...], parts: dict[str, int]) -> str:
        rest = self._index.all_of(parts, without=self.name)
        values = [" open" if chosen else ""]
        if self._kind.is_single:
            values.append("" if chosen else " checked")
        first = len(values)
        for bits in self._sets:
            number = (rest & bits).bit_count()
            values += ("" if number else " disabled", str(number))
        more = ""
        for value in chosen:
            place = self._place.get(value)
            if place is None:
                number = (rest & self._index.matching(self.name, [value])).bit_count()
                label = _label(self._index, self.name, value)
                more += _module("parts/filters.html").choice(
                    self.name, FacetValue(value, label, number, " checked"), self._type
                )
            else:
                values[first + 2 * place] = " checked"
        values.append(more)
        return self._skeleton.fill_in_order(values)

    @property
    def _type(self) -> str:
        return "radio" if self._kind.is_single else "checkbox"


def _label(index: FacetIndex, name: str, value: str) -> str:
    return labels_of(index).get((name, value)) or words_of(name, value)


def _module(name: str) -> Any:
    """The macros of a template."""
    return current_app.jinja_env.get_template(name).module
