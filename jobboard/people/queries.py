"""Finding people and their sessions."""

import datetime as dt

import sqlalchemy as sa

from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.core.tokens import token_hash
from jobboard.people.models import Person, StaffSession

#: A session ends an hour after the last page and twelve hours after signing in, whichever is first (ASVS 7.3).
IDLE = dt.timedelta(hours=1)
ABSOLUTE = dt.timedelta(hours=12)
#: "Last seen" is written at most this often.
SEEN_EVERY = dt.timedelta(minutes=1)
#: How old the last password or passkey may be where a page wants it fresh, and when what such a page sends arrives: who
#: opened a form in time can fill it in.
FRESH, FRESH_TO_SEND = dt.timedelta(minutes=10), dt.timedelta(minutes=20)


def staff_session(token: str | None, now: dt.datetime) -> StaffSession | None:
    """The living session of a cookie's token: not ended, not idle too long, of somebody who still has a role."""
    if not token:
        return None
    found = session().execute(sa.select(StaffSession).where(StaffSession.token_hash == token_hash(token)))
    row = found.scalar_one_or_none()
    if row is None or row.ended_at is not None or row.person.role is None or row.person.left_at is not None:
        return None
    return row if now < row.seen_at + IDLE and now < row.created_at + ABSOLUTE else None


def is_fresh(row: StaffSession, now: dt.datetime, limit: dt.timedelta = FRESH) -> bool:
    """Whether the person of a session showed a password or passkey in it not longer ago than `limit`."""
    return row.proven_at is not None and now < row.proven_at + limit


def sessions_of(person: Person, now: dt.datetime) -> list[StaffSession]:
    """A person's living sessions, the latest first."""
    rows = session().execute(
        sa.select(StaffSession)
        .where(StaffSession.person_id == person.id, StaffSession.ended_at.is_(None))
        .where(StaffSession.seen_at > now - IDLE, StaffSession.created_at > now - ABSOLUTE)
        .order_by(StaffSession.seen_at.desc())
    )
    return list(rows.scalars())


def person_by_email(email: str) -> Person | None:
    """The person with this address, whatever its case."""
    return session().execute(sa.select(Person).where(Person.email == email.strip().lower())).scalar_one_or_none()


def somebody_to_sign_in(email: str) -> Person | None:
    """The person with this address when they may sign in: with a role, and still here."""
    person = person_by_email(email)
    return person if person is not None and person.role is not None and person.left_at is None else None


def reviewers() -> sa.Select[Person]:
    """Everybody who reads applications only where chosen, by name."""
    return sa.select(Person).where(Person.role == Role.reviewer, Person.left_at.is_(None)).order_by(Person.name)


def contacts() -> sa.Select[Person]:
    """Everybody who can be named as contact of an opening, by name."""
    return sa.select(Person).where(Person.left_at.is_(None)).order_by(Person.name)


def names() -> dict[int, str]:
    """Everybody's name by id."""
    return {row.id: row.name for row in session().execute(sa.select(Person.id, Person.name))}
