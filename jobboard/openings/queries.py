"""Openings from the database: one page's rows, similar ones, and one for its page."""

import bisect
import dataclasses
import datetime as dt
import functools
import operator
from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from jobboard.core.db import Page, session
from jobboard.core.kept import kept, loading
from jobboard.openings.models import JobOffer
from jobboard.openings.queries_bits import positions_of
from jobboard.openings.queries_facts import EPOCH, MICROSECOND, facet_index, ranking
from jobboard.openings.queries_filters import Filters, Sort
from jobboard.openings.queries_index import FacetIndex
from jobboard.posts.models import Kind, Phase, Post, PostText
from jobboard.posts.queries import is_open, with_card_parts
from jobboard.posts.queries_cards import cards_by_id
from jobboard.posts.queries_suggestions import Scope, ways_on
from jobboard.site.queries import current_site

PER_PAGE = 20
#: Openings read at a time where all are.
AT_ONCE = 500
#: Cards in memory, of one language: some two kilobytes each.
MOST_CARDS = 4000


def with_facts() -> list[sa.orm.interfaces.ORMOption]:
    """Loader options for what a card of an opening shows."""
    return [
        *with_card_parts(),
        selectinload(JobOffer.places),
        selectinload(JobOffer.remote_countries),
        selectinload(JobOffer.language_needs),
    ]


def offers_by_id(ids: Sequence[int]) -> list[JobOffer]:
    """These openings in this order, with what cards show."""
    rows = session().execute(sa.select(JobOffer).where(JobOffer.id.in_(ids)).options(*with_facts()))
    by_id = {offer.id: offer for offer in rows.scalars()}
    return [by_id[one] for one in ids if one in by_id]


def load_offers(offers: Sequence[Post]) -> None:
    """Load what cards show of openings that are there already."""
    statement = sa.select(JobOffer).where(JobOffer.id.in_([one.id for one in offers]))
    session().execute(statement.options(*with_facts()[len(with_card_parts()) :])).scalars().all()


@dataclasses.dataclass(frozen=True)
class Found:
    """What an index finds: the set, the sets of each part (for counts), and sets by relevance where words were typed."""

    bits: int
    parts: dict[str, int]
    tiers: Sequence[int] = ()

    @functools.cached_property
    def total(self) -> int:
        """How many openings fit."""
        return self.bits.bit_count()


def find(index: FacetIndex, filters: Filters) -> Found:
    """The openings that fit; none where something was typed and no word is in it."""
    if not filters.q:
        parts = index.parts(filters, None)
        return Found(index.all_of(parts), parts)
    tiers = [index.of_ids(ids) for ids in ranking(filters.q) or ()]
    parts = index.parts(filters, functools.reduce(operator.or_, tiers, 0))
    return Found(index.all_of(parts), parts, tiers)


def page_of(index: FacetIndex, found: Found, filters: Filters) -> Page[int]:
    """The ids of the page asked for; addresses are left to the page's markup."""
    ids = index.page(found.bits, filters.sort, found.tiers, (filters.page - 1) * PER_PAGE, PER_PAGE)
    return Page(ids, filters.page, PER_PAGE, found.total, str)


