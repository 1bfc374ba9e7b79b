"""Filtering and counting by bitsets gives what a plain look at every opening gives, and follows every change and the clock."""

import dataclasses
import datetime as dt
import itertools
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from jobboard.core import clock
from jobboard.core.db import session
from jobboard.openings.models import CEFR, PayPeriod
from jobboard.openings.queries_filters import FACETS, Filters, Sort
from jobboard.openings.queries_index import FacetIndex, Row, annual_pay, facet_index, keys_of
from jobboard.posts.actions import close
from tests.factories import make_category, make_offer

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
CHOICES = {
    "contract": ["permanent", "freelance"],
    "hours": ["full_time", "part_time"],
    "workplace": ["on_site", "hybrid", "remote"],
    "level": ["entry", "senior"],
    "category": ["operations", "design"],
    "place": ["DE/Kiel", "DE/Ulm", "remote:DE", "remote:AT"],
}
TAGS = ["de", "de-at", "de-ch", "en", "pt-br"]
SPOKEN = st.dictionaries(st.sampled_from([*TAGS, "pt"]), st.sampled_from(list(CEFR)), max_size=3)


def subset(values):
    return st.lists(st.sampled_from(values), unique=True, max_size=2)


@st.composite
def rows(draw):
    return [
        Row(
            id=100 + number,
            publish_at=START,
            closes_at=draw(st.none() | st.integers(1, 5).map(lambda day: START + dt.timedelta(days=day))),
            contract=draw(st.none() | st.sampled_from(CHOICES["contract"])),
            hours=draw(st.none() | st.sampled_from([*CHOICES["hours"], "full_or_part_time"])),
            workplace=draw(st.none() | st.sampled_from(CHOICES["workplace"])),
            level=draw(st.none() | st.sampled_from(CHOICES["level"])),
            pay=draw(st.none() | st.integers(1, 4).map(Decimal)),
            places=draw(subset(["DE/Kiel", "DE/Ulm"])),
            countries=draw(subset(["DE", "AT"])),
            categories=draw(subset(CHOICES["category"])),
            needs=[(tag, draw(st.sampled_from(list(CEFR)))) for tag in draw(subset(TAGS))],
        )
        for number in range(draw(st.integers(0, 7)))
    ]


@st.composite
def queries(draw):
    chosen = tuple((name, tuple(found)) for name, values in CHOICES.items() if (found := draw(subset(values))))
    return Filters(chosen=chosen, speaks=tuple(draw(SPOKEN).items()), sort=draw(st.sampled_from(list(Sort)[:3])))


def speaks_enough(row, speaks):
    """Every required language at its level; a variety is understood by who speaks the language and the other way round."""
    return all(
        any(
            level.rank >= needed.rank and (tag in {need, need.split("-")[0]} or ("-" not in need and tag.split("-")[0] == need))
            for tag, level in speaks
        )
        for need, needed in row.needs
    )  # fmt: skip


def fits(row, filters, without=None):
    keys = set(keys_of(row))
    return all(
        name == without or any((name, value) in keys for value in values) for name, values in filters.chosen
    ) and (not filters.speaks or speaks_enough(row, filters.speaks))


@given(rows(), queries())
def test_index_finds_and_counts_what_a_plain_look_does(openings, filters):
    index = FacetIndex(openings, {}, {})
    parts = index.parts(filters, None)
    found = [row.id for row in openings if fits(row, filters)]
    assert sorted(index.ordered(index.all_of(parts), filters.sort, [])) == found
    for facet in FACETS:
        others = [row for row in openings if fits(row, filters, without=facet.name)]
        plain = {
            value: sum((facet.name, value) in set(keys_of(row)) for row in others) for value in CHOICES[facet.name]
        }
        counted = index.counts(parts, facet.name)
        assert {value: counted.get(value, 0) for value in CHOICES[facet.name]} == plain


@given(rows(), st.lists(st.integers(0, 6).map(lambda number: 100 + number), unique=True))
def test_orders_are_what_they_say_with_the_newest_first_among_equals(openings, ranking):
    index = FacetIndex(openings, {}, {})
    by_id = {row.id: row for row in openings}
    assert index.ordered(index.all, Sort.newest, []) == list(by_id)
    far = START + dt.timedelta(days=99)
    closing = [(by_id[one].closes_at or far, one) for one in index.ordered(index.all, Sort.closing, [])]
    pay = [(-(by_id[one].pay or 0), one) for one in index.ordered(index.all, Sort.pay, [])]
    assert (closing, pay) == (sorted(closing), sorted(pay))
    assert index.ordered(index.all, Sort.relevance, ranking) == [one for one in ranking if one in by_id]


def test_nice_to_have_never_excludes_and_no_requirement_always_fits(app):
    nice = make_offer(needs=[("fr", "C2", False)])
    plain = make_offer()
    needed = make_offer(needs=[("de", "B2", True), ("en", "B1", True)])
    session().commit()
    index = facet_index(clock.now())

    def ids(*speaks):
        return set(index.ordered(index.understood(speaks), Sort.newest, []))

    assert ids(("de", CEFR.B1)) == {nice.id, plain.id}
    assert ids(("de", CEFR.C1), ("en", CEFR.B1)) == {nice.id, plain.id, needed.id}


def test_index_follows_every_change_and_the_clock(app):
    now = clock.now()
    first = make_offer("First", categories=[make_category("operations")], closes_at=now + dt.timedelta(hours=2))
    make_offer("Later", publish_at=now + dt.timedelta(hours=1))
    session().commit()

    def open_at(hours):
        return len(facet_index(now + dt.timedelta(hours=hours)).rows)

    assert [open_at(hours) for hours in (0, 0.99, 1, 1.99, 2)] == [1, 1, 2, 2, 1]
    assert facet_index(now) is facet_index(now)
    close(first, now)
    session().commit()
    assert [open_at(hours) for hours in (0, 1, 2)] == [0, 1, 1]


def test_index_is_built_with_the_same_number_of_statements_for_one_and_for_many(app, queries):
    counts = []
    for number in (1, 12):
        for _one in range(number):
            make_offer(places=["DE/Kiel"], remote=["DE"], needs=[("de", "B2", True)], categories=[make_category("job")])
        session().commit()
        with queries() as log:
            facet_index(clock.now())
        counts.append(len(log))
    assert counts[0] == counts[1] <= 7


def test_pay_is_compared_by_the_year():
    assert [annual_pay(Decimal(20), period, None) for period in PayPeriod] == [41600, 4600, 1040, 240, 20]
    assert annual_pay(Decimal(20), PayPeriod.hour, Decimal(20)) == 20800
    assert annual_pay(None, PayPeriod.year, None) is annual_pay(Decimal(1), None, None) is None


def test_row_has_a_key_for_every_facet_that_is_filled():
    row = Row(1, START, None, "permanent", "full_or_part_time", "remote", "entry", None, ["DE"], ["DE"], ["a"], [])
    assert {name for name, _value in keys_of(row)} == {facet.name for facet in FACETS}
    assert dict(itertools.islice(keys_of(dataclasses.replace(row, hours=None)), 3))["contract"] == "permanent"
