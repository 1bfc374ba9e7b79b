"""The response promise: who waits for an answer that is overdue or due soon, and whether a promise was kept.

The promise is a day of the site's zone, as applicants read it: the day on which so many days after the sending have passed.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from jobboard.applications.models import Application, EventKind, Stage
from jobboard.applications.models_desk import ApplicationAssignee
from jobboard.applications.queries import ANSWERS, WAITING, WAY, visible_to
from jobboard.core import i18n
from jobboard.core.db import Page, session
from jobboard.openings.models import JobOffer
from jobboard.openings.queries import promised_days, promised_days_column
from jobboard.people.models import Person
from jobboard.posts.models import Post
from jobboard.stats.queries_days import DAY, Seconds, midnight

PER_PAGE = 30
#: Days ahead that count as soon, and how many of those applications are named.
SOON, MOST_SOON = 3, 50


@dataclasses.dataclass(frozen=True)
class Waiting:
    """An application whose applicant waits for an answer, and the day it is promised for; `late` days ago, or ahead (< 0)."""

    application: Application
    promised_on: dt.date
    late: int


def overdue(person: Person, now: dt.datetime) -> sa.Select[Application, int]:
    """(application, promised days) of those whose promise is broken, the longest broken first."""
    return _waiting(person).where(_due() < _midnight(now, 0))


def due_soon(person: Person, now: dt.datetime) -> sa.Select[Application, int]:
    """The same of those that must be answered today or in the next days."""
    return _waiting(person).where(_due() >= _midnight(now, 0), _due() < _midnight(now, SOON + 1)).limit(MOST_SOON)


def _waiting(person: Person) -> sa.Select[Application, int]:
    """Those a person may see that were promised an answer and have none; a rejection that was not told is none yet."""
    return (
        visible_to(person)
        .add_columns(promised_days_column())
        .join(JobOffer.__table__, JobOffer.post_id == Application.opening_id)
        .where(_has_no_answer())
        .order_by(_due(), Application.id)
    )


def _has_no_answer() -> sa.ColumnElement[bool]:
    is_there = sa.and_(Application.is_suspect.is_(False), Application.stage != Stage.withdrawn)
    return sa.and_(is_there, Application.told_stage.in_(WAITING))


def is_late(now: dt.datetime) -> sa.ColumnElement[bool]:
    """Whether an application is one of `overdue`, as a condition for other lists."""
    broken = sa.select(JobOffer.__table__.c.post_id).where(
        JobOffer.__table__.c.post_id == Application.opening_id, _due() < _midnight(now, 0)
    )
    return sa.and_(_has_no_answer(), broken.correlate(Application).exists())


def has_waited_too_long(row: Application, now: dt.datetime) -> bool:
    """The same of one application."""
    days = promised_days(row.opening)
    if days is None or row.is_suspect or row.told_stage not in WAITING or row.stage is Stage.withdrawn:
        return False
    return promised_day(row.received_at, days) < now.astimezone(i18n.site_zone()).date()


def _due() -> sa.ColumnElement[int]:
    return Seconds(Application.received_at) + promised_days_column() * DAY


def _midnight(now: dt.datetime, days: int) -> int:
    """Seconds since 1970 at which the site's day so many days from now begins."""
    zone = i18n.site_zone()
    return int(midnight(now.astimezone(zone).date() + dt.timedelta(days=days), zone).timestamp())


def looked_after_by(person: Person) -> sa.ColumnElement[bool]:
    """Whether a person looks after an application."""
    assigned = sa.exists().where(ApplicationAssignee.application_id == Application.id)
    return assigned.where(ApplicationAssignee.person_id == person.id)


def count_of_overdue(person: Person, now: dt.datetime, *, is_mine: bool = False) -> int:
    """How many applications are overdue, of those a person may see; or of those they look after."""
    statement = overdue(person, now).order_by(None)
    if is_mine:
        statement = statement.where(looked_after_by(person))
    return int(session().execute(statement.with_only_columns(sa.func.count())).scalar_one())


def overdue_page(
    person: Person, now: dt.datetime, number: int, url: Callable[[int], str], *, is_mine: bool = False
) -> Page[Waiting]:
    """One page of the overdue ones, or of those a person looks after."""
    statement = overdue(person, now)
    if is_mine:
        statement = statement.where(looked_after_by(person))
    rows = _loaded(statement.offset((number - 1) * PER_PAGE).limit(PER_PAGE), now)
    return Page(rows, number, PER_PAGE, count_of_overdue(person, now, is_mine=is_mine), url)


def soon_rows(person: Person, now: dt.datetime, *, is_mine: bool = False) -> list[Waiting]:
    """Those that are due soon, the next first."""
    statement = due_soon(person, now)
    return _loaded(statement.where(looked_after_by(person)) if is_mine else statement, now)


def _loaded(statement: sa.Select[Application, int], now: dt.datetime) -> list[Waiting]:
    titles = selectinload(Application.opening).selectinload(Post.texts)
    today = now.astimezone(i18n.site_zone()).date()
    found = []
    for row, days in session().execute(statement.options(titles)):
        day = promised_day(row.received_at, days)
        found.append(Waiting(row, day, (today - day).days))
    return found


def promised_day(received_at: dt.datetime, days: int) -> dt.date:
    """The day of the site's zone by which an applicant hears back."""
    return (received_at + dt.timedelta(days=days)).astimezone(i18n.site_zone()).date()


def heard_at(row: Application) -> dt.datetime | None:
    """When an applicant first heard what becomes of the application; None while they have not."""
    moves = [event.at for event in row.events if event.kind is EventKind.moved and event.to_stage in ANSWERS]
    told = [row.told_at] if row.stage is Stage.rejected and row.told_at is not None else []
    return min([*moves, *told], default=None)


def is_promise_kept(row: Application, now: dt.datetime) -> bool | None:
    """Whether an applicant heard in time; None where nothing was promised, or where they left before it was due."""
    days = promised_days(row.opening)
    if days is None:
        return None
    promised, heard, zone = promised_day(row.received_at, days), heard_at(row), i18n.site_zone()
    if heard is not None and heard.astimezone(zone).date() <= promised:
        return True
    end = heard or (row.stage_since if row.stage is Stage.withdrawn else now)
    return False if end.astimezone(zone).date() > promised else None


def furthest(row: Application) -> Stage:
    """The furthest stage of the way an application has come to."""
    known = {row.stage, *(event.to_stage for event in row.events)}
    if Stage.declined in known:
        known.add(Stage.offer)
    return max((stage for stage in WAY if stage in known), key=WAY.index, default=Stage.received)
