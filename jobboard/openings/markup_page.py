"""The page of the list, prepared once per index and language: a reader's choice only fills the holes."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from flask import current_app, render_template
from markupsafe import Markup, escape

from jobboard.core import i18n
from jobboard.core.db import Page
from jobboard.core.i18n import _, ngettext
from jobboard.core.skeleton import Skeleton, hole
from jobboard.core.web import site_url
from jobboard.openings.markup_list import (
    Facet,
    FacetValue,
    chips,
    drop_suggestions,
    feed_url,
    labels_of,
    list_url,
    offered,
    sorts,
    speaks,
)
from jobboard.openings.queries import Found, next_to_drop
from jobboard.openings.queries_filters import BY_NAME, FACETS, Filters
from jobboard.openings.queries_index import FacetIndex
from jobboard.posts.markup import Chip

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
        self._offered = offered(index, self._labels)
        #: Per facet: value, and the names of the holes for its state and its count.
        self._holes = {
            name: [(value, f"state:{name}:{value}", f"count:{name}:{value}") for value, _label in values]
            for name, values in self._offered.items()
        }
        self._speaks: dict[Any, str] = {}
        self._parts: dict[tuple[Any, ...], Skeleton] = {}
        self._all_url = list_url(Filters())
        holes = {name: hole(name) for name in ("heading", "sorts", "chips", "cards", "pager", "feed_url")}
        self._found = Skeleton(self._results(**holes))
        context = {
            "hole": hole,
            "facets": [self._facet(name) for name in self._offered],
            "all_url": self._all_url,
            "canonical": hole("canonical"),
            "alternates": [(code, hole(f"alternate:{code}")) for code in i18n.languages()],
            "languages": [(code, i18n.own_name(code), hole(f"address:{code}"), code == language) for code in i18n.languages()],
            "feeds": [(_("Feed of these openings"), hole("feed"))],
        }  # fmt: skip
        self._skeleton = Skeleton(render_template("openings/index.html", **context))

    def _facet(self, name: str) -> Facet:
        values = [
            FacetValue(value, label, hole(f"count:{name}:{value}"), hole(f"state:{name}:{value}"))
            for value, label in self._offered[name]
        ]
        return Facet(name, BY_NAME[name].heading(), values, hole(f"opened:{name}"), hole(f"more:{name}"))

    def fill(self, filters: Filters, found: Found, page: Page[int], cards: Sequence[Markup]) -> str:
        """The page of one choice."""
        asked = filters.parts(self._labels)
        filter_parts = _module("parts/filters.html")
        is_sorted = filters.sort is not filters.default_sort
        values: dict[str, str] = {
            "title": escape(_title(page, ", ".join(words for _name, _value, words in asked))),
            "canonical": escape(site_url(list_url(filters))),
            "feed": escape(site_url(feed_url(filters))),
            "q": escape(filters.q),
            "hidden": filter_parts.hidden_field("sort", filters.sort.value) if is_sorted else "",
            "count": filter_parts.count_badge(len(asked)) if asked else "",
            "speaks": self._spoken(filters),
        }
        for code in i18n.languages():
            path = list_url(filters, language=code)
            values[f"address:{code}"], values[f"alternate:{code}"] = escape(path), escape(site_url(path))
        for kind in FACETS:
            self._fill_facet(kind.name, filters, found, values)
        self._fill_results(filters, found, page, cards, asked, values)
        return self._skeleton.fill(values)

    def _fill_facet(self, name: str, filters: Filters, found: Found, values: dict[str, str]) -> None:
        """States and counts of a facet: a value that shows nothing is disabled, not gone; a chosen one never is."""
        counts, chosen = self._index.counts(found.parts, name), filters.values(name)
        offers = self._holes[name]
        for value, state, count in offers:
            number = counts.get(value, 0)
            values[count] = str(number)
            values[state] = "" if number else " disabled"
        known = {value for value, _state, _count in offers} if chosen else set()
        more = ""
        for value in chosen:
            if value in known:
                values[f"state:{name}:{value}"] = " checked"
            else:
                label = self._labels.get((name, value)) or BY_NAME[name].words(value)
                one = FacetValue(value, label, counts.get(value, 0), " checked")
                more += _module("parts/filters.html").choice(name, one)
        values[f"opened:{name}"], values[f"more:{name}"] = " open" if chosen else "", more

    def _spoken(self, filters: Filters) -> str:
        """The "I speak" rows."""
        if filters.speaks not in self._speaks:
            if len(self._speaks) >= MOST_SPOKEN:
                self._speaks.clear()
            rows = _module("parts/filters.html").speaks_rows(speaks(self._index, filters))
            self._speaks[filters.speaks] = str(rows)
        return self._speaks[filters.speaks]

    def _fill_results(
        self,
        filters: Filters,
        found: Found,
        page: Page[int],
        cards: Sequence[Markup],
        asked: Sequence[tuple[str, str, str]],
        values: dict[str, str],
    ) -> None:
        """What was found; a choice that finds nothing is rendered for itself."""
        heading = ngettext("%(num)d opening", "%(num)d openings", page.total) if page.total else _("No openings")
        chosen = self._chips(filters, asked)
        if not cards:
            drops = drop_suggestions(filters, next_to_drop(self._index, found.parts), self._labels)
            values["results"] = self._results(heading=heading, chips=chosen, drops=drops, feed_url=feed_url(filters))
            return
        values["results"] = self._found.fill(
            {
                "heading": escape(heading),
                "sorts": self._sorts(filters) if page.total > 1 else "",
                "chips": chosen,
                "cards": "".join(cards),
                "pager": self._pager(page),
                "feed_url": escape(feed_url(filters)),
            }
        )

    def _results(self, **context: Any) -> str:
        template = current_app.jinja_env.get_template("openings/_results.html")
        return template.render(all_count=len(self._index), all_url=self._all_url, **context)

    def _sorts(self, filters: Filters) -> str:
        """The orders one can choose."""
        links = sorts(filters)

        def render() -> str:
            named = [dataclasses.replace(link, url=hole(f"url:{number}")) for number, link in enumerate(links)]
            return str(_module("parts/filters.html").sort_links(named))

        shape = ("sorts", *(link.is_current for link in links))
        return self._kept(shape, render, {f"url:{number}": link.url for number, link in enumerate(links)})

    def _chips(self, filters: Filters, asked: Sequence[tuple[str, str, str]]) -> str:
        """What is chosen, each to be taken back."""
        if not asked:
            return ""
        found = chips(filters, asked)

        def render() -> str:
            named = [Chip(hole(f"text:{number}"), hole(f"url:{number}")) for number in range(len(found))]
            return str(_module("parts/badges.html").chip_list(named, self._all_url))

        values = {f"url:{number}": one.url for number, one in enumerate(found)}
        values |= {f"text:{number}": one.text for number, one in enumerate(found)}
        return self._kept(("chips", len(found)), render, values)

    def _pager(self, page: Page[int]) -> str:
        """Which part of the list this is, and the way to the others."""
        links, before, after = page.links, page.previous_url, page.next_url

        def render() -> str:
            shown = {
                "total": page.total,
                "links": [
                    (number and hole(f"number:{place}"), url and hole(f"url:{place}"))
                    for place, (number, url) in enumerate(links)
                ],
                "previous_url": before and hole("before"),
                "next_url": after and hole("after"),
            }
            return str(_module("parts/pager.html").pager(shown, hole("summary")))

        values = {
            "summary": _("%(first)d to %(last)d of %(total)d", first=page.first, last=page.last, total=page.total),
            "before": before or "",
            "after": after or "",
        }
        for place, (number, url) in enumerate(links):
            values[f"number:{place}"], values[f"url:{place}"] = str(number), url or ""
        shape = ("pager", *((number is None, url is None) for number, url in links))
        return self._kept(shape, render, values)

    def _kept(self, shape: tuple[Any, ...], render: Callable[[], str], values: dict[str, str]) -> str:
        """A part whose words are the same for everybody, with what is different filled in."""
        if shape not in self._parts:
            self._parts[shape] = Skeleton(render())
        return self._parts[shape].fill({name: escape(value) for name, value in values.items()})


def _module(name: str) -> Any:
    """The macros of a template."""
    return current_app.jinja_env.get_template(name).module


def _title(page: Page[int], words: str) -> str:
    title = ngettext("%(num)d job", "%(num)d jobs", page.total)
    if words:
        title = f"{title}: {words}"
    return title if page.number == 1 else f"{title} · {_('Page %(number)d', number=page.number)}"
