"""Reading the index of openings from the database, and keeping it in step with every write and with the clock."""

import dataclasses
import datetime as dt
import functools
import threading
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask import current_app

from jobboard.core import i18n
from jobboard.core.db import content_version, session
from jobboard.core.old_addresses import ways_on
from jobboard.core.pages import known_version
from jobboard.openings.models import (
    Hours,
    JobOffer,
    LanguageNeed,
    OfferPlace,
    PayPeriod,
    Place,
    RemoteCountry,
    Workplace,
    wider_places,
)
from jobboard.openings.queries_filters import FACETS, REMOTE
from jobboard.openings.queries_index import NEVER, FacetIndex, Opening, PlaceFacts
from jobboard.posts.models import Categorization, Category, PostText
from jobboard.posts.queries import changed_by_clock, is_open, next_change
from jobboard.posts.queries_cards import KEPT_VERSIONS, changed_since
from jobboard.search.index import TIERS, matches

#: A week has these hours when an opening does not say; days and weeks of a year for annual pay.
FULL_WEEK, DAYS_A_YEAR, WEEKS_A_YEAR = Decimal(40), 230, 52
#: Catching up with more changes costs more than reading everything.
MOST_CHANGES = 200
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)


@dataclasses.dataclass(frozen=True)
class Kept:
    """An index and how long it holds: while the version stands and before the clock's next change."""

    version: int
    since: dt.datetime
    until: dt.datetime | None
    index: FacetIndex

    def holds(self, version: int, now: dt.datetime) -> bool:
        """Whether it is the index of this moment."""
        return self.version == version and self.since <= now and (self.until is None or now < self.until)


def facet_index(now: dt.datetime) -> FacetIndex:
    """This process's index, caught up with what was written since and with what the clock opened or closed."""
    store = current_app.extensions.setdefault("facet_index", {"lock": threading.Lock(), "kept": None})
    kept: Kept | None = store["kept"]
    known = known_version()
    if known is not None and kept is not None and kept.version >= known and kept.holds(kept.version, now):
        return kept.index
    version = content_version()
    with store["lock"]:
        kept = store["kept"]
        if kept is None or not kept.holds(version, now):
            index = _newer(kept, version, now)
            index.end_of_day = functools.partial(_last_microsecond, now)
            kept = Kept(version, now, next_view(now), index)
            store["kept"] = kept
    return kept.index


def _last_microsecond(now: dt.datetime, days: int) -> int:
    """The end of the site's day in so many days, in microseconds since 1970."""
    return (i18n.midnight_after(now, days) - EPOCH) // MICROSECOND - 1


def next_view(now: dt.datetime) -> dt.datetime:
    """When the clock shows readers something else: a post appears or closes, or the site's day ends ("within 7 days")."""
    return min(filter(None, (next_change(now), i18n.midnight_after(now))))


def _newer(kept: Kept | None, version: int, now: dt.datetime) -> FacetIndex:
    if kept is None or now < kept.since or not 0 <= version - kept.version <= KEPT_VERSIONS:
        return read(now)
    ids = {*changed_since(kept.version), *changed_by_clock(kept.since, now)}
    if len(ids) > MOST_CHANGES:
        return read(now)
    index = kept.index.updated(ids, read(now, JobOffer.id.in_(ids)) if ids else FacetIndex())
    names_of(index)
    return index


def read(now: dt.datetime, condition: sa.ColumnElement[bool] | None = None) -> FacetIndex:
    """The index of everything open that meets the condition: the same number of queries whatever its size."""
    where = is_open(now) if condition is None else sa.and_(is_open(now), condition)
    ids = sa.select(JobOffer.id).where(where)
    columns = sa.select(
        JobOffer.id, JobOffer.publish_at, JobOffer.closes_at, JobOffer.closed_at, JobOffer.contract, JobOffer.hours,
        JobOffer.workplace, JobOffer.level, JobOffer.pay_min, JobOffer.pay_max, JobOffer.pay_period, JobOffer.pay_currency,
        JobOffer.weekly_hours,
    )  # fmt: skip
    rows = session().execute(columns.where(where).order_by(JobOffer.publish_at, JobOffer.id)).all()
    index = FacetIndex.of(
        (_opening(row) for row in rows),
        _keys(rows, ids),
        (
            (offer_id, (tag.lower(), level))
            for offer_id, tag, level in session().execute(
                sa.select(LanguageNeed.offer_id, LanguageNeed.tag, LanguageNeed.level).where(
                    LanguageNeed.is_required, LanguageNeed.offer_id.in_(ids)
                )
            )
        ),
    )
    if condition is None:
        names_of(index)
    return index


