"""Rows of CSV and JSON read into openings; whatever is not understood is told, nothing is dropped silently."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobboard.openings.models import CEFR, Contract, Hours, PayPeriod, Workplace
from jobboard.transfer.markup_cells import ReadLanguage
from jobboard.transfer.markup_mapping import FIELDS, Mapping
from jobboard.transfer.markup_openings import load_openings, read_openings
from jobboard.transfer.markup_places_areas import ReadPlace
from jobboard.transfer.markup_problems import SENTENCES, Kind, Level

REAL = Mapping.read("""
    two_letters = "states"
    [fields]
    reference = "reference"
    title = "title"
    organisation = "team"
    locations = "locations"
    published = { column = "published", format = "unix" }
    updated = { column = "updated", format = "unix" }
    active = "active"
    apply_url = "url"
    locale = { value = "en" }
    [ignore]
    sponsorship = "no such fact"
""")
#: Every field from the column of its own name, as JSON or CSV.
WHOLE = Mapping.read(
    'zone = "Europe/Berlin"\n[fields]\n'
    + "\n".join(
        f'{name} = {{ column = "{name}", optional = true }}'
        for name in FIELDS
        if name not in {"languages", "categories", "pay_max"}
    )
    + """
    pay_max = { column = "pay_max", optional = true, decimal = "," }
    categories = { column = "categories", optional = true, separator = "|" }
    [fields.languages]
    column = "languages"
    optional = true
    separator = ";"
    values = { "German (fluent)" = "de:C1", "none" = "" }
