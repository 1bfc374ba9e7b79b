"""Applications that wait for a decision although their opening is closed."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from jobboard.applications.models import OPEN_STAGES, Application
from jobboard.applications.queries import visible_to
from jobboard.core.db import session
from jobboard.people.models import Person
from jobboard.posts.models import Kind, Post
from jobboard.posts.queries import is_ended, is_published

#: Applications that are decided on one page; the others follow when these are decided.
MOST_DECIDED = 300


def _open(person: Person) -> sa.Select[Application]:
    """The applications somebody still has to decide; what looks like a program's is sorted out elsewhere."""
    return visible_to(person).where(Application.stage.in_(OPEN_STAGES), Application.is_suspect.is_(False))


def undecided(person: Person, now: dt.datetime) -> dict[int, int]:
    """By closed opening: how many applications this person sees wait for a decision; openings without any are left out."""
    closed = sa.select(Post.id).where(Post.kind == Kind.opening, is_published(now), is_ended(now))
    statement = _open(person).where(Application.opening_id.in_(closed))
    counted = statement.with_only_columns(Application.opening_id, sa.func.count()).group_by(Application.opening_id)
    return {opening_id: count for opening_id, count in session().execute(counted)}  # noqa: C416 - typed


def open_applications(person: Person, opening_id: int) -> list[Application]:
    """The applications of an opening that wait for a decision, the longest waiting first, with talent pool consents."""
    statement = _open(person).where(Application.opening_id == opening_id)
    statement = statement.options(selectinload(Application.consents))
    rows = session().execute(statement.order_by(Application.received_at, Application.id).limit(MOST_DECIDED))
    return list(rows.scalars())


def count_of_open(person: Person, opening_id: int) -> int:
    """How many applications of an opening wait for a decision."""
    statement = _open(person).where(Application.opening_id == opening_id).with_only_columns(sa.func.count())
    return int(session().execute(statement).scalar_one())


def chosen_applications(person: Person, ids: list[int]) -> list[Application]:
    """These applications as they are now and until this transaction ends, in the order of their ids; others are left out.

    Locked one after the other in this order, so that two people who decide at once wait instead of blocking each other.
    """
    statement = visible_to(person).where(Application.id.in_(ids)).order_by(Application.id)
    statement = statement.options(selectinload(Application.events)).with_for_update(of=Application)
    rows = session().execute(statement.execution_options(populate_existing=True))
    return list(rows.scalars())
