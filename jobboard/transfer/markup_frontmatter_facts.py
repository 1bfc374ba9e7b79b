"""Facts of a post from its front matter, under the names that Jekyll, Hugo and Zola give them. Pure."""

import datetime as dt
import posixpath
import re
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo

from jobboard.transfer.markup_cells import NOT_TEXT, CellError, read_tag
from jobboard.transfer.markup_frontmatter_sites import OldSite, SiteKind
from jobboard.transfer.markup_post_problems import PostKind

#: Tables whose keys count as if they stood outside: Zola's and Hugo's own.
INNER = ("taxonomies", "extra", "params")
#: Understood, and of no use here.
WITHOUT_MEANING = frozenset({"layout", "template", "type", "weight", "toc"})
EMPTY = ("", "~", "null", None)
NOTHING: Mapping[str, Any] = {}
#: Systems that take patterns in front matter.
WITH_PATTERNS = frozenset({SiteKind.jekyll, SiteKind.hugo})
EARLIEST, LATEST = dt.datetime(1970, 1, 2, tzinfo=dt.UTC), dt.datetime(2200, 1, 1, tzinfo=dt.UTC)
MOMENT = re.compile(
    r"(?P<day>\d{4}[-/]\d{1,2}[-/]\d{1,2})"
    r"(?:(?:[Tt]|\s+)(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?)?"
    r"\s*(?P<zone>Z|z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?"
)
WRITTEN_DAYS = ("%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%d.%m.%Y", "%Y%m%d")

Tell = Callable[[PostKind, dict[str, str]], None]


class Facts:
    """The values of one front matter; remembers which keys were asked for. What is wrong goes to `tell`."""

    def __init__(
        self, table: Mapping[str, Any], site: OldSite, tell: Tell, defaults: Mapping[str, Any] = NOTHING
    ) -> None:
        self.site, self.tell = site, tell
        self.values = {str(key).lower(): value for key, value in table.items()}
        #: Keys that the file itself does not have.
        self._defaults = {key: value for key, value in defaults.items() if key not in self.values}
        self.values |= self._defaults
        for inner in INNER:
            if isinstance(nested := self.values.get(inner), dict):
                del self.values[inner]
                self.values = {f"{inner}.{str(key).lower()}": value for key, value in nested.items()} | self.values
        self.used: set[str] = set()
        #: Whether the front matter itself says where the post stood (known once `old_paths` was asked).
        self.has_permalink = False
        #: The pattern it says, where the old system takes one.
        self.permalink_pattern = ""

    def take(self, *names: str) -> tuple[str, Any]:
        """The first of these keys with a value, and the value; ("", None) without one. All of them count as used."""
        found: tuple[str, Any] = ("", None)
        for name in names:
            for key in (name, *(f"{inner}.{name}" for inner in INNER)):
                self.used.add(key)
                value = self.values.get(key)
                is_empty = value in EMPTY if isinstance(value, str | None) else value in ([], {})
                if not is_empty and found[1] is None:
                    found = (key, value)
        return found

    @property
    def unused(self) -> tuple[str, ...]:
        """Keys that nothing was taken from, as written below their table."""
        known = self.used | WITHOUT_MEANING | self._defaults.keys()
        return tuple(key for key in self.values if key not in known)

    def text(self, *names: str) -> str:
        """One line of text."""
        key, value = self.take(*names)
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return " ".join(clean(str(value)).split())
        if value is not None:
            self.tell(PostKind.wrong_kind, {"key": key})
        return ""

    def paragraph(self, *names: str) -> str:
        """A text with its line breaks."""
        key, value = self.take(*names)
        if isinstance(value, str):
            return clean(value).strip()
        if value is not None:
            self.tell(PostKind.wrong_kind, {"key": key})
        return ""

    def truth(self, name: str, *, if_unclear: bool) -> bool | None:
        """Yes or no; None without the key."""
        key, value = self.take(name)
        if value is None or isinstance(value, bool):
            return value
        word = str(value).strip().lower()
        if word in {"true", "yes", "on", "1"}:
            return True
        if word in {"false", "no", "off", "0"}:
            return False
        self.tell(PostKind.bad_truth, {"key": key, "value": word[:80]})
        return if_unclear

    def moment(self, *names: str) -> dt.datetime | None:
        """A moment in UTC; a day alone is its first second in the site's zone."""
        key, value = self.take(*names)
        if value is None:
            return None
        try:
            return read_moment(value, self.site.zone)
        except (ValueError, OverflowError, TypeError, IndexError):
            self.tell(PostKind.bad_date, {"key": key, "value": clean(str(value))[:80]})
            return None

    def written_moment(self, name: str) -> dt.datetime | None:
        """A moment in the zone it is written in: what the old system made addresses of. None where there is none."""
        _key, value = self.take(name)
        try:
            return None if value is None else _written(value, self.site.zone)
        except (ValueError, OverflowError, TypeError, IndexError):
            return None  # told when it was read as the date

    def moment_or_truth(self, name: str) -> dt.datetime | None:
        """The moment at a key that others use for yes or no; the key is then gone."""
        _key, value = self.take(name)
        try:
            moment = read_moment(value, self.site.zone) if re.match(r"\d{4}-", str(value)) else None
        except (ValueError, OverflowError, TypeError, IndexError):
            return None
        if moment:
            self.values.pop(name, None)
        return moment

    def language(self) -> str | None:
        """The language that the front matter names."""
        value = self.text("lang", "language", "locale")
        if not value:
            return None
        try:
            return read_tag(value)
        except CellError:
            self.tell(PostKind.bad_language, {"value": value[:80]})
            return None

    def authors(self) -> tuple[str, ...]:
        """Full names, each once."""
        key, value = self.take("authors", "author")
        names = [name for each in (value if isinstance(value, list) else [value]) for name in self._names(key, each)]
        return tuple(dict.fromkeys(self.site.authors.get(name, name) for name in names))

    def _names(self, key: str, value: Any) -> list[str]:
        if isinstance(value, dict):
            named = value.get("name") or value.get("display_name") or value.get("title")
            value = named or (next(iter(value)) if len(value) == 1 else value)
        if isinstance(value, str | int):
            return [name] if (name := " ".join(clean(str(value)).split())) else []
        if value is not None:
            self.tell(PostKind.wrong_kind, {"key": key})
        return []

    def labels(self, *names: str) -> tuple[str, ...]:
        """Names of categories or tags, each once. Jekyll cuts a text at spaces, the others take it whole."""
        key, value = self.take(*names)
        if isinstance(value, str):
            if "," in value:
                value = value.split(",")
            else:
                value = value.split() if self.site.kind is SiteKind.jekyll and not key.endswith("category") else [value]
        if value is not None and not isinstance(value, list):
            self.tell(PostKind.wrong_kind, {"key": key})
            return ()
        found = [" ".join(clean(str(each)).split()) for each in value or () if isinstance(each, str | int | float)]
        if len(found) < len(value or ()):
            self.tell(PostKind.wrong_kind, {"key": key})
        return tuple(dict.fromkeys(name for name in found if name))

    def series(self) -> tuple[str, int | None]:
        """The name of the series, "" for none, and the number of the part; of several series (Hugo's taxonomy) the first."""
        key, value = self.take("series")
        name = value[0] if isinstance(value, list) and value else value
        if name is not None and not isinstance(name, str):
            self.tell(PostKind.wrong_kind, {"key": key})
        key, number = self.take("series_part", "series_order", "part")
        is_number = isinstance(number, int | str) and re.fullmatch(r"[1-9]\d{0,2}", str(number))
        if number is not None and not is_number:
            self.tell(PostKind.wrong_kind, {"key": key})
        return " ".join(clean(name).split())[:80] if isinstance(name, str) else "", int(number) if is_number else None

    def old_paths(self, section: str) -> tuple[str, ...]:
        """Addresses at which the post stood: permalink, aliases, redirects; paths from the root."""
        found = []
        for names in (("permalink", "url", "path"), ("aliases",), ("redirect_from",)):
            key, value = self.take(*names)
            self.has_permalink |= "permalink" in names and value is not None
            for each in value if isinstance(value, list) else [value]:
                if not isinstance(each, str):
                    if each is not None:
                        self.tell(PostKind.wrong_kind, {"key": key})
                elif "permalink" in names and self._is_pattern(each):
                    if self.site.kind in WITH_PATTERNS:
                        self.permalink_pattern = clean(each)
                    else:
                        self.tell(PostKind.permalink_pattern, {"value": clean(each)[:200]})
                else:
                    base = section if self.site.kind is SiteKind.hugo and key == "aliases" else ""
                    found.append(old_path(clean(each), base))
        return tuple(dict.fromkeys(path for path in found if path != "/"))

    @staticmethod
    def _is_pattern(text: str) -> bool:
        is_named = text in {"pretty", "date", "none", "ordinal", "weekdate"}
        return is_named or bool(re.search(r":[a-z_]+", re.sub(r"^https?://[^/]*", "", text)))


