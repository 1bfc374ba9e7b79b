"""One cell of a source read into one fact: moments, amounts, yes and no, languages, addresses. Pure."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError

from jobboard.core.forms import NOT_IN_XML
from jobboard.openings.models import CEFR
from jobboard.transfer.markup_mapping import CHOICES, FieldSource
from jobboard.transfer.markup_problems import Kind, shortened

EARLIEST = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)
LATEST = dt.datetime(2200, 1, 1, tzinfo=dt.UTC)
#: A deadline without a time is the day's last second, not the next day's first: people read the date.
LAST_SECOND = dt.timedelta(hours=23, minutes=59, seconds=59)
HIGHEST = Decimal(10) ** 12
#: Left over in a text that is not text: what no feed holds, and of it what no database takes.
NOT_TEXT = NOT_IN_XML


class CellError(ValueError):
    """A cell that was not understood: what to tell, and the parameters of the sentence."""

    def __init__(self, kind: Kind, **values: object) -> None:
        super().__init__(kind.value)
        self.kind = kind
        self.values = {name: shortened(value) for name, value in values.items()}


@dataclass(frozen=True, slots=True)
class ReadLanguage:
    """A language (BCP 47) that a role needs, with its level."""

    tag: str
    level: CEFR
    is_required: bool


def is_empty(cell: object) -> bool:
    """Whether a cell says nothing."""
    return cell is None or cell in ([], {}) or (isinstance(cell, str) and not cell.strip())


def read_text(source: FieldSource, cell: object) -> str:
    """A text without spaces around it; numbers are taken as they are written."""
    if isinstance(cell, bool) or not isinstance(cell, str | int | Decimal):
        raise CellError(Kind.wrong_kind, value=cell, field=source.name)
    return NOT_TEXT.sub("\N{REPLACEMENT CHARACTER}", str(cell)).strip()


def read_items(source: FieldSource, cell: object) -> list[str]:
    """A list, or a text that is cut at the field's separator."""
    if isinstance(cell, list):
        cells: Sequence[object] = cell
    else:
        text = read_text(source, cell)
        cells = text.split(source.separator) if source.separator else [text]
    texts = [read_text(source, each) for each in cells if not is_empty(each)]
    return [text for text in texts if text]


def read_moment(source: FieldSource, cell: object) -> dt.datetime:
    """A moment in UTC. A day alone is its first second in the field's zone."""
    return _moment(source, cell, ends_day=False)


def read_deadline(source: FieldSource, cell: object) -> dt.datetime:
    """A moment in UTC until which something is open. A day alone counts to its end in the field's zone."""
    return _moment(source, cell, ends_day=True)


