"""What applicants do on their own page: add, change, join and leave. Nothing here commits."""

from collections.abc import Mapping, Sequence

from jobboard.applications.actions import (
    PURPOSE,
    add_event,
    language_of,
    mail_to_applicant,
    own_token,
    set_link,
)
from jobboard.applications.models import Application, Document, DocumentKind, EventKind
from jobboard.applications.queries import awaits_proof, by_id
from jobboard.core import clock
from jobboard.core.db import session
from jobboard.core.tokens import link_token, token_hash
from jobboard.core.tokens_anew import keep_link
from jobboard.core.web import site_url
from jobboard.files.actions import Upload, claim, keep_staged
from jobboard.mail.actions import LinkEnded, private_link, queue, readdress
from jobboard.mail.models import OutboxMail
from jobboard.openings.markup import shown_title
from jobboard.openings.models import JobOffer


def may_join_pool(row: Application) -> bool:
    """Whether joining says something new: nobody is in it, or they were asked whether to stay."""
    return row.consent is None or row.consent.asked_at is not None or row.consent.until <= clock.now()


def leave_pool(row: Application) -> None:
    """The applicant takes the consent back, as easily as it was given (GDPR Art. 7(3))."""
    if row.consent is not None:
        row.consent.withdrawn_at = clock.now()


def add_document(row: Application, upload: Upload) -> Document:
    """The applicant adds a document to an application that somebody still has to decide."""
    document = Document(file=claim(keep_staged(upload)), kind=DocumentKind.added)
    row.documents.append(document)
    add_event(row, EventKind.document_added, detail=upload.name)
    return document


def change_contact(row: Application, *, name: str, phone: str) -> Application:
    """The applicant is called otherwise, or is reached by another telephone."""
    row.name, row.phone = name, phone
    add_event(row, EventKind.contact_changed)
    return row


def ask_new_address(row: Application, offer: JobOffer, email: str) -> OutboxMail | None:
    """Somebody with the link wants mails to go to another address: its owner is asked. None for one written otherwise.

    Until the link that is mailed there was used nothing changes: else anybody could have the links of a stranger's
    applications sent, or mails of ours to whoever they like.
    """
    if email.lower() == row.email_key:
        row.email = email
        return None
    row.new_email = email
    row.new_email_hash = token_hash(_address_token(row))
    return queue(
        "applications/address_new",
        to_address=email,
        to_name="",
        locale=row.locale,
        about=(PURPOSE, row.id),
        title=shown_title(offer, row.locale),
        link=private_link("address", row.id),
    )


def take_new_address(row: Application, offer: JobOffer) -> Application:
    """The owner of the new address says yes: the old link ends, and what has not left yet goes to the new address.

    The old address is told without a link: whoever reads it can say so if it was somebody else.
    """
    if not awaits_proof(row):  # else it was told when somebody of the staff corrected it
        mail_to_applicant(row, "applications/address_left", offer)
        session().flush()
    row.email, row.email_key = row.new_email or row.email, (row.new_email or row.email).lower()
    row.new_email = row.new_email_hash = None
    row.link_epoch += 1
    set_link(row)
    readdress((PURPOSE, row.id), row.email, but="applications/address_left")
    add_event(row, EventKind.contact_changed)
    return row


def _address_token(row: Application) -> str:
    return link_token(f"address:{row.new_email}", row.id, row.link_epoch, row.new_email_hash)


def new_address_page(application_id: int, to_address: str) -> str:
    """The absolute link with which the owner of a new address says yes. Raises `LinkEnded` when it is not asked any more."""
    row = by_id(application_id)
    if row is None or row.new_email is None or row.new_email.lower() != to_address.lower():
        raise LinkEnded(f"application {application_id} asks for no new address any more")
    return site_url(f"/{language_of(row)}/applications/address/{_address_token(row)}/")


def mail_links(rows: Sequence[Application], offers: Mapping[int, JobOffer]) -> None:
    """Send the links of these applications, all of one address, to that address: a mail for each, as each is its own."""
    for row in rows:
        queue(
            "applications/links",
            to_address=row.email,
            to_name=row.name,
            locale=row.locale,
            about=(PURPOSE, row.id),
            title=shown_title(offers[row.opening_id], row.locale),
            link=private_link(PURPOSE, row.id),
        )


keep_link(Application.link_hash, own_token)
keep_link(Application.new_email_hash, _address_token)
