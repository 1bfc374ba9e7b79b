"""The stretch of time that figures are about: so many days up to today, and the bars of its pictures."""

import dataclasses
import datetime as dt
import enum
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from jobboard.stats.queries_days import midnight

#: Days one can choose.
LENGTHS = (30, 90, 365)
USUAL = 90


class Step(enum.Enum):
    """How wide a bar is."""

    day = "day"
    week = "week"
    month = "month"


@dataclasses.dataclass(frozen=True)
class Period:
    """`days` days, the last of which is today in the site's zone."""

    days: int
    last: dt.date
    zone: ZoneInfo

    @property
    def first(self) -> dt.date:
        """Its first day."""
        return self.last - dt.timedelta(days=self.days - 1)

    @property
    def start(self) -> dt.datetime:
        """The moment it begins, in UTC."""
        return midnight(self.first, self.zone)

    @property
    def first_month(self) -> str:
        """The month of its first day, as "2026-11"."""
        return f"{self.first:%Y-%m}"

    @property
    def step(self) -> Step:
        """The width of its bars: so that there are some dozen."""
        return Step.day if self.days <= 31 else Step.week if self.days <= 100 else Step.month

    def bar_of(self, day: dt.date) -> dt.date:
        """The first day of the bar a day belongs to: itself, its Monday, or its month's first; never before the period."""
        if self.step is Step.week:
            day -= dt.timedelta(days=day.weekday())
        elif self.step is Step.month:
            day = day.replace(day=1)
        return max(day, self.first)

    def bars(self, by_day: Mapping[dt.date, int]) -> list[tuple[dt.date, int]]:
        """(first day, number) of each bar in order, those without anything included; days outside are left out."""
        sums = dict.fromkeys((self.bar_of(self.first + dt.timedelta(days=number)) for number in range(self.days)), 0)
        for day, number in by_day.items():
            if self.first <= day <= self.last:
                sums[self.bar_of(day)] += number
        return list(sums.items())


def period_until(now: dt.datetime, zone: ZoneInfo, wanted: str | None = None) -> Period:
    """The period of so many days that ends today; the usual one when none of `LENGTHS` is wanted."""
    days = next((length for length in LENGTHS if str(length) == wanted), USUAL)
    return Period(days, now.astimezone(zone).date(), zone)
