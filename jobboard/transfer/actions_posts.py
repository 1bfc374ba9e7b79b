"""Posts of another system's blog, made ours: idempotent by reference, in one transaction, images included."""

import dataclasses
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from jobboard.core.db import session
from jobboard.core.markdown import Rendered
from jobboard.files.actions import keep_picture
from jobboard.posts.actions import begin_article, set_authors, set_categories, touch
from jobboard.posts.models import Kind, Post, PostImage, PostState
from jobboard.transfer.actions import (
    Bodies,
    Known,
    Progress,
    Report,
    changed_facts,
    one_transaction,
    put_text,
    set_original,
    set_updated,
    set_values,
    site_language,
)
from jobboard.transfer.actions_homes import SOURCES, Homes, OldPaths, reference_of
from jobboard.transfer.actions_pictures import Album, ShownPicture
from jobboard.transfer.markup_exports import Export
from jobboard.transfer.markup_exports_ghost import read_ghost
from jobboard.transfer.markup_exports_wordpress import read_wordpress
from jobboard.transfer.markup_frontmatter import (
    Bundle,
    ReadPost,
    Skipped,
    bundles,
    find_posts,
    read_old_site,
    read_post_file,
    with_images,
)
from jobboard.transfer.markup_links import with_links
from jobboard.transfer.markup_post_problems import PostKind, PostProblem
from jobboard.transfer.markup_problems import Level

#: What reads an export, by the ending of its file.
EXPORTS: dict[str, Callable[[Path, Path | None], Export]] = {".json": read_ghost, ".xml": read_wordpress}


@dataclasses.dataclass(frozen=True)
class PreparedText:
    """One file of a bundle, its pictures kept and its text rendered (None: it is stored word for word)."""

    post: ReadPost
    locale: str
    body: str
    rendered: Rendered | None


@dataclasses.dataclass(frozen=True)
class Prepared:
    """A bundle with everything slow already done."""

    bundle: Bundle
    #: By key, so that one picture under two references is one.
    pictures: dict[str, ShownPicture]
    #: The original first.
    texts: list[PreparedText]


def import_posts(folder: Path, language: str, *, dry_run: bool = False, progress: Progress | None = None) -> Report:
    """Import every post below `folder`; posts that name no language are in `language`.

    The report accounts for each file: imported, or left out with its reason. Importing again changes what changed.
    Raises what the database and the storage raise; then nothing was imported.
    """
    report, album = Report(), Album(is_stored=not dry_run)
    posts, skipped, hosts = _read(folder, report)
    prepared = _prepared(posts, hosts, language, album, report, progress)
    _tell_skipped(skipped, folder, album, report)
    _put(prepared, report, dry_run=dry_run)
    return report


def import_export(
    file: Path, pictures: Path | None, language: str, *, dry_run: bool = False, progress: Progress | None = None
) -> Report:
    """Import every post of a Ghost or WordPress export; pictures are those below `pictures`. Otherwise as `import_posts`.

    Raises `ExportError` for a file that is no export, and `OSError` for one that cannot be read.
    """
    report, album = Report(), Album(is_stored=not dry_run)
    export = EXPORTS[file.suffix.lower()](file, pictures)
    posts = [_told(post, report) for post in export.posts]
    for count, skipped in export.others:
        report.left_out += count
        _tell(report, skipped.problem)
    _put(_prepared(posts, export.hosts, language, album, report, progress), report, dry_run=dry_run)
    return report


def _prepared(
    posts: list[ReadPost],
    hosts: Collection[str],
    language: str,
    album: Album,
    report: Report,
    progress: Progress | None,
) -> list[Prepared]:
    """Everything slow: which posts belong together, where they will stand, their pictures and their texts rendered."""
    found, bodies = bundles(posts, site_language(language)), Bodies()
    wanted = [(bundle, _wanted(bundle, report)) for bundle in found]
    texts = [(reference_of(bundle.key), post) for bundle, kept in wanted for post in kept]
    homes, prepared = Homes(texts, hosts), []
    for done, (bundle, kept) in enumerate(wanted, 1):
        prepared.append(_prepare(bundle, kept, homes, bodies, album, report))
        if progress is not None:
            progress(done, len(found))
    return prepared


def _put(prepared: Iterable[Prepared], report: Report, *, dry_run: bool) -> None:
    """Write all of it, or nothing."""
    with one_transaction(dry_run=dry_run):
        importer = _Importer(report)
        for item in prepared:
            importer.put(item)


