"""The archive: what was published when, by the site's years and months."""

import datetime as dt

import sqlalchemy as sa

from jobboard.core import i18n
from jobboard.core.db import session
from jobboard.posts.models import Post
from jobboard.posts.queries import open_posts


def period(year: int, month: int | None = None) -> tuple[dt.datetime, dt.datetime]:
    """The first moment of a year or month of the site's zone, and the first one after it; in UTC."""
    after = (year + 1, 1) if month in {None, 12} else (year, (month or 0) + 1)
    zone = i18n.site_zone()
    first, last = dt.datetime(year, month or 1, 1, tzinfo=zone), dt.datetime(*after, 1, tzinfo=zone)
    return first.astimezone(dt.UTC), last.astimezone(dt.UTC)


def within(statement: sa.Select[Post], start: dt.datetime, end: dt.datetime) -> sa.Select[Post]:
    """Only what was published from `start` on and before `end`."""
    return statement.where(Post.publish_at >= start, Post.publish_at < end)


def counts_by_year(now: dt.datetime) -> dict[int, int]:
    """How many open posts there are of each year, the latest first; years without any are left out."""
    span = open_posts(now).order_by(None).with_only_columns(sa.func.min(Post.publish_at), sa.func.max(Post.publish_at))
    first, last = session().execute(span).one()
    if first is None or last is None:
        return {}
    zone = i18n.site_zone()
    years = range(last.astimezone(zone).year, first.astimezone(zone).year - 1, -1)
    return _counted(now, {year: period(year) for year in years})


def counts_by_month(year: int, now: dt.datetime) -> dict[int, int]:
    """How many open posts there are of each month of a year, by number; months without any are left out."""
    return _counted(now, {month: period(year, month) for month in range(1, 13)})


def _counted(now: dt.datetime, periods: dict[int, tuple[dt.datetime, dt.datetime]]) -> dict[int, int]:
    """The number of open posts of each period, in one query."""
    counts = [
        within(open_posts(now).order_by(None), *period).with_only_columns(sa.literal(key).label("key"), sa.func.count())
        for key, period in periods.items()
    ]
    found = {key: count for key, count in session().execute(sa.union_all(*counts)) if count}
    return {key: found[key] for key in periods if key in found}
