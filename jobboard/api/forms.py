"""What a call of the public API may ask.

Unlike in the address of a page, where old bookmarks should live, what cannot be understood is refused: a program whose filter
is ignored without a word answers with something else than it was asked for.
"""

import dataclasses
import re
from collections.abc import Callable, Collection

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from jobboard.api.queries import behind_cursor
from jobboard.core.i18n import _, listed
from jobboard.openings.queries_filters import (
    BY_NAME,
    FACETS,
    LONGEST_QUERY,
    MOST_VALUES,
    SPEAKS,
    Filters,
    Sort,
    check_spoken,
    filters_from,
)
from jobboard.openings.queries_keyset import Behind
from jobboard.posts.models import Kind
from jobboard.timeline.queries_filters import CHECKS, PostFilters
from jobboard.timeline.queries_filters import filters_from as post_filters_from

#: Entries of a page where the call does not say, and at most.
USUAL_LIMIT, MOST_LIMIT = 20, 100
#: What every list takes beside its filters.
PAGING = ("limit", "cursor", "content")
#: Mistakes told of one call; whoever made more will ask again.
MOST_MISTAKES = 20
SWITCH = {"true": True, "false": False}


@dataclasses.dataclass(frozen=True)
class Mistake:
    """A parameter that cannot be understood, and why."""

    parameter: str
    detail: str


class BadCall(BadRequest):
    """A call that cannot be understood: 400, with every mistake in it and not the first alone."""

    def __init__(self, mistakes: Collection[Mistake]) -> None:
        named = dict.fromkeys(one.parameter for one in mistakes)
        super().__init__(_("The call cannot be understood: %(names)s.", names=listed(named)))
        self.mistakes = mistakes


@dataclasses.dataclass(frozen=True)
class Paging:
    """Which part of a list is wanted: how many entries, behind which place, and whether with their whole texts."""

    limit: int
    behind: Behind | None
    with_content: bool


Args = MultiDict[str, str]


def asked_openings(args: Args) -> tuple[Filters, Paging]:
    """The openings a call asks for, by the same parameters as the page of the list. Raises `BadCall`."""
    filters, mistakes = _opening_filters(args, ("sort", *PAGING))
    if "sort" in args and args["sort"] != filters.sort.value:
        orders = [sort.value for sort in Sort if filters.q or sort is not Sort.relevance]
        mistakes.append(Mistake("sort", _("The orders are %(orders)s.", orders=listed(orders))))
    return filters, _paging(args, Kind.opening, filters.sort, mistakes)


def asked_counts(args: Args) -> Filters:
    """The openings whose counts a call asks for. Raises `BadCall`."""
    filters, mistakes = _opening_filters(args)
    _refuse(mistakes)
    return filters


def asked_articles(args: Args) -> tuple[PostFilters, Paging]:
    """The articles a call asks for, by the same parameters as the page of the blog. Raises `BadCall`."""
    checks = {name: CHECKS[name] for name in CHECKS if name != "kind"}
    mistakes = _unknown(args, {*checks, *PAGING}) + _once(args, (*checks, *PAGING))
    for name, check in checks.items():
        mistakes += _wrong_values(name, args.getlist(name), check)
    if "month" in args and "year" not in args:
        mistakes.append(Mistake("month", _("A month needs its year.")))
    filters = post_filters_from(args, {"kind": Kind.article.value})
    return filters, _paging(args, Kind.article, Sort.newest, mistakes)


def nothing_asked(args: Args) -> None:
    """For what takes no parameters. Raises `BadCall`."""
    _refuse(_unknown(args, ()))


def _refuse(mistakes: list[Mistake]) -> None:
    if mistakes:
        raise BadCall(mistakes[:MOST_MISTAKES])


def _opening_filters(args: Args, others: Collection[str] = ()) -> tuple[Filters, list[Mistake]]:
    mistakes = _unknown(args, {*BY_NAME, "q", SPEAKS, *others})
    singles = [facet.name for facet in FACETS if facet.is_single]
    mistakes += _once(args, ("q", *singles, *others))
    for name, check in (*((facet.name, facet.check) for facet in FACETS), (SPEAKS, check_spoken)):
        mistakes += _wrong_values(name, args.getlist(name), check)
        if len(args.getlist(name)) > MOST_VALUES:
            mistakes.append(Mistake(name, _("At most %(num)d values can be given.", num=MOST_VALUES)))
    if "\0" in args.get("q", ""):
        mistakes.append(_wrong("q", args["q"]))
    if len(" ".join(args.get("q", "").split())) > LONGEST_QUERY:
        mistakes.append(Mistake("q", _("At most %(num)d characters can be searched for.", num=LONGEST_QUERY)))
    return filters_from(args), mistakes


def _unknown(args: Args, known: Collection[str]) -> list[Mistake]:
    return [Mistake(name[:80], _("This call has no such parameter.")) for name in args if name not in known]


def _once(args: Args, names: Collection[str]) -> list[Mistake]:
    return [Mistake(name, _("Give it only once.")) for name in names if len(args.getlist(name)) > 1]


def _wrong_values(name: str, values: list[str], check: Callable[[str], str | None]) -> list[Mistake]:
    """Values that a check refuses or takes for others; another case, or a month without its zero, makes no other."""
    return [_wrong(name, one) for one in values if _plain(check(one) or "\0") != _plain(one)]


def _plain(value: str) -> str:
    return value.casefold().lstrip("0")


def _wrong(name: str, value: str) -> Mistake:
    return Mistake(name, _("“%(value)s” is not a valid value.", value=value[:80]))


def _paging(args: Args, kind: Kind, sort: Sort, mistakes: list[Mistake]) -> Paging:
    limit, behind = args.get("limit", str(USUAL_LIMIT)), None
    if not re.fullmatch("[1-9][0-9]{0,2}", limit) or int(limit) > MOST_LIMIT:
        mistakes.append(Mistake("limit", _("A number from 1 to %(most)d.", most=MOST_LIMIT)))
    if args.get("content", "false") not in SWITCH:
        mistakes.append(Mistake("content", _("It is “true” or “false”.")))
    if "cursor" in args:
        try:
            behind = behind_cursor(args["cursor"], kind, sort)
        except ValueError:
            words = _("This cursor does not belong to this list. Use the address in “next” as it is.")
            mistakes.append(Mistake("cursor", words))
    _refuse(mistakes)
    return Paging(int(limit), behind, SWITCH[args.get("content", "false")])
