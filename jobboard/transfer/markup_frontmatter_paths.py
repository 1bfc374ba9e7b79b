"""How Jekyll, Hugo and Zola lay out a site: what its folders and file names say. Reads files, writes none."""

import datetime as dt
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from jobboard.transfer.markup_frontmatter_sites import OldSite, SiteKind, language_tag

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


@dataclass(frozen=True, slots=True)
class PathFacts:
    """What the place and name of a file say."""

    #: The same for all translations of a post, at most 250 characters, stable when the folder moves.
    bundle_key: str
    #: The address part the old system would use: no date, no language, no ending.
    slug: str
    #: The same with the date in front, when there is one.
    name: str
    language: str | None
    date: dt.date | None
    is_draft: bool
    #: Jekyll: the file lies in a folder of posts.
    is_in_posts: bool
    #: Jekyll: folders around `_posts`.
    categories: tuple[str, ...]
    #: The folder below `content`, for Hugo's relative aliases: "posts".
    section: str
    #: Hugo: the part of it that is a section of its own, by its `_index.md`.
    deepest_section: str


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
    own, content = _language_folder(below, site)
    if own:
        language = language or own
        folders = [part for part in below.parts[len(content.parts) : -1] if part != "content"]
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
        name=_clean(name),
        language=language,
        date=date,
        is_draft="_drafts" in all_parts,
        is_in_posts=bool({"_posts", "_drafts"} & set(all_parts)),
        categories=tuple(below.parts[: below.parts.index("_posts")]) if "_posts" in below.parts else (),
        section="/".join(folders[:-1] if is_bundle else folders),
        deepest_section=_deepest(root / content, folders[:-1] if is_bundle else folders),
    )


def _language_folder(below: PurePosixPath, site: OldSite) -> tuple[str | None, PurePosixPath]:
    """The language whose own folder of content a file lies in, None for none, and the folder of content."""
    for folder, language in site.language_folders.items():
        if below.is_relative_to(folder):
            return language, PurePosixPath(folder)
    content = PurePosixPath("content") if below.parts[0] == "content" else PurePosixPath()
    first = below.parts[len(content.parts)]
    is_language = site.kind is not SiteKind.jekyll and first in LANGUAGES and len(below.parts) > len(content.parts) + 1
    return (first, content / first) if is_language else (None, content)


def _deepest(content: Path, folders: list[str]) -> str:
    """The deepest folder that is a section: the first always is, the others by a text of their own."""
    for count in range(len(folders), 1, -1):
        if any(content.joinpath(*folders[:count]).glob("_index.*")):
            return "/".join(folders[:count])
    return folders[0] if folders else ""


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
