"""Days of the site's zone in SQL are those of Python, and the bars of a period hold each day once."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jobboard.core.base import UtcDateTime
from jobboard.core.db import session
from jobboard.stats.queries_days import Seconds, day_number, day_of, midnight, number_of
from jobboard.stats.queries_period import LENGTHS, USUAL, Period, Step, period_until

BERLIN = ZoneInfo("Europe/Berlin")
#: Half hours, a zone without summer time, one that skipped a day, one whose midnight does not exist on some days.
ZONES = [ZoneInfo(name) for name in ("Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "America/Santiago")]
BEGIN, END = (dt.datetime(year, 1, 1) for year in (2026, 2028))  # noqa: DTZ001 - hypothesis adds the zone

moments = st.datetimes(BEGIN, END, timezones=st.just(dt.UTC))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moment=moments, zone=st.sampled_from([BERLIN, *ZONES]))
@example(moment=dt.datetime(2026, 7, 1, 21, 59, 59, 999500, tzinfo=dt.UTC), zone=BERLIN)
def test_day_of_a_moment_is_the_same_in_sql(app, moment, zone):
    day = moment.astimezone(zone).date()
    seconds = Seconds(sa.literal(moment, UtcDateTime()))
    asked = day_number(seconds, zone, day - dt.timedelta(days=200), day + dt.timedelta(days=200))
    number, seconds_then = session().execute(sa.select(asked, seconds)).one()
    assert (day_of(number), number_of(day), seconds_then) == (day, number, int(moment.timestamp() // 1))


@pytest.mark.parametrize("zone", [BERLIN, *ZONES], ids=str)
def test_edges_of_every_day_of_a_year_are_the_same_in_sql(app, zone):
    first = dt.date(2027, 1, 1)
    edges = [midnight(first + dt.timedelta(days=number), zone) for number in range(0, 366, 3)]
    edges += [edge - dt.timedelta(seconds=1) for edge in edges]
    for some in (edges[start : start + 400] for start in range(0, len(edges), 400)):
        moments = sa.union_all(
            *(sa.select(sa.literal(int(one.timestamp()), sa.BigInteger).label("at")) for one in some)
        )
        at = moments.subquery().c.at
        asked = sa.select(at, day_number(at, zone, dt.date(2026, 12, 1), dt.date(2028, 2, 1)))
        for seconds, number in session().execute(asked):
            assert day_of(number) == dt.datetime.fromtimestamp(seconds, zone).date()


def test_period_ends_today_and_begins_at_a_local_midnight(app):
    now = dt.datetime(2027, 3, 28, 22, 30, tzinfo=dt.UTC)  # 0:30 on the 29th in Berlin
    period = period_until(now, BERLIN, "30")
    assert (period.first, period.last) == (dt.date(2027, 2, 28), dt.date(2027, 3, 29))
    assert period.start == dt.datetime(2027, 2, 27, 23, tzinfo=dt.UTC)
    assert [period_until(now, BERLIN, wanted).days for wanted in (None, "", "x", "31", "٣٠", "365")] == [
        *[USUAL] * 5,
        365,
    ]


@pytest.mark.parametrize("days", LENGTHS)
@pytest.mark.parametrize("last", [dt.date(2027, 3, 28), dt.date(2028, 2, 29), dt.date(2027, 1, 1)])
def test_every_day_of_a_period_is_in_one_bar(days, last):
    period = Period(days, last, BERLIN)
    by_day = {period.first - dt.timedelta(days=3) + dt.timedelta(days=number): 1 for number in range(days + 6)}
    bars = period.bars(by_day)
    assert sum(number for _day, number in bars) == days, "what is outside is left out"
    assert [day for day, _number in bars] == sorted({day for day, _number in bars})
    assert bars[0][0] == period.first
    assert all(number == 1 for _day, number in bars) is (period.step is Step.day)
    assert len(bars) <= 31
