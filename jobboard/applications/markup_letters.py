"""The mails to applicants that staff may word, and what placeholders stand for in them."""

from jobboard.applications.models import STAGE_LABELS, Application, Stage
from jobboard.core import clock, i18n
from jobboard.core.i18n import lazy
from jobboard.mail.markup_templates import PAGE_LINK
from jobboard.mail.queries_templates import StandardMail
from jobboard.openings.markup import shown_title
from jobboard.openings.models import JobOffer
from jobboard.site.queries import current_site

#: Those the product writes by itself and staff may word otherwise.
STANDARD_MAILS = {
    "applications/received": StandardMail(lazy("The application has arrived"), needs_link=True),
    "applications/received_again": StandardMail(lazy("A second application has arrived"), needs_link=True),
    "applications/rejected": StandardMail(lazy("The answer: another application was chosen")),
}


def placeholder_values(row: Application, offer: JobOffer, stage: Stage, *, language: str, link: str) -> dict[str, str]:
    """What placeholders stand for in a mail to this applicant, in their language."""
    site = current_site()
    with i18n.force_locale(language):
        return {
            "name": row.name,
            "opening": shown_title(offer, row.locale),
            "contact": offer.contact.name if offer.contact is not None else site.organisation or site.name,
            "stage": str(STAGE_LABELS[stage]),
            "date": i18n.day(clock.now()),
            PAGE_LINK: link,
        }
