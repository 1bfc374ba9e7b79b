"""The one query object of the list of openings: read from an address, checked, canonical, told in words, a value."""

import dataclasses
import enum
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from werkzeug.datastructures import MultiDict

from jobboard.core import i18n
from jobboard.core.db import page_number
from jobboard.core.i18n import _, ngettext
from jobboard.openings.models import (
    CEFR,
    CONTRACT_LABELS,
    HOURS_LABELS,
    LEVEL_LABELS,
    WORKPLACE_LABELS,
    Contract,
    Hours,
    Level,
    Workplace,
)

LONGEST_QUERY = 200
#: The parameter of the languages somebody speaks, beside those of `FACETS`.
SPEAKS = "speaks"
#: The place of what is remote without naming a country; "remote:DE" is remote from Germany.
REMOTE = "remote"
#: More values than this in one facet are no person's choice.
MOST_VALUES = 30


class Sort(enum.Enum):
    """Orders of the list."""

    newest = "newest"
    closing = "closing"
    pay = "pay"
    relevance = "relevance"


@dataclasses.dataclass(frozen=True)
class FacetKind:
    """One facet: its parameter, its heading, how a value is checked, and how it reads.

    A new facet that is a column of the opening is one entry in `FACETS`. One whose values stand in rows of their own
    (categories, places) also says in `queries_facts._keys` which rows those are, and one that any number can be asked of
    (pay, deadline) in `queries_index.DERIVED` how: neither can be told without the database or the index, which know the
    query and not the other way round. `check` answers the canonical value, or None for one that cannot exist.
    """

    name: str
    heading: Callable[[], str]
    check: Callable[[str], str | None]
    words: Callable[[str], str]
    #: Values that are always offered, in this order; None: the values the openings have.
    fixed: tuple[str, ...] | None = None
    #: Whether its values are those of the opening's column of this name, an enum.
    is_column: bool = False
    #: Whether only one value can be chosen.
    is_single: bool = False
    #: Whether its values can be seen before somebody opens it.
    is_open: bool = False


def _enum_check(members: type[enum.Enum]) -> Callable[[str], str | None]:
    values = {str(member.value) for member in members}
    return lambda value: value if value in values else None


def _enum_words(labels: dict[Any, Any]) -> Callable[[str], str]:
    by_value = {member.value: label for member, label in labels.items()}
    return lambda value: str(by_value[value])


def _values(members: type[enum.Enum]) -> tuple[str, ...]:
    return tuple(str(member.value) for member in members)


def _check_slug(value: str) -> str | None:
    return value if re.fullmatch(r"[a-z0-9-]{1,120}", value) else None


def _check_place(value: str) -> str | None:
    """ "DE/Heidelberg", "US/CA/Palo Alto", "AT", "remote:DE", or "remote" for what names no country.

    A city may have slashes of its own ("DE/Köln/Bonn/Düsseldorf").
    """
    if value.partition(":")[0] == REMOTE:
        return value if value == REMOTE or i18n.is_country(value.removeprefix(f"{REMOTE}:")) else None
    return value if re.fullmatch(r"(?:[A-Z]{2}|\?)(?:/[^\x00-\x1f]{1,190})?", value) else None


def _place_words(value: str) -> str:
    """The words of a place value when no opening has it (then only the value itself is known)."""
    if value == REMOTE:
        return _("Remote, no country named")
    if value.startswith(f"{REMOTE}:"):
        return _("Remote in %(countries)s", countries=i18n.country_name(value[7:]))
    parts = value.split("/")
    return parts[-1] if len(parts) > 1 else i18n.country_name(value)


def _check_pay(value: str) -> str | None:
    """ "50000-EUR-year": so much a year at least, in this currency."""
    return value if re.fullmatch(r"[1-9][0-9]{0,8}-[A-Z]{3}-year", value) else None


def _pay_words(value: str) -> str:
    amount, currency, _period = value.split("-")
    return _("at least %(amount)s a year", amount=i18n.money(Decimal(amount), currency))


def _check_days(value: str) -> str | None:
    return value if re.fullmatch(r"[1-9][0-9]{0,2}", value) else None


def _days_words(value: str) -> str:
    return ngettext("closing within %(num)d day", "closing within %(num)d days", int(value))


