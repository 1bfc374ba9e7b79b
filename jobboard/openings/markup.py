"""How an opening looks outside: its facts in words, and schema.org's JobPosting for machines."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from jobboard.core import i18n
from jobboard.core.i18n import _, current_locale
from jobboard.core.markdown_page import absolute, in_feed
from jobboard.openings.markup_regions import region_name
from jobboard.openings.models import (
    CONTRACT_LABELS,
    HOURS_LABELS,
    LEVEL_LABELS,
    PAY_PERIOD_LABELS,
    WORKPLACE_LABELS,
    Contract,
    Hours,
    JobOffer,
    Place,
    Workplace,
)
from jobboard.openings.queries_index import PlaceFacts
from jobboard.posts.markup import Fact, marked
from jobboard.posts.models import Kind, PostText
from jobboard.site.queries import current_site


def shown_title(offer: JobOffer, locale: str) -> str:
    """The role in a language, else the original's, with the site's gender marker: for whoever applies (decision 20)."""
    return marked(offer.text(locale).title, Kind.opening, current_site().gender_marker)


def employer_name(offer: JobOffer) -> str:
    """Who hires: the opening's own employer, else the site's organisation."""
    site = current_site()
    return offer.organisation or site.organisation or site.name


def place_name(place: Place | PlaceFacts, *, with_country: bool = False) -> str:
    """A place in the page's language: "Vienna", "Palo Alto, CA", "Maryland, United States", "Austria"."""
    city = i18n.pick(place.names) or place.city
    country = i18n.country_name(place.country) if place.country else ""
    region = place.region if place.country in {"US", "CA", "AU"} else None
    if not city:
        wider = region_name(place.country or "", place.region or "", current_locale().language) or place.region
        return ", ".join(filter(None, (wider, country))) or _("Unknown place")
    return ", ".join(filter(None, (city, region, country if with_country else "")))


def remote_words(countries: Sequence[str]) -> str:
    """ "Remote in Germany and Austria"; just "Remote" when no country is named."""
    if not countries:
        return str(WORKPLACE_LABELS[Workplace.remote])
    names = i18n.listed(sorted(i18n.country_name(code) for code in countries))
    return _("Remote in %(countries)s", countries=names)


def where(offer: JobOffer) -> str:
    """Workplace and places in words: "Hybrid in Hamburg or Vienna", "Remote in Germany"; "" when nothing is known."""
    places = [place_name(row.place) for row in offer.places]
    joined = listed_places(places)
    if offer.workplace is Workplace.remote:
        remote = remote_words([row.country for row in offer.remote_countries])
        return _("%(remote)s, or %(places)s", remote=remote, places=joined) if places else remote
    if offer.workplace is Workplace.hybrid:
        return _("Hybrid in %(places)s", places=joined) if places else str(WORKPLACE_LABELS[Workplace.hybrid])
    if offer.workplace is Workplace.on_site and not places:
        return str(WORKPLACE_LABELS[Workplace.on_site])
    return joined


def languages_words(offer: JobOffer) -> str:
    """ "German C1 and English B2, nice to have: Danish A2"; "" when the opening asks for none."""
    needed = [f"{i18n.language_name(row.tag)} {row.level.value}" for row in offer.language_needs if row.is_required]
    nice = [f"{i18n.language_name(row.tag)} {row.level.value}" for row in offer.language_needs if not row.is_required]
    if not nice:
        return i18n.listed(needed)
    if not needed:
        return _("nice to have: %(languages)s", languages=i18n.listed(nice))
    return _("%(needed)s, nice to have: %(nice)s", needed=i18n.listed(needed), nice=i18n.listed(nice))


def pay_words(offer: JobOffer) -> str:
    """ "€52,000–€64,000 per year"; "" when no pay is given."""
    low, high = offer.pay_min, offer.pay_max
    if (low is None and high is None) or offer.pay_currency is None or offer.pay_period is None:
        return ""
    period = PAY_PERIOD_LABELS[offer.pay_period]
    if low is not None and high is not None and low != high:
        pay = f"{i18n.money(low, offer.pay_currency)} – {i18n.money(high, offer.pay_currency)}"
    elif low is not None and high is None:
        pay = _("from %(amount)s", amount=i18n.money(low, offer.pay_currency))
    elif low is None and high is not None:
        pay = _("up to %(amount)s", amount=i18n.money(high, offer.pay_currency))
    else:
        pay = i18n.money(low or high or 0, offer.pay_currency)  # type: ignore[arg-type] # both are the same amount
    return f"{pay} {period}"


