"""Finding mails: what is due, and what the desk lists."""

import datetime as dt

import sqlalchemy as sa

from jobboard.core.db import session
from jobboard.mail.models import MailState, OutboxMail


def due(now: dt.datetime) -> sa.Select[OutboxMail]:
    """Mails that may be sent at this moment and that no worker is sending, the longest due first."""
    is_free = sa.or_(OutboxMail.leased_until.is_(None), OutboxMail.leased_until <= now)
    return (
        sa.select(OutboxMail)
        .where(OutboxMail.state == MailState.queued, OutboxMail.due_at <= now, is_free)
        .order_by(OutboxMail.due_at, OutboxMail.id)
    )


def outbox(state: MailState | None = None) -> sa.Select[OutboxMail]:
    """All mails, or those of one state: what failed first, then what waits, then what left, the newest first."""
    order = sa.case({MailState.failed.value: 0, MailState.queued.value: 1}, value=OutboxMail.state, else_=2)
    found = sa.select(OutboxMail).order_by(order, OutboxMail.queued_at.desc(), OutboxMail.id.desc())
    return found.where(OutboxMail.state == state) if state else found


def counts_by_state() -> dict[MailState, int]:
    """How many mails there are in each state, 0 included."""
    rows = session().execute(sa.select(OutboxMail.state, sa.func.count()).group_by(OutboxMail.state))
    return dict.fromkeys(MailState, 0) | {row[0]: row[1] for row in rows}


def mails_about(kind: str, subject: int) -> sa.Select[OutboxMail]:
    """The mails about one thing, the oldest first."""
    return (
        sa.select(OutboxMail)
        .where(OutboxMail.about_kind == kind, OutboxMail.about_id == subject)
        .order_by(OutboxMail.queued_at, OutboxMail.id)
    )
