"""What is due: drafts nobody sent, applications past their time, consents that end."""

import datetime as dt
import logging
import time

import sqlalchemy as sa
from flask import current_app

from jobboard.applications.actions_draft import drop_drafts
from jobboard.applications.actions_erasing import ask_to_stay, erase
from jobboard.applications.actions_own import mail_links
from jobboard.applications.models import Application
from jobboard.applications.models_draft import Draft, LostLink
from jobboard.applications.models_erased import ErasureReason, RetentionRun
from jobboard.applications.queries import by_id, sent_from
from jobboard.applications.queries_erasing import (
    consents_to_renew,
    count_of,
    due_for_erasure,
    retention,
)
from jobboard.audit.actions import erase_aged
from jobboard.audit.queries import aged
from jobboard.core import clock
from jobboard.core.db import scrub, session, writing
from jobboard.core.work import Sweep
from jobboard.openings.queries import offer_to_show, offers_by_id

log = logging.getLogger("jobboard.retention")

#: Applications deleted in one transaction.
AT_ONCE = 20
#: Entries of the audit log that lose their content in one transaction.
ENTRIES_AT_ONCE = 500
#: Retention looks every hour. When the clock has gone on by more than this since it last looked, the machine was off, or its
#: clock was set wrong; then a day must pass by the clock that only goes forward before anything is deleted.
LONGEST_PAUSE, DOUBT = dt.timedelta(days=7), dt.timedelta(days=1)
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
    """Delete applications past their time; nothing while the clock is in doubt."""
    if not is_clock_believed():
        return 0
    count = count_of(due_for_erasure(clock.now(), retention()))
    session().rollback()
    return (erase_some() if count else 0) + empty_old_entries()


def empty_old_entries() -> int:
    """Take the content out of entries of the audit log that are past their time; how many."""
    if session().execute(aged(clock.now()).limit(1)).first() is None:
        session().rollback()
        return 0
    with writing():
        return erase_aged(clock.now(), ENTRIES_AT_ONCE)


def is_clock_believed() -> bool:
    """Whether retention may go by the clock: it ran on without a jump since the last time, or has stood for a day since.

    A clock that is wrong by a year must not empty the desk. `jobboard retention` believes whoever calls it.
    """
    now = clock.now()
    last = session().execute(sa.select(RetentionRun.at)).scalar_one_or_none()
    session().rollback()
    doubts: dict[str, float] = current_app.extensions.setdefault("retention_doubt", {})
    has_jumped = last is not None and not dt.timedelta(0) <= now - last <= LONGEST_PAUSE
    if has_jumped and "since" not in doubts:
        doubts["since"] = time.monotonic()
        log.error(
            "the clock went from %s to %s; nothing is deleted for a day, or until `jobboard retention`", last, now
        )
    if has_jumped and time.monotonic() - doubts["since"] < DOUBT.total_seconds():
        return False
    doubts.pop("since", None)
    with writing() as current:
        run = current.get(RetentionRun, 1)
        if run is None:
            current.add(RetentionRun(id=1, at=now))
        else:
            run.at = now
    return True


def erase_some() -> int:
    """Delete some of the applications past their time, and what a database keeps of deleted rows."""
    limit = retention()
    with writing() as current:
        # Who locks several does so by number, this by age: what somebody is working on is left for the next run.
        due = due_for_erasure(clock.now(), limit).limit(AT_ONCE).with_for_update(of=Application, skip_locked=True)
        rows = current.execute(due).scalars().all()
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


def mail_lost_links() -> int:
    """Mail the links somebody asked for to the address they named, where there are any."""
    if session().execute(sa.select(LostLink.id).limit(1)).first() is None:
        session().rollback()
        return 0
    with writing() as current:
        asked = current.execute(sa.select(LostLink).order_by(LostLink.id).limit(AT_ONCE)).scalars().all()
        for one in asked:
            rows = sent_from(one.email)
            mail_links(rows, {offer.id: offer for offer in offers_by_id([row.opening_id for row in rows])})
            current.delete(one)
    return len(asked)


SWEEPS = [
    Sweep("lost links", 5, mail_lost_links),
    Sweep("old drafts", 300, drop_old_drafts),
    Sweep("retention", 3600, erase_due),
    Sweep("talent pool", 3600, ask_for_renewal),
]
