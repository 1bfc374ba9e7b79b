"""The mapping file (TOML) that says which column of a source is which fact of an opening; docs/import.md explains it."""

import datetime as dt
import difflib
import enum
import tomllib
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

from jobboard.core.i18n import lazy
from jobboard.openings.models import Contract, Hours, Level, PayPeriod, Workplace
from jobboard.transfer.markup_places_areas import TwoLetters


class FieldKind(enum.Enum):
    """What a field takes, and so which options it has."""

    text = "text"
    items = "items"
    moment = "moment"
    day = "day"
    truth = "truth"
    choice = "choice"
    languages = "languages"
    amount = "amount"
    whole = "whole"


FIELDS: Table[str, FieldKind] = {
    "reference": FieldKind.text,
    "title": FieldKind.text,
    "summary": FieldKind.text,
    "body": FieldKind.text,
    "locale": FieldKind.text,
    "categories": FieldKind.items,
    "authors": FieldKind.items,
    "organisation": FieldKind.text,
    "organisation_url": FieldKind.text,
    "locations": FieldKind.items,
    "remote_countries": FieldKind.items,
    "workplace": FieldKind.choice,
    "contract": FieldKind.choice,
    "hours": FieldKind.choice,
    "weekly_hours": FieldKind.amount,
    "level": FieldKind.choice,
    "languages": FieldKind.languages,
    "pay_min": FieldKind.amount,
    "pay_max": FieldKind.amount,
    "pay_currency": FieldKind.text,
    "pay_period": FieldKind.choice,
    "pay_note": FieldKind.text,
    "starts_on": FieldKind.day,
    "published": FieldKind.moment,
    "updated": FieldKind.moment,
    "closes": FieldKind.moment,
    "closed": FieldKind.moment,
    "active": FieldKind.truth,
    "apply_url": FieldKind.text,
    "response_days": FieldKind.whole,
}
REQUIRED = ("reference", "title", "locale")
CHOICES: Table[str, type[enum.Enum]] = {
    "workplace": Workplace,
    "contract": Contract,
    "hours": Hours,
    "level": Level,
    "pay_period": PayPeriod,
}
#: Options of a field beside `column`, `value` and `optional`, and the Python type that TOML must give.
OPTIONS: Table[FieldKind, Table[str, type]] = {
    FieldKind.text: {},
    FieldKind.items: {"separator": str},
    FieldKind.moment: {"format": str, "zone": str},
    FieldKind.day: {"format": str},
    FieldKind.truth: {"true": list, "false": list},
    FieldKind.choice: {"values": dict},
    FieldKind.languages: {"separator": str, "values": dict},
    FieldKind.amount: {"decimal": str},
    FieldKind.whole: {},
}
TOP = {"format": str, "items": str, "delimiter": str, "zone": str, "two_letters": str, "fields": dict, "ignore": dict}


class Fault(enum.Enum):
    """What can be wrong in a mapping file."""

    not_toml = "not_toml"
    unknown_key = "unknown_key"
    wrong_type = "wrong_type"
    not_one_of = "not_one_of"
    unknown_zone = "unknown_zone"
    bad_format = "bad_format"
    missing = "missing"
    no_source = "no_source"
    no_reason = "no_reason"
    used_and_ignored = "used_and_ignored"


SENTENCES: Table[Fault, Any] = {
    Fault.not_toml: lazy("The mapping is not valid TOML: %(detail)s"),
    Fault.unknown_key: lazy("There is no such key. Known are: %(known)s. Example: %(example)s"),
    Fault.wrong_type: lazy("The value has the wrong type. Example: %(example)s"),
    Fault.not_one_of: lazy("“%(value)s” is not one of: %(known)s. Example: %(example)s"),
    Fault.unknown_zone: lazy("“%(value)s” is not a time zone. Example: %(example)s"),
    Fault.bad_format: lazy("“%(value)s” is not a format of dates. Example: %(example)s"),
    Fault.missing: lazy("Every mapping needs this field. Example: %(example)s"),
    Fault.no_source: lazy("A field needs either a column or a value for all rows. Example: %(example)s"),
    Fault.no_reason: lazy(
        "A column that is left out needs a reason, for those who read the mapping. Example: %(example)s"
    ),
    Fault.used_and_ignored: lazy("The column is both used by a field and left out. Example: %(example)s"),
}


