"""What a search finds: open posts and openings, those with the words in their title first, then the newest."""

import dataclasses
import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from jobboard.core.db import session
from jobboard.posts.models import Kind, Post, PostText
from jobboard.posts.queries import is_open
from jobboard.search.index import matches

PER_PAGE = 10


@dataclasses.dataclass(frozen=True)
class SearchFound:
    """One page of what a search found, and how much there is of each kind."""

    posts: Sequence[Post]
    counts: dict[Kind, int]


def search_posts(query: str, now: dt.datetime, kind: Kind | None, page: int) -> SearchFound:
    """One page of what is found; nothing for a query without a word. Three queries for any number."""
    found = matches(query)
    if found is None:
        return SearchFound([], {})
    best = (
        sa.select(PostText.post_id, sa.func.min(found.c.tier).label("tier"))
        .join(found, found.c.id == PostText.id)
        .group_by(PostText.post_id)
        .subquery()
    )
    every = sa.select(Post).join(best, best.c.post_id == Post.id).where(is_open(now))
    counted = every.with_only_columns(Post.kind, sa.func.count()).group_by(Post.kind)
    counts = {one: count for one, count in session().execute(counted)}  # noqa: C416 - rows are no pairs to a type checker
    statement = every if kind is None else every.where(Post.kind == kind)
    statement = statement.order_by(best.c.tier, Post.publish_at.desc(), Post.id.desc())
    rows = statement.offset((page - 1) * PER_PAGE).limit(PER_PAGE).options(selectinload(Post.texts))
    return SearchFound(session().execute(rows).scalars().all(), counts)
