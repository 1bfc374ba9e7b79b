"""Free-text places ("Toronto, ON, Canada", "Remote in USA") read into workplace, country, region and city.

Nothing is guessed silently: what does not follow from the words stays None, and a note says why. Pure functions.
"""

import re
import unicodedata
from dataclasses import replace

from jobboard.openings.models import Workplace
from jobboard.transfer.markup_places_areas import Note, PlaceReading, ReadPlace, Reason, TwoLetters, settled
from jobboard.transfer.markup_places_names import (
    countries_of_region,
    country_of,
    is_country_code,
    names_kept_whole,
    region_of,
)

MAX_TEXT = 300

WORKPLACE_WORDS = {
    Workplace.remote: (
        r"(?:(?:fully|full|100\s?%|completely|vollständig|komplett)[\s-]+)?"
        r"(?:remote|home[\s-]?office|work(?:ing)? from (?:home|anywhere)|wfh|telework|mobile work|telearbeit|"
        r"mobile[sr]? arbeit(?:en)?|ortsunabhängig)(?:[\s-]+(?:only|first|position|job|work|role|eligible))?"
    ),
    Workplace.hybrid: r"hybrid(?:e[rs]?)?(?:[\s-]+(?:remote|work|working|position|role))?",
    Workplace.on_site: r"(?:on[\s-]?site|in[\s-]?office|in[\s-]?person|vor ort|präsenz)(?:[\s-]+only)?",
}
ALONE = {workplace: re.compile(words, re.IGNORECASE) for workplace, words in WORKPLACE_WORDS.items()}
FIRST = {
    workplace: re.compile(
        rf"{words}(?:\s*[:,–—-]\s*|\s+)(?:(?:in|within|from|aus|innerhalb von|based in)\s+)?(?P<rest>\S.*)",
        re.IGNORECASE,
    )
    for workplace, words in WORKPLACE_WORDS.items()
}
LAST = {
    workplace: re.compile(rf"(?P<rest>.*\S)(?:\s*[:,–—-]\s*|\s+){words}", re.IGNORECASE)
    for workplace, words in WORKPLACE_WORDS.items()
}

NO_PLACE = frozenset({
    "n/a", "na", "none", "tbd", "tba", "various", "various locations", "multiple", "multiple locations",
    "several locations", "diverse", "verschiedene", "mehrere standorte", "see description", "flexible", "flexibel",
    "unknown",
})  # fmt: skip
#: Words around a place that say nothing more about it: "anywhere in the US", "US only", "US-based".
AROUND = re.compile(
    r"^(?:anywhere\s+|must be\s+|nur\s+|only\s+|based\s+|located\s+)*(?:in|within|from|nur|only)\s+(?:the\s+)?"
    r"|(?:\s+only|[\s-]+based)$",
    re.IGNORECASE,
)
BETWEEN = re.compile(r"\s*[;|/•·\n]\s*|,?\s+(?:and|und|or|oder|&|\+)\s+", re.IGNORECASE)
#: The brackets of "Frankfurt (Oder)" and "Halle (Saale)" belong to the name.
BRACKET = re.compile(r"[(\[](?!(?:oder|saale)\))([^()\[\]]*)[)\]]", re.IGNORECASE)
POSTAL_CODE = re.compile(r"(?:[A-Z]{1,2}-)?\b\d{4,5}(?:-\d{4})?\b")


def read_place(text: str, two_letters: TwoLetters = TwoLetters.auto) -> PlaceReading:
    """The places that a text of at most 300 characters names. Never raises."""
    normal = unicodedata.normalize("NFC", text)
    clean = "".join(letter for letter in normal if letter.isprintable() or letter.isspace())
    clean = re.sub(r"[^\S\n]+", " ", clean).strip(" \n,;.-")
    if not _is_readable(clean):
        return PlaceReading((), (Note(Reason.unknown_text, text[:MAX_TEXT]),))
    units = _units(clean)
    if two_letters is TwoLetters.auto:
        two_letters = _siblings(units)
    readings = []
    sticky: Workplace | None = None
    for index, unit in enumerate(units):
        reading, own = _unit(unit, two_letters, sticky)
        readings.append(reading)
        sticky = own if index == 0 else sticky
    return _joined(readings, clean)


def _is_readable(text: str) -> bool:
    return (
        0 < len(text) <= MAX_TEXT
        and any(letter.isalpha() for letter in text)
        and not re.search(r"://|@|[<>{}\\=]", text)
        and text.casefold() not in NO_PLACE
    )


def _units(text: str) -> list[str]:
    """The text cut at separators and at "and" and "or", but not inside brackets or names."""
    hidden: list[str] = []

    def hide(match: re.Match[str]) -> str:
        hidden.append(match[0])
        return f"\x00{len(hidden) - 1}\x00"

    covered = BRACKET.sub(hide, names_kept_whole().sub(hide, text))

    def shown(unit: str) -> str:
        while "\x00" in unit:
            unit = re.sub("\x00(\\d+)\x00", lambda match: hidden[int(match[1])], unit)
        return unit.strip(" ,-")

    return [unit for unit in map(shown, BETWEEN.split(covered)) if unit]