def old_path(text: str, section: str = "") -> str:
    """A path from the root, without dots that lead upwards: "/blog/old/"."""
    text = re.sub(r"^(?:https?:)?//[^/]*", "", text.strip()).split("?")[0].split("#")[0]
    path = posixpath.normpath(posixpath.join("/", section, text))
    path = "/" + path.lstrip("/")
    return f"{path}/" if text.endswith("/") and path != "/" else path


def clean(text: str) -> str:
    """A text without what no database takes."""
    return NOT_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)


def read_moment(value: object, zone: ZoneInfo) -> dt.datetime:
    """A moment in UTC from what YAML, TOML or JSON give. Raises `ValueError`."""
    moment = _written(value, zone).astimezone(dt.UTC)
    if not EARLIEST <= moment <= LATEST:
        raise ValueError(str(value))
    return moment


def _written(value: object, zone: ZoneInfo) -> dt.datetime:
    """A moment in the zone that it names, else in this one. Raises `ValueError`."""
    if isinstance(value, dt.datetime):
        moment = value
    elif isinstance(value, dt.date):
        moment = dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001 - the zone follows
    else:
        moment = _parsed(str(value).strip())
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _parsed(text: str) -> dt.datetime:
    """A moment from a text in one of the usual ways of writing; naive when it names no zone."""
    if match := MOMENT.fullmatch(text):
        year, month, day = map(int, re.split("[-/]", match["day"]))
        hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
        moment = dt.datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - the zone follows
        return moment.replace(tzinfo=_offset(match["zone"])) if match["zone"] else moment
    for form in WRITTEN_DAYS:
        try:
            return dt.datetime.strptime(text, form)  # noqa: DTZ007
        except ValueError:
            continue
    return parsedate_to_datetime(text)


def _offset(text: str) -> dt.timezone:
    if not text.startswith(("+", "-")):
        return dt.UTC
    hours, minutes = int(text[1:3]), int(text[3:].lstrip(":") or 0)
    return dt.timezone((1 if text[0] == "+" else -1) * dt.timedelta(hours=hours, minutes=minutes))
