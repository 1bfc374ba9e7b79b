"""What reading leaves in the audit log: traces of a GET, committed before anything is shown."""

import datetime as dt
from typing import Any

from jobboard.audit.actions import record, record_once
from jobboard.audit.queries import is_recorded
from jobboard.core import clock
from jobboard.core.db import writing

#: Looking at the same thing again within this time is one look.
ONE_LOOK = dt.timedelta(minutes=15)


def note_look(action: str, about: tuple[str, int] | None, person: Any, **details: Any) -> None:
    """Record that somebody looked at something, in a commit of its own, once in a quarter of an hour.

    Call it before what is shown is loaded, as it begins a new transaction. When it cannot be written nothing is shown.
    """
    if not is_recorded(action, about, person.id, details, clock.now() - ONE_LOOK):
        with writing(trace="audit"):
            record_once(action, about, person, within=ONE_LOOK, **details)


def note_refusal(person: Any, about: tuple[str, int] | None, page: str) -> None:
    """Record that somebody asked for what they may not see, in a commit of its own; `page` is the endpoint."""
    with writing(trace="refused"):
        record("access.refused", about, person, page=page)