FACETS = (
    FacetKind("category", lambda: _("Category"), _check_slug, lambda value: value, is_open=True),
    FacetKind(
        "contract",
        lambda: _("Contract"),
        _enum_check(Contract),
        _enum_words(CONTRACT_LABELS),
        _values(Contract),
        is_column=True,
    ),
    FacetKind(
        "hours",
        lambda: _("Hours"),
        _enum_check(Hours),
        _enum_words(HOURS_LABELS),
        _values(Hours)[:2],
        is_column=True,
    ),
    FacetKind(
        "workplace",
        lambda: _("Workplace"),
        _enum_check(Workplace),
        _enum_words(WORKPLACE_LABELS),
        _values(Workplace),
        is_column=True,
        is_open=True,
    ),
    FacetKind("place", lambda: _("Place"), _check_place, _place_words),
    FacetKind(
        "level", lambda: _("Level"), _enum_check(Level), _enum_words(LEVEL_LABELS), _values(Level), is_column=True
    ),
    FacetKind("pay", lambda: _("Pay"), _check_pay, _pay_words, is_single=True),
    FacetKind("closing", lambda: _("Deadline"), _check_days, _days_words, ("7", "14", "30"), is_single=True),
)
BY_NAME = {facet.name: facet for facet in FACETS}


def check_spoken(value: str) -> str | None:
    """ "de:B2": a language and its level, as tags and levels are written; None for what is none."""
    match = re.fullmatch(r"([a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,8})*):([abcABC][12])", value)
    return f"{match[1].lower()}:{match[2].upper()}" if match else None


@dataclasses.dataclass(frozen=True)
class Filters:
    """What somebody asked for. Two that ask for the same are equal and have one address.

    OR inside a facet, AND between facets. `speaks` is (tag, level) of each language the person speaks: an opening
    fits when every language it requires is among them, at that level or higher.
    """

    q: str = ""
    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()
    speaks: tuple[tuple[str, CEFR], ...] = ()
    sort: Sort = Sort.newest
    page: int = 1

    def values(self, name: str) -> tuple[str, ...]:
        """The chosen values of a facet."""
        return dict(self.chosen).get(name, ())

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for; the order does not count."""
        return not (self.q or self.chosen or self.speaks)

    def choices(self) -> list[tuple[str, str]]:
        """What is asked for, without order and page: one order, no empty values."""
        rows = [("q", self.q)] if self.q else []
        rows += [(name, value) for name, values in self.chosen for value in values]
        return rows + [(SPEAKS, f"{tag}:{level.value}") for tag, level in self.speaks]

    def pairs(self, *, with_page: bool = True) -> list[tuple[str, str]]:
        """The canonical query: `choices`, then order and page unless they are the usual ones."""
        rows = self.choices()
        if self.sort is not self.default_sort:
            rows.append(("sort", self.sort.value))
        if with_page and self.page > 1:
            rows.append(("page", str(self.page)))
        return rows

    def query(self, *, with_page: bool = True) -> dict[str, list[str]]:
        """The canonical query for `url_for`."""
        found: dict[str, list[str]] = {}
        for name, value in self.pairs(with_page=with_page):
            found.setdefault(name, []).append(value)
        return found

    @property
    def default_sort(self) -> Sort:
        """The order when none is asked for: by relevance where words were typed, else the newest first."""
        return Sort.relevance if self.q else Sort.newest

    def with_page(self, number: int) -> "Filters":
        """The same, on another page."""
        return dataclasses.replace(self, page=number)

    def with_sort(self, sort: Sort) -> "Filters":
        """The same in another order, from the first page."""
        return dataclasses.replace(self, sort=sort, page=1)

    def with_words(self, q: str) -> "Filters":
        """The same with other words, from the first page."""
        return dataclasses.replace(self, q=q, page=1)

    def without(self, name: str, value: str | None = None) -> "Filters":
        """The same without one value (or without the whole facet), from the first page."""
        if name == "q":
            sort = Sort.newest if self.sort is Sort.relevance else self.sort
            return dataclasses.replace(self, q="", sort=sort, page=1)
        if name == "speaks":
            kept = tuple(pair for pair in self.speaks if value is not None and f"{pair[0]}:{pair[1].value}" != value)
            return dataclasses.replace(self, speaks=kept, page=1)
        rows = []
        for facet, values in self.chosen:
            left = tuple(one for one in values if facet != name or (value is not None and one != value))
            if left:
                rows.append((facet, left))
        return dataclasses.replace(self, chosen=tuple(rows), page=1)

    def led_on(self, moved: Mapping[str, str]) -> "Filters":
        """The same with each category by its address of now; `moved` knows it by those of before."""
        if not any(value in moved for value in self.values("category")):
            return self
        now = tuple(sorted({moved.get(value, value) for value in self.values("category")}))
        chosen = ((name, now if name == "category" else values) for name, values in self.chosen)
        return dataclasses.replace(self, chosen=tuple(chosen))

    def only(self, name: str) -> "Filters":
        """Nothing but what was chosen of one facet (or the words, or the languages), from the first page."""
        q, speaks = self.q if name == "q" else "", self.speaks if name == SPEAKS else ()
        sort = Sort.newest if self.sort is Sort.relevance and not q else self.sort
        return Filters(q, tuple(pair for pair in self.chosen if pair[0] == name), speaks, sort)

    def known(self, is_known: Callable[[str, str], bool]) -> "Filters":
        """The same without values of facets that nothing ever had, so that old bookmarks live."""
        left = ((name, tuple(value for value in values if is_known(name, value))) for name, values in self.chosen)
        return dataclasses.replace(self, chosen=tuple((name, values) for name, values in left if values))

    def parts(self, labels: dict[tuple[str, str], str] | None = None) -> list[tuple[str, str, str]]:
        """(parameter, value, words) of each of `choices`, in the page's language.

        `labels` knows the words of values that only the openings know (categories, places).
        """
        known = labels or {}
        return [(name, value, known.get((name, value)) or words_of(name, value)) for name, value in self.choices()]

    def words(self, labels: dict[tuple[str, str], str] | None = None) -> str:
        """What is asked for, in words: "Remote, Full-time, German up to B2"; "" when nothing is."""
        return ", ".join(words for _name, _value, words in self.parts(labels))


def words_of(name: str, value: str) -> str:
    """One thing asked for in words, in the page's language: "Remote", "German up to B2"."""
    if name == "q":
        return _("“%(words)s”", words=value)
    if name == SPEAKS:
        tag, level = value.split(":")
        return _("%(language)s up to %(level)s", language=i18n.language_name(tag), level=level)
    return str(BY_NAME[name].words(value))