"""
)


def row(**cells):
    return {
        "reference": "6d2b86ef", "title": "Founder-in-Residence", "team": "Northern Labs",
        "locations": ["Toronto, ON, Canada"], "published": 1719518375, "updated": 1719518376, "active": False,
        "url": "https://jobs.example.org/northernlabs/apply", "sponsorship": "Other",
    } | cells  # fmt: skip


def read(*rows, mapping=REAL):
    return read_openings(json.dumps(rows).encode(), mapping, "json")


def one(mapping=WHOLE, **cells):
    """The reading of a single row with every field mapped by its name."""
    cells = {"reference": "a", "title": "Clerk", "locale": "en", "published": "2024-05-06"} | cells
    [reading] = read(cells, mapping=mapping).rows
    return reading


def kinds(reading):
    return [(problem.level.value, problem.kind.value) for problem in reading.problems]


def test_real_row_is_read_whole():
    found = read(row())
    assert found.all_problems == ()
    [opening] = found.openings
    assert (opening.row, opening.reference, opening.title, opening.locale) == (
        1,
        "6d2b86ef",
        "Founder-in-Residence",
        "en",
    )
    assert opening.organisation == "Northern Labs"
    assert opening.places == (ReadPlace(country="CA", region="ON", city="Toronto"),)
    assert opening.published == dt.datetime(2024, 6, 27, 19, 59, 35, tzinfo=dt.UTC)
    assert opening.closed == opening.updated == dt.datetime(2024, 6, 27, 19, 59, 36, tzinfo=dt.UTC)
    assert (opening.is_active, opening.workplace, opening.contract, opening.hours) == (False, None, None, None)
    assert (opening.summary, opening.body, opening.categories) == ("", "", ())
    assert opening.apply_url == "https://jobs.example.org/northernlabs/apply"


def test_active_opening_has_not_closed():
    [opening] = read(row(active=True)).openings
    assert (opening.is_active, opening.closed) == (True, None)


@pytest.mark.parametrize(
    ("locations", "workplace", "places", "remote", "told"),
    [
        (["Remote in USA"], Workplace.remote, [], ("US",), []),
        (["Remote in USA", "Remote in Canada"], Workplace.remote, [], ("US", "CA"), []),
        (["NYC", "SF"], None, ["New York City", "San Francisco"], (), []),
        (["NYC", "New York, NY"], None, ["New York City"], (), []),
        (["NYC", "Remote in USA"], Workplace.remote, ["New York City"], ("US",), ["mixed_workplaces"]),
        (["Hybrid - Hamburg", "Remote in Germany"], None, ["Hamburg"], ("DE",), ["mixed_workplaces"]),
        (["Remote in Berlin"], Workplace.remote, ["Berlin"], ("DE",), []),
        (["Remote"], Workplace.remote, [], (), ["place_no_country"]),
        (["Bielefeld"], None, ["Bielefeld"], (), ["place_no_country"]),
        (["n/a"], None, [], (), ["place_unknown_text"]),
        ([], None, [], (), []),
        (["Georgia"], None, [], (), ["place_ambiguous_name"]),
        ([{"a": 1}, 3], None, [], (), ["wrong_kind"]),
    ],
)
def test_locations_become_workplace_places_and_countries(locations, workplace, places, remote, told):
    found = read(row(locations=locations))
    [opening] = found.openings
    assert opening.workplace is workplace
    assert [place.city for place in opening.places] == places
    assert opening.remote_countries == remote
    assert [problem.kind.value for problem in found.all_problems] == told


def test_own_column_says_where_before_the_places_do():
    opening = one(locations=["Germany", "NYC"], workplace="remote", remote_countries=["France", "Nowhere"]).opening
    assert opening.workplace is Workplace.remote
    assert opening.remote_countries == ("FR", "DE", "US")
    assert [place.city for place in opening.places] == ["New York City"]


def test_every_field_from_csv():
    header = "reference;title;locale;summary;body;categories;authors;organisation;workplace;contract;hours;weekly_hours;level;"
    header += "languages;pay_min;pay_max;pay_currency;pay_period;starts_on;published;closes;active;apply_url;response_days\r\n"
    cells = 'A-1;Stellenangebot: Koch (m/w/d);de_AT;Kurz;"Zeile 1\r\nZeile; 2";Küche|Team|Küche;Ada;Gasthaus;on_site;permanent;'
    cells += "part_time;20;entry;German (fluent);2.000;2.400,50;eur;month;2024-09-01;2024-05-06T10:00:00+02:00;"
    cells += "2024-06-30;ja;https://example.org/x;14\r\n"
    found = read_openings(("\ufeff" + header + cells).replace("2.000;", "2,000;").encode(), WHOLE, "csv")
    [opening] = found.openings
    assert [problem.kind.value for problem in found.all_problems] == ["title_stripped"]
    assert (opening.title, opening.locale, opening.body) == ("Koch", "de-AT", "Zeile 1\nZeile; 2")
    assert (opening.categories, opening.authors) == (("Küche", "Team"), ("Ada",))
    assert (opening.workplace, opening.contract, opening.hours) == (
        Workplace.on_site,
        Contract.permanent,
        Hours.part_time,
    )
    assert opening.languages == (ReadLanguage("de", CEFR.C1, True),)
    assert (opening.pay_min, opening.pay_max) == (Decimal(2000), Decimal("2400.50"))
    assert (opening.pay_currency, opening.pay_period, opening.weekly_hours) == ("EUR", PayPeriod.month, Decimal(20))
    assert opening.starts_on == dt.date(2024, 9, 1)
    assert opening.published == dt.datetime(2024, 5, 6, 8, tzinfo=dt.UTC)
    assert opening.closes == dt.datetime(2024, 6, 30, 21, 59, 59, tzinfo=dt.UTC), "the day counts to its end in Berlin"
    assert (opening.is_active, opening.response_days) == (True, 14)


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"reference": " "}, ("error", "missing")),
        ({"reference": "x" * 301}, ("error", "too_long")),
        ({"reference": ["a"]}, ("error", "wrong_kind")),
        ({"title": ""}, ("error", "missing")),
        ({"title": "(m/w/d)"}, ("error", "missing")),
        ({"title": True}, ("error", "wrong_kind")),
        ({"locale": "english"}, ("error", "bad_locale")),
        ({"locale": None}, ("error", "missing")),
        ({"apply_url": "javascript:alert(1)"}, ("error", "bad_url")),
        ({"apply_url": "https://[bad"}, ("error", "bad_url")),
        ({"organisation_url": "ftp://x.example"}, ("note", "bad_url")),
        ({"published": "soon"}, ("note", "bad_moment")),
        ({"published": None}, ("note", "no_published")),
        ({"published": "9999-12-31T23:59:59-12:00"}, ("note", "bad_moment")),
        ({"closes": "2024-13-01"}, ("error", "bad_moment")),
        ({"closes": "2024-05-05"}, ("error", "closes_too_early")),
        ({"active": "perhaps"}, ("error", "bad_truth")),
        ({"active": False, "published": None}, ("note", "closed_unknown")),
        ({"contract": "forever"}, ("note", "bad_choice")),
        ({"languages": "Klingon"}, ("note", "bad_language")),
        ({"languages": "de:native"}, ("note", "bad_language")),
        ({"languages": "x!:B2"}, ("note", "bad_language")),
        ({"pay_min": "many"}, ("note", "bad_amount")),
        ({"pay_min": "-1"}, ("note", "bad_amount")),
        ({"pay_min": 1e300}, ("note", "bad_amount")),
        ({"pay_min": 3, "pay_currency": "EUR"}, ("note", "pay_incomplete")),
        ({"pay_min": 3, "pay_max": 2, "pay_currency": "EUR", "pay_period": "hour"}, ("note", "pay_reversed")),
        ({"pay_min": 3, "pay_currency": "gold", "pay_period": "hour"}, ("note", "bad_currency")),
        ({"response_days": "0"}, ("note", "bad_amount")),
        ({"starts_on": "soon"}, ("note", "bad_moment")),
        ({"remote_countries": ["Atlantis"]}, ("note", "bad_country")),
        ({"body": "x" * 1_000_001}, ("error", "too_long")),
        ({"salary": "good"}, ("note", "unknown_column")),
    ],
)
def test_what_is_not_understood_is_told(cells, told):
    cells = {"reference": "a", "title": "Clerk", "locale": "en", "published": "2024-05-06"} | cells
    found = read(cells, mapping=WHOLE)
    assert told in [(problem.level.value, problem.kind.value) for problem in found.all_problems]
    assert bool(found.openings) == (told[0] == "note")
    assert all(problem.message for problem in found.all_problems)


def test_incomplete_pay_is_left_out_whole():
    opening = one(pay_min=3, pay_currency="EUR").opening
    assert (opening.pay_min, opening.pay_currency, opening.pay_period) == (None, None, None)


def test_language_may_be_nice_to_have_and_left_out_on_purpose():
    opening = one(languages=["en:c1:nice", "none", "en:A1", "de_ch:b2"]).opening
    assert opening.languages == (ReadLanguage("en", CEFR.C1, False), ReadLanguage("de-CH", CEFR.B2, True))


def test_what_no_database_takes_is_marked():
    assert one(title="Cl\x00erk \ud800").opening.title == "Cl\ufffderk \ufffd"


def test_same_reference_twice_is_an_error_of_the_later_row():
    found = read(row(), row(title="Another"), row(reference="b"))
    assert [opening.title for opening in found.openings] == ["Founder-in-Residence", "Founder-in-Residence"]
    [problem] = found.all_problems
    assert (problem.row, problem.kind, problem.values["other"]) == (2, Kind.reference_twice, "1")


def test_every_row_is_accounted_for():
    found = read(row(), "text", None, row(reference=""), row(reference="c"))
    assert [reading.row for reading in found.rows] == [1, 2, 3, 4, 5]
    assert [bool(reading.opening) for reading in found.rows] == [True, False, False, False, True]
    assert all(reading.opening or kinds(reading) for reading in found.rows)


def test_unknown_column_is_told_once_with_an_example():
    found = read(row(visa="", extra=1), row(reference="b", visa="yes"))
    assert [(problem.column, problem.values["count"], problem.values["value"]) for problem in found.problems] == [
        ("visa", "1", "yes"), ("extra", "1", "1"),
    ]  # fmt: skip
    assert all(problem.kind is Kind.unknown_column for problem in found.problems)


def test_missing_column_refuses_the_file_and_names_those_there_are():
    found = read({"reference": "a", "title": "b"})
    assert found.rows == ()
    assert {problem.column for problem in found.problems if problem.level is Level.error} >= {"team", "published"}
    assert "reference, title" in found.problems[0].message


@pytest.mark.parametrize(
    ("data", "file_format", "kind"),
    [
        (b"\xff\xfe", "json", Kind.not_text),
        (b"{", "json", Kind.not_json),
        (b"[NaN]", "json", Kind.not_json),
        (b"[" * 100_000, "json", Kind.not_json),
        (b'[{"a": ' * 100_000, "json", Kind.not_json),
        (b'[{"a": ' + b"9" * 5000 + b"}]", "json", Kind.not_json),
        (b'[{"a": 1, "a": 2}]', "json", Kind.column_twice),
        (b'[{"a.b": 1, "a": {"b": 2}}]', "json", Kind.column_twice),
        (b"{}", "json", Kind.no_list),
        (b"[]", "json", Kind.no_rows),
        (b"", "csv", Kind.no_rows),
        (b"a,b\r\n", "csv", Kind.no_rows),
        (b"a,a\r\n1,2\r\n", "csv", Kind.column_twice),
        (b'a,b\r\n"1,2\r\n', "csv", Kind.not_csv),
    ],
)
def test_file_that_cannot_be_read_is_told(data, file_format, kind):
    found = read_openings(data, REAL, file_format)
    assert found.rows == ()
    assert kind in [problem.kind for problem in found.problems]
    assert all(problem.message for problem in found.problems)


def test_list_at_a_key_and_nested_objects():
    mapping = Mapping.read("""
        items = "data.jobs"
        [fields]
        reference = "id"
        title = "name"
        locale = { value = "en" }
        locations = "offices.location.name"
        organisation = "company.name"
        [ignore]
        meta = "their own"
    """)
    jobs = [{
        "id": 7, "name": "Clerk", "company": {"name": "Acme", "size": 3}, "meta": {"a": 1, "b": {"c": 2}},
        "offices": [{"location": {"name": "Berlin"}}, {"location": {"name": "NYC"}}],
    }]  # fmt: skip
    found = read_openings(json.dumps({"data": {"jobs": jobs}}).encode(), mapping, "json")
    [opening] = found.openings
    assert (opening.reference, opening.organisation) == ("7", "Acme")
    assert [place.city for place in opening.places] == ["Berlin", "New York City"]
    assert [problem.column for problem in found.problems] == ["company.size"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiter_is_found(delimiter):
    text = (
        delimiter.join(["reference", "title", "locale", "summary"]) + "\n" + delimiter.join(["1", "Clerk", "en", "a b"])
    )
    [opening] = read_openings(text.encode(), WHOLE, "csv").openings
    assert (opening.title, opening.summary) == ("Clerk", "a b")


def test_cells_too_many_and_too_few():
    found = read_openings(b"reference,title,locale\na,b,en,x\nc,d\ne,f,en\n", WHOLE, "csv")
    assert [opening.reference for opening in found.openings] == ["e"]
    assert ("error", "too_many_cells") in kinds(found.rows[0])
    assert ("note", "too_few_cells") in kinds(found.rows[1])


def test_name_of_the_file_tells_its_format(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"reference,title,locale\na,b,en\n")
    (tmp_path / "a.json").write_bytes(json.dumps([{"reference": "a", "title": "b", "locale": "en"}]).encode())
    for name in ("a.csv", "a.json"):
        assert len(load_openings(tmp_path / name, WHOLE).openings) == 1


def test_every_kind_has_a_sentence():
    assert set(SENTENCES) == set(Kind)


CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30), st.lists(st.text(max_size=9), max_size=3),
    st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=2),
    st.sampled_from(["de:B2", "2024-05-06", "1719518375", "EUR", "month", "full_time", "yes", "Remote in USA", "3,5"]),
)  # fmt: skip


@given(st.lists(st.dictionaries(st.sampled_from([*FIELDS, "other"]), CELLS), max_size=4))
def test_no_json_raises_and_every_row_is_accounted_for(rows):
    found = read_openings(json.dumps(rows).encode(), WHOLE, "json")
    assert len(found.rows) == len(rows) or any(problem.level is Level.error for problem in found.problems)
    assert all(reading.opening or reading.problems for reading in found.rows)
    assert all(problem.message for problem in found.all_problems)


@given(st.binary(max_size=300), st.sampled_from(["csv", "json"]))
def test_no_bytes_raise(data, file_format):
    found = read_openings(data, WHOLE, file_format)
    assert found.rows or found.problems
