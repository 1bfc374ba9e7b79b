"""Days of the site's zone in SQL, the same on both engines: a moment in whole seconds, shifted by the zone's offset then."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

DAY = 86_400
_EPOCH = dt.date(1970, 1, 1)


class Seconds(FunctionElement[int]):
    """A moment as whole seconds since 1970."""

    type = sa.BigInteger()
    inherit_cache = True


@compiles(Seconds, "sqlite")
def _on_sqlite(element: Seconds, compiler: SQLCompiler, **options: Any) -> str:
    # Without its fraction, which SQLite rounds: the last half thousandth of a day would be the next one.
    return f"CAST(strftime('%s', substr({compiler.process(element.clauses, **options)}, 1, 19)) AS INTEGER)"


@compiles(Seconds, "postgresql")
def _on_postgresql(element: Seconds, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(floor(extract(epoch FROM {compiler.process(element.clauses, **options)})) AS BIGINT)"


def day_number(seconds: sa.ColumnElement[int], zone: ZoneInfo, first: dt.date, last: dt.date) -> sa.ColumnElement[int]:
    """The local day of a moment as days since 1970; exact for moments from `first` to `last`."""
    *steps, end = _offsets(zone, first, last)
    offset: Any = sa.literal_column(str(end[1]), sa.Integer)
    if steps:
        offset = sa.case(
            *((seconds < until, sa.literal_column(str(shift), sa.Integer)) for until, shift in steps), else_=offset
        )
    number: sa.ColumnElement[int] = (seconds + offset) // sa.literal_column(str(DAY), sa.Integer)
    return number


def number_of(day: dt.date) -> int:
    """Days since 1970."""
    return (day - _EPOCH).days


def day_of(number: int) -> dt.date:
    """The day with this number."""
    return _EPOCH + dt.timedelta(days=number)


def midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """The moment at which a day begins in a zone, in UTC."""
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)


def _offsets(zone: ZoneInfo, first: dt.date, last: dt.date) -> list[tuple[int, int]]:
    """(end in seconds since 1970, offset in seconds) of each stretch with one offset, in order; the last one has no end."""
    low = int(midnight(first, zone).timestamp()) - DAY
    high = int(midnight(last, zone).timestamp()) + 2 * DAY
    found, offset = [], _offset(zone, low)
    for start in range(low, high, DAY):
        if _offset(zone, start + DAY) != offset:
            left, right = start, start + DAY
            while right - left > 1:
                middle = (left + right) // 2
                left, right = (middle, right) if _offset(zone, middle) == offset else (left, middle)
            found.append((right, offset))
            offset = _offset(zone, start + DAY)
    return [*found, (0, offset)]


def _offset(zone: ZoneInfo, seconds: int) -> int:
    shift = dt.datetime.fromtimestamp(seconds, zone).utcoffset()
    return int(shift.total_seconds()) if shift is not None else 0
