"""What the public API answers with: rows with all that their JSON holds, and the pages of a list, one behind the other."""

import base64
import binascii
import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from jobboard.core.db import session
from jobboard.openings.models import JobOffer
from jobboard.openings.queries_facts import EPOCH, MICROSECOND
from jobboard.openings.queries_filters import Sort
from jobboard.openings.queries_keyset import Behind
from jobboard.posts.models import Kind, Post, PostText
from jobboard.posts.queries import is_published
from jobboard.timeline.queries import posts_in
from jobboard.timeline.queries_filters import PostFilters

#: How many numbers an order goes by before the date.
RANKS = {Sort.newest: 0, Sort.relevance: 1, Sort.closing: 1, Sort.pay: 2}
#: Longer than any cursor; numbers of rows and microseconds fit into 64 bits.
LONGEST_CURSOR, LARGEST = 300, 1 << 62


def cursor_of(sort: Sort, behind: Behind) -> str:
    """A place in a list as one word for an address (base64url, RFC 4648 §5)."""
    told = json.dumps([sort.value, behind.rank, behind.published, behind.id], separators=(",", ":"))
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def behind_cursor(cursor: str, sort: Sort) -> Behind:
    """The place that `cursor_of` told. Raises `ValueError` for what it never did, or told of another order."""
    if len(cursor) > LONGEST_CURSOR:
        raise ValueError("too long")
    try:
        data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        told, rank, published, number = json.loads(data)
    except (binascii.Error, UnicodeError, TypeError, RecursionError) as error:
        raise ValueError("not one of ours") from error
    is_rank = isinstance(rank, list) and len(rank) == RANKS[sort] and all(_is_number(one) for one in rank)
    if told != sort.value or not is_rank or not (_is_whole(published) and _is_whole(number)):
        raise ValueError("not one of this order")
    return Behind(tuple(rank), published, number)


def _is_number(value: object) -> bool:
    """Whether it is a number a rank can be; no NaN, which is no order."""
    return isinstance(value, int | float) and not isinstance(value, bool) and -LARGEST <= value <= LARGEST


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST


def offers_to_tell(ids: Sequence[int], *, with_content: bool) -> list[JobOffer]:
    """These openings in this order, with all that `exports.opening_data` shows."""
    rows = session().execute(sa.select(JobOffer).where(JobOffer.id.in_(ids)).options(*_of_openings(with_content)))
    by_id = {offer.id: offer for offer in rows.scalars()}
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
    statement = posts_in(filters, now).options(*_of_posts(with_content)).limit(count)
    if behind is not None:
        moment = sa.literal(EPOCH + behind.published * MICROSECOND, Post.publish_at.type)
        statement = statement.where(sa.tuple_(Post.publish_at, Post.id) < sa.tuple_(moment, sa.literal(behind.id)))
    return list(session().execute(statement).scalars())


def place_of(post: Post) -> Behind:
    """Where a published post stands in a list of the newest first."""
    return Behind((), ((post.publish_at or post.created_at) - EPOCH) // MICROSECOND, post.id)


def published_one(kind: Kind, uid: str, now: dt.datetime) -> Post | None:
    """The post of this kind with this permanent id that is or was open to readers, with all that its JSON shows."""
    model, options = (JobOffer, _of_openings) if kind is Kind.opening else (Post, _of_posts)
    statement = sa.select(model).where(Post.uid == uid, Post.kind == kind, is_published(now))
    found: Post | None = session().execute(statement.options(*options(True))).scalar_one_or_none()
    return found
