"""The staff as admins see it."""

import dataclasses
import datetime as dt

import sqlalchemy as sa

from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.people.models import Person, StaffSession
from jobboard.people.queries_factors import Factors, factors_by_person


@dataclasses.dataclass(frozen=True)
class StaffRow:
    """One person of the staff: the row, their factors, and when they last had a page open (kept for 30 days)."""

    person: Person
    factors: Factors
    seen_at: dt.datetime | None


def staff() -> list[StaffRow]:
    """Everybody who may sign in, by role and name. Two queries, however many they are."""
    order = sa.case({role.value: place for place, role in enumerate(Role)}, value=Person.role)
    seen = sa.select(StaffSession.person_id, sa.func.max(StaffSession.seen_at).label("at"))
    latest = seen.group_by(StaffSession.person_id).subquery()
    statement = (
        sa.select(Person, latest.c.at)
        .outerjoin(latest, latest.c.person_id == Person.id)
        .where(Person.role.is_not(None), Person.left_at.is_(None))
        .order_by(order, Person.name, Person.id)
    )
    rows = list(session().execute(statement).unique())
    known = factors_by_person([person.id for person, _at in rows])
    return [StaffRow(person, known.get(person.id, Factors()), at) for person, at in rows]


def former_staff() -> sa.Select[Person]:
    """Those whose access ended, the latest first."""
    return sa.select(Person).where(Person.left_at.is_not(None)).order_by(Person.left_at.desc(), Person.id)


def only_authors() -> sa.Select[Person]:
    """Those who never could sign in, such as authors of imported texts, by name."""
    never = sa.and_(Person.role.is_(None), Person.left_at.is_(None))
    return sa.select(Person).where(never).order_by(Person.name, Person.id)


def is_last_admin(person: Person) -> bool:
    """Whether nobody else is an admin. Locks the admins' rows, so that two of them cannot leave in the same moment."""
    statement = sa.select(Person.id).where(Person.role == Role.admin, Person.left_at.is_(None)).order_by(Person.id)
    admins = session().execute(statement.with_for_update()).scalars().all()
    return list(admins) == [person.id]
