"""Posts of a Jekyll, Hugo or Zola site read from their files: facts, text, images, and what was not understood.

`read_old_site(folder)` once, then `read_post_file(path, folder, site)` for each path of `find_posts(folder)`, then
`bundles(posts, language)` puts translations together. Reads files, writes nothing, never raises for what is in a file.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from jobboard.core import clock
from jobboard.transfer.markup_body import converted, first_paragraph, heading_and_rest, plain_summary, split_more
from jobboard.transfer.markup_frontmatter_block import Block, BlockError, read_block
from jobboard.transfer.markup_frontmatter_facts import Facts, clean, read_moment
from jobboard.transfer.markup_frontmatter_homes import home_paths
from jobboard.transfer.markup_frontmatter_paths import MARKDOWN, PathFacts, find_posts, path_facts
from jobboard.transfer.markup_frontmatter_sites import OldSite, SiteKind, read_old_site
from jobboard.transfer.markup_headings import with_own_anchors
from jobboard.transfer.markup_images import find_images, with_images
from jobboard.transfer.markup_links import links_of
from jobboard.transfer.markup_post_problems import PostKind, PostProblem
from jobboard.transfer.markup_problems import Level

__all__ = [
    "Bundle", "OldSite", "PostProblem", "ReadPost", "Skipped", "bundles", "find_posts", "read_old_site",
    "read_post_file", "with_images",
]  # fmt: skip

MAX_BYTES = 2 * 1024 * 1024
MAX_TITLE = 300


@dataclass(frozen=True, slots=True)
class ReadPost:
    """One file: a post in one language. Moments are aware and in UTC."""

    #: Below the imported folder, with "/".
    path: str
    #: The same for all translations; the post's identity at its source. At most 250 characters.
    bundle_key: str
    title: str
    #: BCP 47; None: neither the file nor its site say.
    language: str | None
    #: As the old system would name it; not yet made fit for an address of ours.
    slug: str
    #: Paths at which the post stood before, from the root; its own before those that led to it.
    old_paths: tuple[str, ...]
    #: None: no date (then it is a draft).
    published: dt.datetime | None
    updated: dt.datetime | None
    is_draft: bool
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    tags: tuple[str, ...]
    #: The name and the number of the part; ("", None) for none.
    series: tuple[str, int | None]
    #: Plain, at most 300 characters.
    summary: str
    #: Markdown with image references as written; `with_images` gives them new addresses.
    body: str
    #: Files inside the imported folder, by the reference in the body.
    images: Mapping[str, Path] = field(default_factory=dict)
    #: The targets of its links as written, each with the first line of the file it stands in (None: in no file).
    links: Mapping[str, int | None] = field(default_factory=dict)
    #: Keys of the front matter that nothing was taken from.
    unused: tuple[str, ...] = ()
    problems: tuple[PostProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder that gives no post: a note for what is none, an error for what could not be read."""

    path: str
    problem: PostProblem


@dataclass(frozen=True, slots=True)
class Bundle:
    """A post with its translations: one post, one text per language."""

    key: str
    original: ReadPost
    translations: tuple[ReadPost, ...] = ()
    problems: tuple[PostProblem, ...] = ()


def read_post_file(path: Path, root: Path, site: OldSite | None = None) -> ReadPost | Skipped:
    """Read one file below `root`. The answer is the post, or why there is none."""
    site = site or read_old_site(root)
    try:
        below = path.relative_to(root).as_posix().encode("utf-8", "backslashreplace").decode()
    except ValueError:
        return _skipped(str(path), PostKind.outside, Level.error)
    if reason := _no_post(path, root):
        return _skipped(below, *reason)
    try:
        text = _text(path)
        block = read_block(text)
    except BlockError as error:
        return _skipped(below, error.kind, Level.error, error.line, **error.values)
    place = path_facts(path, root, site)
    if block is None or (site.kind is SiteKind.jekyll and not place.is_in_posts):
        return _skipped(below, PostKind.page if block else PostKind.no_front_matter)
    return _PostReader(path, root, site, place, below).post(block)


def _skipped(below: str, kind: PostKind, level: Level = Level.note, line: int | None = None, **values: str) -> Skipped:
    return Skipped(below, PostProblem(below, line, level, kind, values))


def _no_post(path: Path, root: Path) -> tuple[PostKind, Level] | None:
    """Why a path is no post, as far as its name and place tell."""
    try:
        if not path.resolve().is_relative_to(root.resolve()):
            return PostKind.outside, Level.error
        if path.is_dir():
            return PostKind.other_folder, Level.note
    except (OSError, ValueError, RuntimeError):
        return PostKind.outside, Level.error
    if path.suffix.lower() not in MARKDOWN:
        return PostKind.not_markdown, Level.note
    if path.name.split(".")[0] == "_index":
        return PostKind.section, Level.note
    return None


