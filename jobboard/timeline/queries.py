"""What shows posts and openings together."""

import datetime as dt
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from jobboard.core.db import Page, session
from jobboard.openings.models import JobOffer
from jobboard.posts.models import Post
from jobboard.posts.queries import count_of, open_posts, with_card_parts

PER_PAGE = 12


def timeline_page(
    statement: sa.Select[Post], number: int, url: Callable[[int], str], per_page: int = PER_PAGE
) -> Page[int]:
    """The ids of one page of a list of posts."""
    total = count_of(statement)
    ids = statement.with_only_columns(Post.id).offset((number - 1) * per_page).limit(per_page)
    return Page(list(session().execute(ids).scalars()), number, per_page, total, url)


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


def timeline(now: dt.datetime) -> sa.Select[Post]:
    """Everything that is open now, newest first."""
    return open_posts(now)
