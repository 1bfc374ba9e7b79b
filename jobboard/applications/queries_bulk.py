"""Several applications at once: which were chosen, and when an answer can leave."""

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from jobboard.applications.models import Application
from jobboard.applications.models_desk import BulkItem, BulkRun
from jobboard.applications.queries import visible_to
from jobboard.core.db import session
from jobboard.people.models import Person
from jobboard.posts.models import Post

#: Applications of one run; more are chosen in several.
MOST = 200
#: How long an answer waits before it leaves, so that it can be taken back.
UNDO = dt.timedelta(minutes=10)
#: When answers that are to come in the morning leave, in the site's zone.
MORNING = dt.time(8)
SATURDAY = 5


def next_morning(now: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The next 8:00 from Monday to Friday in the site's zone that leaves time to take it back; in UTC."""
    day = now.astimezone(zone).date()
    while True:
        morning = dt.datetime.combine(day, MORNING, zone).astimezone(dt.UTC)
        if day.weekday() < SATURDAY and morning >= now + UNDO:
            return morning
        day += dt.timedelta(days=1)


def chosen(person: Person, ids: Sequence[int], *, lock: bool = False) -> list[Application]:
    """Those of these applications a person may see, in one order: of two who lock the same, one waits for the other."""
    statement = visible_to(person).where(Application.id.in_(ids)).order_by(Application.id)
    parts = [selectinload(Application.events), selectinload(Application.opening).selectinload(Post.texts)]
    if lock:
        statement = statement.with_for_update(of=Application)
    return list(session().execute(statement.options(*parts)).scalars())


def run_of(run_id: int) -> BulkRun | None:
    """One run."""
    return session().execute(sa.select(BulkRun).where(BulkRun.id == run_id)).scalar_one_or_none()


def run_sent_as(nonce: str) -> BulkRun | None:
    """The run of a form that was sent before."""
    return session().execute(sa.select(BulkRun).where(BulkRun.nonce == nonce)).scalar_one_or_none()


def items_of(run: BulkRun, person: Person) -> dict[int, BulkItem]:
    """What a run was about, by application, of those a person may see."""
    seen = visible_to(person).with_only_columns(Application.id)
    statement = sa.select(BulkItem).where(BulkItem.run_id == run.id, BulkItem.application_id.in_(seen))
    rows = session().execute(statement.execution_options(scope=f"person {person.id}")).scalars()
    return {item.application_id: item for item in rows}
