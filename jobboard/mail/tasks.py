"""Delivering the outbox: lease a mail, send it outside of any transaction, then write down what came of it."""

import dataclasses
import datetime as dt
import logging
from email.message import EmailMessage

import sqlalchemy as sa
from flask import current_app

from jobboard.core import clock
from jobboard.core.db import session, writing
from jobboard.core.work import Sweep, wait_after
from jobboard.mail.actions import LinkEnded, LinkWaits, fill_links, follow, give_up
from jobboard.mail.models import GivenUp, MailState, OutboxAttachment, OutboxMail, Problem
from jobboard.mail.queries import due, is_too_late
from jobboard.mail.transport import (
    AddressRefused,
    Enclosed,
    GiveUp,
    NotAccepted,
    Transport,
    TryLater,
    ascii_domain,
    compose,
    longest_send,
)

log = logging.getLogger("jobboard.mail")

#: What claiming a mail and writing down what came of it may take, each; the lease outlasts the longest send by both.
SLACK = dt.timedelta(seconds=30)
#: After so many tries (`wait_after`), three days, a mail is given up.
MOST_TRIES = 26
#: Mails of one run of the sweep: the worker looks after other work, and whether it should stop, between two runs.
BATCH = 20
#: Mails that belong to nothing else are kept this long (Keep.MAIL).
KEPT = dt.timedelta(days=180)


@dataclasses.dataclass(frozen=True)
class Claim:
    """A mail this worker may send, and until when no other one will."""

    mail_id: int
    until: dt.datetime


@dataclasses.dataclass(frozen=True)
class _Letter:
    """What is handed to the transport, and to whom."""

    message: EmailMessage
    recipient: str


def deliver() -> int:
    """Send what is due, at most `BATCH` mails; how many were tried.

    Mails wait untouched without a transport, and in a process whose secret keys are others than the site's: it would fill in
    links that nobody knows.
    """
    transport: Transport | None = current_app.extensions["mail_transport"]
    if transport is None or not current_app.extensions["may_fill_links"]():
        return 0
    for count in range(BATCH):
        claimed = claim()
        if claimed is None:
            return count
        problem = _send(transport, claimed)
        _write_down(claimed, problem)
        if isinstance(problem, TryLater):
            return count + 1  # the server may be down and each try slow: let the worker look around first
    return BATCH


def lease() -> dt.timedelta:
    """How long a worker has a mail to itself: until nothing it began can deliver the mail any more."""
    return dt.timedelta(seconds=longest_send()) + 2 * SLACK


def claim() -> Claim | None:
    """Lease the mail that is longest due, if there is one. Of two workers only one gets it, the other the next."""
    now = clock.now()
    if session().execute(due(now).with_only_columns(OutboxMail.id).limit(1)).first() is None:
        session().rollback()
        return None  # looked without the write lock: an idle worker disturbs nobody
    with writing() as current:
        mail = current.execute(due(now).limit(1).with_for_update(skip_locked=True)).scalar_one_or_none()
        if mail is None:
            return None
        mail.leased_until = now + lease()
        return Claim(mail.id, mail.leased_until)


def _send(transport: Transport, claimed: Claim) -> NotAccepted | None:
    """Send one leased mail; what went wrong, or None."""
    sender = str(current_app.config["BOUNCE_ADDRESS"])
    try:
        letter = _letter(claimed.mail_id)
        if letter is None:
            return None
        if clock.now() > claimed.until - lease() + SLACK:
            # This process was held up, asleep perhaps; by the end of a send the lease could be somebody else's.
            return TryLater(Problem.held_up)
        transport.send(letter.message, ascii_domain(sender), letter.recipient)
    except NotAccepted as problem:
        return problem
    except LinkWaits:
        return TryLater(Problem.unproved)
    except LinkEnded:
        return GiveUp(Problem.link_ended)
    except Exception:
        # Ours, not the server's: counted as a try, so that one broken mail neither blocks the others nor stays hidden.
        log.exception("mail %d could not be written", claimed.mail_id)
        return TryLater(Problem.broken)
    return None


