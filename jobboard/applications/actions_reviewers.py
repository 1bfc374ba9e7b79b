"""Who may read the applications of one opening."""

from collections.abc import Iterable

import sqlalchemy as sa

from jobboard.applications.models_reviewers import ReviewerAssignment
from jobboard.audit.actions import record
from jobboard.core.db import session
from jobboard.people.models import Person


def set_reviewers(offer_id: int, people: Iterable[Person], by: Person | None = None) -> None:
    """Exactly these people may read the opening's applications, besides those who hire. Takes effect at once."""
    wanted = {person.id for person in people}
    rows = session().execute(sa.select(ReviewerAssignment).where(ReviewerAssignment.offer_id == offer_id)).scalars()
    there = {row.person_id: row for row in rows}
    for person_id in there.keys() - wanted:
        session().delete(there[person_id])
    session().add_all(ReviewerAssignment(offer_id=offer_id, person_id=one) for one in sorted(wanted - there.keys()))
    if wanted != there.keys():
        record("reviewers.changed", ("opening", offer_id), by, people=sorted(wanted))
