"""How Jekyll, Hugo and Zola lay out a site: what its folders and file names say. Reads files, writes none."""

import datetime as dt
import enum
import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

from jobboard.transfer.markup_cells import CellError, read_tag
from jobboard.transfer.markup_frontmatter_block import BlockError, read_toml, read_yaml

MARKDOWN = frozenset({".md", ".markdown", ".mdown", ".mkd", ".mkdn"})
#: Folders at the top that hold no posts: templates, themes, built pages.
OTHER_FOLDERS = frozenset({
    "themes", "archetypes", "layouts", "public", "resources", "node_modules", "vendor", "templates",
    "_site", "_includes", "_layouts", "_sass",
})  # fmt: skip
#: Languages that a bare two-letter part of a name ("post.de.md", "content/de/") is taken for.
LANGUAGES = frozenset({
    "ar", "bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr", "he", "hi", "hr", "hu", "is",
    "it", "ja", "ko", "lt", "lv", "nb", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "tr", "uk", "vi",
    "zh",
})  # fmt: skip
DATED = re.compile(r"(?P<date>\d{4}-\d{1,2}-\d{1,2})[-_](?P<rest>.+)", re.DOTALL)
MAX_KEY = 250


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
    #: Jekyll's pattern of addresses, or the name of one.
    permalink: str = "date"
    #: The hosts it was found at, without "www.".
    hosts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PathFacts:
    """What the place and name of a file say."""

    #: The same for all translations of a post, at most 250 characters, stable when the folder moves.
    bundle_key: str
    #: The address part the old system would use: no date, no language, no ending.
    slug: str
    language: str | None
    date: dt.date | None
    is_draft: bool
    #: Jekyll: the file lies in a folder of posts.
    is_in_posts: bool
    #: Jekyll: folders around `_posts`.
    categories: tuple[str, ...]
    #: The folder below `content`, for Hugo's relative aliases: "posts".
    section: str


def read_old_site(root: Path) -> OldSite:
    """The system of a folder and its settings; what cannot be read counts as not there."""
    jekyll = _config(root, "_config.yml", "_config.yaml")
    if jekyll or root.name in {"_posts", "_drafts"} or (root / "_posts").is_dir():
        return OldSite(
            SiteKind.jekyll,
            language_tag(jekyll.get("lang") or jekyll.get("locale")),
            _zone(jekyll.get("timezone")),
            _base(jekyll.get("baseurl")),
            str(jekyll.get("excerpt_separator") or "").strip(),
            _names(_config(root, "_data/authors.yml", "_data/authors.yaml")),
            str(jekyll.get("permalink") or "date"),
            hosts_of(jekyll.get("url")),
        )
    table = _config(
        root,
        *[
            f"{folder}{name}.{end}"
            for folder in ("", "config/_default/")
            for name in ("hugo", "config")
            for end in ("toml", "yaml", "yml")
        ],
    )
    if "base_url" in table or ((root / "content" / "_index.md").is_file() and (root / "templates").is_dir()):
        language, base = language_tag(table.get("default_language", "en")), table.get("base_url")
        return OldSite(SiteKind.zola, language, base_path=_base(base), hosts=hosts_of(base))
    if table or (root / "archetypes").is_dir():
        language = table.get("defaultcontentlanguage") or table.get("languagecode") or table.get("locale")
        base = table.get("baseurl")
        return OldSite(
            SiteKind.hugo, language_tag(language), _zone(table.get("timezone")), _base(base), hosts=hosts_of(base)
        )
    return OldSite()


def _config(root: Path, *names: str) -> dict[str, Any]:
    """The first of these files that can be read, with keys in lower case."""
    for name in names:
        try:
            text = (root / name).read_text(encoding="utf-8-sig")
            table = read_toml(text) if name.endswith(".toml") else read_yaml(text)
        except (OSError, ValueError, BlockError):
            continue
        return {key.lower(): value for key, value in table.items()}
    return {}


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


def find_posts(root: Path) -> Iterator[Path]:
    """Every file below a folder that may be a post, and every folder that is not looked into; sorted, links not followed.

    Give each to `read_post_file`, which answers with the post or the reason why it is none.
    """
    for here, folders, files in os.walk(root):
        inner = []
        for name in sorted(folders):
            path = Path(here, name)
            is_other = name.startswith(".") or name == "node_modules" or (path.parent == root and name in OTHER_FOLDERS)
            if is_other or path.is_symlink():
                yield path
            else:
                inner.append(name)
        folders[:] = inner
        yield from (Path(here, name) for name in sorted(files))


def path_facts(path: Path, root: Path, site: OldSite) -> PathFacts:
    """What the place and name of a file below `root` say."""
    below = PurePosixPath(path.relative_to(root).as_posix())
    folders = [part for part in below.parts[:-1] if part not in {"content", "_posts", "_drafts"}]
    stem, language = _language_of(path, below.name.rpartition(".")[0])
    if (
        site.kind is not SiteKind.jekyll
        and folders
        and folders[0] in LANGUAGES
        and below.parts[0] in {"content", folders[0]}
    ):
        language, folders = language or folders[0], folders[1:]
    is_bundle = stem == "index" and bool(folders)
    name = folders[-1] if is_bundle else stem
    dated = DATED.fullmatch(name)
    date = _date(dated["date"]) if dated else None
    kept = [part for part in below.parts[:-1] if part in {"_posts", "_drafts"}]
    key = "/".join([*kept, *folders, *([] if is_bundle else [stem])])
    all_parts = (root.name, *below.parts[:-1])
    return PathFacts(
        bundle_key=_short(_clean(key)),
        slug=_clean(dated["rest"] if dated and date else name),
        language=language,
        date=date,
        is_draft="_drafts" in all_parts,
        is_in_posts=bool({"_posts", "_drafts"} & set(all_parts)),
        categories=tuple(below.parts[: below.parts.index("_posts")]) if "_posts" in below.parts else (),
        section="/".join(folders[:-1] if is_bundle else folders),
    )


def _language_of(path: Path, stem: str) -> tuple[str, str | None]:
    """ "post.de" gives "post" and "de": a language known in names, or any when the same post lies beside it."""
    base, _, suffix = stem.rpartition(".")
    if not base or not re.fullmatch(r"[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?", suffix):
        return stem, None
    is_sure = base == "index" or (suffix[:2] in LANGUAGES and len(re.split("[-_]", suffix)[0]) == 2)
    if is_sure or (path.parent / f"{base}{path.suffix}").is_file():
        return (base, tag) if (tag := language_tag(suffix)) else (stem, None)
    return stem, None


def _date(text: str) -> dt.date | None:
    try:
        return dt.date(*map(int, text.split("-")))
    except ValueError:
        return None


def _clean(name: str) -> str:
    """A file's name as text: bytes that are no UTF-8 are written out."""
    return name.encode("utf-8", "backslashreplace").decode()


def _short(key: str) -> str:
    """A key of bounded length: a long one is cut and told apart by its hash."""
    if len(key) <= MAX_KEY:
        return key
    return f"{key[: MAX_KEY - 17]}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
