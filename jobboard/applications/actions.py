"""What happens to an application. All moves are in `models.MOVES`; every change is an event; nothing here commits."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flask import current_app

from jobboard.applications.markup_letters import placeholder_values
from jobboard.applications.models import (
    Application,
    Event,
    EventKind,
    Note,
    PoolConsent,
    Stage,
)
from jobboard.applications.models_reasons import WithdrawReason
from jobboard.applications.queries import awaits_proof, by_id
from jobboard.audit.actions import record
from jobboard.core import clock, i18n
from jobboard.core.db import session
from jobboard.core.tokens import link_token, token_hash
from jobboard.core.web import site_url
from jobboard.mail.actions import LinkEnded, LinkWaits, cancel, private_link, queue
from jobboard.mail.markup_templates import OwnWords
from jobboard.mail.models import GivenUp, OutboxMail
from jobboard.mail.queries import is_waiting, thread_of, threads_of
from jobboard.mail.queries_templates import own_words
from jobboard.openings.markup import shown_title
from jobboard.openings.models import JobOffer
from jobboard.openings.queries import promised_days
from jobboard.people.models import Person
from jobboard.site.queries import current_site

PURPOSE = "application"
#: How long a consent to the talent pool holds.
POOL_KEPT = dt.timedelta(days=365)
#: The kind of mail that tells a rejection.
ANSWER = "applications/rejected"
#: The kind of what staff write in their own words.
LETTER = "applications/letter"


class IllegalMove(ValueError):
    """A move that is not in `MOVES`; somebody else may have moved the application in the meantime."""


def confirm(row: Application, offer: JobOffer) -> OutboxMail:
    """Queue the confirmation with the link to the applicant's page."""
    kind = "applications/received_again" if row.first_id else "applications/received"
    return mail_to_applicant(row, kind, offer)


def release(row: Application, offer: JobOffer, by: Person) -> Application:
    """A person says that no program sent this: it joins the others, and its applicant gets the confirmation."""
    if row.is_suspect:
        row.is_suspect = False
        add_event(row, EventKind.released, by)
        record("application.released", (PURPOSE, row.id), by)
        confirm(row, offer)
    return row


def join_pool(row: Application, words: str) -> PoolConsent:
    """The applicant agrees to stay in the talent pool, in these words; again means from now on anew."""
    now = clock.now()
    consent = PoolConsent(given_at=now, words=words, until=now + POOL_KEPT)
    if row.consent is not None:
        row.consent.withdrawn_at = now
    row.consents.append(consent)
    return consent


def set_link(row: Application) -> None:
    """Give an application the link that follows from its epoch; the one before ends."""
    row.link_hash = token_hash(own_token(row))


def mail_to_applicant(
    row: Application, kind: str, offer: JobOffer, own: OwnWords | None = None, **more: Any
) -> OutboxMail:
    """Queue a mail to the applicant in their language, in the thread of the first one, answered by the contact.

    In its `own` words, else those staff wrote for this kind, else the product's. `more` goes to `mail.actions.queue`.
    """
    mail = _put_mail(row, kind, offer, _thread_of(row), own, **more)
    add_event(row, EventKind.mailed, detail=mail.subject)
    return mail


def _put_mail(
    row: Application, kind: str, offer: JobOffer, thread: str | None, own: OwnWords | None = None, **more: Any
) -> OutboxMail:
    contact = offer.contact_here.email if offer.contact_here is not None else None
    return queue(
        kind,
        to_address=row.email,
        to_name=row.name,
        locale=row.locale,
        about=(PURPOSE, row.id),
        reply_to=contact or current_site().contact_email or None,
        in_reply_to=thread,
        own=own or _words_instead(row, kind, offer),
        title=shown_title(offer, row.locale),
        link=private_link(PURPOSE, row.id),
        response_days=promised_days(offer),
        **more,
    )


def written_answers(
    rows: Sequence[Application], offers: Mapping[int, JobOffer], *, send_after: dt.datetime
) -> dict[int, OutboxMail]:
    """The answers that reject these applications, by id, rendered and in no session: for the transaction that sends them.

    They hold for the versions of the applications they were written for.
    """
    threads = threads_of(PURPOSE, [row.id for row in rows])
    found = {}
    for row in rows:
        mail = _put_mail(row, ANSWER, offers[row.opening_id], threads.get(row.id), send_after=send_after)
        session().expunge(mail)
        found[row.id] = mail
    return found


