"""The archive's years and months: those of the site's zone."""

import datetime as dt

from jobboard.core import i18n


def period(year: int, month: int | None = None) -> tuple[dt.datetime, dt.datetime]:
    """The first moment of a year or month of the site's zone, and the first one after it; in UTC."""
    after = (year + 1, 1) if month in {None, 12} else (year, (month or 0) + 1)
    zone = i18n.site_zone()
    first, last = dt.datetime(year, month or 1, 1, tzinfo=zone), dt.datetime(*after, 1, tzinfo=zone)
    return first.astimezone(dt.UTC), last.astimezone(dt.UTC)