def _letter(mail_id: int) -> _Letter | None:
    """The message with its private links; None when the mail was deleted meanwhile. Leaves no transaction open."""
    try:
        mail = session().get(OutboxMail, mail_id)
        if mail is None:
            return None
        message = compose(
            mail,
            sender=str(current_app.config["MAIL_FROM"]),
            sender_name=current_app.extensions["mail_site"]().name,
            text=fill_links(mail.text, mail.to_address),
            html=fill_links(mail.html, mail.to_address),
            files=[_enclosed(one) for one in mail.attachments],
            unsubscribe=fill_links(mail.unsubscribe or "", mail.to_address),
        )
        return _Letter(message, message["To"].addresses[0].addr_spec)
    finally:
        session().rollback()


def _enclosed(one: OutboxAttachment) -> Enclosed:
    """An attachment with its bytes. The room of files reads stored ones, and raises `NotAccepted` for one that cannot go."""
    content: bytes = one.content if one.content is not None else current_app.extensions["mail_files"](one.file_id)
    return Enclosed(one.name, one.content_type, content)


def _write_down(claimed: Claim, problem: NotAccepted | None) -> None:
    """Mark the mail in a transaction of its own; tried again when the database is busy, for the mail may have left.

    That it left counts always; that it did not only while the lease is ours, for another worker may be sending it.
    """
    for tries_left in (2, 1, 0):
        try:
            with writing() as current:
                mail = current.get(OutboxMail, claimed.mail_id)
                if mail is not None and problem is None:
                    mark_sent(mail)
                elif mail is not None and problem is not None and mail.leased_until == claimed.until:
                    mark_refused(mail, problem)
            return
        except sa.exc.OperationalError:
            if not tries_left:
                raise


def mark_sent(mail: OutboxMail) -> None:
    """The mail server took it. Whoever waits for that moment is told in the same transaction (decision 11)."""
    mail.state, mail.sent_at = MailState.sent, clock.now()
    mail.tries += 1
    mail.leased_until = mail.last_error = None
    follow(mail, current_app.extensions["mail_sent"].get(mail.kind))


def mark_refused(mail: OutboxMail, problem: NotAccepted) -> None:
    """The mail server did not take it: wait and try again, or give up and let staff see why."""
    mail.tries += 1
    if isinstance(problem, GiveUp) or mail.tries >= MOST_TRIES:
        give_up(mail, str(problem), _why(problem))
        return
    mail.leased_until, mail.last_error = None, str(problem)
    mail.due_at = clock.now() + wait_after(mail.tries)
    log.info("mail %d (%s) waits after try %d", mail.id, mail.kind, mail.tries)


def _why(problem: NotAccepted) -> GivenUp:
    if isinstance(problem, AddressRefused):
        return GivenUp.address
    return GivenUp.message if isinstance(problem, GiveUp) else GivenUp.time


def drop_late() -> int:
    """Delete mails that did not leave while they made sense; how many. One that a worker is sending waits for that."""
    now = clock.now()
    is_free = sa.or_(OutboxMail.leased_until.is_(None), OutboxMail.leased_until <= now)
    is_late = sa.and_(OutboxMail.state != MailState.sent, is_too_late(now), is_free)
    found = list(session().execute(sa.select(OutboxMail.id).where(is_late).limit(500)).scalars())
    if not found:
        return 0
    with writing() as current:
        current.execute(sa.delete(OutboxMail).where(OutboxMail.id.in_(found), is_late))
    return len(found)


def forget_old() -> int:
    """Delete mails that belong to nothing and are older than the data map says; how many."""
    now = clock.now()
    is_old = sa.and_(OutboxMail.about_id.is_(None), OutboxMail.queued_at < now - KEPT)
    is_old = sa.and_(is_old, OutboxMail.state != MailState.queued)
    found = list(session().execute(sa.select(OutboxMail.id).where(is_old).limit(500)).scalars())
    if not found:
        return 0
    with writing() as current:
        current.execute(sa.delete(OutboxMail).where(OutboxMail.id.in_(found)))
    return len(found)


SWEEPS = [Sweep("mail", 2, deliver), Sweep("late mails", 600, drop_late), Sweep("old mails", 3600, forget_old)]