def deadline_words(offer: JobOffer) -> str:
    """ "Apply by 30 November 2026", with the time where the day does not last to its end; "" for an open-ended one."""
    if offer.closes_at is None:
        return ""
    local = offer.closes_at.astimezone(i18n.site_zone())
    if (local.hour, local.minute) == (0, 0):
        moment = i18n.day(local - dt.timedelta(minutes=1))
    else:
        moment = i18n.day(local) if (local.hour, local.minute) == (23, 59) else i18n.day_and_time(local)
    return _("Apply by %(moment)s", moment=moment)


def listed_places(names: Sequence[str]) -> str:
    """ "Hamburg or Vienna"; where a name has a comma of its own, semicolons keep them apart."""
    return "; ".join(names) if len(names) > 1 and any("," in name for name in names) else i18n.listed_or(names)


def card_facts(offer: JobOffer) -> list[Fact]:
    """The one line of a card: contract, hours, where, languages, pay, deadline. What is unknown is left out."""
    return [
        fact
        for fact in (
            Fact("contract", _("Contract"), str(CONTRACT_LABELS[offer.contract]) if offer.contract else ""),
            Fact("hours", _("Hours"), str(HOURS_LABELS[offer.hours]) if offer.hours else ""),
            Fact("place", _("Place"), where(offer)),
            Fact("languages", _("Languages"), languages_words(offer)),
            Fact("pay", _("Pay"), pay_words(offer)),
            Fact("organisation", _("Employer"), offer.organisation or ""),
            Fact("deadline", _("Deadline"), deadline_words(offer)),
        )
        if fact.text
    ]


def feed_facts(offer: JobOffer) -> list[Fact]:
    """What stands on top of an opening in feeds: the facts of its card, and until when one can apply."""
    deadline = i18n.day_and_time(offer.closes_at) if offer.closes_at else ""
    others = [fact for fact in card_facts(offer) if fact.kind != "deadline"]
    return [*others, *([Fact("deadline", _("Apply by"), deadline)] if deadline else [])]


def facts(offer: JobOffer) -> list[Fact]:
    """All facts of an opening's page."""
    hours = str(HOURS_LABELS[offer.hours]) if offer.hours else ""
    if hours and offer.weekly_hours is not None:
        hours = _("%(hours)s, %(number)s hours a week", hours=hours, number=i18n.number(offer.weekly_hours))
    note = i18n.pick(offer.pay_note)
    rows = [
        Fact("organisation", _("Employer"), offer.organisation or ""),
        Fact("contract", _("Contract"), str(CONTRACT_LABELS[offer.contract]) if offer.contract else ""),
        Fact("hours", _("Hours"), hours),
        Fact("workplace", _("Workplace"), _workplace_words(offer)),
        Fact("place", _("Place"), listed_places([place_name(row.place, with_country=True) for row in offer.places])),
        Fact("level", _("Level"), str(LEVEL_LABELS[offer.level]) if offer.level else ""),
        Fact("languages", _("Languages"), languages_words(offer)),
        Fact("pay", _("Pay"), _with_note(pay_words(offer), note)),
        Fact("start", _("Start"), i18n.day(offer.starts_on) if offer.starts_on else ""),
        Fact("deadline", _("Apply by"), i18n.day_and_time(offer.closes_at) if offer.closes_at else ""),
    ]
    return [fact for fact in rows if fact.text]


def _with_note(words: str, note: str) -> str:
    """A note behind a fact; one that begins like a sentence stands as one."""
    return (". " if note[:1].isupper() else ", ").join(filter(None, (words, note)))


def _workplace_words(offer: JobOffer) -> str:
    """Where the work is done; a remote opening's countries stand here, not once more beside its places."""
    if offer.workplace is Workplace.remote:
        return remote_words([row.country for row in offer.remote_countries])
    return str(WORKPLACE_LABELS[offer.workplace]) if offer.workplace else ""


