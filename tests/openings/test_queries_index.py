"""Filtering and counting by bitsets gives what a plain look at every opening gives, and follows every change and the clock."""

import dataclasses
import datetime as dt
from collections import Counter
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from jobboard.core import clock
from jobboard.core.db import session
from jobboard.openings import queries_facts
from jobboard.openings.models import CEFR, JobOffer, PayPeriod
from jobboard.openings.queries_facts import annual_pay, facet_index, read
from jobboard.openings.queries_filters import FACETS, Filters, Sort
from jobboard.openings.queries_index import DERIVED, NEVER, FacetIndex, Opening
from jobboard.posts.actions import close, publish
from tests.factories import make_category, make_offer

CHOICES = {
    "contract": ["permanent", "freelance"],
    "hours": ["full_time", "part_time"],
    "workplace": ["on_site", "hybrid", "remote"],
    "level": ["entry", "senior"],
    "category": ["operations", "design"],
    "place": ["DE/Kiel", "DE/Ulm", "DE", "remote:DE", "remote:AT", "remote"],
    "pay": ["2-EUR-year", "3-EUR-year", "2-CHF-year"],
    "closing": ["1", "3"],
}
#: The end of the day, in the unit of `Opening.ends`.
MIDNIGHT = 10
TAGS = ["de", "de-at", "de-ch", "en", "pt-br"]
SPOKEN = st.dictionaries(st.sampled_from([*TAGS, "pt"]), st.sampled_from(list(CEFR)), max_size=3)


@dataclasses.dataclass
class Plain:
    """An opening as a plain look sees it."""

    opening: Opening
    keys: set[tuple[str, str]]
    needs: list[tuple[str, CEFR]]

    @property
    def id(self):
        return self.opening.id


def subset(values):
    return st.lists(st.sampled_from(values), unique=True, max_size=2)


@st.composite
def plain(draw, number):
    """One opening; its date is drawn, so that ids and dates are in different orders."""
    opening = Opening(
        number,
        published=draw(st.integers(0, 9)),
        ends=draw(st.just(NEVER) | st.integers(10, 14)),
        pay=float(draw(st.just(-1) | st.integers(1, 4))),
    )
    stored = {name: values for name, values in CHOICES.items() if name not in DERIVED}
    keys = {(name, value) for name, values in stored.items() for value in draw(subset(values))}
    if opening.pay > 0:
        currency = draw(st.sampled_from(["EUR", "CHF"]))
        keys |= {("currency", currency)}
        keys |= {("pay", f"{amount}-{currency}-year") for amount in range(1, 5) if opening.pay >= amount}
    keys |= {("closing", str(days)) for days in range(1, 40) if opening.ends <= MIDNIGHT + days}
    return Plain(opening, keys, [(tag, draw(st.sampled_from(list(CEFR)))) for tag in draw(subset(TAGS))])


@st.composite
def openings(draw, first=0):
    return [draw(plain(first + number)) for number in range(draw(st.integers(0, 7)))]


def index_of(found):
    found = sorted(found, key=lambda one: (one.opening.published, one.id))
    keys = [(one.id, name, value) for one in found for name, value in one.keys if name not in DERIVED]
    needs = [(one.id, need) for one in found for need in one.needs]
    return as_of_now(FacetIndex.of([one.opening for one in found], keys, needs))


def as_of_now(index):
    """With an end of the day, as `facet_index` gives it."""
    index.end_of_day = lambda days: MIDNIGHT + days
    return index


@st.composite
def queries_of(draw):
    chosen = (
        tuple((name, tuple(found)) for name, values in CHOICES.items() if (found := draw(subset(values))))
        if draw(st.booleans())
        else ()
    )
    return Filters(
        chosen=chosen,
        speaks=tuple(draw(SPOKEN).items()),
        sort=draw(st.sampled_from([Sort.newest, Sort.closing, Sort.pay])),
    )