def _opening(row: Any) -> Opening:
    ended = min(filter(None, (row.closes_at, row.closed_at)), default=None)
    pay = annual_pay(row.pay_max or row.pay_min, row.pay_period, row.weekly_hours)
    return Opening(
        row.id,
        (row.publish_at - EPOCH) // MICROSECOND,
        NEVER if ended is None else (ended - EPOCH) // MICROSECOND,
        -1.0 if pay is None else float(pay),
    )


def _keys(rows: Any, ids: sa.Select[int]) -> Iterator[tuple[int, str, str]]:
    """(id, facet, value) under which openings are found. "Full-time or part-time" is found under both."""
    for row in rows:
        for name in (facet.name for facet in FACETS if facet.is_column):
            if (value := getattr(row, name)) is not None:
                yield row.id, name, value.value
        if row.hours is Hours.full_or_part_time:
            yield row.id, "hours", Hours.full_time.value
            yield row.id, "hours", Hours.part_time.value
        if row.pay_currency is not None and row.pay_period is not None:
            yield row.id, "currency", row.pay_currency
    for offer_id, slug in session().execute(
        sa.select(Categorization.post_id, Category.slug)
        .join(Categorization.category)
        .where(Categorization.post_id.in_(ids))
    ):
        yield offer_id, "category", slug
    yield from _place_keys({row.id for row in rows if row.workplace is Workplace.remote}, ids)


def _place_keys(remote: set[int], ids: sa.Select[int]) -> Iterator[tuple[int, str, str]]:
    """A place is found under itself, its region and its country; what is remote also under each country it allows.

    Countries that an opening keeps although it is not remote any more are no place of it.
    """
    for offer_id, key, country, region in session().execute(
        sa.select(OfferPlace.offer_id, Place.key, Place.country, Place.region)
        .join(OfferPlace.place)
        .where(OfferPlace.offer_id.in_(ids))
    ):
        for one in {key, *wider_places(country, region)}:
            yield offer_id, "place", one
    anywhere = set(remote)
    for offer_id, code in session().execute(
        sa.select(RemoteCountry.offer_id, RemoteCountry.country).where(RemoteCountry.offer_id.in_(ids))
    ):
        if offer_id in remote:
            anywhere.discard(offer_id)
            yield offer_id, "place", f"{REMOTE}:{code}"
    for offer_id in anywhere:
        yield offer_id, "place", REMOTE


def names_of(index: FacetIndex) -> None:
    """Give an index the names of all categories and places: they may change without any opening, and old links name them."""
    index.moved = ways_on(Category)
    index.categories = {slug: names for slug, names in session().execute(sa.select(Category.slug, Category.name))}  # noqa: C416 - typed
    columns = sa.select(Place.key, Place.country, Place.region, Place.city, Place.names)
    places = {
        key: PlaceFacts(country, region, city, names)
        for key, country, region, city, names in session().execute(columns)
    }
    for one in list(places.values()):
        for key in wider_places(one.country, one.region):
            places.setdefault(key, PlaceFacts(one.country, one.region if "/" in key else None, None, {}))
    index.places = places


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


def ranking(query: str) -> list[list[int]] | None:
    """Ids of the posts whose texts match, by tier (the best first); None when the query has no word to look for."""
    found = matches(query)
    if found is None:
        return None
    statement = sa.select(PostText.post_id, found.c.tier).join(found, found.c.id == PostText.id)
    tiers: list[list[int]] = [[] for _tier in range(TIERS)]
    for post_id, tier in session().execute(statement):
        tiers[tier].append(post_id)
    return tiers