@dataclass(frozen=True, slots=True)
class MappingProblem:
    """A mistake in a mapping file: the key it is at ("fields.published.zone"), and what is wrong."""

    key: str
    fault: Fault
    values: Table[str, str] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The sentence for people; the key stands in front of it."""
        sentence = str(SENTENCES[self.fault]) % self.values
        return f"{self.key}: {sentence}" if self.key else sentence


class MappingError(ValueError):
    """A mapping file cannot be used; `problems` holds every mistake in it."""

    def __init__(self, problems: list[MappingProblem]) -> None:
        super().__init__("\n".join(problem.message for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class FieldSource:
    """Where one field comes from: a column, or one value for all rows; and how its cells are read."""

    name: str
    kind: FieldKind
    column: str | None = None
    value: object = None
    optional: bool = False
    separator: str = ""
    format: str = "iso"
    zone: ZoneInfo = ZoneInfo("UTC")  # noqa: RUF009 - a zone never changes
    values: Table[str, str] = field(default_factory=dict)
    true: frozenset[str] = frozenset({"true", "yes", "ja", "1", "y", "j", "wahr"})
    false: frozenset[str] = frozenset({"false", "no", "nein", "0", "n", "falsch"})
    decimal: str = "."


@dataclass(frozen=True, slots=True)
class Mapping:
    """A checked mapping file."""

    fields: Table[str, FieldSource]
    #: Columns that are left out on purpose, with the reason.
    ignored: Table[str, str]
    #: "json", "csv" or "" (from the file's name).
    format: str = ""
    #: The key of the list in a JSON object, dotted ("data.jobs"); "" for a list at the top.
    items: str = ""
    #: "" to find out.
    delimiter: str = ""
    two_letters: TwoLetters = TwoLetters.auto

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a mapping. Raises `MappingError` with every mistake in it."""
        try:
            table = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise MappingError([MappingProblem("", Fault.not_toml, {"detail": str(error)})]) from error
        reader = _Reader()
        found = reader.mapping(table)
        if reader.problems:
            raise MappingError(reader.problems)
        return cls(**found)