def speaks_enough(one, speaks):
    """Every required language at its level; a variety is understood by who speaks the language and the other way round."""
    return all(
        any(
            level.rank >= needed.rank and (tag in {need, need.split("-")[0]} or ("-" not in need and tag.split("-")[0] == need))
            for tag, level in speaks
        )
        for need, needed in one.needs
    )  # fmt: skip


def fits(one, filters, without=None):
    return all(
        name == without or any((name, value) in one.keys for value in values) for name, values in filters.chosen
    ) and (not filters.speaks or speaks_enough(one, filters.speaks))


def in_order(found, sort, everything):
    """The most used currency first: amounts of two currencies have no order."""
    newest = sorted(found, key=lambda one: (one.opening.published, one.id), reverse=True)
    if sort is Sort.newest:
        return newest
    if sort is Sort.closing:
        return sorted(newest, key=lambda one: one.opening.ends)
    paying = [one for one in newest if one.opening.pay > 0]
    currencies = Counter(value for one in everything for name, value in one.keys if name == "currency")
    ranks = {code: (-number, code) for code, number in currencies.items()}
    by_pay = sorted(
        paying,
        key=lambda one: (*min(ranks[code] for code in currencies if ("currency", code) in one.keys), -one.opening.pay),
    )
    return by_pay + [one for one in newest if one.opening.pay <= 0]


def check(index, found, filters):
    """Whether the index says of this query what a plain look says."""
    parts = index.parts(filters, None)
    bits = index.all_of(parts)
    expected = [one.id for one in in_order([one for one in found if fits(one, filters)], filters.sort, found)]
    assert index.page(bits, filters.sort, [], 0, 100) == expected
    assert index.page(bits, filters.sort, [], 2, 3) == expected[2:5]
    tiers = [index.of_ids(one.id for one in found if one.id % 3 == rest) for rest in (2, 0, 1)]
    ranked = sorted(
        (one for one in found if fits(one, filters)),
        key=lambda one: ((2, 0, 1).index(one.id % 3), -one.opening.published, -one.id),
    )
    for start, count in ((0, 100), (1, 2), (3, 2)):
        page = index.page(bits, Sort.relevance, tiers, start, count)
        assert page == [one.id for one in ranked][start : start + count]
    for facet in FACETS:
        others = [one for one in found if fits(one, filters, without=facet.name)]
        counted = index.counts(parts, facet.name)
        rest = index.all_of(parts, without=facet.name)
        for value in {*CHOICES[facet.name], *index.sets(facet.name)}:
            expected = sum((facet.name, value) in one.keys for one in others)
            assert (rest & index.matching(facet.name, [value])).bit_count() == expected
            assert counted.get(value, expected if facet.name in DERIVED else 0) == expected


@settings(max_examples=300, deadline=None)
@given(openings(), queries_of())
def test_index_finds_orders_and_counts_what_a_plain_look_does(found, filters):
    check(index_of(found), found, filters)


@settings(max_examples=200, deadline=None)
@given(openings(), openings(first=4), st.sets(st.integers(0, 8)), queries_of())
def test_index_that_caught_up_is_the_one_that_was_read_anew(before, changed, gone, filters):
    old = index_of(before)
    untouched = index_of(before)
    newer = as_of_now(old.updated(gone, index_of(changed)))
    changed_ids = {one.id for one in changed}
    found = [one for one in before if one.id not in gone | changed_ids] + changed
    check(newer, found, filters)
    again = index_of(found)
    assert (newer.ids, newer.bits, newer.needs, newer.ends, newer.pay) == (
        again.ids, again.bits, again.needs, again.ends, again.pay
    )  # fmt: skip
    assert (old.ids, old.bits, old.slot_of) == (untouched.ids, untouched.bits, untouched.slot_of), "left as it was"


