"""Sets of positions as Python's integers: bit n says whether the n-th is in. An `&` and a `bit_count()` count a facet."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

try:  # sets as integers of GMP's: counted three times as fast; everything works without
    import gmpy2  # type: ignore[import-untyped] # it has no types of its own
except ImportError:
    gmpy2 = None


def wide(number: int) -> int:
    """An integer as sets are kept: GMP's where that is installed, else Python's own."""
    return number if gmpy2 is None else gmpy2.mpz(number)


def bits_of(positions: Iterable[int], length: int) -> int:
    """The set of these positions, all below `length`; in time that grows with both, not with their product."""
    found = bytearray(length // 8 + 1)
    for position in positions:
        found[position >> 3] |= 1 << (position & 7)
    return wide(int.from_bytes(found, "little"))


def positions_of(bits: int) -> Iterator[int]:
    """The positions in a set, the highest first."""
    size = (bits.bit_length() + 63) // 64
    words = memoryview(int(bits).to_bytes(size * 8, "little")).cast("Q")
    for number in range(size - 1, -1, -1):
        word = words[number]
        while word:
            highest = word.bit_length() - 1
            yield number * 64 + highest
            word ^= 1 << highest


def top(bits: int, start: int, count: int) -> list[int]:
    """The positions in a set from the `start`-th highest on (from 0), at most `count`, the highest first.

    Only as much of the set is looked at as lies above them, and that by halving: a deep page costs little more than the first.
    """
    below = _shift_with(bits, start + count)
    window = bits >> below
    if start:  # what lies above the page: exactly `start` of the set, or all of it
        above = _shift_with(window, start)
        if (window >> above).bit_count() < start:
            return []
        window &= (1 << above) - 1
    return [position + below for position in itertools.islice(positions_of(window), count)]


def _shift_with(bits: int, wanted: int) -> int:
    """The largest shift above which at least `wanted` of the set lie; 0 when there are not so many."""
    width = high = bits.bit_length()
    step = 256
    while step < width and (bits >> (width - step)).bit_count() < wanted:
        high = width - step
        step *= 4
    low = max(0, width - step)
    while low < high:
        middle = (low + high + 1) // 2
        if (bits >> middle).bit_count() >= wanted:
            low = middle
        else:
            high = middle - 1
    return low


def without(bits: int, position: int) -> int:
    """The set when this position is taken out and all above move down by one."""
    return (bits & ((1 << position) - 1)) | (bits >> (position + 1) << position)


def with_room(bits: int, position: int, *, is_in: bool) -> int:
    """The set when a new position is put in here and all from it on move up by one."""
    return (bits & ((1 << position) - 1)) | (is_in << position) | (bits >> position << (position + 1))


#: Among so many families a place is looked for; a set that overlaps all of them stands alone.
MOST_FAMILIES = 4


class Sets:
    """Some sets that are counted together.

    Most facets give an opening one value, so their sets do not overlap. Such a family is counted as a whole first: once so
    many are found, the rest of it need not be looked at. Of remote openings no city is counted then.
    """

    def __init__(self, sets: Sequence[int]) -> None:
        self.sizes = [bits.bit_count() for bits in sets]
        families: list[tuple[int, list[int]]] = []
        for place in sorted((place for place, size in enumerate(self.sizes) if size), key=lambda one: -self.sizes[one]):
            bits = wide(sets[place])
            fitting = (number for number, family in enumerate(families[:MOST_FAMILIES]) if not family[0] & bits)
            number = next(fitting, len(families))
            if number == len(families):
                families.append((wide(0), []))
            families[number] = (families[number][0] | bits, [*families[number][1], place])
        self._families = [
            (union, union.bit_count(), [(place, wide(sets[place]), self.sizes[place]) for place in places])
            for union, places in families
        ]

    def within(self, bits: int, size: int) -> list[int]:
        """How many of each set are in this one, whose size the caller knows."""
        found, rest = [0] * len(self.sizes), wide(bits)
        # |a & b| = (|a| + |b| - |a ^ b|) / 2, and GMP counts what differs without making a number of it.
        differing: Callable[[Any, Any], int] = _differing if gmpy2 is None else gmpy2.hamdist
        for union, union_size, family in self._families:
            left = (size + union_size - differing(rest, union)) >> 1
            if len(family) == 1:
                found[family[0][0]] = left
                continue
            for place, one, one_size in family[:-1]:
                if not left:
                    break
                found[place] = count = (size + one_size - differing(rest, one)) >> 1
                left -= count
            found[family[-1][0]] = left  # what is left is the last one's
        return found


def _differing(one: int, other: int) -> int:
    """In how many positions two sets differ."""
    return (one ^ other).bit_count()
