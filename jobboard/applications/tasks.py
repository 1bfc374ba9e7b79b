"""What is due: drafts nobody sent, applications past their time, consents that end."""

import datetime as dt
import logging

import sqlalchemy as sa

from jobboard.applications.actions_draft import drop_drafts
from jobboard.applications.actions_erasing import ask_to_stay, erase
from jobboard.applications.models_draft import Draft
from jobboard.applications.models_erased import ErasureReason
from jobboard.applications.queries import by_id
from jobboard.applications.queries_erasing import (
    all_applications,
    consents_to_renew,
    count_of,
    due_for_erasure,
    retention,
)
from jobboard.core import clock
from jobboard.core.db import scrub, session, writing
from jobboard.core.work import Sweep
from jobboard.openings.queries import offer_to_show

log = logging.getLogger("jobboard.retention")

#: Applications deleted in one transaction.
AT_ONCE = 20
#: More than this share of all at once, and more than a few, is no usual day but perhaps a clock that was set wrong: then the
#: worker deletes nothing, says so, and waits for somebody to run `jobboard retention`.
USUAL_SHARE, FEW = 0.2, 20
#: People in the talent pool are asked this long before their consent ends.
ASKED_BEFORE = dt.timedelta(days=30)


def drop_old_drafts() -> int:
    """Delete drafts past their time."""
    old = sa.select(Draft.id).where(Draft.expires_at <= clock.now()).limit(1).execution_options(scope="sweep")
    if session().execute(old).first() is None:
        session().rollback()
        return 0
    with writing():
        return drop_drafts(clock.now())


def erase_due() -> int:
    """Delete applications past their time, unless there are suspiciously many."""
    due = due_for_erasure(clock.now(), retention())
    count = count_of(due)
    is_unusual = count > FEW and count > USUAL_SHARE * count_of(all_applications())
    session().rollback()
    if is_unusual:
        log.error(
            "%d applications are due for deletion, unusually many; nothing is deleted before `jobboard retention`",
            count,
        )
        return 0
    return erase_some() if count else 0


def erase_some() -> int:
    """Delete some of the applications past their time, and what a database keeps of deleted rows."""
    limit = retention()
    with writing() as current:
        rows = current.execute(due_for_erasure(clock.now(), limit).limit(AT_ONCE)).scalars().all()
        done = erase(rows, ErasureReason.retention)
    scrub()
    return done


def ask_for_renewal() -> int:
    """Ask people in the talent pool whose consent ends within a month whether to stay."""
    if session().execute(consents_to_renew(clock.now(), ASKED_BEFORE).limit(1)).first() is None:
        session().rollback()
        return 0
    with writing() as current:
        consents = current.execute(consents_to_renew(clock.now(), ASKED_BEFORE).limit(AT_ONCE)).scalars().all()
        for consent in consents:
            row = by_id(consent.application_id)
            if row is not None:
                ask_to_stay(consent, row, offer_to_show(row.opening_id))
    return len(consents)


SWEEPS = [
    Sweep("old drafts", 300, drop_old_drafts),
    Sweep("retention", 3600, erase_due),
    Sweep("talent pool", 3600, ask_for_renewal),
]
