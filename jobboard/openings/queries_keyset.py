"""Pages that begin behind an opening instead of at a number: what is published or closed meanwhile shifts none of them."""

import bisect
import dataclasses
import functools
import itertools
import operator
from collections.abc import Iterator, Sequence

from jobboard.openings.queries import Found
from jobboard.openings.queries_filters import Sort
from jobboard.openings.queries_index import FacetIndex

#: In place of a currency: openings that do not tell their pay, which come last.
UNPAID = ""


@dataclasses.dataclass(frozen=True)
class Behind:
    """Where an opening stands in an order, told by values of its own: they hold whatever comes and goes around it.

    `rank` is what the order goes by before the date: the tier of relevance (from 0), the deadline (microseconds since 1970),
    minus the pay of a year; nothing (0) for the newest first. `published` (microseconds since 1970) and `id` settle the rest.
    By pay, one currency comes after the other: `currencies` are those read so far, the last one is the opening's own.
    """

    rank: float
    published: int
    id: int
    currencies: tuple[str, ...] = ()


def behind_of(index: FacetIndex, found: Found, sort: Sort, opening_id: int, before: Behind | None = None) -> Behind:
    """Where one of the found openings stands; `before` is where its page began."""
    slot = index.slot(opening_id)
    currencies: tuple[str, ...] = ()
    if sort is Sort.pay:
        order = _currencies(index, before)
        currencies = tuple(order[: order.index(_currency(index, slot)) + 1])
    return Behind(_rank(index, found, sort, slot), index.published[slot], opening_id, currencies)


def _rank(index: FacetIndex, found: Found, sort: Sort, slot: int) -> float:
    if sort is Sort.newest:
        return 0
    if sort is Sort.relevance:
        return next(number for number, tier in enumerate(found.tiers) if tier >> slot & 1)
    return index.ends[slot] if sort is Sort.closing else -index.pay[slot]


def _currencies(index: FacetIndex, before: Behind | None) -> list[str]:
    """The order of currencies for somebody who has read some: those first, then the others as the list has them now."""
    begun = before.currencies if before else ()
    return list(dict.fromkeys((*(one for one in begun if one != UNPAID), *index.currencies(), UNPAID)))


def _currency(index: FacetIndex, slot: int) -> str:
    place: int = index.rank(Sort.pay)(slot)[0]
    return [*index.currencies(), UNPAID][place]


def page_behind(index: FacetIndex, found: Found, sort: Sort, behind: Behind | None, count: int) -> list[int]:
    """The ids of `count` of the found openings in an order, from the first one behind a place on; None: from the first."""
    if behind is None:
        return index.page(found.bits, sort, found.tiers, 0, count)
    slot = index.first_since(behind.published, behind.id)
    older = (1 << slot) - 1
    if sort is Sort.newest:
        return index.page(found.bits & older, sort, (), 0, count)
    if sort is Sort.relevance:
        tier = int(behind.rank)
        shown = functools.reduce(operator.or_, found.tiers[:tier], 0)
        if tier < len(found.tiers):
            shown |= found.tiers[tier] & ~older
        return index.page(found.bits & ~shown, sort, found.tiers[tier:], 0, count)
    if sort is Sort.pay:
        return _page_by_pay(index, found.bits, behind, slot, count)
    order = index.ordered(found.bits, sort)
    start = bisect.bisect_right(order, (behind.rank, -slot), key=lambda at: (index.ends[at], -at))
    return index.taken(_between(order, start, len(order)), found.bits, 0, count)


def _page_by_pay(index: FacetIndex, bits: int, behind: Behind, slot: int, count: int) -> list[int]:
    """What is left of the currency that was being read, then the currencies nobody has read, as far as they fill the page.

    In the order of now each currency is in one piece, wherever that is.
    """
    order, rank = index.ordered(bits, Sort.pay), index.rank(Sort.pay)
    places = {currency: place for place, currency in enumerate([*index.currencies(), UNPAID])}
    current, ids = behind.currencies[-1], list[int]()

    def first(*key: float) -> int:
        """Where in the order the first one is that does not come before this key, or the beginning of one."""
        return bisect.bisect_left(order, key, key=lambda at: (*rank(at), -at))

    for currency in itertools.dropwhile(lambda one: one != current, _currencies(index, behind)):
        if currency in places and len(ids) < count:
            place = places[currency]
            start = first(place, behind.rank, 1 - slot) if currency == current else first(place)
            ids += index.taken(_between(order, start, first(place + 1)), bits, 0, count - len(ids))
    return ids


def _between(order: Sequence[int], start: int, end: int) -> Iterator[int]:
    return (order[place] for place in range(start, end))