def _moment(source: FieldSource, cell: object, *, ends_day: bool) -> dt.datetime:
    try:
        moment, is_day = _parsed(source.format, read_text(source, cell))
        if moment.tzinfo is None:
            rest = LAST_SECOND if is_day and ends_day else dt.timedelta()
            moment = (moment + rest).replace(tzinfo=source.zone)
        moment = moment.astimezone(dt.UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise CellError(Kind.bad_moment, value=cell, format=source.format) from error
    if not EARLIEST <= moment <= LATEST:
        raise CellError(Kind.bad_moment, value=cell, format=source.format)
    return moment


def _parsed(form: str, text: str) -> tuple[dt.datetime, bool]:
    """The moment, naive where the text names no zone, and whether the text is only a day. Raises `ValueError`."""
    if form in {"unix", "unix_ms"}:
        if not re.fullmatch(r"-?\d{1,15}(\.\d+)?", text):
            raise ValueError(text)
        return dt.datetime.fromtimestamp(float(text) / (1000 if form == "unix_ms" else 1), dt.UTC), False
    if form == "iso":
        return dt.datetime.fromisoformat(text), bool(re.fullmatch(r"\d{4}-?\d\d-?\d\d|\d{4}-?W\d\d(-?\d)?", text))
    is_day = not re.search("%[HIMScXTRrs]", form)
    return dt.datetime.strptime(text, form), is_day  # noqa: DTZ007 - the zone follows


def read_day(source: FieldSource, cell: object) -> dt.date:
    """A day without a zone."""
    try:
        moment, _is_day = _parsed(source.format, read_text(source, cell))
    except (ValueError, OverflowError, OSError) as error:
        raise CellError(Kind.bad_moment, value=cell, format=source.format) from error
    if not EARLIEST.year <= moment.year <= LATEST.year:
        raise CellError(Kind.bad_moment, value=cell, format=source.format)
    return moment.date()


def read_truth(source: FieldSource, cell: object) -> bool:
    """Yes or no, from JSON's own or from the field's words."""
    if isinstance(cell, bool):
        return cell
    word = read_text(source, cell).casefold()
    if (word in source.true) == (word in source.false):
        raise CellError(Kind.bad_truth, value=cell)
    return word in source.true


def read_choice(source: FieldSource, cell: object) -> Any:
    """A member of the field's enumeration, by the field's table of values or by its own value; None: left open."""
    word = read_text(source, cell).casefold()
    value = source.values.get(word, word)
    if not value:
        return None
    for member in CHOICES[source.name]:
        if member.value == value:
            return member
    raise CellError(Kind.bad_choice, value=cell, field=source.name)


def read_language(source: FieldSource, text: str) -> ReadLanguage | None:
    """A language like "de:B2" or "en:C1:nice", also by the field's table of values; None: left out on purpose."""
    known = source.values.get(text.casefold(), text)
    if not known:
        return None
    tag, _, level = known.partition(":")
    level, _, need = level.partition(":")
    if level.strip().upper() not in CEFR.__members__ or need.strip().casefold() not in {"", "required", "nice"}:
        raise CellError(Kind.bad_language, value=text)
    try:
        return ReadLanguage(read_tag(tag), CEFR(level.strip().upper()), need.strip().casefold() != "nice")
    except CellError as error:
        raise CellError(Kind.bad_language, value=text) from error


def read_tag(text: str) -> str:
    """A language tag (BCP 47) in its usual spelling: "de_at" gives "de-AT"."""
    try:
        if not re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}", text.strip()):
            raise ValueError(text)
        return str(Locale.parse(text.strip().replace("_", "-"), sep="-")).replace("_", "-")
    except (ValueError, UnknownLocaleError) as error:
        raise CellError(Kind.bad_locale, value=text) from error


def read_amount(source: FieldSource, cell: object) -> Decimal:
    """An amount of at most two decimals, not negative. Spaces, currency signs and thousands marks are left out."""
    text = re.sub(r"[\s€$£¥'’]", "", read_text(source, cell))
    thousands = "." if source.decimal == "," else ","
    if not re.fullmatch(rf"\d{{1,3}}(\{thousands}\d{{3}})+(\{source.decimal}\d+)?|\d+(\{source.decimal}\d+)?", text):
        raise CellError(Kind.bad_amount, value=cell)
    try:
        amount = Decimal(text.replace(thousands, "").replace(",", "."))
    except InvalidOperation as error:  # pragma: no cover - the pattern leaves nothing else
        raise CellError(Kind.bad_amount, value=cell) from error
    if amount >= HIGHEST or amount != amount.quantize(Decimal("0.01")):
        raise CellError(Kind.bad_amount, value=cell)
    return amount


def read_whole(source: FieldSource, cell: object) -> int:
    """A whole number from 1 to 365."""
    text = read_text(source, cell)
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= 365:
        raise CellError(Kind.bad_amount, value=cell)
    return int(text)


def read_url(source: FieldSource, cell: object) -> str:
    """An address that starts with http:// or https://."""
    text = read_text(source, cell)
    try:
        parts = urlsplit(text)
        is_good = parts.scheme in {"http", "https"} and bool(parts.hostname) and not re.search(r"[\s<>\"]", text)
    except ValueError:
        is_good = False
    if not is_good or len(text) > 2000:
        raise CellError(Kind.bad_url, value=text)
    return text


def read_currency(source: FieldSource, cell: object) -> str:
    """A currency of ISO 4217 in capitals."""
    code = read_text(source, cell).upper()
    if code not in _currencies():
        raise CellError(Kind.bad_currency, value=cell)
    return code


@cache
def _currencies() -> frozenset[str]:
    return frozenset(Locale("en").currencies)
