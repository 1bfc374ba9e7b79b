"""Views per day become views per month when their time is over."""

import datetime as dt

import sqlalchemy as sa

from jobboard.core import clock, i18n
from jobboard.core.db import session, writing
from jobboard.core.work import Sweep
from jobboard.stats.actions import merge_month
from jobboard.stats.models import ViewCount

#: Months whose days are kept besides the one that runs (`Keep.VIEWS`): a year can be compared with the one before.
MONTHS = 13


def first_kept(today: dt.date) -> dt.date:
    """The first day whose views are still kept by day."""
    months = today.year * 12 + today.month - 1 - MONTHS
    return dt.date(months // 12, months % 12 + 1, 1)


def merge_old_views() -> int:
    """Put the oldest month that is still there by day together; how many rows went."""
    limit = first_kept(clock.now().astimezone(i18n.site_zone()).date())
    is_day = sa.and_(ViewCount.on < limit, sa.extract("day", ViewCount.on) != 1)
    oldest: dt.date | None = session().execute(sa.select(sa.func.min(ViewCount.on)).where(is_day)).scalar_one()
    session().rollback()
    if oldest is None:
        return 0
    with writing():
        return max(1, merge_month(oldest.replace(day=1)))


SWEEPS = [Sweep("old views", 3600, merge_old_views)]