def test_nice_to_have_never_excludes_and_no_requirement_always_fits(app):
    nice = make_offer(needs=[("fr", "C2", False)])
    plain = make_offer()
    needed = make_offer(needs=[("de", "B2", True), ("en", "B1", True)])
    session().commit()
    index = facet_index(clock.now())

    def ids(*speaks):
        return set(index.page(index.understood(speaks), Sort.newest, [], 0, 9))

    assert ids(("de", CEFR.B1)) == {nice.id, plain.id}
    assert ids(("de", CEFR.C1), ("en", CEFR.B1)) == {nice.id, plain.id, needed.id}


def test_index_follows_every_change_and_the_clock(app):
    now = clock.now()
    first = make_offer("First", categories=[make_category("operations")], closes_at=now + dt.timedelta(hours=2))
    make_offer("Later", publish_at=now + dt.timedelta(hours=1))
    session().commit()

    def open_at(hours):
        return len(facet_index(now + dt.timedelta(hours=hours)))

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
            read(clock.now())
        counts.append(len(log))
    assert counts[0] == counts[1] <= 8


def places_of(*offers):
    index = facet_index(clock.now())
    return [{key for key, bits in index.bits["place"].items() if bits & index.of_ids([one.id])} for one in offers]


def test_countries_and_regions_hold_their_cities_and_only_what_is_remote_is_remote_from_somewhere(app):
    found = places_of(
        make_offer(places=["US/CA/Palo Alto", "DE/Kiel"], workplace="on_site"),
        make_offer(places=["US"], workplace="hybrid", remote=["PT"]),
        make_offer(workplace="remote", remote=["PT", "DE"]),
        make_offer(workplace="remote"),
        make_offer(workplace="remote", places=["AT/Wien"]),
    )
    assert found == [
        {"US/CA/Palo Alto", "US/CA", "US", "DE/Kiel", "DE"},
        {"US"},
        {"remote:PT", "remote:DE"},
        {"remote"},
        {"remote", "AT/Wien", "AT"},
    ]


def test_pay_is_compared_by_the_year():
    assert [annual_pay(Decimal(20), period, None) for period in PayPeriod] == [41600, 4600, 1040, 240, 20]
    assert annual_pay(Decimal(20), PayPeriod.hour, Decimal(20)) == 20800
    assert annual_pay(None, PayPeriod.year, None) is annual_pay(Decimal(1), None, None) is None


def same(index, other):
    return (index.ids, index.bits, index.needs, index.categories, index.places) == (
        other.ids, other.bits, other.needs, other.categories, other.places
    )  # fmt: skip


def test_index_catches_up_with_each_write_without_reading_everything(app, queries):
    operations, design = make_category("operations"), make_category("design")
    offers = [make_offer(f"Offer {number}", categories=[operations], places=["DE/Kiel"]) for number in range(5)]
    session().commit()
    now = clock.now()
    facet_index(now)

    def closing():
        close(offers[1], now)

    def editing():
        offers[2].workplace = "remote"
        offers[2].categories[:] = [design]

    def backdating():
        publish(offers[3], now - dt.timedelta(days=9))

    def renaming():
        operations.name = {"en": "Running things"}

    def adding():
        make_offer("New", places=["DE/Ulm"], remote=["AT"], needs=[("de", "B2", True)], categories=[design])

    def deleting():
        session().delete(session().get(JobOffer, offers[0].id))

    for change in (closing, editing, backdating, renaming, adding, deleting):
        change()
        session().commit()
        with queries() as log:
            index = facet_index(now)
        assert same(index, read(now)), change
        assert not any("job_offer.contract" in words and " IN " not in words for words in log), "read everything"
        assert facet_index(now) is index
    assert index.categories["operations"] == {"en": "Running things"}


def test_many_changes_are_read_anew(app, monkeypatch):
    monkeypatch.setattr(queries_facts, "MOST_CHANGES", 2)
    now = clock.now()
    facet_index(now)
    for number in range(4):
        make_offer(f"Offer {number}", places=["DE/Kiel"])
    session().commit()
    assert same(facet_index(now), read(now))
    assert len(facet_index(now)) == 4