def _text(path: Path) -> str:
    """The file's text with "\\n" line ends. Raises `BlockError`."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise BlockError(PostKind.unreadable, None, detail=error.strerror or "") from error
    if len(data) > MAX_BYTES:
        raise BlockError(PostKind.too_large, None, limit=str(MAX_BYTES // 1024 // 1024))
    try:
        # Only a byte order mark says for sure that a text is UTF-16.
        encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
        return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise BlockError(PostKind.not_text, data.count(b"\n", 0, error.start) + 1) from error


class _PostReader:
    """Makes a post of a block and of what the file's place says."""

    def __init__(self, path: Path, root: Path, site: OldSite, place: PathFacts, below: str) -> None:
        self.path, self.root, self.site, self.place, self.below = path, root, site, place, below
        self.problems: list[PostProblem] = []

    def note(self, kind: PostKind, values: Mapping[str, str], line: int | None = None) -> None:
        self.problems.append(PostProblem(self.below, line, Level.note, kind, values))

    def post(self, block: Block) -> ReadPost:
        facts = Facts(block.table, self.site, self.note, self.defaults())
        separator = facts.text("excerpt_separator") or self.site.excerpt_separator
        before, whole = split_more(clean(block.body), separator)
        body = converted(whole, block.body_line)
        for finding in body.findings:
            self.note(finding.kind, {"name": finding.name, "count": str(finding.count)}, finding.line)
        title, markdown = self.title(facts, with_own_anchors(body.markdown))
        given = facts.paragraph("summary", "description", "excerpt")
        images = find_images(markdown, self.path, self.root, self.site, lambda text: _line(block, text))
        for finding in images.findings:
            self.note(finding.kind, {"reference": finding.name}, finding.line)
        published, is_draft = self.published(facts)
        categories = tuple(dict.fromkeys((*self.place.categories, *facts.labels("categories", "category"))))
        post = ReadPost(
            path=self.below,
            bundle_key=self.bundle_key(facts),
            title=title,
            language=facts.language() or self.place.language or self.site.language,
            slug=facts.text("slug") or self.place.slug,
            old_paths=home_paths(self.site, self.place, facts, title, categories, published),
            published=published,
            updated=facts.moment("lastmod", "updated", "last_modified_at", "modified", "last_updated"),
            is_draft=is_draft,
            authors=facts.authors(),
            categories=categories,
            tags=facts.labels("tags", "tag"),
            series=facts.series(),
            summary=plain_summary(converted(given or before).markdown) or first_paragraph(markdown),
            body=markdown.strip() + "\n" if markdown.strip() else "",
            images=images.files,
            links={target: _line(block, target.removeprefix("@/")) for target in links_of(markdown)},
        )
        return replace(post, unused=facts.unused, problems=tuple(self.problems))

    def title(self, facts: Facts, markdown: str) -> tuple[str, str]:
        """The title, and the text without the heading it may have been taken from."""
        if title := facts.text("title"):
            return title[:MAX_TITLE], markdown
        title, rest = heading_and_rest(markdown)
        if not title:
            title, rest = self.place.slug.replace("-", " ").replace("_", " ").strip().capitalize(), markdown
        self.note(PostKind.no_title, {"title": title[:MAX_TITLE]})
        return title[:MAX_TITLE], rest

    def published(self, facts: Facts) -> tuple[dt.datetime | None, bool]:
        """When the post was published, and whether it is a draft. Front matter wins over the file's name."""
        later, date = facts.moment("publishdate", "publish_date"), facts.moment("date")
        published = later or date or facts.moment_or_truth("published")
        if published is None and self.place.date:
            published = self.from_name(self.place.date)
        is_draft = self.place.is_draft
        is_draft = facts.truth("draft", if_unclear=True) is True or is_draft
        is_draft = facts.truth("published", if_unclear=False) is False or is_draft
        expired = facts.moment("expirydate", "unpublishdate")
        if expired is not None and expired <= clock.now() and not is_draft:
            self.note(PostKind.not_public, {"name": f"expiryDate {expired.astimezone(self.site.zone):%Y-%m-%d}"})
            is_draft = True
        if published is None and not is_draft:
            self.note(PostKind.no_date, {})
        return published, is_draft or published is None

    def defaults(self) -> dict[str, object]:
        """What the configuration says for posts of this folder; deeper folders win, as they do in Jekyll."""
        found: dict[str, object] = {}
        for folder, values in sorted(self.site.defaults, key=lambda one: len(one[0])):
            if not folder or f"/{self.below}".startswith(f"/{folder}/"):
                found |= values
        return found

    def from_name(self, day: dt.date) -> dt.datetime | None:
        try:
            return read_moment(day, self.site.zone)
        except (ValueError, OverflowError):
            self.note(PostKind.bad_date, {"key": self.path.name, "value": day.isoformat()})
            return None

    def bundle_key(self, facts: Facts) -> str:
        """The place of the file, or the key by which translations in different places name each other."""
        key = facts.text("translationkey", "translation_key", "page_id", "ref")
        return f"key:{key}"[:250] if key else self.place.bundle_key


def _line(block: Block, text: str) -> int:
    """The line of the file at which a text stands for the first time."""
    return block.body_line + block.body.count("\n", 0, max(0, block.body.find(text)))


def bundles(posts: Iterable[ReadPost], language: str) -> list[Bundle]:
    """Posts with their translations, in the order of their first file; posts without a language are in `language`.

    The original is the one in the site's language, else the first. A second file in the same language is left out
    and told as an error.
    """
    found: dict[str, dict[str, ReadPost]] = {}
    problems: dict[str, list[PostProblem]] = {}
    for post in posts:
        texts = found.setdefault(post.bundle_key, {})
        tag = post.language or language
        if tag in texts:
            values = {"other": texts[tag].path}
            twice = PostProblem(post.path, None, Level.error, PostKind.same_language_twice, values)
            problems.setdefault(post.bundle_key, []).append(twice)
        else:
            texts[tag] = replace(post, language=tag)
    made = []
    for key, texts in found.items():
        original = texts.get(language) or next(iter(texts.values()))
        others = tuple(post for post in texts.values() if post is not original)
        made.append(Bundle(key, original, others, tuple(problems.get(key, ()))))
    return made
