"""Figures of applications: all sums are made by the database, so that no row of an application is loaded for them.

They count those that were received in a period. Suspects never count; what was erased counts on by its month. No statement
tells anything about one application, which is why they carry the scope "figures" and no person: routes say who may see them.
"""

import dataclasses
import datetime as dt
from typing import Any

import sqlalchemy as sa

from jobboard.applications.models import Application, Event, Stage
from jobboard.applications.models_erased import ErasedApplication
from jobboard.applications.queries import ANSWERS, WAY
from jobboard.core.db import session
from jobboard.openings.models import JobOffer
from jobboard.openings.queries import promised_days_column
from jobboard.stats.queries_days import DAY, Seconds, day_number, day_of
from jobboard.stats.queries_period import Period

#: Longest promise, in days: so far ahead days are told apart.
LONGEST_PROMISE = 400
#: The name of the time until an applicant heard, among those of the stages.
HEARD = "heard"


@dataclasses.dataclass(frozen=True)
class Progress:
    """How many applications have come as far as a stage of the way, are at a stage now, and came by a source."""

    reached: Stage
    stage: Stage
    source_id: int | None
    number: int
    is_erased: bool


@dataclasses.dataclass(frozen=True)
class Lasted:
    """How long something lasted, in seconds: of how many cases, in the middle, and in nine of ten at most."""

    cases: int
    median: float
    most: int


def _received(period: Period, opening_id: int | None) -> list[sa.ColumnElement[bool]]:
    conditions = [Application.is_suspect.is_(False), Application.received_at >= period.start]
    return conditions if opening_id is None else [*conditions, Application.opening_id == opening_id]


def _erased(period: Period, opening_id: int | None) -> list[sa.ColumnElement[bool]]:
    """Of what is erased only the month is known: all of the period's first month counts, so no figure falls by erasing."""
    conditions = [ErasedApplication.is_suspect.is_(False), ErasedApplication.received_month >= period.first_month]
    return conditions if opening_id is None else [*conditions, ErasedApplication.opening_id == opening_id]


def _place(column: Any) -> sa.ColumnElement[int]:
    """The place of a stage on the way; one that ended it says little: after an offer it was declined."""
    return sa.case(
        *((column == stage, place) for place, stage in enumerate(WAY)),
        (column == Stage.declined, WAY.index(Stage.offer)),
        else_=0,
    )


def progress(period: Period, opening_id: int | None) -> list[Progress]:
    """How far applications have come, in one query: a few dozen rows, whatever number of applications there is."""
    is_step = sa.and_(Event.application_id == Application.id, Event.to_stage.in_(WAY))
    each = (
        sa.select(
            Application.stage.label("stage"),
            Application.source_id.label("source_id"),
            _place(Application.stage).label("own"),
            sa.func.coalesce(sa.func.max(_place(Event.to_stage)), 0).label("before"),
        )
        .join(Event, is_step, isouter=True)
        .where(*_received(period, opening_id))
        .group_by(Application.id)
        .subquery()
    )
    place = sa.case((each.c.before > each.c.own, each.c.before), else_=each.c.own)
    living = sa.select(place, each.c.stage, each.c.source_id, sa.literal(0), sa.func.count()).group_by(
        place, each.c.stage, each.c.source_id
    )
    columns = (_place(ErasedApplication.reached), ErasedApplication.stage, ErasedApplication.source_id)
    erased = sa.select(*columns, sa.literal(1), sa.func.count()).where(*_erased(period, opening_id)).group_by(*columns)
    rows = session().execute(sa.union_all(living, erased), execution_options={"scope": "figures"})
    return [Progress(WAY[row[0]], row[1], row[2], row[4], bool(row[3])) for row in rows]


def received_by_day(period: Period, opening_id: int | None) -> dict[dt.date, int]:
    """How many applications arrived on each day of the site's zone; those that are erased are not among them."""
    day = day_number(Seconds(Application.received_at), period.zone, period.first, period.last)
    statement = sa.select(day, sa.func.count()).where(*_received(period, opening_id)).group_by(day)
    rows = session().execute(statement, execution_options={"scope": "figures"})
    return {day_of(number): count for number, count in rows}


def erased_by_month(period: Period, opening_id: int | None) -> dict[dt.date, int]:
    """How many of those that are erased arrived in each month, by its first day."""
    month = ErasedApplication.received_month
    statement = sa.select(month, sa.func.count()).where(*_erased(period, opening_id)).group_by(month)
    return {dt.date.fromisoformat(f"{text}-01"): count for text, count in session().execute(statement)}


