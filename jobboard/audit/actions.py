"""Adding to the audit log, in the transaction of what it tells, and taking out what must not outlive an erasure."""

import contextlib
import datetime as dt
import secrets
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from jobboard.audit.markup import chained, content_digest
from jobboard.audit.models import ACTIONS, AuditEntry, AuditHead
from jobboard.audit.queries import aged, is_recorded
from jobboard.core import clock
from jobboard.core.db import session

#: In the `info` of a session that collects entries.
_WAITING = "audit_waiting"
_UNSEEN = {"synchronize_session": False}
_HEAD = sa.select(AuditHead.number, AuditHead.chain).where(AuditHead.id == 1).with_for_update()


def record(action: str, about: tuple[str, int] | None = None, by: Any = None, **details: Any) -> None:
    """Add one entry inside the caller's `writing()`; it stands or falls with what it tells.

    `about` is a kind and an id such as ("application", 7), `by` the person of the staff who did it (None: the software).
    `details` must be JSON and hold nothing that must outlive an erasure. Raises `ValueError` for an action nobody named.
    """
    if action not in ACTIONS:
        raise ValueError(f"{action} is no action of the audit log")
    kind, subject = about or (None, None)
    entry = {"at": clock.now(), "action": action, "by_id": by.id if by else None, "about_kind": kind}
    entry |= {"about_id": subject, "details": details or None}
    waiting = session().info.get(_WAITING)
    if waiting is None:
        _add([entry])
    else:
        waiting.append(entry)


@contextlib.contextmanager
def recorded_together() -> Iterator[None]:
    """What is recorded inside is added at the end in one go: for hundreds of entries of one transaction."""
    current = session()
    waiting: list[dict[str, Any]] = current.info.setdefault(_WAITING, [])
    try:
        yield
    finally:
        current.info.pop(_WAITING, None)
    _add(waiting)


def _add(entries: Sequence[dict[str, Any]]) -> None:
    """Chain entries to the last one, in their order."""
    if not entries:
        return
    current = session()
    last, chain = current.execute(_HEAD).one()  # locks the head: the next writer waits for our end
    rows = []
    for number, entry in enumerate(entries, last + 1):
        salt = secrets.token_hex(16)
        details = entry["details"] or {}
        digest = content_digest(salt, entry["by_id"], entry["about_kind"], entry["about_id"], details)
        chain = chained(chain, number, entry["at"], entry["action"], digest)
        rows.append({**entry, "number": number, "salt": salt, "digest": digest, "chain": chain})
    current.execute(sa.insert(AuditEntry), rows)
    head = sa.update(AuditHead).where(AuditHead.id == 1).values(number=last + len(rows), chain=chain)
    current.execute(head, execution_options=_UNSEEN)


def record_once(action: str, about: tuple[str, int] | None, by: Any, *, within: dt.timedelta, **details: Any) -> None:
    """`record`, unless the same person did the same within this time: of two requests at once one adds it."""
    session().execute(_HEAD)
    if not is_recorded(action, about, by.id, details, clock.now() - within):
        record(action, about, by, **details)


def erase_content(kind: str, subject: int, *, reason: str) -> None:
    """Take the content out of every entry about one thing that goes; the chain stays as it is (decision 14).

    That it was done is an entry itself, with the numbers: an entry that lost its content any other way was tampered with.
    """
    session().execute(_HEAD)
    numbers = _empty(AuditEntry.about_kind == kind, AuditEntry.about_id == subject)
    if numbers:
        record("application.erased", None, None, reason=reason, entries=numbers)


def erase_aged(now: dt.datetime, limit: int) -> int:
    """Take the content out of the oldest entries past their time; how many."""
    due = aged(now).order_by(AuditEntry.number).limit(limit)
    return len(_empty(AuditEntry.number.in_(list(session().execute(due).scalars()))))


def _empty(*conditions: sa.ColumnElement[bool]) -> list[int]:
    found = sa.select(AuditEntry.number).where(*conditions, AuditEntry.salt.is_not(None)).order_by(AuditEntry.number)
    numbers = list(session().execute(found).scalars())
    emptied = sa.update(AuditEntry).where(AuditEntry.number.in_(numbers))
    session().execute(emptied.values(about_id=None, details=None, salt=None), execution_options=_UNSEEN)
    return numbers
