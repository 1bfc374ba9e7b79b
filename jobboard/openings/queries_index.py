"""The openings of this moment as bitsets: every facet's exact counts in one pass, without asking the database.

A process keeps one index as long as the content version stands and no opening appears or closes by the clock
(docs/decisions/0004). Bit n stands for the n-th newest opening.
"""

import dataclasses
import datetime as dt
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask import current_app

from jobboard.core.db import content_version, session
from jobboard.openings.models import (
    CEFR,
    Hours,
    JobOffer,
    LanguageNeed,
    OfferPlace,
    PayPeriod,
    Place,
    RemoteCountry,
)
from jobboard.openings.queries_filters import FACETS, Filters, Sort
from jobboard.posts.models import Categorization, Category, PostText
from jobboard.posts.queries import is_open, next_change
from jobboard.search.index import matches

#: A week has these hours when an opening does not say; days and weeks of a year for annual pay.
FULL_WEEK, DAYS_A_YEAR, WEEKS_A_YEAR = Decimal(40), 230, 52


@dataclasses.dataclass(frozen=True)
class PlaceFacts:
    """A place without its row, which would belong to one request's session."""

    country: str | None
    region: str | None
    city: str | None
    names: dict[str, str]


@dataclasses.dataclass
class Row:
    """The narrow facts of one opening."""

    id: int
    publish_at: dt.datetime
    closes_at: dt.datetime | None
    contract: str | None
    hours: str | None
    workplace: str | None
    level: str | None
    pay: Decimal | None
    places: list[str] = dataclasses.field(default_factory=list)
    countries: list[str] = dataclasses.field(default_factory=list)
    categories: list[str] = dataclasses.field(default_factory=list)
    needs: list[tuple[str, CEFR]] = dataclasses.field(default_factory=list)


def keys_of(row: Row) -> Iterator[tuple[str, str]]:
    """(facet, value) under which an opening is found. "Full-time or part-time" is found under both."""
    for name in ("contract", "workplace", "level"):
        if (value := getattr(row, name)) is not None:
            yield name, value
    if row.hours == Hours.full_or_part_time.value:
        yield from (("hours", Hours.full_time.value), ("hours", Hours.part_time.value), ("hours", row.hours))
    elif row.hours is not None:
        yield "hours", row.hours
    yield from (("category", slug) for slug in row.categories)
    yield from (("place", key) for key in row.places)
    yield from (("place", f"remote:{code}") for code in row.countries)


class FacetIndex:
    """Bitsets over the open openings, for filtering, counting and paging."""

    def __init__(self, rows: list[Row], categories: dict[str, dict[str, str]], places: dict[str, PlaceFacts]) -> None:
        self.rows = rows
        self.all = (1 << len(rows)) - 1
        self.position = {row.id: number for number, row in enumerate(rows)}
        #: Names per language of what only the openings know.
        self.categories, self.places = categories, places
        self.bits: dict[str, dict[str, int]] = {facet.name: defaultdict(int) for facet in FACETS}
        self.needs: dict[tuple[str, CEFR], int] = defaultdict(int)
        for number, row in enumerate(rows):
            for name, value in keys_of(row):
                self.bits[name][value] |= 1 << number
            for need in row.needs:
                self.needs[need] |= 1 << number
        self.orders = {
            Sort.closing: sorted(
                range(len(rows)), key=lambda n: (rows[n].closes_at is None, rows[n].closes_at or 0, n)
            ),
            Sort.pay: sorted(range(len(rows)), key=lambda n: (-(rows[n].pay or 0), n)),
        }

    def matching(self, name: str, values: Iterable[str]) -> int:
        """The openings with any of these values of a facet."""
        found = 0
        for value in values:
            found |= self.bits[name].get(value, 0)
        return found

    def understood(self, speaks: Iterable[tuple[str, CEFR]]) -> int:
        """The openings all of whose required languages are spoken at their level; those without any fit too.

        Who speaks "de" is understood where "de-at" is needed, and the other way round; "de-ch" is not "de-at".
        """
        exact = {tag: level.rank for tag, level in speaks}
        general: dict[str, int] = {}
        for tag, rank in exact.items():
            language = tag.partition("-")[0]
            general[language] = max(general.get(language, -1), rank)
        found = self.all
        for (tag, level), bits in self.needs.items():
            language, _dash, variety = tag.partition("-")
            spoken = max(exact.get(tag, -1), exact.get(language, -1)) if variety else general.get(tag, -1)
            if spoken < level.rank:
                found &= ~bits
        return found

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
        found = self.all
        for name, bits in parts.items():
            if name != without:
                found &= bits
        return found

    def counts(self, parts: dict[str, int], name: str) -> dict[str, int]:
        """For each value of a facet the openings it would show, its own facet's choice left out."""
        rest = self.all_of(parts, without=name)
        return {value: (rest & bits).bit_count() for value, bits in self.bits[name].items()}

    def ordered(self, found: int, sort: Sort, ranking: list[int]) -> list[int]:
        """The ids of the found openings in an order; `ranking` are ids by relevance."""
        if sort is Sort.relevance:
            return [one for one in ranking if one in self.position and found >> self.position[one] & 1]
        order: Iterable[int] = self.orders.get(sort, range(len(self.rows)))
        return [self.rows[number].id for number in order if found >> number & 1]


