"""Writing openings: their facts, places, languages and questions. Used by the desk, the importers and the demo."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from jobboard.core import clock
from jobboard.core.db import session
from jobboard.core.slugs import slug_of
from jobboard.openings.models import (
    CEFR,
    Contract,
    Hours,
    JobOffer,
    LanguageNeed,
    Level,
    OfferPlace,
    PayPeriod,
    Place,
    Question,
    QuestionKind,
    RemoteCountry,
    Workplace,
    place_key,
)
from jobboard.posts.actions import begin

#: Cities with another name in the other language: one place, two names. The first name is the one in URLs.
EXONYMS = (
    ("AT", "Vienna", "Wien"),
    ("BE", "Brussels", "Brüssel"),
    ("CH", "Geneva", "Genf"),
    ("CH", "Zurich", "Zürich"),
    ("CZ", "Prague", "Prag"),
    ("DE", "Brunswick", "Braunschweig"),
    ("DE", "Cologne", "Köln"),
    ("DE", "Hanover", "Hannover"),
    ("DE", "Munich", "München"),
    ("DE", "Nuremberg", "Nürnberg"),
    ("DK", "Copenhagen", "Kopenhagen"),
    ("GR", "Athens", "Athen"),
    ("IT", "Florence", "Florenz"),
    ("IT", "Milan", "Mailand"),
    ("IT", "Rome", "Rom"),
    ("IT", "Turin", "Turin"),
    ("IT", "Venice", "Venedig"),
    ("LU", "Luxembourg", "Luxemburg"),
    ("PL", "Gdansk", "Danzig"),
    ("PL", "Krakow", "Krakau"),
    ("PL", "Warsaw", "Warschau"),
    ("PT", "Lisbon", "Lissabon"),
    ("RO", "Bucharest", "Bukarest"),
    ("RS", "Belgrade", "Belgrad"),
    ("SE", "Gothenburg", "Göteborg"),
    ("UA", "Kyiv", "Kyjiw"),
)
#: Columns that hold one of a fixed set.
ENUMS: dict[str, Any] = {
    "contract": Contract,
    "hours": Hours,
    "workplace": Workplace,
    "level": Level,
    "pay_period": PayPeriod,
}
_BY_NAME = {(country, name.casefold()): (en, de) for country, en, de in EXONYMS for name in (en, de)}


def begin_offer(*, locale: str) -> JobOffer:
    """A new opening, as a draft."""
    offer = JobOffer()
    begin(offer, locale=locale)
    return offer


def set_facts(offer: JobOffer, values: Mapping[str, Any]) -> None:
    """Set columns; enumerations may be given by their value or "". `updated_at` moves when readers see a change."""
    for name, value in values.items():
        members = ENUMS.get(name)
        wanted = (members(value) if value else None) if members and not isinstance(value, members) else value
        if getattr(offer, name) != wanted:
            setattr(offer, name, wanted)
            if offer.id is not None:
                offer.updated_at = clock.now()


def place_for(country: str | None, region: str | None = None, city: str | None = None) -> Place:
    """The place with these parts, made when there is none; "Wien" and "Vienna" are one.

    `country` is ISO 3166-1 alpha-2, `region` an ISO 3166-2 suffix. Raises `ValueError` when all parts are empty.
    """
    if not (country or region or city):
        raise ValueError("a place needs a country, a region or a city")
    names: dict[str, str] = {}
    if city and country and (country, city.casefold()) in _BY_NAME:
        english, german = _BY_NAME[country, city.casefold()]
        city, names = english, {"en": english, "de": german}
    key = place_key(country, region, city)
    found = session().execute(sa.select(Place).where(Place.key == key)).scalar_one_or_none()
    if found is None:
        found = Place(key=key, country=country, region=region, city=city, names=names)
        session().add(found)
        session().flush()
    return found


def set_places(offer: JobOffer, places: Iterable[Place]) -> None:
    """Where it can be worked, in this order, each once."""
    wanted = list(dict.fromkeys(places))
    if [row.place for row in offer.places] == wanted:
        return
    kept = {row.place: row for row in offer.places}
    offer.places[:] = [kept.get(place) or OfferPlace(place=place) for place in wanted]
    for position, row in enumerate(offer.places):
        row.position = position


def set_remote_countries(offer: JobOffer, countries: Iterable[str]) -> None:
    """The countries (ISO 3166-1 alpha-2) from which it can be worked remotely."""
    wanted = set(countries)
    kept = {row.country: row for row in offer.remote_countries}
    if set(kept) != wanted:
        offer.remote_countries[:] = [kept.get(code) or RemoteCountry(country=code) for code in sorted(wanted)]


def set_language_needs(offer: JobOffer, needs: Iterable[tuple[str, CEFR, bool]]) -> None:
    """(BCP 47 tag, level, whether required) in this order; a language named twice keeps its first need."""
    wanted: dict[str, tuple[CEFR, bool]] = {}
    for tag, level, is_required in needs:
        wanted.setdefault(tag, (level, is_required))
    if [(row.tag, row.level, row.is_required) for row in offer.language_needs] == [
        (tag, *need) for tag, need in wanted.items()
    ]:
        return
    kept = {row.tag: row for row in offer.language_needs}
    rows = [kept.get(tag) or LanguageNeed(tag=tag) for tag in wanted]
    for position, row in enumerate(rows):
        row.level, row.is_required = wanted[row.tag]
        row.position = position
    offer.language_needs[:] = rows


def set_questions(offer: JobOffer, questions: Iterable[Mapping[str, Any]]) -> None:
    """The questions to applicants, in this order.

    Each has `kind`, `label` (per language) and may have `key`, `required`, `help`, `choices`, `knockout`. A question
    keeps its row by its key, so that answers stay tied to it.
    """
    kept = {row.key: row for row in offer.questions}
    rows: list[Question] = []
    for position, words in enumerate(questions):
        key = words.get("key") or free_key(slug_of(next(iter(words["label"].values())), "question"), rows)
        row = kept.get(key) or Question(key=key)
        row.kind, row.position = QuestionKind(words["kind"]), position
        row.is_required = bool(words.get("required", False))
        row.label, row.help = dict(words["label"]), dict(words.get("help") or {})
        row.choices, row.knockout = list(words.get("choices") or []), list(map(str, words.get("knockout") or []))
        rows.append(row)
    offer.questions[:] = rows


def free_key(wanted: str, rows: list[Question]) -> str:
    """A key no other question of the opening has."""
    taken, wanted = {row.key for row in rows}, wanted.replace("-", "_")[:50]
    return (
        wanted
        if wanted not in taken
        else next(key for number in range(2, len(rows) + 3) if (key := f"{wanted}_{number}") not in taken)
    )
