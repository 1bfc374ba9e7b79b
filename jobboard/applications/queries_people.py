"""Who of the staff may see which application."""

from collections.abc import Iterable

import sqlalchemy as sa

from jobboard.applications.models_reviewers import ReviewerAssignment
from jobboard.core.access import HIRING, Role
from jobboard.core.db import session
from jobboard.people.models import Person


def readers_of(opening_ids: Iterable[int]) -> list[Person]:
    """Everybody who may see all applications of these openings, by name: who hires, and the reviewers of each of them."""
    wanted = set(opening_ids)
    chosen = (
        sa.select(ReviewerAssignment.person_id)
        .where(ReviewerAssignment.offer_id.in_(wanted))
        .group_by(ReviewerAssignment.person_id)
        .having(sa.func.count() == len(wanted))
    )
    is_reader = sa.or_(Person.role.in_(HIRING), sa.and_(Person.role == Role.reviewer, Person.id.in_(chosen)))
    rows = session().execute(sa.select(Person).where(Person.left_at.is_(None), is_reader).order_by(Person.name))
    return list(rows.scalars())


def everybody_reading() -> list[Person]:
    """Everybody who may see at least some applications, by name."""
    roles = [*HIRING, Role.reviewer]
    statement = sa.select(Person).where(Person.left_at.is_(None), Person.role.in_(roles)).order_by(Person.name)
    return list(session().execute(statement).scalars())
