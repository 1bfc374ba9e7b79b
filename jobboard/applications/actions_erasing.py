"""Applications come to their end: the row, what belongs to it, its mails and its files go, and only a count stays."""

import datetime as dt
from collections.abc import Callable, Iterable

import sqlalchemy as sa
from flask import current_app

from jobboard.applications.actions import LETTER, PURPOSE, mail_to_applicant, stop_mails
from jobboard.applications.actions_organise import drop_idle_filters, drop_unused_tags
from jobboard.applications.actions_words import drop_words
from jobboard.applications.models import Application, Document, Event, EventKind, PoolConsent
from jobboard.applications.models_erased import ErasedApplication, ErasureReason
from jobboard.applications.queries_erasing import kept_until
from jobboard.applications.queries_overdue import furthest, is_promise_kept
from jobboard.audit.actions import erase_content
from jobboard.core import clock
from jobboard.core.db import session
from jobboard.files.models import StoredFile
from jobboard.mail.models import OutboxMail
from jobboard.openings.models import JobOffer


def erase(rows: Iterable[Application], reason: ErasureReason) -> int:
    """Delete applications with everything that belongs to them, tags and kept filters of nobody else included; how many.

    Their files' bytes are no longer anybody's and go with the sweep of staged files, row first.
    """
    count = 0
    before: list[Callable[[Application], None]] = current_app.extensions["application_erased"]
    for row in rows:
        for forget in before:
            forget(row)
        now = clock.now()
        session().add(
            ErasedApplication(
                opening_id=row.opening_id,
                received_month=f"{row.received_at:%Y-%m}",
                stage=row.stage,
                reached=furthest(row),
                source_id=row.source_id,
                is_promise_kept=is_promise_kept(row, now),
                is_suspect=row.is_suspect,
                reason=reason,
                erased_on=now.date(),
            )
        )
        files = sa.select(Document.file_id).where(Document.application_id == row.id).execution_options(scope="erasure")
        ids = list(session().execute(files).scalars())
        mails = sa.and_(OutboxMail.about_kind == PURPOSE, OutboxMail.about_id == row.id)
        session().execute(sa.delete(OutboxMail).where(mails))
        erase_content(PURPOSE, row.id, reason=reason.value)
        session().delete(row)
        session().flush()
        session().execute(sa.update(StoredFile).where(StoredFile.id.in_(ids)).values(staged_until=now))
        count += 1
    if count:
        drop_unused_tags()
        session().flush()
        drop_idle_filters()
    return count


def ask_for_deletion(row: Application, kept: dt.timedelta) -> dt.datetime | None:
    """The applicant wants everything gone. None: it is. Otherwise the moment until which it is locked.

    While a claim can still be made after a rejection, data is kept for that alone and read by nobody (GDPR Art. 17(3)(e), 18;
    AGG §15(4), ArbGG §61b). Judged by what was told, even by a mail that came back, so that nothing only decided shows.
    """
    if not row.was_told:
        erase([row], ErasureReason.applicant)
        return None
    if row.consent is not None:
        row.consent.withdrawn_at = clock.now()
    if row.locked_at is None:
        row.locked_at = clock.now()
        stop_mails(row, [LETTER, *current_app.extensions["pool_mails"]])
        drop_words(row.id)
        session().flush()
        drop_idle_filters()
        row.events.append(Event(kind=EventKind.deletion_asked, at=clock.now()))
    return kept_until(row, kept)


def ask_to_stay(consent: PoolConsent, row: Application, offer: JobOffer) -> None:
    """Ask somebody in the talent pool, once, whether to stay for longer; silence lets the consent end."""
    consent.asked_at = clock.now()
    mail_to_applicant(row, "applications/pool_ends", offer, until_day=consent.until)
