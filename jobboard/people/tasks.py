"""Forgetting sessions that are over, and links that ended; mailing links for new passwords."""

import datetime as dt

import sqlalchemy as sa

from jobboard.core import clock, i18n
from jobboard.core.db import session, writing
from jobboard.core.work import Sweep
from jobboard.mail.models import OutboxMail
from jobboard.people.actions_doors import answer_reset
from jobboard.people.models import StaffSession
from jobboard.people.models_doors import Invitation, PasswordReset, SignInStep
from jobboard.people.queries import ABSOLUTE
from jobboard.people.queries_doors import INVITED, RESETTING, SIGNING_IN

#: How long after its end a session is kept, for questions of staff about their devices (Keep.SESSION), and an invitation
#: nobody accepted, so that it can be sent again (Keep.INVITATION).
KEPT = dt.timedelta(days=30)
#: Rows of one run; the worker looks after other work between two.
AT_ONCE = 20


def forget_sessions() -> int:
    """Delete sessions that ended 30 days ago, whether somebody ended them or the clock; how many."""
    limit = clock.now() - KEPT
    is_over = sa.or_(StaffSession.ended_at < limit, StaffSession.created_at < limit - ABSOLUTE)
    return _deleted(StaffSession, is_over)


def answer_resets() -> int:
    """Mail the links for new passwords that were asked for, where the address is somebody's; how many were looked at."""
    waiting = sa.select(PasswordReset).where(PasswordReset.link_hash.is_(None)).order_by(PasswordReset.id)
    if session().execute(waiting.with_only_columns(PasswordReset.id).limit(1)).first() is None:
        session().rollback()
        return 0
    with writing() as current:
        mine = waiting.limit(AT_ONCE).with_for_update(skip_locked=True, of=PasswordReset)
        rows = current.execute(mine).unique().scalars().all()
        for row in rows:
            answer_reset(row, i18n.default_language())
    return len(rows)


def forget_doors() -> int:
    """Delete what ran out: half-done sign-ins, links for new passwords, invitations nobody accepted; how many."""
    now = clock.now()
    gone = _deleted(SignInStep, SignInStep.begun_at < now - SIGNING_IN)
    gone += _deleted(PasswordReset, PasswordReset.asked_at < now - RESETTING)
    return gone + _deleted(Invitation, Invitation.sent_at < now - INVITED - KEPT, "invitation")


def _deleted(
    model: type[StaffSession | SignInStep | PasswordReset | Invitation],
    is_over: sa.ColumnElement[bool],
    kind: str = "",
) -> int:
    """Delete rows, at most 500 at once, and the mails about them where those have a `kind`; how many rows."""
    found = list(session().execute(sa.select(model.id).where(is_over).limit(500)).scalars())
    if not found:
        return 0
    with writing() as current:
        current.execute(sa.delete(model).where(model.id.in_(found)))
        if kind:
            current.execute(sa.delete(OutboxMail).where(OutboxMail.about_kind == kind, OutboxMail.about_id.in_(found)))
    return len(found)


SWEEPS = [
    Sweep("sessions", 3600, forget_sessions),
    Sweep("new passwords", 2, answer_resets),
    Sweep("ended links", 600, forget_doors),
]
