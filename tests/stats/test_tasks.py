"""Old views are kept by month only, and no view is lost by it."""

import datetime as dt

import sqlalchemy as sa
import time_machine

from jobboard.core.db import session
from jobboard.stats.actions import Row, put
from jobboard.stats.models import JOBS, ViewCount
from jobboard.stats.tasks import first_kept, merge_old_views
from tests.factories import make_offer


def everything():
    return {
        (row.on, row.subject, row.host, row.source): row.count
        for row in session().execute(sa.select(ViewCount)).scalars()
    }


def test_days_are_kept_for_thirteen_months_besides_the_one_that_runs():
    assert first_kept(dt.date(2027, 11, 30)) == dt.date(2026, 10, 1)
    assert first_kept(dt.date(2027, 1, 1)) == dt.date(2025, 12, 1)
    assert first_kept(dt.date(2028, 2, 29)) == dt.date(2027, 1, 1)


def test_old_days_become_one_row_of_their_month(app):
    number = str(make_offer("Operator").id)
    days = [dt.date(2026, 8, 1), dt.date(2026, 8, 2), dt.date(2026, 8, 31), dt.date(2026, 9, 30), dt.date(2026, 10, 1)]
    rows = {Row(day, number, host, ""): 2 for day in days for host in ("", "news.example.com")}
    put(
        session(), {**rows, Row(dt.date(2026, 8, 5), JOBS, "", "fair"): 7, Row(dt.date(2026, 10, 2), number, "", ""): 1}
    )
    session().commit()
    with time_machine.travel(
        dt.datetime(2027, 10, 31, 22, 59, tzinfo=dt.UTC)
    ):  # still October in Berlin: September 2026 is kept
        assert merge_old_views() > 0
        assert merge_old_views() == 0
    with time_machine.travel(
        dt.datetime(2027, 10, 31, 23, 0, tzinfo=dt.UTC)
    ):  # November: September is over, October is kept
        assert merge_old_views() > 0
        assert merge_old_views() == 0
    august, september, october = (dt.date(2026, month, 1) for month in (8, 9, 10))
    assert everything() == {
        (august, number, "", ""): 6,
        (august, number, "news.example.com", ""): 6,
        (august, JOBS, "", "fair"): 7,
        (september, number, "", ""): 2,
        (september, number, "news.example.com", ""): 2,
        (october, number, "", ""): 2,
        (october, number, "news.example.com", ""): 2,
        (dt.date(2026, 10, 2), number, "", ""): 1,
    }
