"""Arithmetic on sets of positions, against plain sets."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobboard.openings import queries_bits
from jobboard.openings.queries_bits import Sets, bits_of, positions_of, top, with_room, without

SETS = st.sets(st.integers(0, 3000), max_size=300)


@given(SETS)
def test_set_is_what_was_put_in(found):
    bits = bits_of(found, 3001)
    assert list(positions_of(bits)) == sorted(found, reverse=True)
    assert bits.bit_count() == len(found)


@given(SETS | st.integers(0, 3000).map(lambda end: set(range(end))), st.integers(0, 400), st.integers(1, 40))
def test_page_of_the_highest_is_the_slice_of_the_sorted_list(found, start, count):
    assert top(bits_of(found, 3001), start, count) == sorted(found, reverse=True)[start : start + count]


@given(SETS, st.integers(0, 3001))
def test_position_that_is_taken_out_moves_those_above_down(found, position):
    expected = {one - (one > position) for one in found if one != position}
    assert set(positions_of(without(bits_of(found, 3001), position))) == expected


@given(SETS, st.integers(0, 3001), st.booleans())
def test_position_that_is_put_in_moves_those_from_it_up(found, position, is_in):
    expected = {one + (one >= position) for one in found} | ({position} if is_in else set())
    assert set(positions_of(with_room(bits_of(found, 3001), position, is_in=is_in))) == expected


@pytest.mark.parametrize("has_gmp", [True, False])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SETS, max_size=4), SETS)
def test_sets_are_counted_within_another_with_and_without_gmp(monkeypatch, has_gmp, sets, within):
    if not has_gmp:
        monkeypatch.setattr(queries_bits, "gmpy2", None)
    found = Sets([bits_of(one, 3001) for one in sets])
    assert found.within(bits_of(within, 3001), len(within)) == [len(one & within) for one in sets]
    assert found.sizes == [len(one) for one in sets]
