"""The interviews of an application for the archive its applicant takes along (GDPR Art. 15 and 20)."""

from typing import Any

from jobboard.applications.models import Application
from jobboard.core import clock
from jobboard.interviews.markup import shown
from jobboard.interviews.queries import interviews_of


def interviews_as_data(row: Application) -> list[dict[str, Any]]:
    """Every interview as JSON can hold it; never more than what was told."""
    now = clock.now()
    return [
        {
            "state": view.state,
            "starts_at": view.when and one.starts_at and one.starts_at.isoformat(),
            "minutes": one.minutes,
            "how": one.venue.value,
            "place": one.place,
            "with": [person.name for person in one.people],
            "message": one.message,
            "proposed_at": one.proposed_at.isoformat(),
            "offered": [slot.starts_at.isoformat() for slot in one.slots],
            "answer_by": one.answer_by.isoformat(),
            "picked_at": one.picked_at and one.picked_at.isoformat(),
            "asked_for_another_at": one.wished_at and one.wished_at.isoformat(),
            "asked_for": one.wish or None,
            "called_off_at": one.cancelled_at.isoformat() if one.cancelled_at and view.state == "cancelled" else None,
            "reason": one.reason or None,
        }
        for one in reversed(interviews_of(row))
        for view in [shown(one, now)]
    ]
