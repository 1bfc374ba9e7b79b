"""What the parts of a place mean together: "district, city, region, country" in either order, or several of a kind."""

import enum
import re
from dataclasses import dataclass, replace

from jobboard.openings.models import Workplace
from jobboard.transfer.markup_places_names import (
    AMBIGUOUS,
    CITIES_LIKE_COUNTRIES,
    COUNTRY_GROUPS,
    WIDER_AREAS,
    City,
    city_of,
    countries_of_region,
    country_of,
    folded,
    region_of,
)


class Reason(enum.Enum):
    """Why a person should look at how a place was read."""

    no_country = "no_country"  # the words name no country
    unknown_text = "unknown_text"  # not a place at all
    several_places = "several_places"  # one text, more than one place
    several_workplaces = "several_workplaces"  # "remote or hybrid": neither is taken
    state_or_country = "state_or_country"  # two letters that stand for both
    ambiguous_name = "ambiguous_name"  # "Georgia", "Washington": no country or region is taken
    wider_area = "wider_area"  # "Europe": no country is taken
    detail_left_out = "detail_left_out"  # a district, a postal code, a remark
    part_of_region = "part_of_region"  # "Southeast Kansas": read as the whole region


class TwoLetters(enum.Enum):
    """What two letters behind a city mean where they could be a state of the USA or a country ("IN", "DE")."""

    auto = "auto"  # the state, noted; DE is Germany, noted; a well-known city decides without a note
    states = "states"  # always the state
    countries = "countries"  # always the country