def _heard(period: Period, opening_id: int | None) -> sa.Subquery:
    """Each application with the moment its applicant first heard, in seconds: a stage that was told, or a rejection."""
    is_answer = sa.and_(Event.application_id == Application.id, Event.to_stage.in_(ANSWERS))
    moved = Seconds(sa.func.min(Event.at, type_=Event.at.type))
    told = sa.case((Application.stage == Stage.rejected, Seconds(Application.told_at)))
    heard = sa.case((moved.is_(None), told), (told.is_(None), moved), (told < moved, told), else_=moved)
    return (
        sa.select(
            Application.opening_id.label("opening_id"),
            Seconds(Application.received_at).label("received"),
            sa.case((Application.stage == Stage.withdrawn, Seconds(Application.stage_since))).label("withdrawn"),
            heard.label("heard"),
        )
        .join(Event, is_answer, isouter=True)
        .where(*_received(period, opening_id))
        .group_by(Application.id)
        .subquery()
    )


def lasted(period: Period, opening_id: int | None) -> dict[str, Lasted]:
    """Time in each stage by its value, and until applicants heard (`HEARD`); of what is over, and in one query.

    The middle of an even number is between the two in the middle; of the most, the lowest that holds for nine of ten.
    """
    moments = (
        sa.select(Event.application_id, Event.id, Event.to_stage, Seconds(Event.at).label("at"))
        .join(Application, Application.id == Event.application_id)
        .where(Event.to_stage.is_not(None), *_received(period, opening_id))
        .subquery()
    )
    end = sa.func.lead(moments.c.at).over(partition_by=moments.c.application_id, order_by=(moments.c.at, moments.c.id))
    stays = sa.select(sa.cast(moments.c.to_stage, sa.String(40)).label("what"), (end - moments.c.at).label("seconds"))
    heard = _heard(period, opening_id)
    answers = sa.select(sa.literal(HEARD), heard.c.heard - heard.c.received)
    all_ = sa.union_all(stays, answers).subquery()
    by_what: dict[str, Any] = {"partition_by": all_.c.what}
    ranked = (
        sa.select(
            all_.c.what,
            all_.c.seconds,
            sa.func.row_number().over(**by_what, order_by=all_.c.seconds).label("place"),
            sa.func.count().over(**by_what).label("cases"),
        )
        .where(all_.c.seconds.is_not(None))
        .subquery()
    )
    cases, place, seconds = ranked.c.cases, ranked.c.place, ranked.c.seconds
    in_middle = sa.or_(place == (cases + 1) // 2, place == cases // 2 + 1)
    statement = sa.select(
        ranked.c.what,
        cases,
        sa.func.avg(sa.case((in_middle, seconds))),
        sa.func.max(sa.case((place == (cases * 9 + 9) // 10, seconds))),
    ).group_by(ranked.c.what, cases)
    rows = session().execute(statement, execution_options={"scope": "figures"})
    return {what: Lasted(number, float(median), int(most)) for what, number, median, most in rows}


def promises(period: Period, opening_id: int | None, now: dt.datetime) -> tuple[int, int]:
    """(kept, broken) promises to answer; the same rule as `queries_overdue.is_promise_kept`, and erased ones count on."""
    heard = _heard(period, opening_id)
    moments = (period.zone, period.first, period.last + dt.timedelta(days=LONGEST_PROMISE))
    promised = day_number(heard.c.received + promised_days_column() * DAY, *moments)
    is_kept = sa.and_(heard.c.heard.is_not(None), day_number(heard.c.heard, *moments) <= promised)
    end = sa.func.coalesce(heard.c.heard, heard.c.withdrawn, int(now.timestamp()), type_=sa.BigInteger)
    is_broken = day_number(end, *moments) > promised
    erased = sa.select(ErasedApplication.is_promise_kept, sa.literal(1)).where(*_erased(period, opening_id))
    living = sa.select(
        sa.case((is_kept, sa.true()), (is_broken, sa.false())).label("is_kept"), sa.literal(1)
    ).join_from(heard, JobOffer.__table__, JobOffer.post_id == heard.c.opening_id)
    both = sa.union_all(living, erased).subquery()
    statement = sa.select(both.c.is_kept, sa.func.count()).group_by(both.c.is_kept)
    counts = {row[0]: row[1] for row in session().execute(statement, execution_options={"scope": "figures"})}
    return counts.get(True, 0), counts.get(False, 0)
