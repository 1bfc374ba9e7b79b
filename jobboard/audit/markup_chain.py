"""Whether the chain of the audit log holds, entry by entry."""

import dataclasses
import datetime as dt
from collections.abc import Iterator

import sqlalchemy as sa

from jobboard.audit.markup import START, chained, content_digest
from jobboard.audit.models import AuditEntry
from jobboard.audit.queries import AT_ONCE, KEPT, head
from jobboard.core.db import session


@dataclasses.dataclass
class Chain:
    """What a look at the whole log found."""

    #: Number and chain value of the last entry.
    number: int
    chain: str
    #: Entries that lost their content to an erasure or by their age.
    empty: int = 0
    #: The first entry that is wrong and why, in words; "" when all is right.
    problem: str = ""
    #: Number of the entry whose chain value was noted elsewhere; None when it is none's.
    noted: int | None = None


def looked_over(now: dt.datetime, noted: str | None = None) -> Chain:
    """The whole log looked over. `noted` is the chain value of the last entry at an earlier time, kept elsewhere.

    What an attacker with the whole database in their hands writes anew is found by `noted` alone: the chain has no secret.
    """
    found = Chain(*head(), noted=0 if noted == START else None)
    before, expected = START, 1
    #: Entries without content that no erasure has named yet.
    unexplained: set[int] = set()
    for entry in _oldest_first(found.number):
        found.problem = _problem(entry, expected, before)
        if found.problem:
            return found
        if entry.salt is None:
            found.empty += 1
            if entry.at > now - KEPT:
                unexplained.add(entry.number)
        elif entry.action == "application.erased":
            unexplained -= set((entry.details or {}).get("entries", ()))
        before, expected = entry.chain, entry.number + 1
        if entry.chain == noted:
            found.noted = entry.number
    if (expected - 1, before) != (found.number, found.chain):
        found.problem = f"Entry {expected} is missing: the log says that it ends with entry {found.number}."
    elif unexplained:
        found.problem = f"Entry {min(unexplained)} lost its content, and no erasure took it."
    return found


def _problem(entry: AuditEntry, expected: int, before: str) -> str:
    if entry.number != expected:
        return f"Entry {expected} is missing."
    if entry.salt is not None:
        digest = content_digest(entry.salt, entry.by_id, entry.about_kind, entry.about_id, entry.details)
        if digest != entry.digest:
            return f"Entry {entry.number} was altered: its content is not what was recorded."
    if chained(before, entry.number, entry.at, entry.action, entry.digest) != entry.chain:
        return f"Entry {entry.number} does not follow from the one before: it was altered, or stood elsewhere."
    return ""


def _oldest_first(last: int) -> Iterator[AuditEntry]:
    after = 0
    while after < last:
        statement = sa.select(AuditEntry).where(AuditEntry.number > after, AuditEntry.number <= last)
        rows = list(session().execute(statement.order_by(AuditEntry.number).limit(AT_ONCE)).scalars())
        if not rows:
            return
        yield from rows
        after = rows[-1].number
        session().rollback()
