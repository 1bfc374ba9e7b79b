"""The one query object of the blog's lists, their feeds and their alerts: read from an address, checked, canonical, a value."""

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping

from babel.dates import get_month_names
from werkzeug.datastructures import MultiDict

from jobboard.core import i18n
from jobboard.core.i18n import _
from jobboard.posts.models import Kind
from jobboard.timeline.queries_archive import period

#: Longer than any slug.
LONGEST_SLUG = 120
#: Years that have a page in the archive.
FIRST_YEAR, LAST_YEAR = 1970, 9000

#: What values are called that only the database knows: {("author", "ada"): "Ada Lovelace"}.
Labels = Mapping[tuple[str, str], str]


def _check_kind(value: str) -> str:
    return value if value in {one.value for one in Kind} else ""


def _check_slug(value: str) -> str:
    """Any text: whether somebody has it the database tells, and what nobody has finds nothing."""
    return value.replace("\x00", "").strip()[:LONGEST_SLUG]


def _check_year(value: str) -> str:
    return value if re.fullmatch(r"[0-9]{4}", value) and FIRST_YEAR <= int(value) <= LAST_YEAR else ""


def _check_month(value: str) -> str:
    return f"{int(value):02}" if re.fullmatch(r"0?[1-9]|1[0-2]", value) else ""


def _check_lang(value: str) -> str:
    """A language as tags are usually written: "de", "pt-BR", "zh-Hant" (RFC 5646 §2.1.1)."""
    if len(value) > 35 or not re.fullmatch(r"[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,8})*", value):
        return ""
    first, *others = value.lower().split("-")
    cased = {2: str.upper, 4: str.title}
    return "-".join([first, *(cased.get(len(one), str.lower)(one) for one in others)])


#: Each parameter in their one order, and how its value is checked: the canonical one, or "" for what cannot be.
#: `lang` is the language of texts; the page's own is in the path.
CHECKS: dict[str, Callable[[str], str]] = {
    "kind": _check_kind,
    "category": _check_slug,
    "author": _check_slug,
    "year": _check_year,
    "month": _check_month,
    "lang": _check_lang,
}


@dataclasses.dataclass(frozen=True)
class PostFilters:
    """What of the blog is shown. Two that show the same are equal and have one canonical address.

    Every value is as addresses write it; "" asks for everything. A month is one of the year's.
    """

    kind: str = ""
    category: str = ""
    author: str = ""
    year: str = ""
    month: str = ""
    lang: str = ""

    def pairs(self) -> list[tuple[str, str]]:
        """The canonical query: one order, no empty values."""
        return [(name, value) for name in CHECKS if (value := getattr(self, name))]

    def with_value(self, name: str, value: str) -> "PostFilters":
        """The same with another value of one part; months belong to the year they were chosen of."""
        return dataclasses.replace(self, **{name: value, **({"month": ""} if name == "year" else {})})

    def without(self, name: str) -> "PostFilters":
        """The same without one part."""
        return self.with_value(name, "")

    def only(self, names: Collection[str]) -> "PostFilters":
        """Nothing but these parts."""
        return PostFilters(**{name: value for name, value in self.pairs() if name in names})

    def known(self, labels: Labels) -> "PostFilters":
        """The same without a category or an author nobody knows any more, so that old bookmarks live."""
        gone = {one for one in self.pairs() if one[0] in {"category", "author"} and one not in labels}
        return self.only({name for name, value in self.pairs() if (name, value) not in gone})

    def period(self) -> tuple[dt.datetime, dt.datetime] | None:
        """The first moment of its year or month in the site's zone and the first one after it, in UTC; None for any time."""
        return period(int(self.year), int(self.month) if self.month else None) if self.year else None

    def still_to_come(self, now: dt.datetime) -> "PostFilters":
        """The same without a year or month that is over: of it nothing new will come."""
        span = self.period()
        return self.without("year") if span and span[1] <= now else self

    def parts(self, labels: Labels) -> list[tuple[str, str, str]]:
        """(parameter, value, words) of each part, in the page's language."""
        return [(name, value, words_of(name, value, labels)) for name, value in self.pairs()]

    def words(self, labels: Labels) -> str:
        """What is shown, in the page's language: "Articles on Privacy by Ada in German from July 2025"."""
        named = {name: words for name, _value, words in self.parts(labels)}
        begin = named.get("kind") or _("Articles and openings")
        about, by = named.get("category"), named.get("author")
        if about and by:
            begin = _("%(posts)s on %(category)s by %(author)s", posts=begin, category=about, author=by)
        elif about:
            begin = _("%(posts)s on %(category)s", posts=begin, category=about)
        elif by:
            begin = _("%(posts)s by %(author)s", posts=begin, author=by)
        if self.lang:
            begin = _("%(posts)s in %(language)s", posts=begin, language=named["lang"])
        if self.month:
            return _("%(posts)s from %(month)s", posts=begin, month=month_of_year(self.year, self.month))
        return _("%(posts)s from %(year)s", posts=begin, year=self.year) if self.year else begin


def words_of(name: str, value: str, labels: Labels) -> str:
    """One part in words, in the page's language: "Articles", "Ada Lovelace", "German", "July"."""
    if name == "kind":
        return {Kind.article: _("Articles"), Kind.opening: _("Openings")}[Kind(value)]
    if name == "month":
        return str(get_month_names("wide", "stand-alone", locale=i18n.current_locale())[int(value)])
    if name == "lang":
        return i18n.language_name(value)
    return labels.get((name, value), value)


def month_of_year(year: str, month: str) -> str:
    """ "July 2025"."""
    return f"{words_of('month', month, {})} {year}"


def filters_from(args: "MultiDict[str, str]", fixed: Mapping[str, str] | None = None) -> PostFilters:
    """Read an address. Unknown names and values are ignored, so that old bookmarks live; nothing raises.

    `fixed` is what the path says already, which the query cannot change.
    """
    found = {name: check(args.get(name, "")) for name, check in CHECKS.items()} | dict(fixed or {})
    return PostFilters(**(found if found["year"] else found | {"month": ""}))
