"""Finding mails: what is due, and what the desk lists."""

import datetime as dt
from collections.abc import Sequence

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


def mail_called(message_ids: Sequence[str]) -> OutboxMail | None:
    """The mail with the first of these Message-IDs that is one of ours."""
    rows = session().execute(sa.select(OutboxMail).where(OutboxMail.message_id.in_(message_ids))).scalars()
    by_name = {mail.message_id: mail for mail in rows}
    return next((by_name[name] for name in message_ids if name in by_name), None)


def thread_of(kind: str, subject: int) -> str | None:
    """The Message-ID of the first mail about one thing, which the later ones answer; None when there is none yet."""
    first = mails_about(kind, subject).with_only_columns(OutboxMail.message_id).limit(1)
    return session().execute(first).scalar_one_or_none()


def mails_about(kind: str, subject: int) -> sa.Select[OutboxMail]:
    """The mails about one thing, the oldest first."""
    return (
        sa.select(OutboxMail)
        .where(OutboxMail.about_kind == kind, OutboxMail.about_id == subject)
        .order_by(OutboxMail.queued_at, OutboxMail.id)
    )
