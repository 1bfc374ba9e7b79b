"""Posts of a Ghost or WordPress export as those of a folder are: the same facts, texts in Markdown, pictures by file.

Reads one file and looks for pictures in one folder. What is no such export raises `ExportError`, a broken entry is told.
"""

import dataclasses
import datetime as dt
import html
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from jobboard.core.i18n import _
from jobboard.transfer.markup_body import first_paragraph, plain_summary
from jobboard.transfer.markup_frontmatter import MAX_BYTES, MAX_TITLE, ReadPost, Skipped
from jobboard.transfer.markup_frontmatter_facts import clean, read_moment
from jobboard.transfer.markup_images import references
from jobboard.transfer.markup_links import links_of
from jobboard.transfer.markup_post_problems import PostKind, PostProblem
from jobboard.transfer.markup_problems import Level
from jobboard.transfer.markup_shapes_html import body_of, markdown_of

#: Bytes of the largest file that is read.
LARGEST_EXPORT = 100_000_000
#: Up to here a picture's path says only how it was reached; below, where it lies.
STORES = re.compile(r"^.*?/(?:content/images|wp-content/uploads|wp-content/blogs\.dir/\d+/files)/", re.DOTALL)
#: Names of smaller copies, which both systems make: what is left is the picture itself.
COPIES = (re.compile(r"^size/w\d+(?:h\d+)?/(?:format/\w+/)?"), re.compile(r"(?:-\d+x\d+|-scaled)(?=\.\w+$)"))


class ExportError(ValueError):
    """A file is no export that can be read; the text is a sentence."""


@dataclasses.dataclass(frozen=True, slots=True)
class Export:
    """An export: its posts, what else is in it (with how many), and the hosts of the old site, without "www."."""

    posts: list[ReadPost]
    others: list[tuple[int, Skipped]]
    hosts: frozenset[str] = frozenset()


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """A post as both systems tell it."""

    #: "ghost:5f…", "wordpress:example.org:12"; at most 250 characters.
    key: str
    title: str
    slug: str
    html: str
    excerpt: str = ""
    old_paths: tuple[str, ...] = ()
    published: object = None
    updated: object = None
    #: Why it is a draft although its source shows it to some, in the source's words; "" for no such reason.
    hidden: str = ""
    is_draft: bool = False
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: str | None = None
    #: A picture above the text: its address, words and caption.
    picture: tuple[str, str, str] = ("", "", "")
    findings: tuple[tuple[PostKind, Mapping[str, str]], ...] = ()

    @property
    def where(self) -> str:
        """What people find the post by."""
        return clean(self.slug or self.title or self.key)[:80]


def export_bytes(path: Path) -> bytes:
    """The file's bytes. Raises `ExportError` for one that is too large, `OSError` when it cannot be read."""
    if path.stat().st_size > LARGEST_EXPORT:
        limit = str(LARGEST_EXPORT // 1_000_000)
        raise ExportError(_("The file is larger than %(limit)s MB.", limit=limit))
    return path.read_bytes()


def post_of(entry: Entry, pictures: Path | None) -> ReadPost | Skipped:
    """The post of an entry with its text in Markdown; pictures are looked for below `pictures`."""
    if len(entry.html) > MAX_BYTES:
        return left_out(entry.where, PostKind.too_large, Level.error, limit=str(MAX_BYTES // 1024 // 1024))
    problems = [PostProblem(entry.where, None, Level.note, kind, values) for kind, values in entry.findings]

    def note(kind: PostKind, **values: str) -> None:
        problems.append(PostProblem(entry.where, None, Level.note, kind, values))

    images = _Pictures(pictures)
    body = body_of(_with_picture(entry), images.has)
    for finding in body.findings:
        note(finding.kind, name=finding.name, count=str(finding.count))
    for reference in images.missing:
        note(PostKind.picture_elsewhere, reference=clean(reference)[:200])
    if entry.hidden:
        note(PostKind.not_public, name=clean(entry.hidden)[:80])
    published, updated = _moment(entry.published, note), _moment(entry.updated, note)
    markdown, is_draft = clean(body.markdown), entry.is_draft or bool(entry.hidden)
    if published is None and not is_draft and not entry.published:
        note(PostKind.no_date)
    links = links_of(markdown)
    title = " ".join(clean(entry.title).split())[:MAX_TITLE]
    return ReadPost(
        path=entry.where,
        bundle_key=entry.key,
        title=title or entry.where,
        language=entry.language,
        slug=clean(entry.slug) or title,
        old_paths=entry.old_paths,
        published=published,
        updated=updated,
        is_draft=is_draft or published is None,
        authors=_names(entry.authors),
        categories=_names(entry.categories),
        tags=_names(entry.tags),
        summary=plain_summary(markdown_of(clean(entry.excerpt))) or first_paragraph(markdown),
        body=f"{markdown}\n" if markdown else "",
        images={name: file for name in (*references(markdown), *links) if (file := images.file(name))},
        links=dict.fromkeys(links),
        problems=tuple(problems),
    )


def left_out(where: str, kind: PostKind, level: Level = Level.note, **values: str) -> Skipped:
    """An entry that becomes no post."""
    return Skipped(where, PostProblem(where, None, level, kind, values))


def other_types(file: Path, types: Iterable[str]) -> list[tuple[int, Skipped]]:
    """What is no post at all (pages, menus), summed up by its type."""
    counted = Counter(types)
    return [
        (count, left_out(file.name, PostKind.other_type, name=clean(name)[:80], count=str(count)))
        for name, count in counted.items()
    ]


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words for name in names if (words := " ".join(clean(name).split()))))


def _moment(value: object, note: Callable[..., None]) -> dt.datetime | None:
    """A moment; both systems write UTC. What is none is told."""
    if not value:
        return None
    try:
        if isinstance(value, int):  # Ghost before 1.0: milliseconds since 1970
            value = dt.datetime.fromtimestamp(value / 1000, dt.UTC)
        return read_moment(value, ZoneInfo("UTC"))
    except (ValueError, OverflowError, OSError, TypeError, IndexError):
        note(PostKind.bad_date, key="date", value=clean(str(value))[:80])
        return None


def _with_picture(entry: Entry) -> str:
    """The HTML of an entry with the picture that stands above it, unless the text shows it anyway."""
    source, words, caption = entry.picture
    if not source or source in entry.html:
        return entry.html
    shown = f'<img src="{html.escape(source)}" alt="{html.escape(words)}">'
    return f"<figure>{shown}<figcaption>{caption}</figcaption></figure>{entry.html}"


class _Pictures:
    """The pictures of one post in the folder of pictures, which may not be there."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder.resolve() if folder else None
        #: Addresses of images that do not lie there.
        self.missing: list[str] = []

    def has(self, reference: str) -> bool:
        """Whether the image lies there; remembers those that do not."""
        if self.file(reference):
            return True
        self.missing.append(reference)
        return False

    def file(self, reference: str) -> Path | None:
        """The file of a reference: the picture itself rather than a smaller copy. Never one outside of the folder."""
        if self._folder is None:
            return None
        try:
            path = STORES.sub("", unquote(urlsplit(reference).path)).lstrip("/")
            for name in (COPIES[1].sub("", COPIES[0].sub("", path)), COPIES[0].sub("", path), path):
                found = (self._folder / name).resolve()
                if name and found.is_relative_to(self._folder) and found.is_file():
                    return found
        except (OSError, ValueError, RuntimeError):
            return None  # no path at all
        return None
