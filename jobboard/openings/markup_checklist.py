"""What to look at before an opening is published: what the law asks for, and what applicants look for (decision 16)."""

import dataclasses
import datetime as dt
import json
import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, url_for

from jobboard.core import i18n
from jobboard.core.i18n import _, lazy
from jobboard.openings.markup_questions import asked_of
from jobboard.openings.markup_wording import gendered_words, passages, wordings_in
from jobboard.openings.models import Contract, JobOffer, Workplace
from jobboard.openings.models_history import Happened, OfferEvent
from jobboard.posts.markup_checklist import (
    TEXT_POINTS,
    Checklist,
    Item,
    Override,
    Weight,
    checklist_of,
    field_url,
    said,
    text_items,
)
from jobboard.posts.models import Phase, PostText
from jobboard.posts.queries_links import gone
from jobboard.site.queries import current_site

#: Members of the European Union (ISO 3166-1), where directive 2023/970 holds.
EU = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())  # noqa: SIM905 - a list of codes
#: Contracts that are no employment, so that the directive (Article 2) does not hold for them.
NO_EMPLOYMENT = frozenset({Contract.freelance, Contract.volunteer})
#: Characters of a wording or question that are shown.
MOST_SHOWN = 70
POINTS = {
    "questions": lazy("Questions"),
    "pay": lazy("Pay range"),
    "title": lazy("Title"),
    "native": lazy("Mother tongue"),
    "age": lazy("Age limit"),
    "youth": lazy("Words for young people"),
    "gender": lazy("All genders"),
    "asked": lazy("Photo and earlier pay"),
    "apply": lazy("The address applications go to"),
    "deadline": lazy("Deadline"),
    "languages": lazy("Languages"),
    "native_level": lazy("Language levels"),
    "beginners": lazy("Experience"),
    "place": lazy("Place or countries"),
    "workplace": lazy("Workplace"),
    "contract": lazy("Contract and hours"),
    "contact": lazy("Contact"),
    "promise": lazy("When applicants hear back"),
    **TEXT_POINTS,
}
#: (point, field, what is missing, why it matters) of facts that should be there.
FACTS = (
    ("place", "places", lazy("No place or country."), lazy("Good practice: search engines do not show such openings.")),
    (
        "workplace",
        "workplace",
        lazy("It does not say whether the work is on site, hybrid or remote."),
        lazy("Good practice: applicants filter by it."),
    ),
    (
        "contract",
        "contract",
        lazy("Contract or hours are not stated."),
        lazy("Good practice: applicants filter by it."),
    ),
    (
        "languages",
        "languages",
        lazy("It does not say which languages are needed, and how well."),
        lazy("Good practice: applicants filter by what they speak."),
    ),
    (
        "contact",
        "contact_id",
        lazy("Nobody is named as contact."),
        lazy("Good practice: a question that is answered early saves both sides an application that does not fit."),
    ),
    (
        "promise",
        "response_days",
        lazy("Applicants are not told by when they hear back."),
        lazy("Good practice: who knows it does not have to ask."),
    ),
)


def offer_checklist(offer: JobOffer, events: Sequence[OfferEvent], now: dt.datetime) -> Checklist:
    """Everything that is looked at before this opening is published, with what somebody decided all the same."""
    texts = [item for text in offer.texts for item in (*_title(text), *_wordings(offer, text))]
    items = [*_questions(offer), *_pay(offer), *texts, *_apply(offer, now), *_dates(offer, now), *_facts(offer)]
    return checklist_of([_settled(item, events) for item in (*items, *text_items(offer, now))], POINTS)


def _settled(item: Item, events: Sequence[OfferEvent]) -> Item:
    """The item with the override that holds: of this item, and of what it says now."""
    if item.weight is not Weight.law:
        return item
    for event in events:
        is_same = event.item == item.name and event.fingerprint == item.fingerprint
        if event.kind is Happened.overridden and is_same:
            return dataclasses.replace(item, override=Override(event.by.name, event.at, event.reason))
    return item


def _questions(offer: JobOffer) -> Iterator[Item]:
    """Questions that must not be asked: never overridden, as no law leaves room in a form that keeps the answers (0010)."""
    for row in offer.questions:
        asked = asked_of({"kind": row.kind, "label": row.label, "help": row.help, "choices": row.choices})
        for one in asked[:1]:
            shown = textwrap.shorten(i18n.pick(row.label), MOST_SHOWN, placeholder=" …")
            text = _(
                "“%(question)s” – %(what)s %(instead)s", question=shown, what=one.topic.what, instead=one.topic.instead
            )
            yield Item(
                "questions", Weight.never, text, _("Law: %(law)s.", law=one.topic.law), _fact_url(offer, "questions")
            )


def countries_of_work(offer: JobOffer) -> list[str]:
    """The countries (ISO 3166-1) whose law holds: where the work is done, else the site's own."""
    found = {row.place.country for row in offer.places if row.place.country}
    found |= {row.country for row in offer.remote_countries}
    return sorted(found or filter(None, [i18n.site_country()]))


