"""Sets of positions as Python's integers: bit n says whether the n-th is in. An `&` and a `bit_count()` count a facet."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
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


class Sets:
    """Some sets that are counted together."""

    def __init__(self, sets: Sequence[int]) -> None:
        self._sets = [wide(bits) for bits in sets]
        self.sizes = [bits.bit_count() for bits in sets]

    def within(self, bits: int) -> list[int]:
        """How many of each set are in this one."""
        if gmpy2 is None:
            return [(bits & one).bit_count() for one in self._sets]
        # |a & b| = (|a| + |b| - |a ^ b|) / 2, and GMP counts what differs without making a number of it.
        size, differing, rest = bits.bit_count(), gmpy2.hamdist, wide(bits)
        pairs: Iterable[tuple[Any, int]] = zip(self._sets, self.sizes, strict=True)
        return [(size + other - differing(rest, one)) >> 1 for one, other in pairs]
