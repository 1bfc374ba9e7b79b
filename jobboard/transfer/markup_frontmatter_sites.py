"""What the configuration of a Jekyll, Hugo or Zola site says that matters to its posts. Reads files, writes none."""

import enum
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jobboard.transfer.markup_cells import CellError, read_tag
from jobboard.transfer.markup_frontmatter_block import BlockError, read_toml, read_yaml

Table = Mapping[str, Any]
#: By the ending of a file of settings.
READERS: dict[str, Callable[[str], Any]] = {
    "toml": read_toml,
    "json": json.loads,
    "yaml": read_yaml,
    "yml": read_yaml,
}


class SiteKind(enum.Enum):
    """The system a folder was written for."""

    jekyll = "jekyll"
    hugo = "hugo"
    zola = "zola"
    plain = "plain"


@dataclass(frozen=True, slots=True)
class OldSite:
    """What the configuration of the old system says that matters to its posts."""

    kind: SiteKind = SiteKind.plain
    language: str | None = None
    zone: ZoneInfo = ZoneInfo("UTC")  # noqa: RUF009 - a zone never changes
    #: In front of every path of the old site: "/blog", or "".
    base_path: str = ""
    excerpt_separator: str = ""
    #: Full names by the short ones that posts use (Jekyll's `_data/authors.yml`).
    authors: Mapping[str, str] = field(default_factory=dict)
    #: The hosts it was found at, without "www.".
    hosts: frozenset[str] = frozenset()
    #: Jekyll's pattern of addresses, or the name of one.
    permalink: str = "date"
    #: Hugo's patterns of addresses by section, and by language where a language has its own; "" is every language.
    patterns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: Jekyll's values for posts that do not say: the folder they are for, and the values.
    defaults: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    #: Hugo's folders of content that are a language's own.
    language_folders: Mapping[str, str] = field(default_factory=dict)
    #: Pages of the site's own language stand below its name too.
    has_language_path: bool = False
    #: Hugo: pages end in ".html" instead of being folders.
    is_ugly: bool = False
    #: Addresses keep capitals as they are written.
    keeps_case: bool = False
    #: The date in front of a file's name stays in the address.
    keeps_dates: bool = False
    #: How Zola makes addresses of names: "on", "safe" or "off".
    slugify: str = "on"


def read_old_site(root: Path) -> OldSite:
    """The system of a folder and its settings; what cannot be read counts as not there."""
    jekyll = _config(root, "_config.yml", "_config.yaml", "_config.toml")
    if jekyll or root.name in {"_posts", "_drafts"} or (root / "_posts").is_dir():
        return _jekyll(root, jekyll)
    table = _hugo_config(root) or _config(root, "zola.toml")
    if "base_url" in table or ((root / "content" / "_index.md").is_file() and (root / "templates").is_dir()):
        return _zola(table)
    if table or (root / "archetypes").is_dir():
        return _hugo(table)
    return OldSite()


def _jekyll(root: Path, table: Table) -> OldSite:
    own = _table(_table(table, "collections"), "posts").get("permalink")
    return OldSite(
        SiteKind.jekyll,
        language_tag(table.get("lang") or table.get("locale")),
        _zone(table.get("timezone")),
        _base(table.get("baseurl")),
        excerpt_separator=str(table.get("excerpt_separator") or "").strip(),
        authors=_names(_config(root, "_data/authors.yml", "_data/authors.yaml", "_data/authors.json")),
        hosts=hosts_of(table.get("url")),
        permalink=str(own or table.get("permalink") or "date"),
        defaults=tuple(_defaults(table.get("defaults"))),
    )