def _siblings(units: list[str]) -> TwoLetters:
    """What bare codes mean when one of them is clear: "DE/AT" are countries, "NY/CA" are states."""
    codes = [code for unit in units for code in re.findall(r"(?:^|[(\s/])([A-Z]{2})(?=$|[)\s/])", unit)]
    if len(codes) > 1:
        is_state = [bool(region_of("US", code)) for code in codes]
        is_country = [is_country_code(code) for code in codes]
        if all(is_country) and not all(is_state):
            return TwoLetters.countries
        if all(is_state) and not all(is_country):
            return TwoLetters.states
    return TwoLetters.auto


def _unit(text: str, two_letters: TwoLetters, sticky: Workplace | None) -> tuple[PlaceReading, Workplace | None]:
    """One unit read, and the workplace that also holds for the units after it ("Remote in Germany or Austria")."""
    found: list[Workplace] = []
    notes: list[Note] = []
    inner: list[str] = []
    rest = _without_brackets(text, found, inner)
    rest = _without_workplace(rest, found)
    lasting = found[0] if found and rest else None
    if sticky and not found:
        found.append(sticky)
    if len(set(found)) > 1:
        notes.append(Note(Reason.several_workplaces, text))
    workplace = found[0] if len(set(found)) == 1 else None
    if not rest and inner:
        reading = read_place(inner.pop(0), two_letters)
    elif not rest:
        reading = PlaceReading((ReadPlace(),), (Note(Reason.no_country, text),))
    else:
        rest, inner = _with_country(rest, inner)
        reading = settled(_parts(rest, notes), two_letters)
    notes += [Note(Reason.detail_left_out, words) for words in inner]
    places = tuple(replace(place, workplace=place.workplace or workplace) for place in reading.places)
    return PlaceReading(places, (*reading.notes, *notes)), lasting


def _without_brackets(text: str, found: list[Workplace], inner: list[str]) -> str:
    """The text without "(…)"; workplaces in brackets go to `found`, everything else to `inner`."""
    for words in BRACKET.findall(text):
        pieces = [piece for piece in re.split(r"\s*[/,]\s*|\s+(?:or|oder|and|und)\s+", words) if piece]
        kinds = [kind for piece in pieces for kind, pattern in ALONE.items() if pattern.fullmatch(piece)]
        if kinds and len(kinds) == len(pieces):
            found += kinds
        elif words.strip():
            inner.append(_bare(words))
    rest = " ".join(BRACKET.sub(" ", text).split())
    if not re.search(r"\((?:oder|saale)\)", rest, re.IGNORECASE):
        rest = re.sub(r"[()\[\]]", " ", rest)
    return rest.strip(" ,-")


def _without_workplace(text: str, found: list[Workplace]) -> str:
    """The text without words for a workplace at its start or end, which go to `found`."""
    for workplace, pattern in ALONE.items():
        if pattern.fullmatch(text):
            found.append(workplace)
            return ""
    for patterns in (FIRST, LAST):
        for workplace, pattern in patterns.items():
            if match := pattern.fullmatch(text):
                found.append(workplace)
                return _without_workplace(match["rest"], found)
    return text


def _with_country(text: str, inner: list[str]) -> tuple[str, list[str]]:
    """A country or region in brackets is put behind a comma: "Berlin (Germany)" reads as "Berlin, Germany"."""
    if inner and (country_of(inner[0]) or countries_of_region(inner[0])):
        return f"{text}, {inner[0]}", inner[1:]
    return text, inner


def _parts(text: str, notes: list[Note]) -> list[str]:
    """The text cut at commas and spaced dashes; a postal code is left out and noted."""
    notes += [Note(Reason.detail_left_out, code) for code in POSTAL_CODE.findall(text)]
    text = POSTAL_CODE.sub(" ", text)
    text = re.sub(r"\b([A-Z]{2})\s*-\s*(?=[A-Z]{2}\b|[A-Z][a-zäöü])", r"\1, ", text)
    parts = [" ".join(part.split()).strip(" -") for part in re.split(r"\s*,\s*|\s+[-–—]+\s+|\s*:\s*", text)]
    return [part for part in (_bare(part) for part in parts) if part]


def _bare(text: str) -> str:
    return AROUND.sub("", text.strip()).strip()


def _joined(readings: list[PlaceReading], text: str) -> PlaceReading:
    """All readings of a text as one, without repeated places and those of which nothing is known."""
    places = tuple(dict.fromkeys(place for reading in readings for place in reading.places if place != ReadPlace()))
    notes = tuple(dict.fromkeys(note for reading in readings for note in reading.notes))
    if len(places) > 1 and not any(note.reason is Reason.several_places for note in notes):
        notes = (*notes, Note(Reason.several_places, text))
    return PlaceReading(places, notes)
