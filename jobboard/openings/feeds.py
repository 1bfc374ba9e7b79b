"""All open openings as one XML file in the dialect that Indeed and other aggregators read."""

import datetime as dt
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from jobboard.core import i18n
from jobboard.core.forms import xml_text
from jobboard.core.markdown_page import absolute, in_feed
from jobboard.core.web import site_url
from jobboard.openings.markup import employer_name, pay_words
from jobboard.openings.models import LEVEL_LABELS, Contract, Hours, JobOffer, Workplace
from jobboard.posts.markup import canonical_url, category_link, marked
from jobboard.posts.models import Kind, PostText
from jobboard.site.models import Site

JOB_TYPES = {
    Contract.fixed_term: "temporary",
    Contract.temporary: "temporary",
    Contract.freelance: "contract",
    Contract.internship: "internship",
    Contract.apprenticeship: "apprenticeship",
    Contract.volunteer: "volunteer",
}
HOURS = {Hours.full_time: "fulltime", Hours.part_time: "parttime", Hours.full_or_part_time: "fulltime, parttime"}
REMOTE = {Workplace.remote: "Fully remote", Workplace.hybrid: "Hybrid remote"}


def jobs_xml(offers: Iterator[JobOffer], site: Site, built_at: dt.datetime) -> Iterator[str]:
    """The file in pieces. An opening in several places stands in it once for each, with a reference that stays."""
    yield '<?xml version="1.0" encoding="utf-8"?>\n<source>\n'
    yield f"<publisher>{_text(site.organisation or site.name)}</publisher>\n"
    yield f"<publisherurl>{_text(site.organisation_url or site_url('/'))}</publisherurl>\n"
    yield f"<lastBuildDate>{built_at.isoformat(timespec='seconds')}</lastBuildDate>\n"
    for offer in offers:
        for reference, place in _places(offer):
            yield _element({**_facts(offer, site), "referencenumber": reference, **place})
    yield "</source>\n"


def _places(offer: JobOffer) -> Iterator[tuple[str, dict[str, str]]]:
    """(reference, place) of each place one can work at: the countries of a remote opening, else its places."""
    if offer.workplace is Workplace.remote and offer.remote_countries:
        for number, country in enumerate(offer.remote_countries):
            yield _reference(offer, country.country, number), {"city": "", "state": "", "country": country.country}
        return
    for number, row in enumerate(offer.places):
        place = row.place
        where = {"city": place.city or "", "state": place.region or "", "country": place.country or ""}
        yield _reference(offer, place.key, number), where
    if not offer.places:
        yield offer.uid, {"city": "", "state": "", "country": ""}


def _reference(offer: JobOffer, place: str, number: int) -> str:
    """The first place has the opening's own number; the others add theirs, whatever their order."""
    return offer.uid if number == 0 else f"{offer.uid}:{place}"


def _facts(offer: JobOffer, site: Site) -> dict[str, str]:
    """The advert in its own language, or in the site's where it has no interface in that."""
    text = next((one for one in offer.texts if one.locale == offer.original_locale), offer.texts[0])
    with i18n.force_locale(i18n.interface_for(text.locale)):
        return _facts_of(offer, text, site)


def _facts_of(offer: JobOffer, text: PostText, site: Site) -> dict[str, str]:
    types = [
        JOB_TYPES.get(offer.contract, "") if offer.contract else "",
        HOURS.get(offer.hours, "") if offer.hours else "",
    ]
    description = absolute(in_feed(text.html, text.locale), site_url(canonical_url(text))) or text.summary or text.title
    found = {
        "title": marked(text.title, Kind.opening, site.gender_marker),
        "date": (offer.publish_at or offer.created_at).isoformat(timespec="seconds"),
        "referencenumber": "",
        "requisitionid": offer.reference or offer.uid,
        "url": site_url(canonical_url(text)),
        "company": employer_name(offer),
        "sourcename": site.name,
        "city": "",
        "state": "",
        "country": "",
        "email": site.contact_email,
        "description": description,  # an empty one is refused
        "salary": pay_words(offer),
        "jobtype": ", ".join(filter(None, types)),
        "category": ", ".join(category_link(category).text for category in offer.categories),
        "experience": str(LEVEL_LABELS[offer.level]) if offer.level else "",
        "expirationdate": offer.closes_at.isoformat(timespec="seconds") if offer.closes_at else "",
        "remotetype": REMOTE.get(offer.workplace, "") if offer.workplace else "",
        "language": text.locale,
        "lastactivitydate": max(offer.updated_at, offer.publish_at or offer.created_at).isoformat(timespec="seconds"),
    }
    required = {"referencenumber", "city", "state", "country"}
    return {name: value for name, value in found.items() if value or name in required}


def _element(values: dict[str, Any]) -> str:
    rows = "".join(f"<{name}><![CDATA[{_cdata(value)}]]></{name}>\n" for name, value in values.items())
    return f"<job>\n{rows}</job>\n"


def _cdata(text: str) -> str:
    return xml_text(text).replace("]]>", "]]]]><![CDATA[>")


def _text(text: str) -> str:
    return escape(xml_text(text))
