"""Tables for other programs: CSV that a spreadsheet opens without running anything in it."""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from flask import Response, stream_with_context

from jobboard.core import i18n

#: A cell that begins with one of these is a formula to a spreadsheet, also in full width (OWASP, CSV injection).
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
#: Some programs leave out what is not seen in front of it.
_BEGINNING = re.compile(f"[\\s\u200b\u2060\ufeff]*[{re.escape(''.join(FORMULA))}]")
#: With it Excel reads the file as UTF-8.
BOM = "\ufeff"


def safe_cell(value: object) -> str:
    """A value as text that no spreadsheet takes for a formula: a text that looks like one gets an apostrophe in front.

    Numbers stay numbers, moments are ISO 8601 in the site's zone, None is empty.
    """
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.astimezone(i18n.site_zone()).isoformat(timespec="seconds")
    if not isinstance(value, str):
        return str(value)
    return f"'{value}" if _BEGINNING.match(value) else value


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """A CSV file (RFC 4180, UTF-8 with its mark) line by line, every cell in quotes and none a formula."""
    yield BOM.encode()
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def csv_answer(name: str, rows: Iterable[Sequence[object]]) -> Response:
    """A CSV file to save under an ASCII name; its rows are made while it is sent."""
    return saved(name, csv_lines(rows), "text/csv; charset=utf-8")


def saved(name: str, chunks: Iterable[bytes], content_type: str) -> Response:
    """An answer to save under an ASCII name and kept by no cache, made while it is sent."""
    response = Response(stream_with_context(iter(chunks)), content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
