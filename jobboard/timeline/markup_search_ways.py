"""The addresses of searches, and the ways on from one: narrower, elsewhere, with other words, with fewer."""

import dataclasses
import re
from typing import Any

from flask import url_for

from jobboard.core import i18n
from jobboard.core.i18n import _, ngettext
from jobboard.posts.markup import Link
from jobboard.posts.models import Kind
from jobboard.posts.queries_suggestions import Way, Ways
from jobboard.timeline.queries_search import SearchFound

KINDS = {kind.value: kind for kind in Kind}
#: A language tag as texts have them (BCP 47), in short.
_TAG = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")

#: What leads on: its words, its address, and how much it finds, in words.
Lead = tuple[str, str, str]


@dataclasses.dataclass(frozen=True)
class Search:
    """What somebody searches: words, and of which kind and in which language, or of any."""

    query: str
    kind: Kind | None = None
    lang: str | None = None

    def pairs(self, page: int = 1) -> list[tuple[str, str]]:
        """The one query of an address for it: one order, no empty values."""
        kind = self.kind.value if self.kind else ""
        rows = [("q", self.query), ("kind", kind), ("lang", self.lang or ""), ("page", str(page) if page > 1 else "")]
        return [(name, value) for name, value in rows if value]

    def url(self, page: int = 1, **more: Any) -> str:
        """Its address, in the page's language."""
        args: dict[str, Any] = {**dict(self.pairs(page)), **more}
        return url_for("search.index", **args)

    def but(self, **changes: Any) -> "Search":
        """The same with something else."""
        return dataclasses.replace(self, **changes)


def language_tag(text: str) -> str | None:
    """A language that texts may be in; None for what is no tag."""
    return text if _TAG.fullmatch(text) else None


def kind_links(search: Search, found: SearchFound) -> list[Link]:
    """Everything, articles, openings, each with its number in the chosen language; nothing where there is no choice."""
    if search.kind is None and len(found.kinds) < len(Kind):
        return []
    words: dict[Kind | None, str] = {None: _("All"), Kind.article: _("Articles"), Kind.opening: _("Jobs")}
    return [
        Link(f"{words[one]} ({found.count(one, search.lang)})", search.but(kind=one).url(), one is search.kind)
        for one in words
    ]


def language_links(search: Search, found: SearchFound) -> list[Link]:
    """All languages and each that was found, with its number of the chosen kind; nothing where there is no choice."""
    langs = [*found.langs, *([search.lang] if search.lang and search.lang not in found.langs else [])]
    if search.lang is None and len(langs) < 2:
        return []
    choices = [(None, _("All languages")), *((lang, i18n.language_name(lang)) for lang in langs)]
    return [
        Link(f"{words} ({found.count(search.kind, lang)})", search.but(lang=lang).url(), lang == search.lang)
        for lang, words in choices
    ]


def elsewhere(search: Search, found: SearchFound) -> list[Lead]:
    """Where the same words are found when not among what was chosen: another kind, another language, or anywhere."""
    names = {Kind.article: _("Articles"), Kind.opening: _("Jobs")}
    leads = [(names[kind], search.but(kind=kind)) for kind in found.kinds if kind is not search.kind and search.kind]
    leads += [(i18n.language_name(lang), search.but(lang=lang)) for lang in found.langs if search.lang]
    shown = [(words, one, found.count(one.kind, one.lang)) for words, one in leads]
    shown = [row for row in shown if row[2]] or [(_("All"), search.but(kind=None, lang=None), found.count())]
    return [(words, one.url(), _results(count)) for words, one, count in shown if count]


def meant(search: Search, ways: Ways) -> list[Lead]:
    """Other words that find something, among what was chosen or else in all."""
    return [_lead(way.query, search, way) for way in ways.meant]


def fewer(search: Search, ways: Ways) -> list[Lead]:
    """What is found without a word."""
    return [_lead(_("without %(filter)s", filter=_quoted(way.words)), search, way) for way in ways.without]


def alone(search: Search, ways: Ways) -> list[Lead]:
    """What one word alone finds."""
    return [_lead(_("only %(filter)s", filter=_quoted(way.words)), search, way) for way in ways.only]


def _lead(words: str, search: Search, way: Way) -> Lead:
    to = search.but(query=way.query) if way.count else Search(way.query)
    return words, to.url(), _results(way.count or way.everywhere)


def _quoted(words: str) -> str:
    return _("“%(words)s”", words=words.strip('"“”„‟«»'))


def _results(count: int) -> str:
    return ngettext("%(num)d result", "%(num)d results", count)
