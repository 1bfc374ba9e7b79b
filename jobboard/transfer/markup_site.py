"""The site's own form on disk: which facts of each thing are written, and how a value becomes text and a value again.

A folder of Markdown with front matter, JSON for facts, and pictures under the names they have here. Everything is in one
order and nothing depends on ids, so that an export, imported and exported again, is the same byte for byte.
"""

import datetime as dt
import enum
import json
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa
import yaml

from jobboard.applications.models_review import Criterion, ReviewRules
from jobboard.core.base import Amount, Base, UtcDateTime
from jobboard.core.forms import is_web_address
from jobboard.core.i18n import _
from jobboard.files.models import StoredFile
from jobboard.mail.models_templates import MailTemplate
from jobboard.openings.models import JobOffer, LanguageNeed, Place, Question
from jobboard.openings.models_templates import OpeningTemplate
from jobboard.people.models import OldPersonSlug, Person
from jobboard.posts.models import Category, OldCategorySlug, Post, PostText
from jobboard.posts.models_series import OldSeriesSlug, Series, SeriesPart
from jobboard.posts.models_writing import OldPath, OldSlug
from jobboard.site.models import Site, SitePage
from jobboard.stats.models import SourceCode

#: Raised by one with every change of the form that older versions could not read. Files and keys that were added since
#: do not count: who does not know them leaves them alone, and what an older export does not name stays as it is.
FORM = 1
#: The columns that are written, by table. What is missing here is an id, made anew, or no content of the site
#: (tests/transfer/test_exports_site.py knows the reason of each).
FACTS: dict[type[Base], tuple[str, ...]] = {
    Site: (
        *("uid", "name", "tagline", "intro", "gender_marker", "time_zone", "organisation", "organisation_url"),
        *("contact_email", "retention_days", "response_days"),
    ),
    SitePage: ("kind", "locale", "version", "created_at"),
    Person: ("slug", "name", "job", "bio", "links"),
    OldPersonSlug: ("slug", "until"),
    Category: ("slug", "name", "description"),
    OldCategorySlug: ("slug", "until"),
    Series: ("slug", "name"),
    OldSeriesSlug: ("slug", "until"),
    SeriesPart: ("number",),
    StoredFile: ("key", "name", "content_type", "size", "width", "height"),
    Post: (
        *("uid", "kind", "reference", "state", "publish_at", "news_at", "closes_at", "closed_at", "original_locale"),
        *("created_at", "updated_at"),
    ),
    PostText: ("title", "slug", "summary", "notice"),
    JobOffer: (
        *(
            "contract",
            "hours",
            "weekly_hours",
            "workplace",
            "level",
            "pay_min",
            "pay_max",
            "pay_currency",
            "pay_period",
        ),
        *("pay_note", "starts_on", "apply_url", "organisation", "organisation_url", "response_days", "is_filled"),
    ),
    OldSlug: ("slug", "until"),
    OldPath: ("path",),
    Place: ("key", "country", "region", "city", "names"),
    LanguageNeed: ("tag", "level", "is_required"),
    Question: ("key", "kind", "is_required", "label", "help", "choices", "knockout"),
    ReviewRules: ("hides_names",),
    Criterion: ("label",),
    MailTemplate: ("kind", "name", "subject", "body", "changed_at"),
    OpeningTemplate: ("name", "changed_at"),
    SourceCode: ("code", "name", "is_active"),
}

#: What exports of older versions do not have: it stays as it is.
ADDED = frozenset({(Post, "news_at"), (Site, "uid")})


class SiteFormatError(ValueError):
    """A file of an export cannot be understood; the text is a sentence that names it."""


def facts_of(row: Base, model: type[Base]) -> dict[str, Any]:
    """The facts of a row as JSON knows them."""
    return {name: written(getattr(row, name)) for name in FACTS[model]}


def written(value: Any) -> Any:
    """A column's value as JSON knows it: moments in UTC (RFC 3339), amounts as text, enumerations by value."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, enum.Enum):
        return value.value
    return str(value) if isinstance(value, Decimal) else value


def read_facts(model: type[Base], found: Any, where: str) -> dict[str, Any]:
    """The columns' values of what an export says of a row. Raises `SiteFormatError` with file and name of what is wrong."""
    if not isinstance(found, Mapping):
        raise SiteFormatError(_("%(file)s: there should be an object here.", file=where))
    names = (name for name in FACTS[model] if name in found or (model, name) not in ADDED)
    return {name: read_column(model, name, found, where) for name in names}


