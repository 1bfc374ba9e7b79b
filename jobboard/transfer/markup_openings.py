"""Openings read from a CSV or JSON file by a mapping: typed, with everything that was not understood told. Pure.

Nothing is derived that is not in the data: an unknown contract stays unknown, an empty description stays empty.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from jobboard.openings.models import Contract, Hours, PayPeriod, Workplace, place_key
from jobboard.openings.models import Level as OfferLevel
from jobboard.transfer.markup_cells import (
    CellError,
    ReadLanguage,
    is_empty,
    read_amount,
    read_choice,
    read_currency,
    read_day,
    read_deadline,
    read_items,
    read_language,
    read_moment,
    read_tag,
    read_text,
    read_truth,
    read_url,
    read_whole,
)
from jobboard.transfer.markup_mapping import FIELDS, FieldSource, Mapping
from jobboard.transfer.markup_places import read_place
from jobboard.transfer.markup_places_areas import ReadPlace
from jobboard.transfer.markup_places_names import country_of
from jobboard.transfer.markup_problems import Kind, Level, RowProblem, shortened
from jobboard.transfer.markup_rows import read_rows
from jobboard.transfer.markup_titles import strip_title

T = TypeVar("T")

MAX_TITLE = 300
MAX_REFERENCE = 300
MAX_BODY = 1_000_000
#: Tags that descriptions are made of elsewhere.
HTML = re.compile(r"</?(?:p|br|div|span|ul|ol|li|h[1-6]|b|strong|i|em|u|a|table)(?:\s[^<>]{0,300})?/?>", re.IGNORECASE)
#: What must be understood, or the row is not imported: without it something untrue would be published.
NEEDED = frozenset({"reference", "title", "locale", "closes", "closed", "active", "apply_url"})


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """One opening. Moments are aware and in UTC; None and empty mean that the source does not say."""

    row: int
    reference: str
    #: The bare role (decision 20).
    title: str
    locale: str
    summary: str = ""
    #: Markdown.
    body: str = ""
    categories: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    organisation: str | None = None
    organisation_url: str | None = None
    workplace: Workplace | None = None
    #: Places to work at, each once; workplace is None in them. A country alone is one, too.
    places: tuple[ReadPlace, ...] = ()
    #: Countries (ISO 3166-1 alpha-2) to work remotely from, each once.
    remote_countries: tuple[str, ...] = ()
    contract: Contract | None = None
    hours: Hours | None = None
    weekly_hours: Decimal | None = None
    level: OfferLevel | None = None
    languages: tuple[ReadLanguage, ...] = ()
    pay_min: Decimal | None = None
    pay_max: Decimal | None = None
    pay_currency: str | None = None
    pay_period: PayPeriod | None = None
    pay_note: str = ""
    starts_on: dt.date | None = None
    #: None: a draft.
    published: dt.datetime | None = None
    updated: dt.datetime | None = None
    #: The deadline.
    closes: dt.datetime | None = None
    is_active: bool = True
    #: When it closed (or will) by its own column. An inactive one: else `updated`, else `published`; None: at the import.
    closed: dt.datetime | None = None
    apply_url: str | None = None
    response_days: int | None = None


@dataclass(frozen=True, slots=True)
class RowReading:
    """What became of a row: an opening, or None when a problem of it is an error."""

    row: int
    reference: str | None
    opening: OpeningRow | None
    problems: tuple[RowProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class OpeningsFile:
    """A file of openings. `problems` are those of the whole file; with an error among them there are no rows."""

    rows: tuple[RowReading, ...] = ()
    problems: tuple[RowProblem, ...] = ()
    #: The fields that the source has: a column that is there, or one value for all. Of others the rows say nothing.
    fields: frozenset[str] = frozenset(FIELDS)

    @property
    def openings(self) -> tuple[OpeningRow, ...]:
        """What can be imported, in the order of the file."""
        return tuple(reading.opening for reading in self.rows if reading.opening)

    @property
    def all_problems(self) -> tuple[RowProblem, ...]:
        """Those of the file, then those of the rows."""
        return (*self.problems, *(problem for reading in self.rows for problem in reading.problems))


def load_openings(path: Path, mapping: Mapping) -> OpeningsFile:
    """Read a file of openings; its name tells CSV from JSON when the mapping does not. Raises `OSError`."""
    is_csv = path.suffix.lower() in {".csv", ".tsv", ".txt"}
    return read_openings(path.read_bytes(), mapping, mapping.format or ("csv" if is_csv else "json"))


def read_openings(data: bytes, mapping: Mapping, file_format: str) -> OpeningsFile:
    """Read openings from the bytes of a "csv" or "json" file. Whatever is wrong stands in the answer."""
    found = read_rows(data, mapping, file_format)
    if found.is_refused:
        return OpeningsFile((), tuple(found.problems))
    of_row: dict[int, list[RowProblem]] = {}
    for problem in found.problems:
        of_row.setdefault(problem.row, []).append(problem)
    seen: dict[str, int] = {}
    readings = []
    for number, row in enumerate(found.rows, 1):
        reader = _RowReader(mapping, number, row or {}, of_row.get(number, []))
        readings.append(reader.reading(seen) if row is not None else reader.refused())
    columns = {column for row in found.rows if row for column in row}
    fields = {name for name, source in mapping.fields.items() if source.column is None or source.column in columns}
    return OpeningsFile(tuple(readings), tuple(of_row.get(0, ())), frozenset(fields))


class _RowReader:
    """Reads the cells of one row and collects what is to tell about them."""

    def __init__(self, mapping: Mapping, number: int, row: dict[str, Any], problems: list[RowProblem]) -> None:
        self.mapping, self.number, self.row = mapping, number, row
        self.reference: str | None = None
        self.problems = problems

    def tell(self, level: Level, kind: Kind, name: str | None = None, **values: object) -> None:
        """Add a problem; its column is that of the field."""
        source = self.mapping.fields.get(name or "")
        texts = {key: shortened(value) for key, value in values.items()}
        self.problems.append(
            RowProblem(self.number, self.reference, source.column if source else None, level, kind, texts)
        )

    def note(self, kind: Kind, name: str | None = None, **values: object) -> None:
        self.tell(Level.note, kind, name, **values)

    def error(self, kind: Kind, name: str | None = None, **values: object) -> None:
        self.tell(Level.error, kind, name, **values)

    def value(self, name: str, read: Callable[[FieldSource, object], T]) -> T | None:
        """The field's value, None when it is empty or was not understood (which is told)."""
        source = self.mapping.fields.get(name)
        cell = None if source is None else self.row.get(source.column) if source.column else source.value
        if source is None or is_empty(cell):
            return None
        try:
            return read(source, Decimal(str(cell)) if isinstance(cell, float) else cell)
        except CellError as error:
            self.tell(Level.error if name in NEEDED else Level.note, error.kind, name, **error.values)
            return None

    def text(self, name: str, limit: int | None = None) -> str:
        """A text field, "" when empty; one that is too long is an error."""
        text = self.value(name, read_text) or ""
        if limit and len(text) > limit:
            self.error(Kind.too_long, name, field=name, limit=limit)
        return text

    def needed(self, name: str, limit: int) -> str:
        """A text field without which nothing can be imported."""
        had = len(self.problems)
        text = " ".join(self.text(name, limit).split())
        if not text and len(self.problems) == had:
            self.error(Kind.missing, name, field=name)
        return text

    def refused(self) -> RowReading:
        return RowReading(self.number, self.reference, None, tuple(self.problems))

    def reading(self, seen: dict[str, int]) -> RowReading:
        """The row as an opening; `seen` are the references of the rows before."""
        reference = self.needed("reference", MAX_REFERENCE)
        self.reference = reference or None
        other = seen.setdefault(reference, self.number) if reference else self.number
        if other != self.number:
            self.error(Kind.reference_twice, "reference", value=reference, other=other)
        opening = OpeningRow(
            row=self.number,
            reference=reference,
            title=self.title(),
            locale=self.locale(),
            summary=" ".join(self.text("summary").split()),
            body=self.body(),
            categories=tuple(dict.fromkeys(self.value("categories", read_items) or ())),
            authors=tuple(dict.fromkeys(self.value("authors", read_items) or ())),
            organisation=self.text("organisation") or None,
            organisation_url=self.value("organisation_url", read_url),
            languages=self.languages(),
            starts_on=self.value("starts_on", read_day),
            apply_url=self.value("apply_url", read_url),
            response_days=self.value("response_days", read_whole),
            **self.where(),
            **self.work(),
            **self.pay(),
            **self.when(),
        )
        is_refused = any(problem.level is Level.error for problem in self.problems)
        return RowReading(self.number, self.reference, None if is_refused else opening, tuple(self.problems))

    def title(self) -> str:
        title = self.needed("title", MAX_TITLE)
        role, removed = strip_title(title)
        if removed:
            self.note(Kind.title_stripped, "title", removed=", ".join(removed))
        if title and not role:
            self.error(Kind.missing, "title", field="title")
        return role

    def body(self) -> str:
        text = self.text("body", MAX_BODY).replace("\r\n", "\n")
        if found := HTML.search(text):
            self.note(Kind.html_as_text, "body", tag=found[0])
        return text

    def locale(self) -> str:
        had = len(self.problems)
        tag = self.value("locale", lambda source, cell: read_tag(read_text(source, cell)))
        if not tag and len(self.problems) == had:
            self.error(Kind.missing, "locale", field="locale")
        return tag or ""

    def languages(self) -> tuple[ReadLanguage, ...]:
        """Languages, each once: the first mention counts."""
        found: dict[str, ReadLanguage] = {}
        for text in self.value("languages", read_items) or ():
            try:
                language = read_language(self.mapping.fields["languages"], text)
            except CellError as error:
                self.note(error.kind, "languages", **error.values)
                continue
            if language:
                found.setdefault(language.tag, language)
        return tuple(found.values())

    def work(self) -> dict[str, Any]:
        """Contract, hours and level: what the mapping's tables say, else open."""
        facts: dict[str, Any] = {name: self.value(name, read_choice) for name in ("contract", "hours", "level")}
        return {**facts, "weekly_hours": self.value("weekly_hours", read_amount)}

    def pay(self) -> dict[str, Any]:
        """The pay range, whole or not at all: amounts, currency, period."""
        low, high = self.value("pay_min", read_amount), self.value("pay_max", read_amount)
        note = self.text("pay_note")
        if low is None and high is None:
            return {"pay_note": note}
        had = len(self.problems)
        currency = self.value("pay_currency", read_currency)
        period = self.value("pay_period", read_choice)
        if low is not None and high is not None and high < low:
            self.note(Kind.pay_reversed, "pay_max", low=low, high=high)
        elif currency and period:
            return {"pay_min": low, "pay_max": high, "pay_currency": currency, "pay_period": period, "pay_note": note}
        elif len(self.problems) == had:
            self.note(Kind.pay_incomplete, "pay_min")
        return {"pay_note": note}

    def when(self) -> dict[str, Any]:
        """Publication, deadline, and since when an inactive opening is closed."""
        published, updated = self.value("published", read_moment), self.value("updated", read_moment)
        closes, closed = self.value("closes", read_deadline), self.value("closed", read_moment)
        active = self.value("active", read_truth)
        if published is None:
            self.note(Kind.no_published, "published")
        elif closes and closes <= published:
            self.error(Kind.closes_too_early, "closes", closes=closes.isoformat(), published=published.isoformat())
        is_active = active is not False
        if active and closed:
            self.note(Kind.active_but_closed, "closed", closed=closed.isoformat())
            closed = None
        since = closed or (None if is_active else updated or published)
        if not is_active and since is None:
            self.note(Kind.closed_unknown, "active")
        return {"published": published, "updated": updated, "closes": closes, "is_active": is_active, "closed": since}

    def where(self) -> dict[str, Any]:
        """Workplace, places and countries to work remotely from."""
        read: list[ReadPlace] = []
        for text in self.value("locations", read_items) or ():
            reading = read_place(text, self.mapping.two_letters)
            read += reading.places
            for note in reading.notes:
                self.note(Kind[f"place_{note.reason.value}"], "locations", text=note.text)
        own = self.value("workplace", read_choice)
        workplace = own or self.workplace(read)
        is_remote = [place for place in read if (place.workplace or own) is Workplace.remote]
        countries = [self.country(text) for text in self.value("remote_countries", read_items) or ()]
        countries += [place.country for place in is_remote]
        areas = [place for place in read if place.city or place.region or (place.country and place not in is_remote)]
        places = {place_key(place.country, place.region, place.city): replace(place, workplace=None) for place in areas}
        remote = tuple(dict.fromkeys(country for country in countries if country))
        return {"workplace": workplace, "places": tuple(places.values()), "remote_countries": remote}

    def workplace(self, places: list[ReadPlace]) -> Workplace | None:
        """The one workplace that the places name; where only some name one, that one, so that filters find it."""
        named = {place.workplace for place in places if place.workplace}
        found = named.pop() if len(named) == 1 else None
        if found is None and not named:
            return None
        if found is None or any(place.workplace is None for place in places):
            words = [place.workplace.value if place.workplace else "–" for place in places]
            self.note(
                Kind.mixed_workplaces, "locations", places=", ".join(words), workplace=found.value if found else "–"
            )
        return found

    def country(self, text: str) -> str | None:
        code = country_of(text)
        if code is None:
            self.note(Kind.bad_country, "remote_countries", value=text)
        return code
