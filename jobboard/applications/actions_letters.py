"""Mails that staff write to an applicant: they wait a few minutes, and can be taken back until then. Nothing here commits."""

import datetime as dt
from collections.abc import Sequence
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app
from markupsafe import Markup

from jobboard.applications.actions import LETTER, PURPOSE, add_event, mail_to_applicant, values_for
from jobboard.applications.models import Application, EventKind
from jobboard.audit.actions import record
from jobboard.core import clock
from jobboard.core.db import session
from jobboard.files.models import StoredFile
from jobboard.mail.actions import Attachment, take_back
from jobboard.mail.markup_templates import PAGE_LINK, OwnWords, as_html, filled
from jobboard.mail.models import OutboxMail
from jobboard.mail.queries import mail_called
from jobboard.openings.models import JobOffer
from jobboard.people.models import Person

#: How long a mail waits, so that what was sent by mistake can be taken back.
UNDO = dt.timedelta(minutes=5)


class NotSent(ValueError):
    """A mail that must not leave: nobody is written to while it is not known whether there is a person."""


def letter_words(row: Application, offer: JobOffer, subject: str, body: str) -> OwnWords:
    """What somebody wrote, with what its placeholders stand for; stages as they were told."""
    return OwnWords(subject, body, values_for(row, offer, row.told_stage))


def preview(words: OwnWords, name: str, instead: str) -> tuple[str, list[Markup]]:
    """(subject, paragraphs) as they will arrive, with the name as it may be shown and words where the private link will be.

    Raises `UnknownPlaceholder`.
    """
    values = {**words.values, "name": name, PAGE_LINK: instead}
    return filled(words.subject, values), as_html(words.body, values, has_link=False)


def send_letter(
    row: Application, offer: JobOffer, words: OwnWords, by: Person, files: Sequence[StoredFile], nonce: str
) -> OutboxMail:
    """Queue what somebody wrote; it leaves in `UNDO`. The same form sent twice is one mail.

    Raises `NotSent` for an application that waits apart.
    """
    session().flush()
    session().refresh(row, with_for_update=True)  # of two clicks the second finds the first's mail
    if row.is_suspect:
        raise NotSent
    there = letter_sent_as(nonce)
    if there is not None:
        return there
    attachments = [Attachment(one.name, one.content_type, file_id=one.id) for one in files]
    mail = mail_to_applicant(row, LETTER, offer, words, send_after=clock.now() + UNDO, attachments=attachments)
    mail.message_id = _message_id(nonce)
    row.events[-1].by = by
    record("application.mailed", (PURPOSE, row.id), by)
    return mail


def letter_sent_as(nonce: str) -> OutboxMail | None:
    """The mail of a form that was sent before."""
    return mail_called([_message_id(nonce)])


def _message_id(nonce: str) -> str:
    return f"<{nonce}@{urlsplit(str(current_app.config['SITE_URL'])).hostname}>"


def take_letter_back(row: Application, mail_id: int, by: Person) -> bool:
    """Take a mail back that has not left; False when it is too late. The history keeps that it was written."""
    subject = session().execute(sa.select(OutboxMail.subject).where(OutboxMail.id == mail_id)).scalar_one_or_none()
    if subject is None or not take_back(mail_id, (PURPOSE, row.id), LETTER):
        return False
    add_event(row, EventKind.mail_taken_back, by, detail=subject)
    return True