def _words_instead(row: Application, kind: str, offer: JobOffer) -> OwnWords | None:
    """What staff wrote instead of the product's words, in the applicant's language."""
    words = own_words(kind, language_of(row))
    # What is only decided is told by no mail but the answer itself (decision 11), which may be written a moment before.
    stage = Stage.rejected if kind == ANSWER else row.told_stage
    return OwnWords(*words, values_for(row, offer, stage)) if words else None


def values_for(row: Application, offer: JobOffer, stage: Stage) -> dict[str, str]:
    """What placeholders stand for in a mail to this applicant."""
    return placeholder_values(row, offer, stage, language=language_of(row), link=private_link(PURPOSE, row.id))


def _thread_of(row: Application) -> str | None:
    """The Message-ID of an application's first mail; one that was never written to is not asked for in the outbox."""
    is_known = any(event.kind is EventKind.mailed for event in row.events)
    return thread_of(PURPOSE, row.id) if is_known else None


def private_address(application_id: int, to_address: str) -> str:
    """The absolute link to the applicant's page; asked for when a mail leaves, for who it goes to.

    Raises `LinkEnded` when it is gone, or when that address is not the applicant's any more; `LinkWaits` while its owner
    has not said that it is theirs.
    """
    row = by_id(application_id)
    if row is None or row.email_key != to_address.lower():
        raise LinkEnded(f"application {application_id} is gone, or another address's")
    if awaits_proof(row):
        raise LinkWaits(f"application {application_id} waits for the owner of its address")
    return address_of(row)


def address_of(row: Application) -> str:
    """The absolute link to the applicant's page."""
    return site_url(f"/{language_of(row)}/applications/{own_token(row)}/")


def own_token(row: Application) -> str:
    """The token of the applicant's page."""
    return link_token(PURPOSE, row.id, row.link_epoch, row.link_hash)


def language_of(row: Application) -> str:
    """The language of the applicant's pages: theirs where there is a catalog for it."""
    return i18n.interface_for(row.locale)


def move(row: Application, to_stage: Stage, by: Person) -> Application:
    """Move an application. The applicant's page follows at once; a rejection is only decided and told later.

    Raises `IllegalMove` for a move that is not in `MOVES`.
    """
    if to_stage not in row.moves:
        raise IllegalMove(f"{row.stage.value} > {to_stage.value}")
    now, from_stage = clock.now(), row.stage
    row.stage, row.stage_since = to_stage, now
    if to_stage is Stage.rejected:
        row.decided_at = now
    else:
        row.told_stage = to_stage
    add_event(row, EventKind.moved, by, from_stage, to_stage)
    record("application.moved", (PURPOSE, row.id), by, **{"from": from_stage.value, "to": to_stage.value})
    changed(row)
    return row


def tell(row: Application, offer: JobOffer, by: Person, *, send_after: dt.datetime | None = None) -> OutboxMail:
    """Queue the answer of a rejected application, once; it counts as told when the mail server has accepted it.

    It does not leave before `send_after`.
    Raises `IllegalMove` when there is nothing to tell, or somebody else sent the answer a moment ago.
    """
    session().flush()
    session().refresh(row, with_for_update=True)  # of two people who press the button the second finds the first's mail
    if not row.is_untold or row.is_suspect or is_waiting((PURPOSE, row.id), ANSWER):
        raise IllegalMove("there is nothing to tell, or it is on its way")
    mail = _put_mail(row, ANSWER, offer, _thread_of(row), send_after=send_after)
    note_answer(row, mail, by)
    return mail


def note_answer(row: Application, mail: OutboxMail, by: Person) -> None:
    """Somebody sent the answer of a rejected application: it stands in the history and in the audit log."""
    add_event(row, EventKind.mailed, by, detail=mail.subject)
    record("application.told", (PURPOSE, row.id), by, way="mail")


