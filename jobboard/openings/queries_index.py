"""The openings of this moment in memory: every facet's exact counts in one pass, without asking the database.

A process keeps one index and lets it catch up: by the log of changes with every content version, and by the clock with every
opening that appears or closes (docs/decisions/0004 and 0006). Position n stands for the n-th oldest opening, so the newest
are the highest bits. An index is never changed: a newer one is made from it, and who still reads the old one is not disturbed.
"""

import bisect
import copy
import dataclasses
import functools
import itertools
import operator
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from jobboard.openings.models import CEFR
from jobboard.openings.queries_bits import Sets, bits_of, positions_of, top, wide, with_room, without
from jobboard.openings.queries_filters import BY_NAME, FACETS, REMOTE, Filters, Sort

#: Microseconds since 1970 of what never comes.
NEVER = 1 << 62
#: So many openings are sorted on their own; more are looked for in the order of all.
FEW = 2000
#: Sets that are worked out when somebody asks are remembered for so many questions.
MOST_REMEMBERED = 200
#: Steps of pay that are offered.
STEPS = 8


@dataclasses.dataclass(frozen=True)
class PlaceFacts:
    """A place without its row, which would belong to one request's session."""

    country: str | None
    region: str | None
    city: str | None
    names: dict[str, str]


@dataclasses.dataclass(frozen=True)
class Opening:
    """The narrow facts of one opening: moments in microseconds since 1970, pay for a year or -1, and what it is found under."""

    id: int
    published: int
    ends: int = NEVER
    pay: float = -1.0


