"""Correcting an applicant's e-mail address on the desk, after a call or from the documents. Nothing here commits."""

from jobboard.applications.actions import PURPOSE, add_event, mail_to_applicant, set_link
from jobboard.applications.actions_own import ask_new_address
from jobboard.applications.models import Application, EventKind
from jobboard.applications.queries import awaits_proof
from jobboard.applications.queries_bounces import TO_THE_OLD_ADDRESS
from jobboard.core.db import session
from jobboard.mail.actions import readdress
from jobboard.openings.models import JobOffer
from jobboard.people.models import Person


def correct_address(row: Application, offer: JobOffer, email: str, reason: str, by: Person) -> Application:
    """Somebody of the staff says how an address is really spelt.

    The wrong one may be a stranger's: its link ends at once, and what has not left goes to the new one. The new one may be
    mistyped again: nothing that opens the applicant's page leaves for it until its owner has used the link that is mailed
    there (`actions.private_address`). One that was the applicant's until now is told, without a link.
    """
    session().flush()
    session().refresh(row, with_for_update=True)  # the applicant may be changing it at this moment
    if email.lower() == row.email_key and not awaits_proof(row):
        row.email = email
        return row
    if not awaits_proof(row):
        mail_to_applicant(row, TO_THE_OLD_ADDRESS, offer)
        session().flush()
    row.email_key = ""  # what is asked for now is another address, even if it was asked for before
    row.link_epoch += 1
    set_link(row)
    ask_new_address(row, offer, email)
    session().flush()
    row.email, row.email_key = email, email.lower()
    readdress((PURPOSE, row.id), email, but=TO_THE_OLD_ADDRESS)
    add_event(row, EventKind.address_corrected, by, detail=reason)
    return row