@dataclass(frozen=True, slots=True)
class ReadPlace:
    """One place: ISO 3166-1 alpha-2 country, ISO 3166-2 suffix of the region, city; None: the text does not say."""

    workplace: Workplace | None = None
    country: str | None = None
    region: str | None = None
    city: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A reason, and the words it is about."""

    reason: Reason
    text: str


@dataclass(frozen=True, slots=True)
class PlaceReading:
    """The places a text names, and what should be looked at. No places: the text is none."""

    places: tuple[ReadPlace, ...] = ()
    notes: tuple[Note, ...] = ()


MAX_CITY = 120

PART_OF = re.compile(
    r"(?:greater|upstate|(?:north|south)?[\s-]?(?:east|west|north|south|central)(?:ern)?|nord|süd|ost|west)[\s-]+",
    re.IGNORECASE,
)
#: Codes that nobody means as a country behind a city, though ISO 3166-1 has them; "CA" is California there.
STATE_ONLY = frozenset({"CA", "VA", "MO", "GA", "SC", "MS", "MT", "ME", "MD", "LA"})


def settled(parts: list[str], two_letters: TwoLetters) -> PlaceReading:
    """The meaning of the parts of one unit, the widest area last as in "district, city, region, country"."""
    if len(parts) < 2:
        return _single(parts[0], two_letters) if parts else PlaceReading()
    if several := _list(parts):
        return several
    *before, last = _widest_last(parts)
    if folded(last) in WIDER_AREAS:
        reading = settled(before, two_letters)
        return PlaceReading(reading.places, (*reading.notes, Note(Reason.wider_area, last)))
    return _behind_area(before, last, two_letters) or _behind_unknown([*before, last], last)


def _widest_last(parts: list[str]) -> list[str]:
    """Parts like "Germany, Bavaria, Munich" and "US, Boston, MA" with their country at the end."""
    country, last = country_of(parts[0]), parts[-1]
    if not country or not (region_of(country, last) or not (country_of(last) or countries_of_region(last))):
        return parts
    rest = parts[1:]
    if len(rest) > 1 and region_of(country, rest[0]) and not region_of(country, rest[-1]):
        rest.reverse()
    return [*rest, parts[0]]


def _behind_area(before: list[str], last: str, two_letters: TwoLetters) -> PlaceReading | None:
    """Parts in front of a country or region; None when the last part is neither."""
    country, noted = _country_behind(before, last, two_letters)
    if country and country_of(last) == country:
        return _in_country(country, before, noted)
    if country and (region := region_of(country, last)):
        return _in_region(country, region, before, noted)
    return None


def _list(parts: list[str]) -> PlaceReading | None:
    """Parts like "Berlin, Hamburg" or "Germany, Austria": when they are all of one kind, they are several places."""
    cities = [city for city in map(city_of, parts) if city and city.is_clear]
    if len(cities) == len(parts) and not _is_region_behind(parts):
        return PlaceReading(tuple(_place(city) for city in cities))
    countries = [code for code in map(country_of, parts) if code]
    if len(countries) == len(parts) and len(set(countries)) > 1 and not any(region_of("US", part) for part in parts):
        return PlaceReading(tuple(ReadPlace(country=code) for code in countries))
    return None


def _is_region_behind(parts: list[str]) -> bool:
    """Whether the last part is the region of the city before it: "New York City, New York"."""
    city = city_of(parts[-2])
    return bool(city and city.region and region_of(city.country, parts[-1]) == city.region)


def _country_behind(before: list[str], last: str, two_letters: TwoLetters) -> tuple[str | None, Note | None]:
    """The country that the last part names or implies, and a note when its letters could mean another one."""
    as_country = country_of(last)
    as_region = countries_of_region(last)
    if not (as_country and as_region):
        return as_country or (as_region[0] if len(as_region) == 1 else None), None
    return _decided(before[-1], last, as_country, as_region[0], two_letters)


def _decided(
    city_text: str, last: str, as_country: str, of_region: str, two_letters: TwoLetters
) -> tuple[str | None, Note | None]:
    """Which of both a name means that is a country and a region ("IN", "Georgia"), by what stands before it."""
    if region_of(as_country, city_text) and not region_of(of_region, city_text):
        is_also_city = folded(city_text) == "ontario"
        return as_country, Note(Reason.state_or_country, f"{city_text}, {last}") if is_also_city else None
    city = city_of(city_text)
    if city and city.country == as_country:
        return as_country, None
    if city and (city.country, city.region) == (of_region, region_of(of_region, last)):
        return of_region, None
    if two_letters is TwoLetters.states or last in STATE_ONLY:
        return of_region, None
    if two_letters is TwoLetters.countries:
        return as_country, None
    country = as_country if last == "DE" else of_region
    return country, Note(Reason.state_or_country, f"{city_text}, {last}")


def _in_country(country: str, before: list[str], noted: Note | None) -> PlaceReading:
    """Parts in front of a country: "Toronto, ON", "Scotland", "Kreuzberg, Berlin"."""
    notes = (noted,) if noted else ()
    *districts, last = before
    city = city_of(last)
    if folded(last) in AMBIGUOUS and country == "US" and not districts and folded(last) != "georgia":
        return PlaceReading((ReadPlace(country=country),), (*notes, Note(Reason.ambiguous_name, last)))
    if not (city and city.country == country) and (region := region_of(country, last)):
        return _in_region(country, region, districts, noted)
    if country_of(last) == country and folded(last) not in CITIES_LIKE_COUNTRIES:
        return PlaceReading((ReadPlace(country=country),), notes)
    return _in_city(country, None, before, notes)


def _in_region(country: str, region: str, before: list[str], noted: Note | None) -> PlaceReading:
    """Parts in front of a region: "Redlands", "Southeast Kansas", or none at all."""
    notes = (noted,) if noted else ()
    if not before:
        return PlaceReading((ReadPlace(country=country, region=region),), notes)
    if (rest := PART_OF.sub("", before[-1], count=1)) != before[-1] and region_of(country, rest) == region:
        left_out = tuple(Note(Reason.detail_left_out, part) for part in before[:-1])
        return PlaceReading(
            (ReadPlace(country=country, region=region),), (*notes, *left_out, Note(Reason.part_of_region, before[-1]))
        )
    return _in_city(country, region, before, notes)


def _in_city(country: str, region: str | None, before: list[str], notes: tuple[Note, ...]) -> PlaceReading:
    """The last of `before` is the city; what stands before it is a list of further cities, or districts."""
    known_cities = [city for city in map(city_of, before) if city]
    cities = [
        city for city in known_cities if city.country == country and (not region or city.region in {None, region})
    ]
    if len(cities) == len(before) > 1:
        return PlaceReading(tuple(_place(city) for city in cities), notes)
    *districts, last = before
    is_known = bool(cities) and city_of(last) == cities[-1]
    place = _place(cities[-1]) if is_known else ReadPlace(country=country, city=last[:MAX_CITY])
    place = replace(place, region=region or place.region)
    return PlaceReading((place,), (*notes, *(Note(Reason.detail_left_out, part) for part in districts)))


def _behind_unknown(parts: list[str], last: str) -> PlaceReading:
    """Parts whose last one is no country or region: a district of a known city, or words nobody knows."""
    city = city_of(last)
    if city and city.is_clear:
        return PlaceReading((_place(city),), tuple(Note(Reason.detail_left_out, part) for part in parts[:-1]))
    return _as_written(", ".join(parts))


def _as_written(text: str) -> PlaceReading:
    """A name nobody knows is a city without a country; a sentence is no place."""
    if len(text.split()) > 5 or len(text) > MAX_CITY or re.search(r"\d", text) or not re.search(r"[^\W\d_]", text):
        return PlaceReading((ReadPlace(),), (Note(Reason.unknown_text, text),))
    return PlaceReading((ReadPlace(city=text),), (Note(Reason.no_country, text),))


def _single(text: str, two_letters: TwoLetters) -> PlaceReading:
    """A text without commas: "NYC", "Maryland", "Germany", "DACH", "Europe", "Bielefeld"."""
    name = folded(text)
    if name in WIDER_AREAS:
        return PlaceReading((ReadPlace(),), (Note(Reason.wider_area, text),))
    if name in COUNTRY_GROUPS:
        return PlaceReading(tuple(ReadPlace(country=code) for code in COUNTRY_GROUPS[name]))
    if name in AMBIGUOUS:
        return PlaceReading((ReadPlace(),), (Note(Reason.ambiguous_name, text),))
    city = city_of(text)
    if city and city.is_clear:
        return PlaceReading((_place(city),))
    return _single_area(text, two_letters)


def _single_area(text: str, two_letters: TwoLetters) -> PlaceReading:
    """A country or a region alone; anything else is taken for a city as written, without a country."""
    country = country_of(text)
    regions = countries_of_region(text)
    if country and regions:
        if two_letters is TwoLetters.auto and text != "DE":
            return PlaceReading((ReadPlace(),), (Note(Reason.state_or_country, text),))
        notes = (Note(Reason.state_or_country, text),) if two_letters is TwoLetters.auto else ()
        if two_letters is TwoLetters.states:
            return PlaceReading((ReadPlace(country=regions[0], region=region_of(regions[0], text)),), notes)
        return PlaceReading((ReadPlace(country=country),), notes)
    if country:
        return PlaceReading((ReadPlace(country=country),))
    if len(regions) == 1:
        return PlaceReading((ReadPlace(country=regions[0], region=region_of(regions[0], text)),))
    return _glued(text) or _as_written(text)


def _glued(text: str) -> PlaceReading | None:
    """Texts like "Austin TX" and "Berlin Germany": a city and what it lies in, without a comma."""
    for index in range(text.count(" "), 0, -1):
        words = text.split(" ")
        before, last = " ".join(words[:index]), " ".join(words[index:])
        city = city_of(before)
        if not city:
            continue
        if country_of(last) == city.country or (city.region and region_of(city.country, last) == city.region):
            return PlaceReading((_place(city),))
    return None


def _place(city: City) -> ReadPlace:
    return ReadPlace(country=city.country, region=city.region, city=city.name)