def published_between(
    index: FacetIndex, found: Found, since: dt.datetime, until: dt.datetime, and_of: Iterable[int] = ()
) -> list[int]:
    """The ids of the found openings that were published after `since` and not after `until`, or are `and_of` these.

    The newest first.
    """
    first, last = (bisect.bisect_right(index.published, (moment - EPOCH) // MICROSECOND) for moment in (since, until))
    within = ((1 << max(0, last - first)) - 1) << first | index.of_ids(and_of)
    return [index.ids[place] for place in positions_of(found.bits & within)]


def cards_on(index: FacetIndex, ids: Sequence[int], language: str) -> list[bytes]:
    """The cards of these openings in this order, as UTF-8; those shown before with this index are in memory.

    A newer index begins without any, so a card is as new as the index at least.
    """
    known: dict[int, bytes] = index.prepared.setdefault(f"cards {language}", {})
    if missing := [one for one in ids if one not in known]:
        if len(known) > MOST_CARDS:
            known.clear()
            missing = list(ids)
        known |= {one: card.encode() for one, card in cards_by_id(missing, language).items()}
    return [known[one] for one in ids if one in known]


def open_offers(now: dt.datetime) -> Iterator[JobOffer]:
    """Every open opening with its whole texts, the oldest first; so many at a time that memory does not grow with them."""
    ids = session().execute(sa.select(JobOffer.id).where(is_open(now)).order_by(JobOffer.id)).scalars().all()
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        statement = sa.select(JobOffer).where(JobOffer.id.in_(some)).order_by(JobOffer.id)
        parts = (Post.texts, Post.categorizations, JobOffer.places, JobOffer.remote_countries)
        yield from session().execute(statement.options(*map(selectinload, parts))).scalars()


def similar_offers(offer: JobOffer, now: dt.datetime, limit: int = 3) -> list[JobOffer]:
    """Open openings that share categories with this one, most shared first, then the newest; others where there are none."""
    index = facet_index(now)
    sets = [index.matching("category", [category.slug]) for category in offer.categories]
    shared = [index.all]  # by how many categories they share at least
    for topic in sets:
        shared = [a | b for a, b in zip([*shared, 0], [index.all, *(one & topic for one in shared)], strict=True)]
    ids = index.page(index.all & ~index.of_ids([offer.id]), Sort.relevance, shared[::-1], 0, limit)
    return offers_by_id(ids)


def next_to_drop(index: FacetIndex, parts: dict[str, int]) -> list[tuple[str, str | None, int]]:
    """When nothing is found: (parameter, value or None for the whole, count it brings back), the most first.

    Each choice is dropped alone; a choice that brings nothing back is not named.
    """
    rows = [(name, None, index.all_of(parts, without=name).bit_count()) for name in parts]
    return sorted((row for row in rows if row[2]), key=lambda row: -row[2])


@dataclasses.dataclass(frozen=True)
class OtherWords:
    """The list with other words, or without one, and how many openings it shows."""

    filters: Filters
    count: int
    left_out: str = ""


def other_words(index: FacetIndex, found: Found, filters: Filters, now: dt.datetime) -> list[OtherWords]:
    """What finds openings where the words find none at all: words that were perhaps meant, else all but one.

    With the other choices where they leave any of these openings, else without them.
    """
    if not filters.q or found.parts.get("q", 1):
        return []
    ways = ways_on(filters.q, Scope(now, only=Kind.opening))
    rows = []
    for way in ways.meant or ways.without:
        other = filters.with_words(way.query)
        has_more = bool(filters.chosen or filters.speaks)
        count = find(index, other).total if has_more else way.count
        rows.append(OtherWords(other if count else other.only("q"), count or way.count, way.words))
    return rows


def next_to_keep(parts: dict[str, int]) -> list[tuple[str, str | None, int]]:
    """Where leaving out one choice is not enough: what each alone would find, the most first; none that finds nothing."""
    rows = [(name, None, bits.bit_count()) for name, bits in parts.items()]
    return sorted((row for row in rows if row[2]), key=lambda row: -row[2])


def offer_at(slug: str, now: dt.datetime) -> tuple[JobOffer, PostText] | None:
    """The published opening at an address and the text the address names, as rows of no session (`core.kept`).

    All that its pages and mails show is loaded. The clock is asked each time: it opens and closes without a new version.
    """
    offer = kept("offers", slug, functools.partial(_loaded, slug))
    if offer is None or offer.phase(now) not in {Phase.open, Phase.closed}:
        return None
    return offer, next(text for text in offer.texts if text.slug == slug)


def _loaded(slug: str) -> JobOffer | None:
    statement = sa.select(JobOffer).join(JobOffer.texts).where(PostText.kind == Kind.opening, PostText.slug == slug)
    wanted = (Post.texts, Post.authorships, Post.categorizations, JobOffer.places, JobOffer.remote_countries)
    parts = [selectinload(one) for one in (*wanted, JobOffer.language_needs, JobOffer.questions, JobOffer.contact)]
    with loading() as own:
        return own.execute(statement.options(*parts)).scalar_one_or_none()


def promised_days(offer: JobOffer) -> int | None:
    """Days within which applicants of an opening hear back: its own promise, else the site's; None: nothing is promised."""
    return offer.response_days or (None if offer.apply_url else current_site().response_days)


def promised_days_column() -> sa.ColumnElement[int]:
    """The same of each row of `JobOffer`."""
    others = sa.case((JobOffer.apply_url.is_(None), sa.cast(current_site().response_days, sa.Integer)))
    return sa.func.coalesce(JobOffer.response_days, others, type_=sa.Integer)


def published_titles(language: str, now: dt.datetime) -> dict[int, str]:
    """The titles of all openings that were ever public, by id, the newest first; in this language where they have it."""
    in_order = (
        sa.case((PostText.locale == language, 2), (PostText.locale == Post.original_locale, 1), else_=0),
        PostText.id,
    )
    rows = session().execute(
        sa.select(PostText.post_id, PostText.title)
        .join(PostText.post)
        .where(PostText.kind == Kind.opening, Post.publish_at <= now)
        .order_by(Post.publish_at.desc(), PostText.post_id, *in_order)
    )
    return {post_id: title for post_id, title in rows}  # noqa: C416 - typed; the last of a post's is the best


def offer_to_show(post_id: int) -> JobOffer:
    """One opening with everything its page shows."""
    statement = sa.select(JobOffer).where(JobOffer.id == post_id)
    return session().execute(statement.options(*with_facts(), selectinload(JobOffer.questions))).scalar_one()