class FacetIndex:
    """Bitsets over the open openings, for filtering, counting and paging."""

    def __init__(self) -> None:
        self.ids, self.published, self.ends = array("q"), array("q"), array("q")
        self.pay = array("d")
        #: By id: its position, or -1.
        self.slot_of = array("i")
        self.bits: dict[str, dict[str, int]] = {name: {} for name in (*(facet.name for facet in FACETS), "currency")}
        self.needs: dict[tuple[str, CEFR], int] = {}
        #: Names per language of what only the openings know.
        self.categories: dict[str, dict[str, str]] = {}
        self.places: dict[str, PlaceFacts] = {}
        #: By an address that a category had before: the one it has now.
        self.moved: Mapping[str, str] = {}
        #: The last microsecond of the day in so many days: the day has a zone, and the index has none.
        self.end_of_day: Callable[[int], int] = lambda _days: NEVER
        self._every = (0, wide(0))
        self._forget()

    def _forget(self) -> None:
        """Begin without what is made when it is asked for."""
        self.prepared: dict[str, Any] = {}
        self._orders: dict[Sort, array[int]] = {}
        self._sizes: dict[str, dict[str, int]] = {}
        self._together: dict[str, Sets] = {}
        self._derived: dict[str, dict[str, int]] = {}
        self._understood: dict[tuple[tuple[str, CEFR], ...], int] = {}
        self._asked: dict[tuple[str, str], int] = {}
        self.__dict__.pop("_ranks", None)

    @classmethod
    def of(
        cls,
        openings: Iterable[Opening],
        keys: Iterable[tuple[int, str, str]],
        needs: Iterable[tuple[int, tuple[str, CEFR]]] = (),
    ) -> "FacetIndex":
        """The index of these openings, the oldest first; `keys` are (id, facet, value), `needs` (id, (language, level))."""
        index = cls()
        for opening in openings:
            index.ids.append(opening.id)
            index.published.append(opening.published)
            index.ends.append(opening.ends)
            index.pay.append(opening.pay)
        index._renumber(0)
        found: dict[tuple[str, str], list[int]] = defaultdict(list)
        for opening_id, facet, value in keys:
            found[facet, value].append(index.slot_of[opening_id])
        needed: dict[tuple[str, CEFR], list[int]] = defaultdict(list)
        for opening_id, need in needs:
            needed[need].append(index.slot_of[opening_id])
        for (facet, value), slots in found.items():
            index.bits[facet][value] = bits_of(slots, len(index))
        index.needs = {need: bits_of(slots, len(index)) for need, slots in needed.items()}
        return index

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def all(self) -> int:
        """Every opening."""
        if self._every[0] != len(self.ids):
            self._every = (len(self.ids), wide((1 << len(self.ids)) - 1))
        return self._every[1]

    def updated(self, gone: Iterable[int], newer: "FacetIndex") -> "FacetIndex":
        """A newer index: without the openings that are gone, with those of `newer` in place of what they were."""
        found = copy.copy(self)
        for name in ("ids", "published", "ends", "pay", "slot_of"):
            setattr(found, name, getattr(self, name)[:])
        found.bits = {facet: dict(values) for facet, values in self.bits.items()}
        found.needs = dict(self.needs)
        found._forget()
        for opening_id in {*gone, *newer.ids}:
            found._take_out(opening_id)
        for slot in range(len(newer)):
            found._put_in(newer, slot)
        sets: list[dict[Any, int]] = [*found.bits.values(), found.needs]
        for values in sets:
            for value in [value for value, bits in values.items() if not bits]:
                del values[value]
        return found

    def knows(self, name: str, value: str) -> bool:
        """Whether there is, or was, a value of a facet; of most facets any that can be read exists."""
        if name == "category":
            return value in self.categories
        return name != "place" or value.partition(":")[0] == REMOTE or value in self.places

    def slot(self, opening_id: int) -> int:
        """The position of an opening, or -1 for one that is not open."""
        return self.slot_of[opening_id] if 0 <= opening_id < len(self.slot_of) else -1

    def first_since(self, published: int, opening_id: int) -> int:
        """The position of the oldest opening that is not older than one published then, with this id."""
        key = (published, opening_id)
        return bisect.bisect_left(range(len(self)), key, key=lambda at: (self.published[at], self.ids[at]))

    def _renumber(self, start: int) -> None:
        highest = max(self.ids[start:], default=-1)
        if highest >= len(self.slot_of):
            self.slot_of.extend(array("i", [-1]) * (highest + 1 - len(self.slot_of)))
        for slot in range(start, len(self.ids)):
            self.slot_of[self.ids[slot]] = slot

    def _change_all(self, change: Callable[[int], int]) -> None:
        for facet in self.bits.values():
            for value, bits in facet.items():
                facet[value] = change(bits)
        for need, bits in self.needs.items():
            self.needs[need] = change(bits)

    def _take_out(self, opening_id: int) -> None:
        slot = self.slot(opening_id)
        if slot < 0:
            return
        for column in (self.ids, self.published, self.ends, self.pay):
            column.pop(slot)
        self._change_all(lambda bits: without(bits, slot))
        self.slot_of[opening_id] = -1
        self._renumber(slot)

    def _put_in(self, other: "FacetIndex", place: int) -> None:
        """Put one opening of another index in where it belongs by date."""
        slot = self.first_since(other.published[place], other.ids[place])
        if slot < len(self):
            self._change_all(lambda bits: with_room(bits, slot, is_in=False))
        for name in ("ids", "published", "ends", "pay"):
            getattr(self, name).insert(slot, getattr(other, name)[place])
        for facet, values in other.bits.items():
            for value, bits in values.items():
                if bits >> place & 1:
                    self.bits[facet][value] = self.bits[facet].get(value, 0) | 1 << slot
        for need, bits in other.needs.items():
            if bits >> place & 1:
                self.needs[need] = self.needs.get(need, 0) | 1 << slot
        self._renumber(slot)

    def matching(self, name: str, values: Iterable[str]) -> int:
        """The openings with any of these values of a facet."""
        sets, found = self.sets(name), 0
        for value in values:
            bits = sets.get(value)
            found |= self._one(name, value) if bits is None else bits
        return found

    def _one(self, name: str, value: str) -> int:
        """The openings of a value that is not offered; of derived facets any can be asked for."""
        if name not in DERIVED:
            return 0
        if (name, value) not in self._asked:
            if len(self._asked) >= MOST_REMEMBERED:
                self._asked.clear()
            self._asked[name, value] = DERIVED[name].one(self, value)
        return self._asked[name, value]

    def sets(self, name: str) -> dict[str, int]:
        """The openings of each value a facet offers."""
        if name not in DERIVED:
            return self.bits[name]
        if name not in self._derived:
            values = DERIVED[name].offered(self)
            self._derived[name] = {value: DERIVED[name].one(self, value) for value in values}
        return self._derived[name]

    def understood(self, speaks: tuple[tuple[str, CEFR], ...]) -> int:
        """The openings all of whose required languages are spoken at their level; those without any fit too.

        Who speaks "de" is understood where "de-at" is needed, and the other way round; "de-ch" is not "de-at".
        """
        if speaks not in self._understood:
            if len(self._understood) >= MOST_REMEMBERED:
                self._understood.clear()
            self._understood[speaks] = self._all_understood(speaks)
        return self._understood[speaks]

    def _all_understood(self, speaks: tuple[tuple[str, CEFR], ...]) -> int:
        exact = {tag: level.rank for tag, level in speaks}
        general: dict[str, int] = {}
        for tag, rank in exact.items():
            language = tag.partition("-")[0]
            general[language] = max(general.get(language, -1), rank)
        too_much = 0
        for (tag, level), bits in self.needs.items():
            language, _dash, variety = tag.partition("-")
            spoken = max(exact.get(tag, -1), exact.get(language, -1)) if variety else general.get(tag, -1)
            if spoken < level.rank:
                too_much |= bits
        return self.all & ~too_much

    def parts(self, filters: Filters, words: int | None) -> dict[str, int]:
        """For each thing asked for, the openings that fit it. `words` are those that match the text."""
        parts = {name: self.matching(name, values) for name, values in filters.chosen}
        if filters.speaks:
            parts["speaks"] = self.understood(filters.speaks)
        if words is not None:
            parts["q"] = words
        return parts

    def all_of(self, parts: dict[str, int], without: str | None = None) -> int:
        """The openings that fit everything (but `without`)."""
        return functools.reduce(operator.and_, [bits for name, bits in parts.items() if name != without] or [self.all])

    def counts(self, parts: dict[str, int], name: str) -> dict[str, int]:
        """For each value of a facet the openings it would show, its own facet's choice left out."""
        if not parts or set(parts) == {name}:
            if name not in self._sizes:
                self._sizes[name] = {value: bits.bit_count() for value, bits in self.sets(name).items()}
            return self._sizes[name]
        sets, rest = self.sets(name), self.all_of(parts, without=name)
        if name not in self._together:
            self._together[name] = Sets(list(sets.values()))
        return dict(zip(sets, self._together[name].within(rest, rest.bit_count()), strict=True))

    def of_ids(self, ids: Iterable[int]) -> int:
        """The openings with these ids, as far as they are open."""
        return bits_of((slot for one in ids if (slot := self.slot(one)) >= 0), len(self))

    def page(self, found: int, sort: Sort, tiers: Sequence[int], start: int, count: int) -> list[int]:
        """The ids of `count` of the found openings from the `start`-th on, in an order.

        `tiers` are sets by relevance, the best first; the newest come first in each, and an opening counts where it is best.
        """
        if sort is Sort.newest:
            return [self.ids[slot] for slot in top(found, start, count)]
        if sort is Sort.relevance:
            return [self.ids[slot] for slot in _top_of(found, tiers, start, count)]
        return self.taken(self.ordered(found, sort), found, start, count)

    def taken(self, order: Iterable[int], found: int, start: int, count: int) -> list[int]:
        """The ids of `count` of the found openings from the `start`-th on, as they come in an order of positions."""
        is_in = int(found).to_bytes(len(self) // 8 + 1, "little")
        inside = (slot for slot in order if is_in[slot >> 3] >> (slot & 7) & 1)
        return [self.ids[slot] for slot in itertools.islice(inside, start, start + count)]

    def ordered(self, found: int, sort: Sort) -> Sequence[int]:
        """Positions in an order, the newest first among equals: of the found ones where they are few, else of all."""
        if found.bit_count() <= FEW:
            return sorted(positions_of(found), key=self.rank(sort))
        if sort not in self._orders:
            self._orders[sort] = array("i", sorted(range(len(self) - 1, -1, -1), key=self.rank(sort)))
        return self._orders[sort]

    def rank(self, sort: Sort) -> Callable[[int], Any]:
        """What an order by deadline or pay goes by before the date, of a position: the lowest come first."""
        if sort is Sort.closing:
            return self.ends.__getitem__
        ranks = self._ranks
        return lambda slot: (ranks[slot], -self.pay[slot])

    def currencies(self) -> list[str]:
        """The currencies that openings pay in, the one of most of them first."""
        sizes = {currency: bits.bit_count() for currency, bits in self.bits["currency"].items()}
        return sorted(sizes, key=lambda one: (-sizes[one], one))

    @functools.cached_property
    def _ranks(self) -> list[int]:
        """By position: the place of its currency among `currencies`, behind all of them where no pay is told.

        Without exchange rates amounts of two currencies have no order.
        """
        ordered = self.currencies()
        ranks = [len(ordered)] * len(self)
        for rank, currency in enumerate(ordered):
            for slot in positions_of(self.bits["currency"][currency]):
                if self.pay[slot] >= 0:
                    ranks[slot] = rank
        return ranks


def _top_of(found: int, tiers: Sequence[int], start: int, count: int) -> list[int]:
    """Positions of one page through all tiers."""
    chosen: list[int] = []
    for tier in tiers:
        here = found & tier
        found &= ~tier
        size = here.bit_count()
        if start < size:
            chosen += top(here, start, count - len(chosen))
            if len(chosen) == count:
                break
        start = max(0, start - size)
    return chosen


@dataclasses.dataclass(frozen=True)
class Derived:
    """A facet whose values follow from a number each opening has, so that any value can be asked for."""

    offered: Callable[[FacetIndex], Sequence[str]]
    one: Callable[[FacetIndex, str], int]


def _pay_steps(index: FacetIndex) -> list[str]:
    """Round amounts between the lowest and the highest pay of the currency most openings pay in."""
    currencies = index.currencies()
    if not currencies:
        return []
    currency = currencies[0]
    slots = positions_of(index.bits["currency"][currency])
    pay = [amount for slot in slots if (amount := index.pay[slot]) > 0]
    low, high = min(pay, default=0), max(pay, default=0)
    tenth = 10 ** max(0, len(str(int(high))) - 2)
    step = next(tenth * factor for factor in (1, 2, 5, 10, 20) if (high - low) / (tenth * factor) <= STEPS)
    first = int(low // step) + 1
    return [f"{step * number}-{currency}-year" for number in range(first, int(high // step) + 1)]


def _paying(index: FacetIndex, value: str) -> int:
    amount, currency, _period = value.split("-")
    least = float(amount)
    rich = bits_of((slot for slot, pay in enumerate(index.pay) if pay >= least), len(index))
    return rich & index.bits["currency"].get(currency, 0)


def _closing(index: FacetIndex, days: str) -> int:
    last = index.end_of_day(int(days))
    return bits_of((slot for slot, ends in enumerate(index.ends) if ends <= last), len(index))


DERIVED = {
    "pay": Derived(_pay_steps, _paying),
    "closing": Derived(lambda _index: BY_NAME["closing"].fixed or (), _closing),
}