def _read(folder: Path, report: Report) -> tuple[list[ReadPost], list[Skipped], Collection[str]]:
    """Every file below the folder, as a post or as something that is none; and the hosts of the old site."""
    site = read_old_site(folder)
    posts: list[ReadPost] = []
    skipped: list[Skipped] = []
    unused: Counter[str] = Counter()
    for path in find_posts(folder):
        result = read_post_file(path, folder, site)
        if isinstance(result, Skipped):
            skipped.append(result)
            continue
        posts.append(_told(result, report))
        unused.update(result.unused)
    for key, count in unused.most_common():
        _tell(report, PostProblem(folder.name, None, Level.note, PostKind.unused, {"key": key, "count": str(count)}))
    return posts, skipped, site.hosts


def _told(post: ReadPost, report: Report) -> ReadPost:
    """A post in a language of the site, after what is to tell about it was told."""
    for problem in post.problems:
        _tell(report, problem)
    return dataclasses.replace(post, language=site_language(post.language) if post.language else None)


def _tell(report: Report, problem: PostProblem) -> None:
    where = problem.path if problem.line is None else f"{problem.path}:{problem.line}"
    report.tell(where, problem.message, is_error=problem.level is Level.error)


def _note(report: Report, path: str, kind: PostKind, **values: str) -> None:
    _tell(report, PostProblem(path, None, Level.note, kind, values))


def _tell_skipped(skipped: Iterable[Skipped], folder: Path, album: Album, report: Report) -> None:
    """Files that are no posts: pictures that a post shows went along, all others are left out."""
    for one in skipped:
        if album.has(folder / one.path):
            report.pictures += 1
        else:
            report.left_out += 1
            _tell(report, one.problem)


def _wanted(bundle: Bundle, report: Report) -> list[ReadPost]:
    """The texts of a bundle that go in, the original first, each with its language."""
    for problem in bundle.problems:
        report.left_out += 1
        _tell(report, problem)
    posts = [post for post in (bundle.original, *bundle.translations) if _is_wanted(post, bundle.original, report)]
    return [dataclasses.replace(post, language=post.language or bundle.original.language) for post in posts]


def _prepare(
    bundle: Bundle, posts: Iterable[ReadPost], homes: Homes, bodies: Bodies, album: Album, report: Report
) -> Prepared:
    """Keep the pictures and render the texts with the addresses that pictures and linked posts have."""
    pictures: dict[str, ShownPicture] = {}
    texts = []
    for post in posts:
        addresses = {}
        for reference, path in post.images.items():
            shown = album.picture(path, reference)
            if isinstance(shown, str):
                _note(report, post.path, PostKind.bad_image, reference=reference[:200], detail=shown)
            else:
                addresses[reference] = shown.address
                pictures.setdefault(shown.picture.key, shown)
        locale = post.language or ""
        linked, lost = homes.links(post)
        for target, line in lost:
            if target not in addresses:
                _tell(report, PostProblem(post.path, line, Level.note, PostKind.lost_link, {"name": target[:200]}))
        body = with_links(with_images(post.body, addresses), linked | addresses)
        texts.append(PreparedText(post, locale, body, bodies.rendered(reference_of(bundle.key), locale, body)))
    return Prepared(bundle, pictures, texts)


def _is_wanted(post: ReadPost, original: ReadPost, report: Report) -> bool:
    """Whether a file goes in; what a translation says otherwise than its original is told."""
    if post is original:
        return True
    if post.is_draft and not original.is_draft:
        report.left_out += 1
        _note(report, post.path, PostKind.draft_translation, other=original.path)
        return False
    if original.is_draft and not post.is_draft:
        _note(report, post.path, PostKind.draft_original, other=original.path)
    facts = {"date": "published", "authors": "authors", "categories": "categories", "tags": "tags"}
    other = [word for word, name in facts.items() if (own := getattr(post, name)) and own != getattr(original, name)]
    if other:
        _note(report, post.path, PostKind.of_original, other=original.path, facts=", ".join(other))
    return True


