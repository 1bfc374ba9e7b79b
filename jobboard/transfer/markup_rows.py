"""A file of openings, CSV or JSON, read into flat rows: column name and cell. Pure."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from jobboard.transfer.markup_mapping import Mapping
from jobboard.transfer.markup_problems import Kind, Level, RowProblem, shortened

MAX_BYTES = 100 * 1024 * 1024
#: The reason no cell may be larger: Python's own limit of 128 kB would refuse a long description.
MAX_CELL = 10 * 1024 * 1024
#: Under these names `csv` files cells without a header, and headers without a cell.
EXTRA, ABSENT = "\x00extra", "\x00absent"


@dataclass
class Rows:
    """The rows of a file, None where a row is no object, and what is wrong with the file or with a row."""

    rows: list[dict[str, Any] | None] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        """Whether the file as a whole cannot be imported."""
        return any(problem.row == 0 and problem.level is Level.error for problem in self.problems)

    def refuse(self, kind: Kind, at: str | None = None, **values: object) -> None:
        """Add a reason why the whole file cannot be imported."""
        self.problems.append(_problem(0, Level.error, kind, at, **values))


def _problem(row: int, level: Level, kind: Kind, at: str | None = None, **values: object) -> RowProblem:
    return RowProblem(row, None, at, level, kind, {name: shortened(value, 300) for name, value in values.items()})


class _TwiceError(ValueError):
    """A key that stands twice in one object."""


def read_rows(data: bytes, mapping: Mapping, file_format: str) -> Rows:
    """The rows of a CSV ("csv") or JSON ("json") file, with what is wrong with its form and its columns."""
    found = Rows()
    if len(data) > MAX_BYTES:
        found.refuse(Kind.too_large, limit=MAX_BYTES // 1024 // 1024)
        return found
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found.refuse(Kind.not_text, position=error.start)
        return found
    (_read_csv if file_format == "csv" else _read_json)(text, mapping, found)
    if not found.is_refused and not found.rows:
        found.refuse(Kind.no_rows)
    if not found.is_refused:
        _check_columns(mapping, found)
    return found


def _read_csv(text: str, mapping: Mapping, found: Rows) -> None:
    csv.field_size_limit(MAX_CELL)
    delimiter = mapping.delimiter or _delimiter(text, mapping)
    reader = csv.DictReader(
        io.StringIO(text, newline=""), delimiter=delimiter, strict=True, restkey=EXTRA, restval=ABSENT
    )
    try:
        names = [name.strip() for name in reader.fieldnames or []]
        for name in sorted(name for name, count in Counter(names).items() if count > 1):
            found.refuse(Kind.column_twice, name, column=name)
        reader.fieldnames = names
        for number, row in enumerate(reader, 1):
            if row.pop(EXTRA, None):
                found.problems.append(_problem(number, Level.error, Kind.too_many_cells))
            if ABSENT in row.values():
                found.problems.append(_problem(number, Level.note, Kind.too_few_cells))
            found.rows.append({name: None if cell == ABSENT else cell for name, cell in row.items()})
    except csv.Error as error:
        found.rows.clear()
        found.refuse(Kind.not_csv, line=reader.line_num, detail=error)


def _delimiter(text: str, mapping: Mapping) -> str:
    """The delimiter that finds most of the mapped columns in the header, then the one that finds most columns."""
    columns = {source.column for source in mapping.fields.values()} | mapping.ignored.keys()

    def found(delimiter: str) -> tuple[int, int]:
        header = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
        return len(columns & {name.strip() for name in header}), len(header)

    try:
        return max((",", ";", "\t"), key=found)
    except csv.Error:
        return ","


def _read_json(text: str, mapping: Mapping, found: Rows) -> None:
    try:
        document = json.loads(text, object_pairs_hook=_unique, parse_float=Decimal, parse_constant=_refuse_constant)
        objects = _items(document, mapping.items)
        if objects is None:
            found.refuse(Kind.no_list, key=mapping.items or "/")
            return
        for number, entry in enumerate(objects, 1):
            if isinstance(entry, dict):
                found.rows.append(_unique(list(_flat(entry))))
            else:
                found.rows.append(None)
                found.problems.append(_problem(number, Level.error, Kind.not_an_object, value=shortened(entry)))
    except _TwiceError as error:
        found.refuse(Kind.column_twice, str(error), column=error)
    except RecursionError:
        found.refuse(Kind.not_json, detail="nested too deeply")
    except ValueError as error:
        found.refuse(Kind.not_json, detail=error)


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a key that stands twice would drop a value silently."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _TwiceError(next(name for name, count in Counter(name for name, _cell in pairs).items() if count > 1))
    return found


def _items(document: object, key: str) -> list[Any] | None:
    """The list of openings: the document itself, or what stands at a dotted key."""
    for part in key.split(".") if key else ():
        document = document.get(part) if isinstance(document, dict) else None
    return document if isinstance(document, list) else None


def _flat(entry: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Columns of an object: "office.city" for nested objects, and a list of all of them for a list of objects."""
    for name, cell in entry.items():
        column = prefix + name
        if isinstance(cell, dict) and cell:
            yield from _flat(cell, f"{column}.")
        elif isinstance(cell, list) and cell and all(isinstance(each, dict) for each in cell):
            lists: dict[str, list[Any]] = {}
            for each in cell:
                for inner, value in _flat(each, f"{column}."):
                    lists.setdefault(inner, []).extend(value if isinstance(value, list) else [value])
            yield from lists.items()
        else:
            yield column, cell


def _check_columns(mapping: Mapping, found: Rows) -> None:
    """Refuse a mapping of columns that are not there, and tell about columns that nobody mapped."""
    rows = [row for row in found.rows if row is not None]
    counts = Counter(column for row in rows for column, cell in row.items() if cell not in (None, "", []))
    columns = dict.fromkeys(column for row in rows for column in row)
    for source in mapping.fields.values():
        if rows and source.column and source.column not in columns and not source.optional:
            found.refuse(Kind.no_such_column, source.column, column=source.column, columns=", ".join(columns))
    used = {source.column for source in mapping.fields.values()}
    for column in columns:
        if column in used or any(column == name or column.startswith(f"{name}.") for name in mapping.ignored):
            continue
        example = next((row[column] for row in rows if row.get(column) not in (None, "", [])), "")
        values = {"column": column, "count": str(counts[column]), "value": shortened(example)}
        found.problems.append(RowProblem(0, None, column, Level.note, Kind.unknown_column, values))
