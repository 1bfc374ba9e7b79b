"""Pages that begin behind an opening put together the whole order, whatever comes or goes between them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from jobboard.openings.queries import Found
from jobboard.openings.queries_filters import Sort
from jobboard.openings.queries_index import FacetIndex
from jobboard.openings.queries_keyset import behind_of, page_behind
from tests.openings.test_queries_index import index_of, openings

SORTS = st.sampled_from(list(Sort))


def found_in(index, tiers=()):
    """Everything, or what is in any of these tiers (ids by tier)."""
    sets = [index.of_ids(ids) for ids in tiers]
    bits = index.all
    if tiers:
        bits = 0
        for one in sets:
            bits |= one
    return Found(bits, {}, sets)


def read_through(index, found, sort, count):
    ids, behind = [], None
    while page := page_behind(index, found, sort, behind, count):
        ids += page
        behind = behind_of(index, found, sort, page[-1], behind)
    return ids


@settings(max_examples=200, deadline=None)
@given(openings(), SORTS, st.integers(1, 3), st.lists(st.sets(st.integers(0, 6)), min_size=1, max_size=3))
def test_pages_put_together_are_the_whole_order(rows, sort, count, tiers):
    index = index_of(rows)
    found = found_in(index, tiers if sort is Sort.relevance else ())
    assert read_through(index, found, sort, count) == index.page(found.bits, sort, found.tiers, 0, 100)


@settings(max_examples=200, deadline=None)
@given(openings(), openings(first=10), SORTS, st.data())
def test_what_stays_comes_once_and_in_order_whatever_comes_and_goes(rows, more, sort, data):
    """Also when another currency becomes the one of most openings, or one has no openings any more."""
    before = index_of(rows)
    gone = data.draw(st.sets(st.sampled_from([one.id for one in rows]))) if rows else set()
    after = index_of([one for one in [*rows, *more] if one.id not in gone])
    everything = [{one.id for one in [*rows, *more]}] if sort is Sort.relevance else []
    first = page_behind(before, found_in(before, everything), sort, None, 3)
    behind = behind_of(before, found_in(before, everything), sort, first[-1]) if first else None
    found = found_in(after, everything)
    rest = page_behind(after, found, sort, behind, 100)
    stayed = [one for one in read_through(before, found_in(before, everything), sort, 2) if one not in gone]
    assert [one for one in rest if one < 10] == [one for one in stayed if one not in first]
    assert not set(rest) & set(first)


def test_without_openings_every_page_is_empty():
    assert page_behind(FacetIndex.of([], []), Found(0, {}), Sort.newest, None, 5) == []
