"""What shows posts and openings together: the posts of a list, a page of them, and what is loaded with them."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from jobboard.core.db import session
from jobboard.openings.models import JobOffer
from jobboard.people.models import Person
from jobboard.posts.models import Authorship, Categorization, Category, Kind, Post, PostText
from jobboard.posts.queries import is_open, open_posts, with_card_parts
from jobboard.timeline.queries_filters import PostFilters

PER_PAGE = 12


def are_in(filters: PostFilters) -> list[sa.ColumnElement[bool]]:
    """What holds of the posts these filters show. A category or an author nobody knows holds of none."""
    found: list[sa.ColumnElement[bool]] = []
    if filters.kind:
        found.append(Post.kind == Kind(filters.kind))
    if filters.category:
        topics = sa.select(Categorization.post_id).join(Category, Category.id == Categorization.category_id)
        found.append(Post.id.in_(topics.where(Category.slug == filters.category)))
    if filters.author:
        written = sa.select(Authorship.post_id).join(Person, Person.id == Authorship.person_id)
        found.append(Post.id.in_(written.where(Person.slug == filters.author)))
    if span := filters.period():
        found += [Post.publish_at >= span[0], Post.publish_at < span[1]]
    if filters.lang:
        found.append(sa.exists().where(PostText.post_id == Post.id, PostText.locale == filters.lang))
    return found


def posts_in(filters: PostFilters, now: dt.datetime) -> sa.Select[Post]:
    """The posts of a list that are open now, newest first: what its page, its feeds and its alerts show."""
    return open_posts(now).where(*are_in(filters))


def ids_on_page(filters: PostFilters, now: dt.datetime, number: int, per_page: int = PER_PAGE) -> Sequence[int]:
    """The ids of one page of a list."""
    ids = posts_in(filters, now).with_only_columns(Post.id).offset((number - 1) * per_page).limit(per_page)
    return session().execute(ids).scalars().all()


def counts_of(lists: Sequence[PostFilters], now: dt.datetime) -> list[int]:
    """How many posts each of these lists has, in one query."""
    if not lists:
        return []
    counts = [
        sa.select(sa.literal(place).label("place"), sa.func.count()).select_from(Post).where(is_open(now), *are_in(one))
        for place, one in enumerate(lists)
    ]
    found: dict[int, int] = {place: count for place, count in session().execute(sa.union_all(*counts))}  # noqa: C416 - typed
    return [found[place] for place in range(len(lists))]


def with_parts(statement: sa.Select[Post]) -> sa.Select[Post]:
    """Load what cards of both kinds show."""
    return statement.options(
        *with_card_parts(),
        selectinload(JobOffer.places),
        selectinload(JobOffer.remote_countries),
        selectinload(JobOffer.language_needs),
    )


def newest_with_texts(statement: sa.Select[Post], limit: int) -> Sequence[Post]:
    """The newest posts with their whole texts, for a feed."""
    return (
        session()
        .execute(
            statement.options(
                selectinload(Post.texts), selectinload(Post.authorships), selectinload(Post.categorizations)
            ).limit(limit)
        )
        .scalars()
        .all()
    )


def posts_by_id(ids: Sequence[int]) -> dict[int, Post]:
    """Posts of both kinds by id, with what cards of either show; the same number of queries for 1 and for 300."""
    rows = session().execute(with_parts(sa.select(Post).where(Post.id.in_(ids)))).scalars() if ids else ()
    return {post.id: post for post in rows}