def _defaults(found: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Values for posts: those of a scope of another type, and of a folder with wildcards, are none."""
    for one in found if isinstance(found, list) else ():
        if isinstance(one, dict) and isinstance(scope := one.get("scope") or {}, dict):
            path, kind = str(scope.get("path") or "").strip("/"), scope.get("type") or "posts"
            if kind in {"posts", "post"} and "*" not in path and isinstance(values := one.get("values"), dict):
                yield path, values


def _zola(table: Table) -> OldSite:
    slugify, base = _table(table, "slugify"), table.get("base_url")
    return OldSite(
        SiteKind.zola,
        language_tag(table.get("default_language", "en")),
        base_path=_base(base),
        hosts=hosts_of(base),
        keeps_dates=slugify.get("paths_keep_dates") is True,
        slugify=str(slugify.get("paths") or "on"),
    )


def _hugo(table: Table) -> OldSite:
    base, languages = table.get("baseurl"), _table(table, "languages")
    by_language = {tag: one for tag, one in languages.items() if isinstance(one, dict)}
    patterns = {"": _patterns(table.get("permalinks"))}
    patterns |= {tag: _patterns(one["permalinks"]) for tag, one in by_language.items() if "permalinks" in one}
    named = {str(one.get("contentdir") or "").strip("/"): tag for tag, one in by_language.items()}
    dates = _table(table, "frontmatter").get("date") or ()
    return OldSite(
        SiteKind.hugo,
        language_tag(table.get("defaultcontentlanguage") or table.get("languagecode") or table.get("locale")),
        _zone(table.get("timezone")),
        _base(base),
        hosts=hosts_of(base, *(one.get("baseurl") for one in by_language.values())),
        patterns=patterns,
        language_folders={folder: tag for folder, tag in named.items() if folder not in {"", "content"}},
        has_language_path=_is_true(table.get("defaultcontentlanguageinsubdir")),
        is_ugly=_is_true(table.get("uglyurls")),
        keeps_case=_is_true(table.get("disablepathtolower")),
        keeps_dates=":filename" not in dates,
    )


def _hugo_config(root: Path) -> dict[str, Any]:
    """Hugo's settings, in one file or with tables in files of their own."""
    folders, ends = ("", "config/_default/"), ("toml", "yaml", "yml", "json")
    table = _config(
        root, *(f"{folder}{name}.{end}" for folder in folders for name in ("hugo", "config") for end in ends)
    )
    for name in ("permalinks", "languages", "frontmatter"):
        if found := _config(root, *(f"config/_default/{name}.{end}" for end in ends)):
            table[name] = found.get(name, found)
    return table


def _patterns(found: Any) -> dict[str, str]:
    """Patterns by section: of pages where kinds are told apart, else of the whole table; the newest form is a list."""
    if isinstance(found, list):
        found = {
            str(_table(one, "target").get("path") or "/").replace("*", "").strip("/{}").split(",")[0]: one.get(
                "pattern"
            )
            for one in found
            if isinstance(one, dict) and _table(one, "target").get("kind", "page") == "page"
        }
    table = found if isinstance(found, dict) else {}
    table = table | _table(table, "page")
    return {str(key).strip("/ "): value for key, value in table.items() if isinstance(value, str)}


def _is_true(value: object) -> bool:
    return value is True or str(value).lower() == "true"


def _table(table: Any, key: str) -> dict[str, Any]:
    """The table at a key; an empty one where there is none."""
    found = table.get(key) if isinstance(table, Mapping) else None
    return found if isinstance(found, dict) else {}


def _config(root: Path, *names: str) -> dict[str, Any]:
    """The first of these files that can be read, with keys in lower case."""
    for name in names:
        try:
            text = (root / name).read_text(encoding="utf-8-sig")
            table = _lower(READERS[name.rpartition(".")[2]](text))
        except (OSError, ValueError, BlockError, RecursionError):
            continue
        if isinstance(table, dict):
            return table
    return {}


def _lower(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key).lower(): _lower(one) for key, one in value.items()}
    return [_lower(one) for one in value] if isinstance(value, list) else value


def language_tag(value: object) -> str | None:
    """A language as BCP 47 writes it; None for what is no language."""
    try:
        return read_tag(str(value)) if value else None
    except CellError:
        return None


def _zone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(value or "UTC"))
    except (LookupError, ValueError, OSError):
        return ZoneInfo("UTC")


def _base(value: object) -> str:
    """The path of an address: "https://example.org/blog/" gives "/blog"."""
    path = re.sub(r"^(?:https?:)?//[^/]*", "", str(value or "")).strip("/")
    return f"/{path}" if path else ""


def hosts_of(*addresses: object) -> frozenset[str]:
    """The hosts of web addresses, without "www."; what is no address has none."""
    found = (
        re.match(r"(?:https?:)?//(?:www\.)?([^/:?#]+)", str(address or ""), re.IGNORECASE) for address in addresses
    )
    return frozenset(match[1].lower() for match in found if match)


def _names(table: dict[str, Any]) -> dict[str, str]:
    found = {
        key: entry.get("name") or entry.get("display_name") for key, entry in table.items() if isinstance(entry, dict)
    }
    return {key: name for key, name in found.items() if isinstance(name, str)}