def _pay(offer: JobOffer) -> Iterator[Item]:
    """A missing pay range: law in the EU, advice elsewhere and where nobody is employed.

    Directive 2023/970, Article 5(1) (standards.md section 4); Austria asks for it in the notice itself (GlBG, section 9(2)).
    """
    if offer.pay_min is not None or offer.pay_max is not None:
        return
    countries = countries_of_work(offer)
    is_law = bool(EU.intersection(countries)) and offer.contract not in NO_EMPLOYMENT
    text = _("No pay range: write what it begins with, or from where to where it goes.")
    if is_law and "AT" in countries:
        why = _("Law: the Austrian GlBG, section 9(2), asks for the least pay in the opening itself.")
    elif is_law:
        why = _("Law: EU directive 2023/970, Article 5(1): applicants must know it before the interview.")
    else:
        why = _("Good practice: openings with a range get more applications.")
    evidence = json.dumps([countries, offer.pay_note], sort_keys=True)
    weight = Weight.law if is_law else Weight.advice
    yield Item("pay", weight, text, why, _fact_url(offer, "pay_min"), evidence)


def _title(text: PostText) -> Iterator[Item]:
    """A title of one gender where the site adds no marker. AGG, sections 1, 7 and 11; PStG, section 22(3) (a third gender)."""
    if current_site().gender_marker.strip():
        return
    if found := gendered_words(text.title, text.locale):
        words = _(
            "“%(words)s” names one gender. Possible instead: a form for all, or a marker in the settings of the site.",
            words=i18n.listed(dict.fromkeys(found)),
        )
        why = _("Law: AGG, sections 1 and 11: openings are for all genders.")
        yield Item(f"title-{text.locale}", Weight.law, said(text, words), why, field_url(text, "title"), text.title)


def _wordings(offer: JobOffer, text: PostText) -> Iterator[Item]:
    """Wordings that shut people out, each once for a text, with everything it was found in as its evidence."""
    fields = {
        "title": text.title,
        "summary": text.summary,
        "markdown": passages(text.html),
        "pay_note": offer.pay_note.get(text.locale, ""),
    }
    found: dict[str, list[tuple[str, Any]]] = {}
    for field, words in fields.items():
        for one in wordings_in(words):
            found.setdefault(one.wording.name, []).append((field, one))
    for name, places in found.items():
        field, first = places[0]
        sentence = _(
            "“%(words)s” – %(what)s %(instead)s",
            words=as_written(first.words, fields[field]),
            what=first.wording.what,
            instead=first.wording.instead,
        )
        yield Item(
            f"{name}-{text.locale}",
            Weight.law if first.wording.is_law else Weight.advice,
            said(text, sentence),
            str(first.wording.why),
            field_url(text, field),
            "\n".join(fields[place] for place, _one in places),
        )


def as_written(words: str, text: str) -> str:
    """The words of a text that were read as these (small, without umlauts), as somebody wrote them."""
    spelt = [re.escape(word) for word in re.findall(r"\w+", words)]
    for plain, letter in (("ae", "ä"), ("oe", "ö"), ("ue", "ü"), ("ss", "ß")):
        spelt = [word.replace(plain, f"(?:{plain}|{letter})") for word in spelt]
    found = re.search(r"\W+".join(spelt), text, re.IGNORECASE)
    return textwrap.shorten(found[0] if found else words, MOST_SHOWN, placeholder=" …")


def _apply(offer: JobOffer, now: dt.datetime) -> Iterator[Item]:
    """Where applications go: encrypted (GDPR, Article 32), and to a page that is there."""
    if not offer.apply_url:
        return
    parts, url = urlsplit(offer.apply_url), _fact_url(offer, "apply_url")
    own = urlsplit(str(current_app.config["SITE_URL"])).netloc
    if parts.netloc == own:
        if gone([parts.path or "/"], now):
            text = _("The address applications go to is a page of this site that is not there.")
            yield Item("apply", Weight.never, text, _("Nobody could apply."), url)
    elif parts.scheme == "http":
        text = _("The address applications go to begins with http: what is sent there can be read on its way.")
        why = _("Law: GDPR, Article 32: personal data travels encrypted.")
        yield Item("apply", Weight.law, text, why, url, offer.apply_url)


def _dates(offer: JobOffer, now: dt.datetime) -> Iterator[Item]:
    url = _fact_url(offer, "closes_at")
    if offer.closes_at is None:
        why = _("Good practice: applicants plan by it, and without one it stays open until somebody thinks of it.")
        yield Item("deadline", Weight.advice, _("There is no deadline."), why, url)
    elif offer.phase(now) is Phase.draft and offer.closes_at <= max(now, offer.publish_at or now):
        text = _("The deadline is over before the opening is published.")
        yield Item("deadline", Weight.never, text, _("Nobody could apply."), url)


def _facts(offer: JobOffer) -> Iterator[Item]:
    """Facts that applicants look for and search engines ask for (Google's rules for JobPosting)."""
    is_there = {
        "place": _has_place(offer),
        "workplace": offer.workplace,
        "contract": offer.contract and offer.hours,
        "languages": offer.language_needs,
        "contact": offer.contact,
        "promise": offer.response_days or offer.apply_url,
    }
    for name, field, text, why in FACTS:
        if not is_there[name]:
            yield Item(name, Weight.advice, str(text), str(why), _fact_url(offer, field))


def _has_place(offer: JobOffer) -> bool:
    if offer.workplace is Workplace.remote:
        return bool(offer.remote_countries)
    return any(row.place.country for row in offer.places)


def _fact_url(offer: JobOffer, field: str) -> str:
    """The address of a field that belongs to no language."""
    return url_for("desk.openings.edit", post_id=offer.id, locale=offer.original_locale, _anchor=field)
