"""Places as people write them: all 110 of the real openings, and what else is common."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobboard.openings.markup_regions import region_name
from jobboard.openings.models import Workplace
from jobboard.transfer.markup_places import ReadPlace, Reason, TwoLetters, read_place
from jobboard.transfer.markup_places_names import city_names, country_of

#: text | workplace country region city (+ further places) | reasons of notes
REAL = """
Aberdeen, UK | - GB - Aberdeen |
Annapolis Junction, MD | - US MD Annapolis Junction |
Arlington, VA | - US VA Arlington |
Atlanta, GA | - US GA Atlanta |
Austin, TX | - US TX Austin |
Beaverton, OR | - US OR Beaverton |
Belfast, UK | - GB - Belfast |
Bellevue, WA | - US WA Bellevue |
Birmingham, AL | - US AL Birmingham | state_or_country
Birmingham, UK | - GB - Birmingham |
Bloomington, IN | - US IN Bloomington | state_or_country
Boston, MA | - US MA Boston |
Brooklyn, NY | - US NY Brooklyn |
Broomfield, CO | - US CO Broomfield | state_or_country
Cambridge, MA | - US MA Cambridge | state_or_country
Carson, CA | - US CA Carson |
Charleston, SC | - US SC Charleston |
Charlotte, NC | - US NC Charlotte | state_or_country
Chicago, IL | - US IL Chicago |
Cleveland, OH | - US OH Cleveland |
Colorado | - US CO - |
Cupertino, CA | - US CA Cupertino |
Denver, CO | - US CO Denver |
Edinburgh, UK | - GB - Edinburgh |
Edison, NJ | - US NJ Edison |
Edmonton, AB, Canada | - CA AB Edmonton |
El Segundo, CA | - US CA El Segundo |
Essex, UK | - GB ESS - |
Feltham, UK | - GB - Feltham |
Florida | - US FL - |
Fort Collins, CO | - US CO Fort Collins | state_or_country
Fort Worth, TX | - US TX Fort Worth |
Fremont, CA | - US CA Fremont |
Glasgow, UK | - GB - Glasgow |
Greenwich, CT | - US CT Greenwich |
Harrisburg, PA | - US PA Harrisburg | state_or_country
Honolulu, HI | - US HI Honolulu |
Huntsville, AL | - US AL Huntsville | state_or_country
Irvine, CA | - US CA Irvine |
Kansas City, MO | - US MO Kansas City |
Kent, WA | - US WA Kent |
LA | - US CA Los Angeles |
Lansing, MI | - US MI Lansing |
Las Vegas, NV | - US NV Las Vegas |
Leeds, UK | - GB - Leeds |
Lexington, MA | - US MA Lexington | state_or_country
Liberty Lake, WA | - US WA Liberty Lake |
Liverpool, IL | - US IL Liverpool | state_or_country
London, UK | - GB - London |
Lubbock, TX | - US TX Lubbock |
Madison, WI | - US WI Madison |
Manchester, UK | - GB - Manchester |
Maryland | - US MD - |
Menlo Park, CA | - US CA Menlo Park |
Miami, FL | - US FL Miami |
Milton Keynes, UK | - GB - Milton Keynes |
Minneapolis, MN | - US MN Minneapolis |
Montreal, QC, Canada | - CA QC Montreal |
Moscow, ID | - US ID Moscow | state_or_country
Mountain View, CA | - US CA Mountain View |
NYC | - US NY New York City |
Nashville, TN | - US TN Nashville | state_or_country
New York City, New York | - US NY New York City |
Newcastle upon Tyne, UK | - GB - Newcastle upon Tyne |
Newport Beach, CA | - US CA Newport Beach |
North Carolina | - US NC - |
Nottingham, UK | - GB - Nottingham |
Oakland, CA | - US CA Oakland |
Odenton, MD | - US MD Odenton |
Ottawa, ON, Canada | - CA ON Ottawa |
Palo Alto, CA | - US CA Palo Alto |
Pea Ridge, AR | - US AR Pea Ridge | state_or_country
Pennsylvania | - US PA - |
Peoria, IL | - US IL Peoria | state_or_country
Phoenix, AZ | - US AZ Phoenix |
Pittsburgh, PA | - US PA Pittsburgh |
Pleasanton, CA | - US CA Pleasanton |
Portland, OR | - US OR Portland |
Raleigh, NC | - US NC Raleigh | state_or_country
Redmond, WA | - US WA Redmond |
Remote | remote - - - | no_country
Remote in Canada | remote CA - - |
Remote in UK | remote GB - - |
Remote in USA | remote US - - |
Reston, VA | - US VA Reston |
SF | - US CA San Francisco |
Salt Lake City, UT | - US UT Salt Lake City |
San Francisco and Toronto and Vienna | - US CA San Francisco + - CA ON Toronto + - AT - Vienna | several_places
San Jose, CA | - US CA San Jose |
San Mateo, CA | - US CA San Mateo |
Santa Clara, CA | - US CA Santa Clara |
Santa Monica, CA | - US CA Santa Monica |
Scotland, UK | - GB SCT - |
Seattle, WA | - US WA Seattle |
Silver Spring, MD | - US MD Silver Spring |
Southampton, UK | - GB - Southampton |
Southeast Kansas, KS | - US KS - | part_of_region
Sunnyvale, CA | - US CA Sunnyvale |
Tampa, FL | - US FL Tampa |
Toronto, ON, Canada | - CA ON Toronto |
Tucson, AZ | - US AZ Tucson | state_or_country
United Kingdom | - GB - - |
United States | - US - - |
Vancouver, BC | - CA BC Vancouver |
Vancouver, BC, Canada | - CA BC Vancouver |
Virginia | - US VA - |
Washington, DC | - US DC Washington |
Waterbury, CT | - US CT Waterbury |
West Redlands, Redlands, CA | - US CA Redlands | detail_left_out
York, UK | - GB - York |
"""

OTHERS = """
Remote - Germany | remote DE - - |
Remote (DE/AT) | remote DE - - + remote AT - - | several_places
Remote (NY/CA) | remote US NY - + remote US CA - | several_places
Remote (DE) | remote DE - - | state_or_country
Remote (US only) | remote US - - |
Remote (must be in US) | remote US - - |
Remote, US, CA | remote US CA - |
Remote - US - California | remote US CA - |
US - Remote | remote US - - |
Remote, anywhere in the US | remote US - - |
Remote in Germany or Austria | remote DE - - + remote AT - - | several_places
Remote in Germany, Austria, or Switzerland | remote DE - - + remote AT - - + remote CH - - | several_places
Remote in DACH | remote DE - - + remote AT - - + remote CH - - | several_places
Remote, Europe | remote - - - | wider_area
100% remote, Deutschland | remote DE - - |
Homeoffice in Deutschland | remote DE - - |
NYC; Remote | - US NY New York City + remote - - - | no_country several_places
Berlin or remote | - DE - Berlin + remote - - - | no_country several_places
Berlin, Remote | remote DE - Berlin |
Hybrid - Hamburg | hybrid DE - Hamburg |
hybrid remote in Berlin | hybrid DE - Berlin |
Heidelberg (hybrid) | hybrid DE - Heidelberg |
Berlin (Remote/Hybrid) | - DE - Berlin | several_workplaces
vor Ort, Heidelberg | on_site DE - Heidelberg |
on-site in Heidelberg | on_site DE - Heidelberg |
München, Deutschland | - DE - Munich |
Munich, Bavaria, Germany | - DE BY Munich |
Germany, Bavaria, Munich | - DE BY Munich |
Germany - Berlin | - DE - Berlin |
DE-Berlin | - DE - Berlin |
US-CA-San Francisco | - US CA San Francisco |
USA - Boston - MA | - US MA Boston |
Berlin | - DE - Berlin |
Berlin, DE | - DE - Berlin |
Bielefeld, DE | - DE - Bielefeld | state_or_country
Bielefeld | - - - Bielefeld | no_country
Cambridge | - - - Cambridge | no_country
Wilmington, DE | - US DE Wilmington |
Toronto, CA | - CA ON Toronto |
Ontario, CA | - CA ON - | state_or_country
Pune, IN | - IN - Pune |
Gurgaon, IN | - US IN Gurgaon | state_or_country
Wien, Österreich | - AT - Vienna |
Vienna, VA | - US VA Vienna |
Dublin, OH | - US OH Dublin |
Paris, TX | - US TX Paris |
London, ON | - CA ON London |
Austin TX | - US TX Austin |
New York, NY | - US NY New York City |
New York | - US NY New York City |
Washington | | ambiguous_name
Washington, USA | - US - - | ambiguous_name
Washington D.C. | - US DC Washington |
Georgia | | ambiguous_name
Georgia, USA | - US GA - |
Atlanta, Georgia | - US GA Atlanta |
Tbilisi, Georgia | - GE - Tbilisi |
Remote in Georgia | remote - - - | ambiguous_name
CA | | state_or_country
Lebanon, NH | - US NH Lebanon |
Mexico, MO | - US MO Mexico |
Singapore | - SG - - |
Singapore, Singapore | - SG - Singapore |
Dubai, UAE | - AE - Dubai |
Trinidad and Tobago | - TT - - |
Sarajevo, Bosnia and Herzegovina | - BA - Sarajevo |
St. John's, Newfoundland and Labrador, Canada | - CA NL St. John's |
Birmingham, England, United Kingdom | - GB ENG Birmingham |
Berlin, Hamburg, München | - DE - Berlin + - DE - Hamburg + - DE - Munich | several_places
Berlin, Hamburg, Germany | - DE - Berlin + - DE - Hamburg | several_places
Germany, Austria, Switzerland | - DE - - + - AT - - + - CH - - | several_places
Berlin (Germany) and Vienna (Austria) | - DE - Berlin + - AT - Vienna | several_places
Kreuzberg, Berlin | - DE - Berlin | detail_left_out
10115 Berlin | - DE - Berlin | detail_left_out
San Francisco, CA 94105 | - US CA San Francisco | detail_left_out
Berlin (5 min from station) | - DE - Berlin | detail_left_out
Frankfurt (Oder) | - DE - Frankfurt (Oder) |
Frankfurt/Main | - DE - Frankfurt am Main |
Sydney, NSW, Australia | - AU NSW Sydney |
東京, Japan | - JP - 東京 |
Multiple locations | | unknown_text
n/a | | unknown_text
https://example.org/berlin | | unknown_text
We are happy to talk about where you want to work | | unknown_text
"""


def shown(place: ReadPlace) -> str:
    parts = (place.workplace and place.workplace.value, place.country, place.region, place.city)
    return " ".join(part or "-" for part in parts)


def lines(table):
    return [[cell.strip() for cell in line.split(" |")] for line in table.strip().splitlines()]


@pytest.mark.parametrize(("text", "places", "reasons"), lines(REAL) + lines(OTHERS))
def test_place_is_read_as_written(text, places, reasons):
    reading = read_place(text)
    assert " + ".join(map(shown, reading.places)) == places
    assert " ".join(note.reason.value for note in reading.notes) == reasons


def test_all_real_places_are_in_the_table():
    assert len({text for text, _places, _reasons in lines(REAL)}) == 110


@pytest.mark.parametrize("text", [text for text, places, _reasons in lines(REAL) if " US " in places and "," in text])
def test_real_places_need_no_doubt_when_two_letters_are_states(text):
    reading = read_place(text, TwoLetters.states)
    assert reading.places == read_place(text).places
    assert not any(note.reason is Reason.state_or_country for note in reading.notes)


def test_two_letters_can_mean_countries():
    assert read_place("Gurgaon, IN", TwoLetters.countries).places == (ReadPlace(country="IN", city="Gurgaon"),)
    assert read_place("Bielefeld, DE", TwoLetters.countries).notes == ()
    assert read_place("Newark, DE", TwoLetters.states).places == (ReadPlace(country="US", region="DE", city="Newark"),)


def test_note_holds_the_words_it_is_about():
    [note] = read_place("West Redlands, Redlands, CA").notes
    assert (note.reason, note.text) == (Reason.detail_left_out, "West Redlands")


def test_names_are_shown_per_language_where_they_differ():
    assert city_names("AT", "Vienna") == {"en": "Vienna", "de": "Wien"}
    assert city_names("US", "Vienna") == city_names(None, "Vienna") == {}
    assert region_name("US", "MD") == "Maryland"
    assert region_name("US", "CA", "de") == "Kalifornien"
    assert region_name("DE", "HH", "de") == "Hamburg"
    assert region_name("GB", "XXX") is None


@pytest.mark.parametrize(
    "text", ["UK", "U.K.", "Great Britain", "United Kingdom", "Vereinigtes Königreich", "GB", "the UK"]
)
def test_country_has_many_names(text):
    assert country_of(text) == "GB"


@pytest.mark.parametrize("text", ["EU", "XX", "ZZ", "de", "", "Atlantis"])
def test_not_everything_is_a_country(text):
    assert country_of(text) is None


PIECES = st.sampled_from(
    [
        "Remote",
        "Hybrid",
        "in",
        "USA",
        "DE",
        "CA",
        "Berlin",
        "NYC",
        "Georgia",
        "(",
        ")",
        "[",
        "/",
        ",",
        ";",
        "\x00",
        " - ",
        " and ",
    ]
)


TEXTS = st.text(max_size=400) | st.lists(PIECES, max_size=12).map("".join) | st.lists(PIECES, max_size=8).map(" ".join)


@given(TEXTS)
def test_no_text_raises_and_every_answer_is_in_range(text):
    reading = read_place(text)
    assert reading.places or reading.notes
    for place in reading.places:
        assert place.workplace in {None, *Workplace}
        assert place.country is None or country_of(place.country) == place.country
        assert place.region is None or (place.country and region_name(place.country, place.region))
        assert place.city is None or 0 < len(place.city) <= 120