@dataclasses.dataclass(frozen=True)
class Kept:
    """An index and how long it holds: while the version stands and before the clock's next change."""

    version: int
    since: dt.datetime
    until: dt.datetime | None
    index: FacetIndex


def facet_index(now: dt.datetime) -> FacetIndex:
    """This process's index, built anew when something changed or the clock opened or closed an opening."""
    store = current_app.extensions.setdefault("facet_index", {"lock": threading.Lock(), "kept": None})
    version = content_version()
    kept: Kept | None = store["kept"]
    if kept is not None and kept.version == version and kept.since <= now and (kept.until is None or now < kept.until):
        return kept.index
    with store["lock"]:
        kept = Kept(version, now, next_change(now), build(now))
        store["kept"] = kept
    return kept.index


def build(now: dt.datetime) -> FacetIndex:
    """Read the narrow facts of everything open, in five queries whatever their number."""
    offers = session().execute(
        sa.select(
            JobOffer.id,
            JobOffer.publish_at,
            JobOffer.closes_at,
            JobOffer.contract,
            JobOffer.hours,
            JobOffer.workplace,
            JobOffer.level,
            JobOffer.pay_min,
            JobOffer.pay_max,
            JobOffer.pay_period,
            JobOffer.weekly_hours,
        )
        .where(is_open(now))
        .order_by(JobOffer.publish_at.desc(), JobOffer.id.desc())
    )
    rows = {
        one.id: Row(
            one.id, one.publish_at, one.closes_at, _value(one.contract), _value(one.hours), _value(one.workplace),
            _value(one.level), annual_pay(one.pay_max or one.pay_min, one.pay_period, one.weekly_hours),
        )
        for one in offers
    }  # fmt: skip
    places: dict[str, PlaceFacts] = {}
    for offer_id, place in session().execute(
        sa.select(OfferPlace.offer_id, Place).join(OfferPlace.place).where(OfferPlace.offer_id.in_(_open_ids(now)))
    ):
        rows[offer_id].places.append(place.key)
        places[place.key] = PlaceFacts(place.country, place.region, place.city, dict(place.names))
    for offer_id, code in session().execute(
        sa.select(RemoteCountry.offer_id, RemoteCountry.country).where(RemoteCountry.offer_id.in_(_open_ids(now)))
    ):
        rows[offer_id].countries.append(code)
    categories: dict[str, dict[str, str]] = {}
    for offer_id, slug, names in session().execute(
        sa.select(Categorization.post_id, Category.slug, Category.name)
        .join(Categorization.category)
        .where(Categorization.post_id.in_(_open_ids(now)))
    ):
        rows[offer_id].categories.append(slug)
        categories[slug] = names
    for offer_id, tag, level in session().execute(
        sa.select(LanguageNeed.offer_id, LanguageNeed.tag, LanguageNeed.level).where(
            LanguageNeed.is_required, LanguageNeed.offer_id.in_(_open_ids(now))
        )
    ):
        rows[offer_id].needs.append((tag.lower(), level))
    return FacetIndex(list(rows.values()), categories, places)


def _open_ids(now: dt.datetime) -> sa.Select[int]:
    return sa.select(JobOffer.id).where(is_open(now))


def _value(member: Any) -> str | None:
    return None if member is None else str(member.value)


def annual_pay(amount: Decimal | None, period: PayPeriod | None, weekly_hours: Decimal | None) -> Decimal | None:
    """An amount of pay for a year, by the opening's weekly hours (40 when it does not say); None when unknown."""
    if amount is None or period is None:
        return None
    return (
        amount
        * {
            PayPeriod.hour: (weekly_hours or FULL_WEEK) * WEEKS_A_YEAR,
            PayPeriod.day: Decimal(DAYS_A_YEAR),
            PayPeriod.week: Decimal(WEEKS_A_YEAR),
            PayPeriod.month: Decimal(12),
            PayPeriod.year: Decimal(1),
        }[period]
    )


def ranking(query: str) -> list[int] | None:
    """Ids of the posts whose texts match, the best first; None when the query has no word to look for."""
    found = matches(query)
    if found is None:
        return None
    statement = (
        sa.select(PostText.post_id)
        .join(found, found.c.id == PostText.id)
        .group_by(PostText.post_id)
        .order_by(sa.func.min(found.c.rank), PostText.post_id.desc())
    )
    return list(session().execute(statement).scalars())