class _Importer:
    """Puts bundles into the database; lives inside the transaction."""

    def __init__(self, report: Report) -> None:
        self.report, self.known, self.there, self.old_paths = report, Known(), _there(), OldPaths()

    def put(self, item: Prepared) -> None:
        """Make or change the post of a bundle, and count each of its files."""
        original, reference = item.bundle.original, reference_of(item.bundle.key)
        post = self.there.get(reference)
        if post is not None and post.kind is not Kind.article:
            values = {"reference": reference}
            _tell(self.report, PostProblem(original.path, None, Level.error, PostKind.reference_taken, values))
            self.report.left_out += len(item.texts)
            return
        before = None if post is None else post.updated_at
        if post is None:
            post = begin_article(locale=item.texts[0].locale)
            post.reference = reference
            self.there[reference] = post
        changes = self.changed(post, item, is_new=before is None)
        had = {text.locale for text in post.texts}
        by_text = [put_text(post, text.locale, self.words(text), text.rendered) for text in item.texts]
        said = max(filter(None, (text.post.updated for text in item.texts)), default=None)
        changed = bool(changes) or any(by_text)
        changes += set_updated(post, said, original.published, before=before, changed=changed)
        if before is not None and (changed or changes):
            touch(post)
        for number, (text, words) in enumerate(zip(item.texts, by_text, strict=True)):
            led = self.lead(text, post)
            names = [*words, *(changes if number == 0 else ()), *led]
            self.report.count(text.post.path, is_new=text.locale not in had, changes=names)

    @staticmethod
    def words(text: PreparedText) -> dict[str, Any]:
        """The words of a file, by our columns."""
        post = text.post
        return {"title": post.title, "summary": post.summary, "markdown": text.body, "slug": post.slug}

    def changed(self, post: Post, item: Prepared, *, is_new: bool) -> list[str]:
        """Write what is not text; the names of the facts that are different now."""
        before = _facts(post)
        locale = item.texts[0].locale
        texts = [text.post for text in item.texts]
        authors = next((one.authors for one in texts if one.authors), ())
        topics = next((names for one in texts if (names := (*one.categories, *one.tags))), ())
        with session().no_autoflush:
            set_authors(post, [self.known.person(name) for name in authors])
            set_categories(post, [self.known.category(name, locale) for name in topics])
            set_images(post, item.pictures)
        self.set_state(post, item.bundle.original, is_new=is_new)
        changes = [] if is_new else changed_facts(before, _facts(post))
        return changes + set_original(post, locale, [text.locale for text in item.texts])

    def set_state(self, post: Post, source: ReadPost, *, is_new: bool) -> None:
        """Published with its date, unless it is a draft; what was decided here about being public stays."""
        if source.is_draft or source.published is None:
            if post.state is PostState.published and not is_new:
                _note(self.report, source.path, PostKind.stays_published)
        elif not is_new and post.state is PostState.draft and post.publish_at is not None:
            _note(self.report, source.path, PostKind.taken_back)
        else:
            set_values(post, {"publish_at": source.published, "state": PostState.published})

    def lead(self, text: PreparedText, post: Post) -> list[str]:
        """Where the text stood before, everything leads to it from now on; what cannot is told."""
        found = next(one for one in post.texts if one.locale == text.locale)
        led = [self.old_paths.lead(path, found) for path in text.post.old_paths]
        for path, result in zip(text.post.old_paths, led, strict=True):
            if isinstance(result, PostKind):
                _note(self.report, text.post.path, result, old=path[:200])
        self.report.addresses += sum(not isinstance(result, PostKind) for result in led)
        return ["old addresses"] if True in led else []


def _there() -> dict[str | None, Post]:
    """The posts imported from files before, and whatever else has such a reference."""
    rows = session().execute(
        sa.select(Post)
        .where(sa.or_(*(Post.reference.startswith(f"{source}:") for source in SOURCES)))
        .options(
            selectinload(Post.texts),
            selectinload(Post.authorships),
            selectinload(Post.categorizations),
            selectinload(Post.images),
        )
    )
    return {post.reference: post for post in rows.scalars()}


def _facts(post: Post) -> dict[str, Any]:
    """The facts of a post that are no text, to tell what an import changed."""
    return {
        "authors": list(post.authors),
        "categories": list(post.categories),
        "images": {image.file.key for image in post.images},
        "published": (post.state, post.publish_at),
    }


def set_images(post: Post, pictures: dict[str, ShownPicture]) -> None:
    """The pictures that the texts show, each once; those that no text shows any more are let go."""
    held = {image.file.key: image for image in post.images}
    for key, shown in pictures.items():
        if key not in held:
            stored = keep_picture(shown.picture, is_stored=True)
            post.images.append(PostImage(file=stored, reference=shown.reference))
    for image in [image for key, image in held.items() if key not in pictures]:
        post.images.remove(image)
