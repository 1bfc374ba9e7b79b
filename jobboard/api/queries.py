"""What the public API answers with: rows with all that their JSON holds, and the pages of a list, one behind the other."""

import base64
import binascii
import datetime as dt
import json
import math
import re
from collections.abc import Sequence
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from jobboard.core.db import session
from jobboard.core.kept import kept
from jobboard.core.pages import site_state
from jobboard.openings.models import JobOffer
from jobboard.openings.queries_facts import EPOCH, MICROSECOND
from jobboard.openings.queries_filters import Sort
from jobboard.openings.queries_keyset import Behind
from jobboard.posts.models import Kind, Post, PostText
from jobboard.posts.queries import is_open, is_published
from jobboard.search.index import TIERS
from jobboard.timeline.queries import counts_of, posts_in
from jobboard.timeline.queries_filters import PostFilters

#: Longer than any cursor; ids of rows fit into 64 bits.
LONGEST_CURSOR, LARGEST = 1000, (1 << 63) - 1
#: The first and the last microsecond since 1970 that a date can be.
FIRST, LAST = (
    (dt.datetime.combine(day, time, dt.UTC) - EPOCH) // MICROSECOND
    for day, time in ((dt.date.min, dt.time.min), (dt.date.max, dt.time.max))
)
CURRENCY = re.compile("[A-Z]{3}|")


def cursor_of(kind: Kind, sort: Sort, behind: Behind) -> str:
    """A place in a list as one word for an address (base64url, RFC 4648 §5)."""
    told = [kind.value, sort.value, behind.rank, behind.published, behind.id, behind.currencies]
    data = json.dumps(told, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def behind_cursor(cursor: str, kind: Kind, sort: Sort) -> Behind:
    """The place that `cursor_of` told. Raises `ValueError` for what it never did, or told of another list or order."""
    if len(cursor) > LONGEST_CURSOR:
        raise ValueError("too long")
    try:
        data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        told, order, rank, published, number, currencies = json.loads(data)
    except (binascii.Error, UnicodeError, TypeError, RecursionError) as error:
        raise ValueError("not one of ours") from error
    if [told, order] != [kind.value, sort.value]:
        raise ValueError("not one of this list")
    if not (_is_rank(rank, sort) and _is_whole(published, FIRST, LAST) and _is_whole(number, 0, LARGEST)):
        raise ValueError("not a place")
    if not _are_currencies(currencies, sort):
        raise ValueError("no currencies")
    return Behind(rank, published, number, tuple(currencies))


def _is_rank(value: object, sort: Sort) -> bool:
    if sort is Sort.pay:
        return isinstance(value, float) and math.isfinite(value)
    lowest, highest = {Sort.newest: (0, 0), Sort.relevance: (0, TIERS - 1), Sort.closing: (FIRST, LARGEST)}[sort]
    return _is_whole(value, lowest, highest)


def _is_whole(value: object, lowest: int, highest: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest


def _are_currencies(value: object, sort: Sort) -> bool:
    """Those of pay, which end with the opening's own; other orders have none."""
    if sort is not Sort.pay:
        return value == []
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(one, str) and CURRENCY.fullmatch(one) for one in value)
    )


def open_offers_by_id(ids: Sequence[int], now: dt.datetime, *, with_content: bool) -> list[JobOffer]:
    """These openings in this order, with all that `exports.opening_data` shows; without those that are not open (any more)."""
    statement = sa.select(JobOffer).where(JobOffer.id.in_(ids), is_open(now)).options(*_of_openings(with_content))
    by_id = {offer.id: offer for offer in session().execute(statement).scalars()}
    return [by_id[one] for one in ids if one in by_id]


def _of_posts(with_content: bool) -> list[Any]:
    texts = selectinload(Post.texts).defer(PostText.markdown)
    texts = texts if with_content else texts.defer(PostText.html)
    return [texts, selectinload(Post.authorships), selectinload(Post.categorizations)]


def _of_openings(with_content: bool) -> list[Any]:
    parts = (JobOffer.places, JobOffer.remote_countries, JobOffer.language_needs, JobOffer.contact)
    return [*_of_posts(with_content), *map(selectinload, parts)]


def articles_behind(
    filters: PostFilters, now: dt.datetime, behind: Behind | None, count: int, *, with_content: bool
) -> list[Post]:
    """`count` articles of a list, the newest first, from the first one behind a place on."""
    statement = posts_in(filters, now)
    if behind is not None:
        moment = sa.literal(EPOCH + behind.published * MICROSECOND, Post.publish_at.type)
        older = sa.tuple_(Post.publish_at, Post.id) < sa.tuple_(moment, sa.literal(behind.id))
        # SQLite begins in its index at the first bound it reads: a deep page costs no more than the first one then.
        bounds = (Post.publish_at <= moment, older, cast("sa.ColumnElement[bool]", statement.whereclause))
        statement = sa.select(Post).where(*bounds).order_by(Post.publish_at.desc(), Post.id.desc())
    rows = session().execute(statement.options(*_of_posts(with_content)).limit(count))
    return list(rows.scalars())


def total_of(filters: PostFilters, now: dt.datetime) -> int:
    """How many articles a list has: counted once for all its parts, until a write or the clock changes it."""
    return kept("totals", (filters, site_state().until), lambda: counts_of([filters], now)[0] or None) or 0


def place_of(post: Post) -> Behind:
    """Where a published post stands in a list of the newest first."""
    return Behind(0, ((post.publish_at or post.created_at) - EPOCH) // MICROSECOND, post.id)


def published_one(kind: Kind, uid: str, now: dt.datetime) -> Post | None:
    """The post of this kind with this permanent id that is or was open to readers, with all that its JSON shows."""
    model, options = (JobOffer, _of_openings) if kind is Kind.opening else (Post, _of_posts)
    statement = sa.select(model).where(Post.uid == uid, Post.kind == kind, is_published(now))
    found: Post | None = session().execute(statement.options(*options(True))).scalar_one_or_none()
    return found
