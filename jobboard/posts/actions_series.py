"""Putting posts into series. A series without parts goes."""

import sqlalchemy as sa

from jobboard.core.db import session
from jobboard.core.old_addresses import ways_on
from jobboard.core.slugs import slug_of
from jobboard.posts.models import Post
from jobboard.posts.models_series import Series, SeriesPart
from jobboard.posts.queries_series import all_series, next_number, part_of, series_named


def ensure_series(name: str, locale: str) -> Series:
    """The series of this name in any language, made with this name in `locale` when there is none."""
    found = series_named(name)
    if found is None:
        wanted, taken = slug_of(name, "series"), {one.slug for one in all_series()} | set(ways_on(Series))
        slug = next(one for number in range(len(taken) + 1) if (one := _numbered(wanted, number)) not in taken)
        found = Series(slug=slug, name={locale: " ".join(name.split())})
        session().add(found)
        session().flush()
    return found


def _numbered(slug: str, number: int) -> str:
    return f"{slug}-{number + 1}" if number else slug


def set_series(post: Post, series: Series | None, number: int | None = None) -> None:
    """Make a flushed post a part of a series, or of none. Without a number it keeps its own there or becomes the last."""
    part = part_of(post)
    if part is not None and part.series is not series:
        session().delete(part)
        session().flush()
        _drop_empty(part.series)
        part = None
    if series is None:
        return
    if part is None:
        session().add(SeriesPart(post_id=post.id, series=series, number=number or next_number(series)))
    elif number:
        part.number = number
    session().flush()


def _drop_empty(series: Series) -> None:
    if session().execute(sa.select(SeriesPart.post_id).where(SeriesPart.series_id == series.id)).first() is None:
        session().delete(series)
        session().flush()