def read_column(model: type[Base], name: str, found: Mapping[str, Any], where: str) -> Any:
    """The value of one column in what an export says of a row. Raises `SiteFormatError`."""
    table: sa.Table = model.__table__  # type: ignore[assignment] # each model is one table
    try:
        return _read(table.c[name], found[name])
    except (KeyError, ValueError, TypeError, InvalidOperation) as error:
        raise not_understood(where, name) from error


def not_understood(where: str, name: str) -> SiteFormatError:
    """What is raised for a value that is missing or wrong."""
    return SiteFormatError(_("%(file)s: “%(name)s” is missing or cannot be understood.", file=where, name=name))


def _read(column: "sa.Column[Any]", value: Any) -> Any:
    if value is None:
        if not column.nullable:
            raise ValueError(column.name)
        return None
    if isinstance(column.type, sa.JSON):
        return SHAPES.get(column.name, _texts)(value)
    read = _reader(column.type)
    found = read(value)
    if isinstance(column.type, sa.String) and not isinstance(column.type, sa.Enum):
        length = column.type.length
        if not isinstance(found, str) or "\x00" in found or (length is not None and len(found) > length):
            raise ValueError(column.name)
        if column.name.endswith("_url") and found and not is_web_address(found):
            raise ValueError(column.name)  # a page leads there: no other scheme than the desk's forms take
    return found


def _reader(kind: Any) -> Callable[[Any], Any]:
    if isinstance(kind, UtcDateTime):
        return _moment
    if isinstance(kind, Amount):
        return lambda value: Decimal(str(value))
    if isinstance(kind, sa.Enum):
        return kind.enum_class or str
    if isinstance(kind, sa.Date):
        return dt.date.fromisoformat
    if isinstance(kind, sa.Boolean | sa.Integer):
        return _number if isinstance(kind, sa.Integer) else _truth
    return lambda value: value


def _moment(value: Any) -> dt.datetime:
    found = dt.datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError(value)
    return found


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(value)
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _texts(value: Any) -> Any:
    """Words by language, and other objects of texts."""
    for name, words in dict(value).items():
        _word(name)
        _word(words)
    return value


def _word(value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise TypeError(value)
    return value


def _links(value: Any) -> Any:
    for one in _items(value):
        _texts(one)
        _word(one["label"])
        if not is_web_address(_word(one["url"])):
            raise ValueError(one["url"])
    return value


def _choices(value: Any) -> Any:
    for one in _items(value):
        _word(one["value"])
        _texts(one["label"])
    return value


def _words(value: Any) -> Any:
    for one in _items(value):
        _word(one)
    return value


def _items(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value


#: How the columns of JSON are checked that hold something else than words by language.
SHAPES: dict[str, Callable[[Any], Any]] = {"links": _links, "choices": _choices, "knockout": _words}


def as_json(value: Any) -> bytes:
    """JSON for people and for diffs: one order, two spaces, an end of line at the end."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def as_markdown(front: Mapping[str, Any], body: str) -> bytes:
    """A text with its front matter; the body follows byte for byte."""
    # PyYAML writes U+0085 as it is, and reads it as the end of a line.
    is_plain = not any("\x85" in value for value in front.values() if isinstance(value, str))
    head = yaml.safe_dump(dict(front), allow_unicode=is_plain, sort_keys=False, width=10**6)
    return f"---\n{head}---\n{body}".encode()


def read_markdown(data: bytes, where: str) -> tuple[dict[str, Any], str]:
    """Front matter and body of a text. Raises `SiteFormatError`.

    An export whose line ends an editor or git has changed is read as it was.
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    if data.startswith(b"---\r\n"):
        data = data.replace(b"\r\n", b"\n")
    try:
        # A line of three hyphens alone ends it: inside of a quoted value lines are indented.
        begin, head, body = f"\n{data.decode()}".split("\n---\n", 2)
        front = yaml.safe_load(head)
    except (ValueError, yaml.YAMLError) as error:
        raise SiteFormatError(_("%(file)s: the front matter cannot be read.", file=where)) from error
    if begin or not isinstance(front, dict):
        raise SiteFormatError(_("%(file)s: the front matter cannot be read.", file=where))
    return front, body


def read_json(data: bytes, where: str) -> Any:
    """What a JSON file holds. Raises `SiteFormatError`."""
    try:
        return json.loads(data)
    except ValueError as error:
        raise SiteFormatError(_("%(file)s is not JSON.", file=where)) from error


def sorted_by(rows: Iterable[Any], *names: str) -> list[Any]:
    """Rows in one order, whatever the database gives."""
    return sorted(rows, key=lambda row: tuple(str(written(getattr(row, name))) for name in names))
