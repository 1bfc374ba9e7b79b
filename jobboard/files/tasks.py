"""What nobody owns goes: uploads whose form was never sent, and bytes without a row. Documents are scanned and pictured."""

import datetime as dt
from collections.abc import Collection

import sqlalchemy as sa
from flask import current_app

from jobboard.core import clock
from jobboard.core.db import scrub, session, writing
from jobboard.core.work import Sweep
from jobboard.files.actions import drop, let_go
from jobboard.files.actions_pages import make_shown
from jobboard.files.checker import CheckerGone
from jobboard.files.clamd import Scanner, ScannerGone, Verdict, scanner
from jobboard.files.models import ScanState, StoredFile
from jobboard.files.storage import StorageError, origin_of, storage
from jobboard.mail.models import OutboxAttachment

#: Bytes without a row are left alone for this long: their row may be about to be committed.
ORPHAN_AGE = dt.timedelta(hours=1)
BATCH = 100
#: Documents scanned and pictured in one turn: mail waits for its own, and a document may have twenty pages.
FEW_SCANS, FEW_PICTURED = 10, 2
#: Documents that cannot be read in one turn of scanning: with more the whole store is likely away, and each may take its time.
FEW_UNREAD = 2
#: A scanner that is gone is asked again after this long, and one that failed at a file is asked about that file again.
SCANNER_REST, FILE_REST = dt.timedelta(minutes=1), dt.timedelta(minutes=10)


def drop_staged() -> int:
    """Delete uploads past their time: the row first, then the bytes (a crash between leaves an orphan, found below)."""
    with writing() as current:
        rows = current.execute(_past_their_time(clock.now())).scalars().all()
        keys = let_go(rows)
    drop(keys)
    return len(rows)


def _past_their_time(now: dt.datetime) -> sa.Select[StoredFile]:
    """A few staged uploads that go, locked: one that somebody claims or keeps at this moment is locked already, and stays.

    PostgreSQL asks the condition again of what it locks; SQLite has one writer. What a mail has stays as long as the mail.
    """
    is_mailed = sa.exists().where(OutboxAttachment.file_id == StoredFile.id)
    statement = sa.select(StoredFile).where(StoredFile.staged_until < now, ~is_mailed)
    return statement.order_by(StoredFile.id).limit(BATCH).with_for_update(skip_locked=True)


def drop_orphans() -> int:
    """Delete stored bytes that no row knows and that are older than an hour, leftovers of a crash included."""
    count = 0
    for key in storage().keys_older_than(clock.now() - ORPHAN_AGE):
        known = session().execute(sa.select(StoredFile.id).where(StoredFile.key == origin_of(key))).first()
        session().rollback()  # going through all files takes long, and a reader keeps deleted rows in the database's log
        if known is None:
            storage().delete(key)
            count += 1
    return count


def scan_documents() -> int:
    """Ask the virus scanner about documents it has not judged; the number of those it has now.

    While it is gone or hangs they wait, and nobody can open them. One that cannot be read is tried again later, behind the
    others.
    """
    found = scanner()
    if found is None or _rests() or not _answers(found):
        return 0
    count, unread, rows = 0, 0, session().execute(_unjudged()).all()
    session().rollback()  # nothing is held open while the scanner reads
    for row in rows:
        try:
            verdict = found.scan(storage().read(row.key))
        except FileNotFoundError:
            verdict = Verdict(ScanState.error, "not in the storage")
        except StorageError:
            verdict = Verdict(ScanState.error, "could not be read")
            unread += 1
        except ScannerGone:
            _rest()
            break
        _note_verdict(row.id, verdict)
        count += verdict.state is not ScanState.error
        if unread >= FEW_UNREAD:
            break
    return count


def _unjudged() -> sa.Select[int, str]:
    """(id, key) of a few documents the scanner has not judged, those it was never asked about first."""
    unsure = (ScanState.not_scanned, ScanState.pending, ScanState.error)
    asked_long_ago = StoredFile.scanned_at.is_(None) | (StoredFile.scanned_at < clock.now() - FILE_REST)
    return (
        sa.select(StoredFile.id, StoredFile.key)
        .where(StoredFile.scan_state.in_(unsure), ~StoredFile.is_public, asked_long_ago)
        .order_by(StoredFile.scanned_at.is_not(None), StoredFile.scanned_at, StoredFile.id)
        .limit(FEW_SCANS)
    )


def _note_verdict(file_id: int, verdict: Verdict) -> None:
    values = {"scan_state": verdict.state, "scan_finding": verdict.finding, "scanned_at": clock.now()}
    with writing() as current:
        current.execute(sa.update(StoredFile).where(StoredFile.id == file_id).values(**values))


def _answers(found: Scanner) -> bool:
    """Whether the scanner says anything at all: one that hangs must not hold up the mail."""
    try:
        found.greet()
    except ScannerGone:
        _rest()
        return False
    return True


def _rest() -> None:
    current_app.extensions["scanner_rests_until"] = clock.now() + SCANNER_REST


def _rests() -> bool:
    until: dt.datetime | None = current_app.extensions.get("scanner_rests_until")
    return until is not None and clock.now() < until


def show_documents() -> int:
    """Make what is shown of documents somebody owns, before anybody asks; the number of documents."""
    resting = _resting()
    rows = session().execute(_unshown(resting)).scalars().all()
    session().expunge_all()  # each is written in a transaction of its own, which must not load them again
    session().rollback()
    count = 0
    for row in rows:
        try:
            shown = make_shown(row)
        except CheckerGone:
            break
        except StorageError:
            resting[row.key] = clock.now() + FILE_REST
            break
        values = {"flags": shown.flags, "page_count": shown.page_count, "pages": shown.pages}
        with writing() as current:
            statement = sa.update(StoredFile).where(StoredFile.id == row.id)
            current.execute(statement.values(**values, pages_made_at=clock.now()))
        count += 1
    return count


def _resting() -> dict[str, dt.datetime]:
    """Until when documents that could not be read are left alone, so that the others get their turn."""
    resting: dict[str, dt.datetime] = current_app.extensions.setdefault("unread_rest_until", {})
    for key in [key for key, until in resting.items() if until <= clock.now()]:
        del resting[key]
    return resting


def _unshown(resting: Collection[str]) -> sa.Select[StoredFile]:
    """A few documents whose pages nobody has made, of those that may be opened."""
    may_open = StoredFile.scan_state == ScanState.clean if scanner() else StoredFile.scan_state != ScanState.infected
    return (
        sa.select(StoredFile)
        .where(StoredFile.pages_made_at.is_(None), StoredFile.staged_until.is_(None), ~StoredFile.is_public, may_open)
        .where(StoredFile.key.not_in(resting))
        .order_by(StoredFile.id)
        .limit(FEW_PICTURED)
    )


def cut_log() -> int:
    """What was deleted leaves the database's log too: right after an erasure somebody may have been reading."""
    session().rollback()
    scrub()
    return 0


SWEEPS = [
    Sweep("log of the database", 3600, cut_log),
    Sweep("staged uploads", 300, drop_staged),
    Sweep("orphaned files", 3600, drop_orphans),
    Sweep("virus scans", 5, scan_documents),
    Sweep("pictures of pages", 5, show_documents),
]
