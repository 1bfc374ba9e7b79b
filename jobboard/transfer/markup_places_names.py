"""Names of countries, regions and well-known cities, as small tables, and how they are looked up.

Countries and their codes come from Babel's territories (CLDR) in English and German. Regions are those of
`openings.markup_regions`; city-states are listed as cities: that is what people mean.
A city is in `CITIES_TEXT` when its bare name means one place to nearly everybody (behind "|": only beside its country
or region); any other bare name gets no country.
"""

import functools
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from babel import Locale

from jobboard.openings.markup_regions import REGIONS_TEXT, entries

#: Only these countries' region codes are understood without the country beside them.
CODES_ALONE = ("US", "CA")

COUNTRY_NAMES_TEXT = """GB UK=U.K.=GB=Great Britain=Britain=Großbritannien;
    US USA=U.S.=US=U.S.A.=United States of America; AE UAE=VAE=Emirates; CZ Czech Republic=Tschechische Republik;
    NL Holland; TR Turkey; MM Burma=Birma; HK Hong Kong=Hongkong; MO Macau=Macao; CI Ivory Coast=Elfenbeinküste;
    KR South Korea=Republic of Korea; PS Palestine=Palästina; CD DR Congo; MK Macedonia=Mazedonien; BA Bosnia;
    TZ Tanzania; TW Taiwan; RU Russian Federation; VN Viet Nam; CN PRC"""

#: Codes in CLDR that are not countries of ISO 3166-1.
NOT_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})

#: Names of groups of countries that say exactly which countries they mean.
COUNTRY_GROUPS = MappingProxyType({"dach": ("DE", "AT", "CH"), "benelux": ("BE", "NL", "LU")})

#: Areas that are wider than a country: understood, but no country follows from them.
WIDER_AREAS = frozenset({
    "europe", "europa", "eu", "european union", "europaische union", "eea", "ewr", "emea", "apac", "asia", "asien",
    "latam", "latin america", "lateinamerika", "south america", "sudamerika", "north america", "nordamerika",
    "americas", "the americas", "africa", "afrika", "scandinavia", "skandinavien", "nordics", "middle east",
    "worldwide", "world wide", "weltweit", "global", "globally", "anywhere", "anywhere in the world",
    "international",
})  # fmt: skip

#: Cities that are called as their country.
CITIES_LIKE_COUNTRIES = frozenset({
    "singapore", "luxembourg", "luxemburg", "monaco", "djibouti", "kuwait", "guatemala", "panama"
})  # fmt: skip

#: Names of a state and of something else: a country, a city, the capital.
AMBIGUOUS = frozenset({"georgia", "washington"})

#: Country, region, city and further spellings ("="). The first name is the English one; see `LOCAL_NAMES`.
CITIES_TEXT = """US NY New York City=NYC=New York=N.Y.C.=New York NY; US CA San Francisco=SF=San Fran;
    US CA Los Angeles=LA=L.A.; US DC Washington=Washington DC=Washington D.C.=DC=D.C.; US MA Boston; US IL Chicago;
    US WA Seattle; US TX Austin; US TX Houston; US TX Dallas; US CO Denver; US GA Atlanta; US FL Miami;
    US PA Philadelphia; US PA Pittsburgh; US AZ Phoenix; US MI Detroit; US MN Minneapolis; US UT Salt Lake City;
    US NV Las Vegas; US CA San Diego; US CA Palo Alto; US CA Mountain View; US HI Honolulu; US DE Wilmington|;
    US DE Dover|; CA ON Toronto; CA ON Ottawa; CA QC Montreal=Montréal; CA AB Calgary; CA AB Edmonton;
    CA BC Vancouver|; CA QC Quebec City=Ville de Québec; CA MB Winnipeg; GB - London; GB - Edinburgh; GB - Glasgow;
    GB - Belfast; GB - Leeds; GB - Liverpool; GB - Newcastle upon Tyne; DE - Berlin; DE - Hamburg; DE - Bremen;
    DE - Munich=München=Muenchen; DE - Cologne=Köln=Koeln;
    DE - Frankfurt am Main=Frankfurt=Frankfurt/Main=Frankfurt a.M.=Frankfurt a. M.; DE - Frankfurt (Oder);
    DE - Halle (Saale)=Halle; DE - Stuttgart; DE - Leipzig; DE - Dresden; DE - Düsseldorf=Dusseldorf=Duesseldorf;
    DE - Dortmund; DE - Hanover=Hannover; DE - Nuremberg=Nürnberg=Nuernberg; DE - Heidelberg; DE - Mannheim;
    DE - Karlsruhe; DE - Darmstadt; DE - Bonn; DE - Mainz; DE - Wiesbaden; DE - Potsdam; DE - Aachen; DE - Augsburg;
    DE - Freiburg im Breisgau=Freiburg i. Br.=Freiburg i.Br.; DE - Würzburg; DE - Regensburg; AT - Vienna=Wien;
    AT - Graz; AT - Linz; AT - Salzburg; AT - Innsbruck; CH - Zurich=Zürich; CH - Geneva=Genf=Genève; CH - Basel;
    CH - Bern=Berne; FR - Paris; FR - Lyon; NL - Amsterdam; NL - Rotterdam; BE - Brussels=Brüssel=Bruxelles;
    IE - Dublin; ES - Madrid; ES - Barcelona; PT - Lisbon=Lissabon=Lisboa; IT - Rome=Rom=Roma;
    IT - Milan=Mailand=Milano; PL - Warsaw=Warschau=Warszawa; PL - Krakow=Kraków=Krakau=Cracow;
    CZ - Prague=Prag=Praha; HU - Budapest; DK - Copenhagen=Kopenhagen=København; SE - Stockholm; NO - Oslo;
    FI - Helsinki; GR - Athens|=Athen; EE - Tallinn; UA - Kyiv=Kiev=Kiew; TR - Istanbul; IL - Tel Aviv; IL - Haifa;
    IL - Jerusalem; IN - Bangalore=Bengaluru; IN - Mumbai; IN - Delhi=New Delhi; IN - Hyderabad|; IN - Pune;
    IN - Chennai; JP - Tokyo=Tokio; KR - Seoul; CN - Beijing=Peking; CN - Shanghai; AU NSW Sydney; AU VIC Melbourne;
    BR - São Paulo; AR - Buenos Aires; CO - Bogotá; ID - Jakarta; AE - Dubai; AE - Abu Dhabi; GE - Tbilisi=Tiflis;
    MX - Mexico City=Mexiko-Stadt=Ciudad de México; MA - Casablanca"""

