"""What an opening does not tell yet: shown on the desk, never a reason to refuse."""

from jobboard.core.i18n import _
from jobboard.openings.models import JobOffer, Workplace
from jobboard.openings.queries import promised_days


def gaps(offer: JobOffer) -> list[str]:
    """Sentences about facts that applicants look for and search engines ask for."""
    rows = [
        (_has_place(offer), _("No place or country: search engines do not show such openings.")),
        (offer.workplace, _("It does not say whether the work is on site, hybrid or remote.")),
        (offer.contract and offer.hours, _("Contract or hours are not stated.")),
        (
            offer.pay_min is not None or offer.pay_max is not None,
            _("No pay range: openings with one get more applications, and EU law asks for it before the interview."),
        ),
        (offer.contact, _("Nobody is named as contact.")),
        (promised_days(offer) or offer.apply_url, _("Applicants are not told by when they hear back.")),
        (all(text.summary for text in offer.texts), _("A summary is missing; lists and previews show it.")),
    ]
    return [sentence for is_there, sentence in rows if not is_there]


def _has_place(offer: JobOffer) -> bool:
    if offer.workplace is Workplace.remote:
        return bool(offer.remote_countries)
    return any(row.place.country for row in offer.places)
