"""Writing to people of the talent pool, and ending it for them. Nothing here commits."""

import secrets

from jobboard.applications.actions import language_of, mail_to_applicant
from jobboard.applications.actions_own import leave_pool
from jobboard.applications.models import Application
from jobboard.applications.queries import by_id
from jobboard.audit.actions import record
from jobboard.core import clock
from jobboard.core.db import session
from jobboard.core.tokens import link_token, token_hash
from jobboard.core.tokens_anew import keep_hash, keep_link
from jobboard.core.web import site_url
from jobboard.mail.actions import LinkEnded, private_link
from jobboard.openings.models import JobOffer
from jobboard.people.models import Person
from jobboard.talents.models import PoolContact
from jobboard.talents.queries import address_hashes, agreed_with, contact_by_id, openings_for

PURPOSE = "pool"


class NotToTell(ValueError):
    """An opening somebody applied for or was told about already, or that is not open any more."""


def write_about(row: Application, offer: JobOffer, words: str, by: Person) -> PoolContact:
    """Tell somebody of the pool about an opening, once; `words` are the sender's own, or "".

    Raises `NotToTell`; of two who write at the same moment the database lets one through (`IntegrityError`).
    """
    if offer.id not in {one.id for one in openings_for(row, clock.now())}:
        raise NotToTell(f"opening {offer.id}")
    contact = PoolContact(
        application_id=row.id,
        opening_id=offer.id,
        address_hash=address_hashes(row.email_key)[0],
        by=by,
        at=clock.now(),
        link_epoch=secrets.randbits(30),
    )
    session().add(contact)
    session().flush()
    contact.link_hash = token_hash(_token(contact))
    leave = private_link(PURPOSE, contact.id)
    mail_to_applicant(row, "talents/opening", offer, words=words, slug=offer.text(row.locale).slug, leave=leave)
    row.events[-1].by = by
    record("pool.contacted", ("application", row.id), by, opening=offer.id)
    return contact


def leave(contact: PoolContact) -> None:
    """The recipient wants no such mails: every consent of their address ends, as with the button on their own page."""
    row = by_id(contact.application_id)
    for one in agreed_with(row.email_key) if row is not None else ():
        leave_pool(one)


def leave_address(contact_id: int, to_address: str) -> str:
    """The absolute link that ends it; asked for when a mail leaves. Raises `LinkEnded` when it is another address's now."""
    contact = contact_by_id(contact_id)
    row = by_id(contact.application_id) if contact is not None else None
    if contact is None or row is None or row.email_key != to_address.lower():
        raise LinkEnded(f"contact {contact_id} is gone, or another address's")
    return site_url(f"/{language_of(row)}/talents/leave/{_token(contact)}/")


def _token(contact: PoolContact) -> str:
    return link_token(PURPOSE, contact.id, contact.link_epoch, contact.link_hash)


def _address_hash(contact: PoolContact) -> str:
    """The hash of the address under the keys there are; where nobody has the application any more it stays what it is."""
    row = by_id(contact.application_id)
    known = address_hashes(row.email_key) if row is not None else [contact.address_hash]
    return contact.address_hash if contact.address_hash in known else known[0]


keep_link(PoolContact.link_hash, _token)
keep_hash(PoolContact.address_hash, _address_hash)
