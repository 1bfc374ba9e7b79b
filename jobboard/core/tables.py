"""Tables as CSV: for spreadsheets, which must not take what somebody typed for a formula."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence

Cell = str | int | float | dt.date | None

#: What spreadsheets take a cell beginning with it for a formula, full-width forms included (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_of(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A table as CSV (RFC 4180) in UTF-8 with a byte order mark, which Excel asks for.

    Days are in ISO 8601, decimals have a point.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([harmless(heading) for heading in headings])
    for row in rows:
        writer.writerow([_written(cell) for cell in row])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def harmless(text: str) -> str:
    """A text that no spreadsheet calculates: one that looks like a formula begins with an apostrophe."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return harmless(cell) if isinstance(cell, str) else str(cell)