#: schema.org's one list of employment types, derived from our two axes (Google's values).
EMPLOYMENT = {
    Contract.fixed_term: "TEMPORARY",
    Contract.temporary: "TEMPORARY",
    Contract.freelance: "CONTRACTOR",
    Contract.internship: "INTERN",
    Contract.apprenticeship: "OTHER",
    Contract.volunteer: "VOLUNTEER",
}


def employment_types(offer: JobOffer) -> list[str]:
    """`employmentType` values of an opening; empty when neither contract nor hours are known."""
    found = [EMPLOYMENT[offer.contract]] if offer.contract in EMPLOYMENT else []
    if offer.hours in {Hours.full_time, Hours.full_or_part_time}:
        found.append("FULL_TIME")
    if offer.hours in {Hours.part_time, Hours.full_or_part_time}:
        found.append("PART_TIME")
    return found


def job_posting(
    offer: JobOffer, text: PostText, *, url: str, organisation: dict[str, str], marker: str
) -> dict[str, Any] | None:
    """schema.org JobPosting by Google's rules, or None where they cannot be met (no country known, no description).

    `url` is the page's canonical address; `organisation` the site's own employer (name, sameAs), replaced by the
    opening's. Remote only (TELECOMMUTE) needs the countries; hybrid and on-site need a place with a country.
    """
    located = _location(offer)
    if located is None or not text.html or offer.publish_at is None:
        return None
    employer = {"name": offer.organisation, "sameAs": offer.organisation_url} if offer.organisation else organisation
    data: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": marked(text.title, Kind.opening, marker),
        "description": absolute(in_feed(text.html, text.locale), url),
        "datePosted": _moment(offer.publish_at),
        "hiringOrganization": {"@type": "Organization", **{name: value for name, value in employer.items() if value}},
        "identifier": {"@type": "PropertyValue", "name": employer.get("name") or "", "value": offer.uid},
        "directApply": offer.apply_url is None,
        "inLanguage": text.locale,
        "url": url,
        **located,
    }
    if types := employment_types(offer):
        data["employmentType"] = types if len(types) > 1 else types[0]
    if offer.closes_at is not None:
        data["validThrough"] = _moment(offer.closes_at)
    if offer.starts_on is not None:
        data["jobStartDate"] = offer.starts_on.isoformat()
    if pay := _base_salary(offer):
        data["baseSalary"] = pay
    return data


def _location(offer: JobOffer) -> dict[str, Any] | None:
    places = [_address(row.place) for row in offer.places if row.place.country]
    if offer.workplace is Workplace.remote:
        countries = [{"@type": "Country", "name": row.country} for row in offer.remote_countries]
        if not countries:
            return None
        return {"jobLocationType": "TELECOMMUTE", "applicantLocationRequirements": _one_or_all(countries)}
    return {"jobLocation": _one_or_all(places)} if places else None


def _address(place: Place) -> dict[str, Any]:
    parts = {"addressLocality": place.city, "addressRegion": place.region, "addressCountry": place.country}
    address = {"@type": "PostalAddress", **{name: value for name, value in parts.items() if value}}
    return {"@type": "Place", "address": address}


def _base_salary(offer: JobOffer) -> dict[str, Any] | None:
    low, high = offer.pay_min, offer.pay_max
    if low is None or high is None or offer.pay_period is None:
        return None  # "from" and "up to" are no amount, and Google's rules know an amount or both ends of a range
    value: dict[str, Any] = {"@type": "QuantitativeValue", "unitText": offer.pay_period.value.upper()}
    if low == high:
        value["value"] = float(low)
    else:
        value |= {"minValue": float(low), "maxValue": float(high)}
    return {"@type": "MonetaryAmount", "currency": offer.pay_currency, "value": value}


def _one_or_all(items: list[dict[str, Any]]) -> Any:
    return items[0] if len(items) == 1 else items


def _moment(moment: dt.datetime) -> str:
    return moment.astimezone(i18n.site_zone()).isoformat(timespec="seconds")
