"""Adding to the audit log, in the transaction of what it tells."""

import datetime as dt
import hashlib
import json
import secrets
from typing import Any

import sqlalchemy as sa

from jobboard.audit.models import ACTIONS, AuditEntry, AuditHead
from jobboard.core import clock
from jobboard.core.db import session

_HEAD = sa.select(AuditHead.number, AuditHead.chain).where(AuditHead.id == 1).with_for_update()


def record(action: str, about: tuple[str, int] | None = None, by: Any = None, **details: Any) -> None:
    """Add one entry inside the caller's `writing()`; it stands or falls with what it tells.

    `about` is a kind and an id such as ("application", 7), `by` the person of the staff who did it (None: the software).
    `details` must be JSON and hold nothing that must outlive an erasure. Raises `ValueError` for an action nobody named.
    """
    if action not in ACTIONS:
        raise ValueError(f"{action} is no action of the audit log")
    current, at = session(), clock.now()
    number, before = current.execute(_HEAD).one()  # locks the head: the next writer waits for our end
    kind, subject = about or (None, None)
    salt = secrets.token_hex(16)
    digest = content_digest(salt, by.id if by else None, kind, subject, details)
    chain = chained(before, number + 1, at, action, digest)
    values = {"number": number + 1, "at": at, "action": action, "by_id": by.id if by else None, "about_kind": kind}
    values |= {"about_id": subject, "details": details or None, "salt": salt, "digest": digest, "chain": chain}
    current.execute(sa.insert(AuditEntry), [values])
    head = sa.update(AuditHead).where(AuditHead.id == 1).values(number=number + 1, chain=chain)
    current.execute(head, execution_options={"synchronize_session": False})


def content_digest(salt: str, by_id: int | None, kind: str | None, subject: int | None, details: Any) -> str:
    """SHA-256 in hex of an entry's content with its salt."""
    content = json.dumps([by_id, kind, subject, details or None], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{salt}:{content}".encode()).hexdigest()


def chained(before: str, number: int, at: dt.datetime, action: str, digest: str) -> str:
    """The chain value of an entry, in hex; `before` is the one of the entry before it, or 64 zeros."""
    moment = at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(f"{before}:{number}:{moment}:{action}:{digest}".encode()).hexdigest()
