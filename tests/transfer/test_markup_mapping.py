"""The mapping file: every mistake is told with its key and an example."""

from pathlib import Path

import pytest

from jobboard.transfer.markup_mapping import FIELDS, Fault, Mapping, MappingError, load_mapping
from jobboard.transfer.markup_places_areas import TwoLetters

NEEDED = 'reference = "id"\ntitle = "name"\nlocale = { value = "en" }\n'


def problems(text):
    with pytest.raises(MappingError) as caught:
        Mapping.read(text)
    return {problem.key: problem for problem in caught.value.problems}


def test_short_and_long_form_of_a_field():
    mapping = Mapping.read(f"""
        zone = "Europe/Berlin"
        two_letters = "countries"
        delimiter = ";"
        [fields]
        {NEEDED}
        published = {{ column = "date", format = "%d.%m.%Y", zone = "Europe/Vienna" }}
        closes = "end"
        hours = {{ column = "hours", optional = true, values = {{ " Full Time " = "full_time", "?" = "" }} }}
        active = {{ column = "state", true = ["Online", 1], false = ["offline"] }}
        [ignore]
        internal = "numbers of another system"
    """)
    assert mapping.fields["title"].column == "name"
    assert mapping.fields["locale"].value == "en"
    assert (mapping.fields["published"].format, mapping.fields["published"].zone.key) == ("%d.%m.%Y", "Europe/Vienna")
    assert mapping.fields["closes"].zone.key == "Europe/Berlin"
    assert mapping.fields["hours"].values == {"full time": "full_time", "?": ""}
    assert mapping.fields["active"].true == {"online", "1"}
    assert mapping.ignored == {"internal": "numbers of another system"}
    assert (mapping.delimiter, mapping.two_letters) == (";", TwoLetters.countries)


@pytest.mark.parametrize(
    ("text", "key", "fault", "words"),
    [
        ("[fields", "", Fault.not_toml, "TOML"),
        ("", "fields.title", Fault.missing, 'title = "Name of the column"'),
        ("", "fields.locale", Fault.missing, 'locale = { value = "en" }'),
        ('colour = "red"', "colour", Fault.unknown_key, "format"),
        ("format = 3", "format", Fault.wrong_type, 'format = "csv"'),
        ('format = "xml"', "format", Fault.not_one_of, "'json', 'csv'"),
        ('two_letters = "both"', "two_letters", Fault.not_one_of, "states"),
        ('zone = "Berlin"', "zone", Fault.unknown_zone, "Europe/Berlin"),
        ('zone = "../etc"', "zone", Fault.unknown_zone, "Europe/Berlin"),
        ('[fields]\ntitel = "x"', "fields.titel", Fault.unknown_key, 'title = "Name of the column"'),
        ("[fields]\ntitle = 3", "fields.title", Fault.wrong_type, 'title = "Name of the column"'),
        ("[fields]\ntitle = {}", "fields.title", Fault.no_source, "a column or a value"),
        ('[fields]\ntitle = { column = "a", value = "b" }', "fields.title", Fault.no_source, "a column or a value"),
        ('[fields]\ntitle = ""', "fields.title", Fault.no_source, "a column or a value"),
        ('[fields]\ntitle = { column = "a", zone = "UTC" }', "fields.title.zone", Fault.unknown_key, "optional"),
        ('[fields]\npublished = { column = "a", format = "%Q" }', "fields.published.format", Fault.bad_format, "%d.%m.%Y"),
        ('[fields]\npublished = { column = "a", format = "date" }', "fields.published.format", Fault.bad_format, "%d.%m.%Y"),
        ('[fields]\npublished = { column = "a", zone = "Mars" }', "fields.published.zone", Fault.unknown_zone, "Mars"),
        ('[fields]\nhours = { column = "a", values = { x = "full" } }', "fields.hours.values.x", Fault.not_one_of, "part_time"),
        ('[fields]\nhours = { column = "a", values = { x = 3 } }', "fields.hours.values.x", Fault.not_one_of, "full_time"),
        ('[fields]\npay_min = { column = "a", decimal = ";" }', "fields.pay_min.decimal", Fault.not_one_of, 'decimal = ","'),
        ('[fields]\nactive = { column = "a", true = "x" }', "fields.active.true", Fault.wrong_type, "online"),
        ('[ignore]\nid = ""', "ignore.id", Fault.no_reason, "reason"),
        (f'[fields]\n{NEEDED}[ignore]\nname = "x"', "ignore.name", Fault.used_and_ignored, "left out"),
    ],
)  # fmt: skip
def test_mistake_is_told_with_key_and_example(text, key, fault, words):
    found = problems(text)[key]
    assert found.fault is fault
    assert words in found.message
    assert found.message.startswith(f"{key}: " if key else "The mapping")


def test_all_mistakes_are_told_at_once():
    assert set(problems('colour = 1\nzone = "x"\n[fields]\ntitel = "x"')) == {
        "colour", "zone", "fields.titel", "fields.reference", "fields.title", "fields.locale",
    }  # fmt: skip


def test_file_that_is_not_text_is_told(tmp_path):
    path = tmp_path / "mapping.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(MappingError):
        load_mapping(path)


EXAMPLES = sorted((Path(__file__).parents[2] / "docs" / "examples").glob("*.toml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_examples_of_the_documentation_are_valid(path):
    assert load_mapping(path).fields


def test_documentation_explains_every_field():
    text = (Path(__file__).parents[2] / "docs" / "import.md").read_text(encoding="utf-8")
    assert [name for name in FIELDS if f"`{name}`" not in text] == []
