"""Posts of another system's blog, made ours: idempotent by reference, some posts at a time, images included."""

import dataclasses
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

import sqlalchemy as sa

from jobboard.files.storage import StorageError
from jobboard.transfer.actions import Bodies, Progress, Report, one_transaction, site_language
from jobboard.transfer.actions_homes import Homes, OldPaths, reference_of
from jobboard.transfer.actions_pictures import Album, ShownPicture
from jobboard.transfer.actions_posts_put import Importer, Prepared, PreparedText, note, tell
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
from jobboard.transfer.markup_images import references
from jobboard.transfer.markup_links import with_links
from jobboard.transfer.markup_post_problems import PostKind, PostProblem
from jobboard.transfer.markup_problems import Level

#: Posts written in one transaction: about a second on SQLite, where others wait to write for five.
AT_ONCE = 25
#: What reads an export, by the ending of its file.
EXPORTS: dict[str, Callable[[Path, Path | None], Export]] = {".json": read_ghost, ".xml": read_wordpress}


class ImportStopped(Exception):
    """An import that came to a part of its posts; its cause says why. The part stays, and the next import goes on."""

    def __init__(self, done: int, total: int) -> None:
        super().__init__(done, total)
        self.done, self.total = done, total


def import_posts(folder: Path, language: str, *, dry_run: bool = False, progress: Progress | None = None) -> Report:
    """Import every post below `folder`; posts that name no language are in `language`.

    The report accounts for each file: imported, or left out with its reason. Importing again changes what changed.
    Raises what the database and the storage raise; then nothing was imported. Raises `ImportStopped` where a part was.
    """
    report, album = Report(), Album(is_stored=not dry_run)
    posts, skipped, hosts = _read(folder, report)
    written = _carry_out(posts, hosts, language, album, report, progress, dry_run=dry_run)
    _tell_skipped(skipped, folder, album, report)
    report.add(written)
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
        tell(report, skipped.problem)
    report.add(_carry_out(posts, export.hosts, language, album, report, progress, dry_run=dry_run))
    return report


def _carry_out(
    posts: list[ReadPost],
    hosts: Collection[str],
    language: str,
    album: Album,
    report: Report,
    progress: Progress | None,
    *,
    dry_run: bool,
) -> Report:
    """Prepare and write some posts at a time: nobody who sends a form meanwhile waits longer than for one batch.

    A dry run is one transaction, as what comes later depends on what came before. The answer is what the writing tells, to be
    told last. Raises `ImportStopped`.
    """
    found, bodies = bundles(posts, site_language(language)), Bodies()
    wanted = [(bundle, _wanted(bundle, report)) for bundle in found]
    texts = [(reference_of(bundle.key), post) for bundle, kept in wanted for post in kept]
    homes, old_paths, written, done = Homes(texts, hosts), OldPaths(), Report(), 0
    at_once = len(wanted) if dry_run else AT_ONCE
    try:
        while done < len(wanted):
            prepared = []
            for number, (bundle, kept) in enumerate(wanted[done : done + at_once], done + 1):
                prepared.append(_prepare(bundle, kept, homes, bodies, album, report))
                if progress is not None:
                    progress(number, len(wanted))
            with one_transaction(dry_run=dry_run):
                importer = Importer(prepared, old_paths, written)
                for item in prepared:
                    importer.put(item)
            done += len(prepared)
    except (StorageError, OSError, sa.exc.SQLAlchemyError, KeyboardInterrupt) as error:
        if not done:
            raise
        raise ImportStopped(done, len(wanted)) from error
    return written


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
        tell(report, PostProblem(folder.name, None, Level.note, PostKind.unused, {"key": key, "count": str(count)}))
    return posts, skipped, site.hosts


def _told(post: ReadPost, report: Report) -> ReadPost:
    """A post in a language of the site, after what is to tell about it was told; a translation needs no date of its own."""
    for problem in post.problems:
        if problem.kind is not PostKind.no_date:
            tell(report, problem)
    return dataclasses.replace(post, language=site_language(post.language) if post.language else None)


def _tell_skipped(skipped: Iterable[Skipped], folder: Path, album: Album, report: Report) -> None:
    """Files that are no posts: pictures that a post shows went along, all others are left out."""
    for one in skipped:
        if album.has(folder / one.path):
            report.pictures += 1
        else:
            report.left_out += 1
            tell(report, one.problem)


def _wanted(bundle: Bundle, report: Report) -> list[ReadPost]:
    """The texts of a bundle that go in, the original first, each with its language."""
    for problem in bundle.problems:
        report.left_out += 1
        tell(report, problem)
    if _is_undated(bundle.original):
        note(report, bundle.original.path, PostKind.no_date)
    posts = [post for post in (bundle.original, *bundle.translations) if _is_wanted(post, bundle.original, report)]
    return [dataclasses.replace(post, language=post.language or bundle.original.language) for post in posts]


def _is_undated(post: ReadPost) -> bool:
    """Whether a post is a draft for no other reason than that it has no date."""
    return any(problem.kind is PostKind.no_date for problem in post.problems)


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
                note(report, post.path, PostKind.bad_image, reference=reference[:200], detail=shown)
            else:
                addresses[reference] = shown.address
                pictures.setdefault(shown.picture.key, shown)
        locale = post.language or ""
        linked, lost = homes.links(post)
        for target, line in lost:
            if target not in addresses:
                tell(report, PostProblem(post.path, line, Level.note, PostKind.lost_link, {"name": target[:200]}))
        body = with_links(with_images(post.body, _without_holes(post.body) | addresses), linked | addresses)
        texts.append(PreparedText(post, locale, body, bodies.rendered(reference_of(bundle.key), locale, body)))
    return Prepared(bundle, pictures, texts)


def _without_holes(body: str) -> dict[str, str]:
    """For pictures that are not here: a reference that is no address of this site, so that their words stand in their place."""
    paths = (one for one in references(body) if one.startswith("/") and not one.startswith("//"))
    return {path: path.lstrip("/") for path in paths}


def _is_wanted(post: ReadPost, original: ReadPost, report: Report) -> bool:
    """Whether a file goes in; what a translation says otherwise than its original is told."""
    if post is original:
        return True
    if post.is_draft and not _is_undated(post) and not original.is_draft:
        report.left_out += 1
        note(report, post.path, PostKind.draft_translation, other=original.path)
        return False
    if original.is_draft and not post.is_draft:
        note(report, post.path, PostKind.draft_original, other=original.path)
    facts = {"date": "published", "authors": "authors", "categories": "categories", "tags": "tags"}
    other = [word for word, name in facts.items() if (own := getattr(post, name)) and own != getattr(original, name)]
    if other:
        note(report, post.path, PostKind.of_original, other=original.path, facts=", ".join(other))
    return True
