"""Forgetting sessions that are over."""

import datetime as dt

import sqlalchemy as sa

from jobboard.core import clock
from jobboard.core.db import session, writing
from jobboard.core.work import Sweep
from jobboard.people.models import StaffSession
from jobboard.people.queries import ABSOLUTE

#: How long after its end a session is kept, for questions of staff about their devices (Keep.SESSION).
KEPT = dt.timedelta(days=30)


def forget_sessions() -> int:
    """Delete sessions that ended 30 days ago, whether somebody ended them or the clock; how many."""
    limit = clock.now() - KEPT
    is_over = sa.or_(StaffSession.ended_at < limit, StaffSession.created_at < limit - ABSOLUTE)
    found = list(session().execute(sa.select(StaffSession.id).where(is_over).limit(500)).scalars())
    if not found:
        return 0
    with writing() as current:
        current.execute(sa.delete(StaffSession).where(StaffSession.id.in_(found)))
    return len(found)


SWEEPS = [Sweep("sessions", 3600, forget_sessions)]