def load_mapping(path: Path) -> Mapping:
    """Read a mapping file. Raises `MappingError` and `OSError`."""
    try:
        return Mapping.read(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise MappingError([MappingProblem("", Fault.not_toml, {"detail": str(error)})]) from error


class _Reader:
    """Reads the tables of a mapping and collects every mistake instead of stopping at the first."""

    def __init__(self) -> None:
        self.problems: list[MappingProblem] = []

    def wrong(self, key: str, fault: Fault, example: str, **values: str) -> None:
        self.problems.append(MappingProblem(key, fault, {"example": example, **values}))

    def mapping(self, table: dict[str, Any]) -> dict[str, Any]:
        """The arguments of `Mapping`; useless when there are problems."""
        table = self.known("", table, TOP)
        self.one_of("format", table, ("json", "csv"), 'format = "csv"')
        self.one_of("delimiter", table, (",", ";", "\t"), 'delimiter = ";"')
        self.one_of("two_letters", table, tuple(each.value for each in TwoLetters), 'two_letters = "states"')
        zone = self.zone("zone", table.pop("zone", "UTC"))
        sources = table.pop("fields", {})
        fields = {name: self.source(name, sources[name], zone) for name in self.known("fields", sources, _FIELD_TYPES)}
        for name in REQUIRED:
            if name not in sources:
                self.wrong(f"fields.{name}", Fault.missing, _field_example(name))
        ignored = self.ignored(table.pop("ignore", {}), fields)
        table["two_letters"] = TwoLetters(table["two_letters"]) if "two_letters" in table else TwoLetters.auto
        return {**table, "fields": fields, "ignored": ignored}

    def known(self, key: str, table: dict[str, Any], types: Table[str, Any]) -> dict[str, Any]:
        """The known keys of a table that have the right type."""
        good = {}
        for name, value in table.items():
            path = f"{key}.{name}" if key else name
            if name not in types:
                near = difflib.get_close_matches(name, types, 1) or list(types)[:1]
                self.wrong(path, Fault.unknown_key, _example(key, near[0]), known=", ".join(types))
            elif not isinstance(value, types[name]) or (isinstance(value, bool) and types[name] is not bool):
                self.wrong(path, Fault.wrong_type, _example(key, name))
            else:
                good[name] = value
        return good

    def one_of(self, key: str, table: dict[str, Any], known: tuple[str, ...], example: str) -> None:
        """Takes a value out of the table that is not one of the known ones."""
        if key in table and table[key] not in known:
            self.wrong(key, Fault.not_one_of, example, value=table.pop(key), known=", ".join(map(repr, known)))

    def zone(self, key: str, name: str) -> ZoneInfo:
        try:
            return ZoneInfo(name)
        except (LookupError, ValueError, OSError):
            self.wrong(key, Fault.unknown_zone, 'zone = "Europe/Berlin"', value=name)
            return ZoneInfo("UTC")

    def source(self, name: str, given: str | dict[str, Any], zone: ZoneInfo) -> FieldSource:
        """One field: a column's name, or a table with a column or value and options."""
        kind, key = FIELDS[name], f"fields.{name}"
        table = {"column": given} if isinstance(given, str) else given
        types = {"column": str, "value": object, "optional": bool, **OPTIONS[kind]}
        options = self.known(key, {part: value for part, value in table.items() if part != "value"}, types)
        if ("column" in table) == ("value" in table) or options.get("column") == "":
            self.wrong(key, Fault.no_source, _field_example(name))
        if "values" in options:
            options["values"] = self.values(name, options["values"])
        for part in {"true", "false"} & options.keys():
            options[part] = frozenset(str(value).strip().casefold() for value in options[part])
        if "format" in options:
            self.format(f"{key}.format", options["format"])
        if "decimal" in options and options["decimal"] not in {".", ","}:
            self.wrong(f"{key}.decimal", Fault.not_one_of, 'decimal = ","', value=options["decimal"], known="., ,")
        options["zone"] = self.zone(f"{key}.zone", options["zone"]) if "zone" in options else zone
        return FieldSource(name, kind, value=table.get("value"), **options)

    def values(self, name: str, table: dict[str, Any]) -> dict[str, str]:
        """A table of values; for choices each must lead to a value of ours, or to "" for "leave it open"."""
        known = [str(member.value) for member in CHOICES[name]] if name in CHOICES else []
        for word, value in table.items():
            if not isinstance(value, str) or (known and value not in {"", *known}):
                example = f'"{word}" = "{known[0] if known else "de:B2"}"'
                path = f"fields.{name}.values.{word}"
                self.wrong(path, Fault.not_one_of, example, value=str(value), known=", ".join(known))
        return {word.strip().casefold(): str(value) for word, value in table.items()}

    def format(self, key: str, given: str) -> None:
        """A format is "unix", "unix_ms", "iso" or one of strptime's."""
        if given in {"unix", "unix_ms", "iso"}:
            return
        try:
            shown = dt.datetime(2024, 5, 6, 7, 8, 9, tzinfo=dt.UTC).strftime(given)
            dt.datetime.strptime(shown, given)  # noqa: DTZ007 - only tried out
            is_good = "%" in given
        except (ValueError, KeyError):
            is_good = False
        if not is_good:
            self.wrong(key, Fault.bad_format, 'format = "%d.%m.%Y %H:%M"', value=given)

    def ignored(self, table: dict[str, Any], fields: dict[str, FieldSource]) -> dict[str, str]:
        for column, reason in table.items():
            if not isinstance(reason, str) or not reason.strip():
                self.wrong(f"ignore.{column}", Fault.no_reason, f'{column} = "internal number"')
            if any(source.column == column for source in fields.values()):
                self.wrong(f"ignore.{column}", Fault.used_and_ignored, f'{column} = "internal number"')
        return table


_FIELD_TYPES: Table[str, Any] = dict.fromkeys(FIELDS, (str, dict))

EXAMPLES = {
    "format": 'format = "csv"',
    "items": 'items = "data.jobs"',
    "delimiter": 'delimiter = ";"',
    "zone": 'zone = "Europe/Berlin"',
    "two_letters": 'two_letters = "states"',
    "fields": '[fields] title = "Job title"',
    "ignore": '[ignore] internal_id = "numbers of another system"',
    "column": 'column = "Job title"',
    "value": 'value = "en"',
    "optional": "optional = true",
    "separator": 'separator = ";"',
    "true": 'true = ["online"]',
    "false": 'false = ["offline"]',
    "values": 'values = { "Full time" = "full_time" }',
    "decimal": 'decimal = ","',
}


def _example(key: str, name: str) -> str:
    """What the key could look like."""
    if key == "fields":
        return _field_example(name)
    if name == "format" and key:
        return 'format = "%d.%m.%Y %H:%M"'
    return EXAMPLES.get(name, f'{name} = "…"')


def _field_example(name: str) -> str:
    return 'locale = { value = "en" }' if name == "locale" else f'{name} = "Name of the column"'
