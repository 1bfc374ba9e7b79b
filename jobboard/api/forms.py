"""What a call of the public API may ask.

Unlike in the address of a page, where old bookmarks should live, what cannot be understood is refused: a program whose filter
is ignored without a word answers with something else than it was asked for.
"""

import dataclasses
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

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
SWITCH = {"true": True, "false": False}


@dataclasses.dataclass(frozen=True)
class Mistake:
    """A parameter that cannot be understood, and why."""

    parameter: str
    detail: str


class BadCall(BadRequest):
    """A call that cannot be understood: 400, with every mistake in it and not the first alone."""

    def __init__(self, mistakes: Collection[Mistake]) -> None:
        super().__init__(
            _("The call cannot be understood: %(names)s.", names=listed(one.parameter for one in mistakes))
        )
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
    mistakes = _unknown(args, {*BY_NAME, "q", SPEAKS, "sort", *PAGING})
    for facet in FACETS:
        mistakes += _facet_mistakes(facet.name, args.getlist(facet.name), facet.check, facet.is_single)
    mistakes += _facet_mistakes(SPEAKS, args.getlist(SPEAKS), check_spoken)
    mistakes += _once(args, ("q", "sort", *PAGING))
    if len(args.get("q", "")) > LONGEST_QUERY:
        mistakes.append(Mistake("q", _("At most %(num)d characters can be searched for.", num=LONGEST_QUERY)))
    filters = filters_from(args)
    if "sort" in args and args["sort"] != filters.sort.value:
        mistakes.append(_no_such_sort(bool(filters.q)))
    return filters, _paging(args, filters.sort, mistakes)


def asked_articles(args: Args) -> tuple[PostFilters, Paging]:
    """The articles a call asks for, by the same parameters as the page of the blog. Raises `BadCall`."""
    checks: Mapping[str, Callable[[str], str]] = {name: CHECKS[name] for name in CHECKS if name != "kind"}
    mistakes = _unknown(args, {*checks, *PAGING}) + _once(args, (*checks, *PAGING))
    for name, check in checks.items():
        mistakes += _facet_mistakes(name, args.getlist(name)[:1], check)
    if "month" in args and "year" not in args:
        mistakes.append(Mistake("month", _("A month needs its year.")))
    return post_filters_from(args, {"kind": Kind.article.value}), _paging(args, Sort.newest, mistakes)


def nothing_asked(args: Args) -> None:
    """For what takes no parameters. Raises `BadCall`."""
    if mistakes := _unknown(args, ()):
        raise BadCall(mistakes)


def asked_counts(args: Args) -> Filters:
    """The openings whose counts a call asks for. Raises `BadCall`."""
    mistakes = [Mistake(name, _("This call has no such parameter.")) for name in ("sort", *PAGING) if name in args]
    if mistakes:
        raise BadCall(mistakes)
    return asked_openings(args)[0]


def _unknown(args: Args, known: Collection[str]) -> list[Mistake]:
    return [Mistake(name, _("This call has no such parameter.")) for name in args if name not in known]


def _once(args: Args, names: Collection[str]) -> list[Mistake]:
    return [Mistake(name, _("It can be given once.")) for name in names if len(args.getlist(name)) > 1]


def _facet_mistakes(
    name: str, values: list[str], check: Callable[[str], Any], is_single: bool = False
) -> list[Mistake]:
    found = [
        Mistake(name, _("“%(value)s” cannot be a value of it.", value=one[:80])) for one in values if not check(one)
    ]
    if len(values) > (1 if is_single else MOST_VALUES):
        words = (
            _("It can be given once.") if is_single else _("It can be given %(num)d times at most.", num=MOST_VALUES)
        )
        found.append(Mistake(name, words))
    return found


def _no_such_sort(has_words: bool) -> Mistake:
    orders = [sort.value for sort in Sort if has_words or sort is not Sort.relevance]
    return Mistake("sort", _("The orders are %(orders)s.", orders=listed(orders)))


def _paging(args: Args, sort: Sort, mistakes: list[Mistake]) -> Paging:
    limit, behind = args.get("limit", str(USUAL_LIMIT)), None
    if not re.fullmatch("[1-9][0-9]{0,2}", limit) or int(limit) > MOST_LIMIT:
        mistakes.append(Mistake("limit", _("A number from 1 to %(most)d.", most=MOST_LIMIT)))
    if args.get("content", "false") not in SWITCH:
        mistakes.append(Mistake("content", _("It is “true” or “false”.")))
    if "cursor" in args:
        try:
            behind = behind_cursor(args["cursor"], sort)
        except ValueError:
            words = _("It is none that this list told: take the address of the next page as it is.")
            mistakes.append(Mistake("cursor", words))
    if mistakes:
        raise BadCall(mistakes)
    return Paging(int(limit), behind, SWITCH[args.get("content", "false")])
