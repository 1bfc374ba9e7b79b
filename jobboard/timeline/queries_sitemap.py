"""Which addresses stand in the sitemap, and when each changed last."""

import dataclasses
import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from jobboard.core import i18n
from jobboard.core.db import session
from jobboard.people.models import Person
from jobboard.posts.models import Authorship, Categorization, Category, Kind, Post, PostText
from jobboard.posts.models_series import Series, SeriesPart
from jobboard.posts.queries import is_open
from jobboard.timeline.queries_archive import period

#: Addresses in one file (sitemaps.org: 50,000 at most).
PER_FILE = 50_000
#: Months asked for at once, always as many: the statement then is the same one, made ready once.
MONTHS_AT_ONCE = 24


@dataclasses.dataclass(frozen=True)
class TextPlace:
    """A text that stands in the sitemap."""

    kind: Kind
    locale: str
    slug: str
    changed_at: dt.datetime


def _changed_at() -> sa.ColumnElement[dt.datetime]:
    """A text changed last when its words did, or when it appeared: true, never "now"."""
    return sa.case((Post.updated_at > Post.publish_at, Post.updated_at), else_=Post.publish_at)


def text_files(now: dt.datetime) -> list[tuple[Kind, int, dt.datetime]]:
    """(kind, number from 1, last change) of each file of texts."""
    statement = (
        sa.select(Post.kind, sa.func.count(PostText.id), sa.func.max(_changed_at(), type_=Post.updated_at.type))
        .join(PostText, PostText.post_id == Post.id)
        .where(is_open(now))
        .group_by(Post.kind)
        .order_by(Post.kind)
    )
    return [
        (kind, number, changed_at)
        for kind, count, changed_at in session().execute(statement)
        for number in range(1, -(-count // PER_FILE) + 1)
    ]


def texts_in_file(kind: Kind, number: int, now: dt.datetime) -> list[TextPlace]:
    """The texts of one file."""
    statement = (
        sa.select(PostText.locale, PostText.slug, sa.type_coerce(_changed_at(), Post.updated_at.type))
        .join(Post, PostText.post_id == Post.id)
        .where(is_open(now), Post.kind == kind)
        .order_by(PostText.id)
        .offset((number - 1) * PER_FILE)
        .limit(PER_FILE)
    )
    return [TextPlace(kind, *row) for row in session().execute(statement)]


def categories_shown(now: dt.datetime) -> Sequence[str]:
    """Slugs of the categories with something open in them."""
    return session().execute(
        sa.select(Category.slug)
        .where(
            Category.id.in_(
                sa.select(Categorization.category_id).join(Post, Post.id == Categorization.post_id).where(is_open(now))
            )
        )
        .order_by(Category.slug)
    ).scalars().all()  # fmt: skip


def authors_shown(now: dt.datetime) -> Sequence[str]:
    """Slugs of the people who wrote something that is open."""
    return session().execute(
        sa.select(Person.slug)
        .where(
            Person.id.in_(sa.select(Authorship.person_id).join(Post, Post.id == Authorship.post_id).where(is_open(now))),
        )
        .order_by(Person.slug)
    ).scalars().all()  # fmt: skip


def series_shown(now: dt.datetime) -> Sequence[tuple[str, dict[str, str], int]]:
    """(slug, names per language, number of parts readers see) of the series with any, by slug."""
    counts = (
        sa.select(SeriesPart.series_id, sa.func.count().label("parts"))
        .join(Post, Post.id == SeriesPart.post_id)
        .where(is_open(now))
        .group_by(SeriesPart.series_id)
        .subquery()
    )
    statement = sa.select(Series.slug, Series.name, counts.c.parts).join(counts, counts.c.series_id == Series.id)
    return [(slug, name, count) for slug, name, count in session().execute(statement.order_by(Series.slug))]


def months_shown(now: dt.datetime) -> list[tuple[int, int]]:
    """(year, month) of the months in which something open was published, the first one first; by the site's zone."""
    published = sa.select(sa.func.min(Post.publish_at), sa.func.max(Post.publish_at)).where(is_open(now))
    first, last = session().execute(published).one()
    if first is None or last is None:
        return []
    zone = i18n.site_zone()
    span = [day.astimezone(zone).year * 12 + day.astimezone(zone).month - 1 for day in (first, last)]
    found: list[int] = []
    for start in range(span[0], span[1] + 1, MONTHS_AT_ONCE):
        numbers = range(start, start + MONTHS_AT_ONCE)
        found += session().execute(sa.union_all(*(_month_with_posts(number, now) for number in numbers))).scalars()
    return [(number // 12, number % 12 + 1) for number in sorted(found)]


def _month_with_posts(number: int, now: dt.datetime) -> sa.Select[int]:
    """The number of a month (counted from the year 0), or nothing when nothing open was published in it."""
    start, end = period(number // 12, number % 12 + 1)
    posts = sa.select(Post.id).where(is_open(now), Post.publish_at >= start, Post.publish_at < end)
    return sa.select(sa.literal(number)).where(posts.exists())