def filters_from(args: "MultiDict[str, str]") -> Filters:
    """Read an address. Unknown names and values are ignored, so that old bookmarks live; nothing raises.

    A form without JavaScript sends its languages as parallel `speaks_language` and `speaks_level` fields.
    """
    q = " ".join(args.get("q", "").replace("\x00", "").split())[:LONGEST_QUERY].rstrip()
    chosen = []
    for facet in FACETS:
        if facet.name not in args:
            continue
        checked = (facet.check(value) for value in args.getlist(facet.name)[:MOST_VALUES])
        found = sorted({value for value in checked if value}, key=_order(facet.fixed))
        if found:
            chosen.append((facet.name, tuple(found[:1] if facet.is_single else found)))
    wanted = args.get("sort", "")
    default = Sort.relevance if q else Sort.newest
    sort = Sort(wanted) if wanted in {one.value for one in Sort} else default
    if sort is Sort.relevance and not q:
        sort = Sort.newest
    return Filters(q, tuple(chosen), _spoken(args), sort, page_number(args.get("page")))


def _spoken(args: "MultiDict[str, str]") -> tuple[tuple[str, CEFR], ...]:
    pairs = zip(args.getlist("speaks_language"), args.getlist("speaks_level"), strict=False)
    values = [*args.getlist("speaks"), *(f"{tag}:{level or 'C2'}" for tag, level in pairs if tag)]
    found: dict[str, CEFR] = {}
    for value in values[:MOST_VALUES]:
        checked = check_spoken(value)
        if checked:
            tag, level = checked.split(":")
            found[tag] = max(found.get(tag, CEFR.A1), CEFR(level), key=lambda one: one.rank)
    return tuple(sorted(found.items(), key=lambda pair: pair[0]))


def _order(fixed: Sequence[str] | None) -> Callable[[str], Any]:
    return (lambda value: (fixed.index(value) if value in fixed else len(fixed), value)) if fixed else (lambda v: v)


def is_canonical(filters: Filters, pairs: Iterable[tuple[str, str]]) -> bool:
    """Whether an address already is the one address of what it asks for."""
    return list(pairs) == filters.pairs()
