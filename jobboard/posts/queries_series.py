"""Series and their parts."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from jobboard.core.db import session
from jobboard.core.old_addresses import now_or_before
from jobboard.core.slugs import slug_of
from jobboard.posts.models import Post
from jobboard.posts.models_series import Series, SeriesPart
from jobboard.posts.queries import is_open, with_card_parts


def part_of(post: Post) -> SeriesPart | None:
    """Which part of which series a post is."""
    return session().execute(sa.select(SeriesPart).where(SeriesPart.post_id == post.id)).scalar_one_or_none()


def all_series() -> Sequence[Series]:
    """All series, by slug."""
    return session().execute(sa.select(Series).order_by(Series.slug)).scalars().all()


def series_named(name: str) -> Series | None:
    """The series that has this name in some language, or has or had the address made of it."""
    wanted, slug = " ".join(name.split()).casefold(), slug_of(name, "")
    found = all_series()
    by_name = (one for one in found if wanted in {text.casefold() for text in one.name.values()})
    return next(by_name, None) or now_or_before(Series, slug)


def parts_of(series: Series, now: dt.datetime) -> list[tuple[int, Post]]:
    """(number, post) of the parts that readers see, in their order."""
    statement = (
        sa.select(SeriesPart.number, Post)
        .join(Post, Post.id == SeriesPart.post_id)
        .where(SeriesPart.series_id == series.id, is_open(now))
        .order_by(SeriesPart.number, Post.publish_at, Post.id)
        .options(*with_card_parts())
    )
    return [(number, post) for number, post in session().execute(statement)]


def parts_by_series() -> dict[int, int]:
    """How many posts, drafts included, each series has, by its id."""
    statement = sa.select(SeriesPart.series_id, sa.func.count()).group_by(SeriesPart.series_id)
    return {row[0]: row[1] for row in session().execute(statement)}


def next_number(series: Series) -> int:
    """The number after the last part, drafts included."""
    statement = sa.select(sa.func.max(SeriesPart.number)).where(SeriesPart.series_id == series.id)
    return (session().execute(statement).scalar_one() or 0) + 1
