"""Reading the audit log: what the page lists, what was recorded a moment ago, and whether the chain holds."""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from jobboard.audit.models import AuditEntry, AuditHead
from jobboard.core.db import session

#: How long an entry keeps its content (docs/decisions/0021); what it is about may go sooner and takes it along.
KEPT = dt.timedelta(days=730)
#: Entries that are read at once.
AT_ONCE = 2000


@dataclasses.dataclass(frozen=True)
class Asked:
    """What somebody wants to see of the log. Days are whole ones, given as moments in which they begin and end."""

    by_id: int | None = None
    action: str | None = None
    about_kind: str | None = None
    about_id: int | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None


def entries(asked: Asked) -> sa.Select[AuditEntry]:
    """The entries somebody asked for, the newest first."""
    exactly = {name: getattr(asked, name) for name in ("by_id", "action", "about_kind", "about_id")}
    wanted = [getattr(AuditEntry, name) == value for name, value in exactly.items() if value is not None]
    wanted += [AuditEntry.at >= asked.since] if asked.since else []
    wanted += [AuditEntry.at < asked.until] if asked.until else []
    return sa.select(AuditEntry).where(*wanted).order_by(AuditEntry.number.desc())


def count_of(statement: sa.Select[AuditEntry]) -> int:
    """How many entries a statement finds."""
    counted = statement.order_by(None).with_only_columns(sa.func.count(AuditEntry.number))
    return int(session().execute(counted).scalar_one())


def in_order(statement: sa.Select[AuditEntry]) -> Iterator[AuditEntry]:
    """The entries a statement finds, the newest first, in batches; the database is let go between them."""
    before: int | None = None
    while True:
        part = statement if before is None else statement.where(AuditEntry.number < before)
        rows = list(session().execute(part.limit(AT_ONCE)).scalars())
        if not rows:
            return
        before = rows[-1].number
        yield from rows
        session().rollback()


def is_recorded(action: str, about: tuple[str, int] | None, by_id: int, details: Any, since: dt.datetime) -> bool:
    """Whether somebody did exactly this since that moment."""
    kind, subject = about or (None, None)
    statement = sa.select(AuditEntry.details).where(
        AuditEntry.by_id == by_id,
        AuditEntry.action == action,
        AuditEntry.at > since,
        AuditEntry.about_kind == kind,
        AuditEntry.about_id == subject,
    )
    return (details or None) in session().execute(statement).scalars().all()


def aged(now: dt.datetime) -> sa.Select[int]:
    """The numbers of the entries whose content is past its time."""
    return sa.select(AuditEntry.number).where(AuditEntry.at <= now - KEPT, AuditEntry.salt.is_not(None))


def head() -> tuple[int, str]:
    """(number, chain) of the last entry, as the log itself says; (0, 64 zeros) while there is none."""
    number, chain = session().execute(sa.select(AuditHead.number, AuditHead.chain).where(AuditHead.id == 1)).one()
    return number, chain