#: Cities whose name in German is another one than in English.
LOCAL_NAMES = MappingProxyType(
    {
        ("DE", "Munich"): "München",
        ("DE", "Cologne"): "Köln",
        ("DE", "Hanover"): "Hannover",
        ("DE", "Nuremberg"): "Nürnberg",
        ("AT", "Vienna"): "Wien",
        ("CH", "Zurich"): "Zürich",
        ("CH", "Geneva"): "Genf",
        ("BE", "Brussels"): "Brüssel",
        ("PT", "Lisbon"): "Lissabon",
        ("IT", "Rome"): "Rom",
        ("IT", "Milan"): "Mailand",
        ("PL", "Warsaw"): "Warschau",
        ("PL", "Krakow"): "Krakau",
        ("CZ", "Prague"): "Prag",
        ("DK", "Copenhagen"): "Kopenhagen",
        ("GR", "Athens"): "Athen",
        ("UA", "Kyiv"): "Kiew",
        ("JP", "Tokyo"): "Tokio",
        ("CN", "Beijing"): "Peking",
        ("GE", "Tbilisi"): "Tiflis",
        ("MX", "Mexico City"): "Mexiko-Stadt",
    }
)


@dataclass(frozen=True, slots=True)
class City:
    """A well-known city: ISO 3166-1 country, ISO 3166-2 suffix or None, English name; whether that name is enough."""

    country: str
    region: str | None
    name: str
    is_clear: bool


def folded(text: str) -> str:
    """A name for comparing: no case, accents, full stops or "the", one space between words."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = letters.replace(".", "").split()
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words)


@functools.cache
def _countries() -> Mapping[str, str]:
    found = {}
    for language in ("de", "en"):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES:
                found[folded(name)] = code
                found[folded(name.replace("&", "and"))] = code
    for code, names in entries(COUNTRY_NAMES_TEXT):
        found.update({folded(name): code for name in names})
    return MappingProxyType(found)


@functools.cache
def _region_names() -> Mapping[tuple[str, str], str]:
    return MappingProxyType({
        (country, folded(name)): code
        for country, table in REGIONS_TEXT.items()
        for code, names in entries(table)
        for name in names
    })  # fmt: skip


@functools.cache
def _cities() -> Mapping[str, City]:
    found = {}
    for country, names in entries(CITIES_TEXT):
        region, _, first = names[0].partition(" ")
        city = City(country, None if region == "-" else region, first.removesuffix("|"), not first.endswith("|"))
        found.update({folded(name): city for name in (city.name, *names[1:])})
    return MappingProxyType(found)


def is_country_code(text: str) -> bool:
    """Whether the text is an ISO 3166-1 alpha-2 code in capitals."""
    return bool(re.fullmatch("[A-Z]{2}", text)) and text in _countries().values()


def country_of(text: str) -> str | None:
    """The ISO 3166-1 alpha-2 code of a country's name in English or German, or of its code in capitals."""
    return text if is_country_code(text) else _countries().get(folded(text))


def region_of(country: str, text: str) -> str | None:
    """The ISO 3166-2 suffix of a region of this country, from its name or from its code in capitals."""
    if any(text == code for code, _names in entries(REGIONS_TEXT.get(country, ""))):
        return text
    return _region_names().get((country, folded(text)))


def countries_of_region(text: str) -> list[str]:
    """The countries that have a region of this name; of codes only those that are understood alone."""
    by_name = [country for country in REGIONS_TEXT if (country, folded(text)) in _region_names()]
    return by_name or [country for country in CODES_ALONE if region_of(country, text)]


def city_of(text: str) -> City | None:
    """The well-known city of this name or abbreviation."""
    return _cities().get(folded(text))


def city_names(country: str | None, city: str) -> dict[str, str]:
    """The city's names per language where they differ: {"en": "Vienna", "de": "Wien"}, else {}."""
    german = LOCAL_NAMES.get((country or "", city))
    return {"en": city, "de": german} if german else {}


@functools.cache
def names_kept_whole() -> re.Pattern[str]:
    """Matches names that hold an "and", a slash or brackets, which must not be cut there."""
    every = {*_countries(), *(name for _country, name in _region_names())}
    names = {name for name in every if re.search(" (and|und|&) ", name)}
    names |= {"tyne and wear", "brighton and hove", "brighton & hove"}
    names |= {"frankfurt/main", "frankfurt (oder)", "halle (saale)"}
    return re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)), re.IGNORECASE)
