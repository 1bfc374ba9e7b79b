"""Names of regions: CLDR, as Babel has it, names countries only.

They are those that people write into job advertisements: the states of the USA, Germany, Austria and Australia, Canada's
provinces, the nations and shire counties of the United Kingdom (ISO 3166-2).
"""

from collections.abc import Iterator

#: ISO 3166-2 suffix, English and German name (none where it is the same); further names behind them.
REGIONS_TEXT = {
    "US": """AL Alabama; AK Alaska; AZ Arizona; AR Arkansas; CA California=Kalifornien; CO Colorado; CT Connecticut;
        DE Delaware; DC District of Columbia; FL Florida; GA Georgia; HI Hawaii; ID Idaho; IL Illinois; IN Indiana;
        IA Iowa; KS Kansas; KY Kentucky; LA Louisiana; ME Maine; MD Maryland; MA Massachusetts; MI Michigan;
        MN Minnesota; MS Mississippi; MO Missouri; MT Montana; NE Nebraska; NV Nevada; NH New Hampshire;
        NJ New Jersey; NM New Mexico; NY New York=New York=New York State; NC North Carolina; ND North Dakota; OH Ohio;
        OK Oklahoma; OR Oregon; PA Pennsylvania; RI Rhode Island; SC South Carolina; SD South Dakota; TN Tennessee;
        TX Texas; UT Utah; VT Vermont; VA Virginia; WA Washington=Washington=Washington State; WV West Virginia; WI Wisconsin;
        WY Wyoming""",
    "CA": """AB Alberta; BC British Columbia; MB Manitoba; NB New Brunswick;
        NL Newfoundland and Labrador=Neufundland und Labrador=Newfoundland; NT Northwest Territories; NS Nova Scotia;
        NU Nunavut; ON Ontario; PE Prince Edward Island=Prince Edward Island=PEI; QC Quebec=Québec; SK Saskatchewan;
        YT Yukon""",
    "GB": """ENG England; NIR Northern Ireland=Nordirland; SCT Scotland=Schottland; WLS Wales; BKM Buckinghamshire;
        CAM Cambridgeshire; CON Cornwall; DBY Derbyshire; DEV Devon; DOR Dorset; ESX East Sussex; ESS Essex;
        GLS Gloucestershire; HAM Hampshire; HRT Hertfordshire; KEN Kent; LAN Lancashire; LEC Leicestershire;
        LIN Lincolnshire; NFK Norfolk; NYK North Yorkshire; NTT Nottinghamshire; OXF Oxfordshire; SOM Somerset;
        STS Staffordshire; SFK Suffolk; SRY Surrey; WAR Warwickshire; WSX West Sussex; WIL Wiltshire;
        WOR Worcestershire""",
    "DE": """BW Baden-Württemberg; BY Bavaria=Bayern; BB Brandenburg; HE Hesse=Hessen;
        MV Mecklenburg-Western Pomerania=Mecklenburg-Vorpommern; NI Lower Saxony=Niedersachsen;
        NW North Rhine-Westphalia=Nordrhein-Westfalen=NRW; RP Rhineland-Palatinate=Rheinland-Pfalz; SL Saarland;
        SN Saxony=Sachsen; ST Saxony-Anhalt=Sachsen-Anhalt; SH Schleswig-Holstein; TH Thuringia=Thüringen""",
    "AT": """1 Burgenland; 2 Carinthia=Kärnten; 3 Lower Austria=Niederösterreich; 4 Upper Austria=Oberösterreich;
        6 Styria=Steiermark; 7 Tyrol=Tirol; 8 Vorarlberg""",
    "AU": """ACT Australian Capital Territory; NSW New South Wales; NT Northern Territory; QLD Queensland;
        SA South Australia; TAS Tasmania=Tasmanien; VIC Victoria; WA Western Australia""",
}
#: Those that are a city as well, which whoever names it means.
CITY_STATES_TEXT = {
    "DE": "BE Berlin; HB Bremen; HH Hamburg",
    "AT": "5 Salzburg; 9 Vienna=Wien",
}


def entries(table: str) -> Iterator[tuple[str, list[str]]]:
    """(code, names) of a table "CODE Name=Other name; CODE Name"."""
    for entry in table.split(";"):
        code, _, names = " ".join(entry.split()).partition(" ")
        yield code, names.split("=")


def region_name(country: str, region: str, language: str = "en") -> str | None:
    """The name of a region: ("US", "MD") gives "Maryland"; None for one that is in no table. German or English."""
    for tables in (REGIONS_TEXT, CITY_STATES_TEXT):
        for code, names in entries(tables.get(country, "")):
            if code == region:
                return names[1] if language == "de" and len(names) > 1 else names[0]
    return None
