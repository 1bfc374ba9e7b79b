"""Finding mails: what is due, and what the desk lists."""

import datetime as dt
from collections.abc import Callable, Collection, Sequence

import sqlalchemy as sa
from flask import current_app

from jobboard.core.db import session
from jobboard.mail.models import MailState, OutboxMail


def due(now: dt.datetime) -> sa.Select[OutboxMail]:
    """Mails that may be sent at this moment and that no worker is sending, the longest due first."""
    is_free = sa.or_(OutboxMail.leased_until.is_(None), OutboxMail.leased_until <= now)
    return (
        sa.select(OutboxMail)
        .where(OutboxMail.state == MailState.queued, OutboxMail.due_at <= now, is_free, ~is_too_late(now))
        .order_by(OutboxMail.due_at, OutboxMail.id)
    )


def is_too_late(now: dt.datetime) -> sa.ColumnElement[bool]:
    """The mails that would only confuse if they still arrived."""
    return sa.and_(OutboxMail.expires_at.is_not(None), OutboxMail.expires_at <= now)


def for_staff() -> sa.Select[OutboxMail]:
    """The mails that staff may read; the rooms whose mails they are say which not (`mail_hidden` of the app)."""
    hidden: list[Callable[[], sa.ColumnElement[bool]]] = current_app.extensions["mail_hidden"]
    conditions = [~condition() for condition in hidden]
    return sa.select(OutboxMail).where(*conditions).execution_options(scope="outbox")


def outbox(state: MailState | None = None) -> sa.Select[OutboxMail]:
    """All mails, or those of one state: what failed first, then what waits, then what left, the newest first."""
    order = sa.case({MailState.failed.value: 0, MailState.queued.value: 1}, value=OutboxMail.state, else_=2)
    found = for_staff().order_by(order, OutboxMail.queued_at.desc(), OutboxMail.id.desc())
    return found.where(OutboxMail.state == state) if state else found


def counts_by_state() -> dict[MailState, int]:
    """How many mails there are in each state, 0 included."""
    counted = for_staff().with_only_columns(OutboxMail.state, sa.func.count()).group_by(OutboxMail.state)
    rows = session().execute(counted.execution_options(scope="outbox"))
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


def threads_of(kind: str, subjects: Collection[int]) -> dict[int, str]:
    """By id of a thing the Message-ID of the first mail about it, in one query; things without mails are left out."""
    first = sa.select(sa.func.min(OutboxMail.id)).where(
        OutboxMail.about_kind == kind, OutboxMail.about_id.in_(subjects)
    )
    statement = sa.select(OutboxMail.about_id, OutboxMail.message_id)
    rows = session().execute(statement.where(OutboxMail.id.in_(first.group_by(OutboxMail.about_id))))
    return {subject: message_id for subject, message_id in rows if subject is not None}


def waiting_about(kind: str, subjects: Collection[int], mail_kind: str) -> set[int]:
    """Those of these things about which a mail of this kind is in the outbox and has not left; one query."""
    is_kind = sa.and_(OutboxMail.about_kind == kind, OutboxMail.kind == mail_kind, OutboxMail.state == MailState.queued)
    rows = session().execute(sa.select(OutboxMail.about_id).where(is_kind, OutboxMail.about_id.in_(subjects)))
    return {subject for subject in rows.scalars() if subject is not None}


def is_waiting(about: tuple[str, int], kind: str) -> bool:
    """Whether a mail of this kind about one thing is in the outbox and has not left."""
    statement = (
        mails_about(*about)
        .with_only_columns(OutboxMail.id)
        .where(OutboxMail.kind == kind, OutboxMail.state == MailState.queued)
    )
    return session().execute(statement.limit(1)).first() is not None


def mails_about(kind: str, subject: int) -> sa.Select[OutboxMail]:
    """The mails about one thing, the oldest first."""
    return (
        sa.select(OutboxMail)
        .where(OutboxMail.about_kind == kind, OutboxMail.about_id == subject)
        .order_by(OutboxMail.queued_at, OutboxMail.id)
    )