def tell_otherwise(row: Application, on: dt.datetime, by: Person) -> Application:
    """Note that the applicant was told by letter or in a call on that day; the retention period starts with it.

    A mail that waits in the outbox is taken back: nobody is told twice.
    """
    if not row.is_untold:
        raise IllegalMove("there is nothing to tell")
    cancel((PURPOSE, row.id), ANSWER)
    _told(row, on)
    add_event(row, EventKind.told, by, detail=on.date().isoformat())
    record("application.told", (PURPOSE, row.id), by, way="letter")
    return row


def mark_told(mail: OutboxMail) -> None:
    """The mail server accepted the answer: from now on the applicant's page shows it."""
    row = _row_of(mail)
    if row is not None and row.is_untold:
        _told(row, mail.sent_at or clock.now())
        add_event(row, EventKind.told, detail=mail.subject)


def mark_bounced(mail: OutboxMail, _why: GivenUp = GivenUp.message) -> None:
    """A mail did not arrive: the history says so, and an answer that it told counts as not told (decision 11)."""
    row = _row_of(mail)
    if row is None:
        return
    is_open = row.locked_at is None  # who asked for deletion was told; what is kept for claims then stays as it is
    if (
        mail.kind == ANSWER
        and is_open
        and row.stage is Stage.rejected
        and row.told_at is not None
        and row.told_at == mail.sent_at
    ):
        decided = (event for event in reversed(row.events) if event.to_stage is Stage.rejected)
        row.told_at, row.told_stage = None, next((one.from_stage for one in decided if one.from_stage), Stage.received)
    add_event(row, EventKind.bounced, detail=f"{mail.subject}: {mail.last_error or ''}")


def _row_of(mail: OutboxMail) -> Application | None:
    """The application a mail is about, as it is now and until this transaction ends: staff may be moving it."""
    row = by_id(mail.about_id or 0)
    if row is not None:
        session().refresh(row, with_for_update=True)
    return row


def _told(row: Application, at: dt.datetime) -> None:
    row.told_at, row.told_stage = max(at, row.decided_at or at), row.stage
    changed(row)


def changed(row: Application) -> None:
    """Let higher rooms follow: the application is at another stage, its applicant was told so, or a rejection never was."""
    follow_all: list[Callable[[Application], None]] = current_app.extensions["application_changed"]
    for follow in follow_all:
        follow(row)


def withdraw(row: Application, reason: WithdrawReason | None) -> Application:
    """The applicant withdraws, from any stage they know as open: a rejection they were not told of is no end yet.

    An answer or a letter that still waits in the outbox is taken back. Raises `IllegalMove` when it is closed already.
    """
    if not row.may_withdraw:
        raise IllegalMove(f"{row.told_stage.value} > withdrawn")
    from_stage = row.told_stage
    if row.is_untold:
        cancel((PURPOSE, row.id), ANSWER)
    stop_mails(row, [LETTER])
    row.stage = row.told_stage = Stage.withdrawn
    row.stage_since, row.withdraw_reason = clock.now(), reason
    add_event(row, EventKind.withdrawn, None, from_stage, Stage.withdrawn)
    changed(row)
    return row


def stop_mails(row: Application, kinds: Iterable[str]) -> None:
    """Take what has not left of these kinds of mails out of the outbox; the history keeps that it was written."""
    for kind in kinds:
        for subject in cancel((PURPOSE, row.id), kind):
            add_event(row, EventKind.mail_taken_back, detail=subject)


def note(row: Application, text: str, by: Person) -> Note:
    """Write something down. The applicant can ask to read it (GDPR Art. 15)."""
    written = Note(by=by, at=clock.now(), text=text)
    row.notes.append(written)
    add_event(row, EventKind.noted, by)
    record("application.noted", (PURPOSE, row.id), by)
    return written


def add_event(
    row: Application,
    kind: EventKind,
    by: Person | None = None,
    from_stage: Stage | None = None,
    to_stage: Stage | None = None,
    detail: str = "",
) -> None:
    """Something happened to an application; without a person it was its applicant or the software."""
    row.events.append(Event(kind=kind, by=by, at=clock.now(), from_stage=from_stage, to_stage=to_stage, detail=detail))
