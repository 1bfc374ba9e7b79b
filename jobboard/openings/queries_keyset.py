"""Pages that begin behind an opening instead of at a number: what is published or closed meanwhile shifts none of them."""

import bisect
import dataclasses
import functools
import operator
from typing import Any

from jobboard.openings.queries import Found
from jobboard.openings.queries_filters import Sort
from jobboard.openings.queries_index import FacetIndex


@dataclasses.dataclass(frozen=True)
class Behind:
    """Where an opening stands in an order, told by values of its own: they hold whatever comes and goes around it.

    `rank` is what the order goes by before the date: nothing for the newest first, the tier of relevance (from 0), the
    deadline (microseconds since 1970), or pay (place of its currency, minus the amount a year). `published` (microseconds
    since 1970) and `id` settle the rest.
    """

    rank: tuple[float, ...]
    published: int
    id: int


def behind_of(index: FacetIndex, found: Found, sort: Sort, opening_id: int) -> Behind:
    """Where one of the found openings stands."""
    slot = index.slot(opening_id)
    return Behind(_rank(index, found, sort, slot), index.published[slot], opening_id)


def _rank(index: FacetIndex, found: Found, sort: Sort, slot: int) -> tuple[float, ...]:
    if sort is Sort.newest:
        return ()
    if sort is Sort.relevance:
        return (next(number for number, tier in enumerate(found.tiers) if tier >> slot & 1),)
    return _tuple(index.rank(sort)(slot))


def _tuple(rank: Any) -> tuple[float, ...]:
    return rank if isinstance(rank, tuple) else (rank,)


def page_behind(index: FacetIndex, found: Found, sort: Sort, behind: Behind | None, count: int) -> list[int]:
    """The ids of `count` of the found openings in an order, from the first one behind a place on; None: from the first."""
    if behind is None:
        return index.page(found.bits, sort, found.tiers, 0, count)
    slot = index.first_since(behind.published, behind.id)
    older = (1 << slot) - 1
    if sort is Sort.newest:
        return index.page(found.bits & older, sort, (), 0, count)
    if sort is Sort.relevance:
        tier = int(behind.rank[0])
        shown = functools.reduce(operator.or_, found.tiers[:tier], 0)
        if tier < len(found.tiers):
            shown |= found.tiers[tier] & ~older
        return index.page(found.bits & ~shown, sort, found.tiers[tier:], 0, count)
    order, rank = index.ordered(found.bits, sort), index.rank(sort)
    start = bisect.bisect_right(order, (behind.rank, -slot), key=lambda at: (_tuple(rank(at)), -at))
    return index.taken((order[place] for place in range(start, len(order))), found.bits, 0, count)
