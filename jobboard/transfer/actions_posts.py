"""Posts of a Jekyll, Hugo or Zola blog, made ours: idempotent by file, in one transaction, images included."""

import dataclasses
from collections.abc import Iterable
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from jobboard.core.db import session
from jobboard.core.i18n import _
from jobboard.core.markdown import Rendered, render
from jobboard.files.actions import Picture, keep_picture, read_picture
from jobboard.files.checks import PictureRefused
from jobboard.files.markup import picture_path
from jobboard.posts.actions import begin_article, publish, set_authors, set_categories, withdraw_to_draft
from jobboard.posts.models import Post, PostImage, PostState
from jobboard.transfer.actions import Known, Progress, Report, is_changed, one_transaction, put_text
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
from jobboard.transfer.markup_problems import Level


@dataclasses.dataclass(frozen=True)
class Prepared:
    """A bundle with everything slow already done: its pictures checked and re-encoded, its texts rendered."""

    bundle: Bundle
    pictures: dict[str, Picture]
    texts: list[tuple[ReadPost, str, Rendered]]


def import_posts(folder: Path, language: str, *, dry_run: bool = False, progress: Progress | None = None) -> Report:
    """Import every post below `folder`; posts that name no language are in `language`.

    The report accounts for each file: imported, or left out with its reason. Importing again changes what changed.
    """
    report = Report()
    posts = _read(folder, report)
    prepared = []
    for done, bundle in enumerate(found := bundles(posts, language), 1):
        prepared.append(_prepare(bundle, report))
        if progress is not None:
            progress(done, len(found))
    with one_transaction(dry_run=dry_run):
        known, there = Known(), _there(bundle.key for bundle in found)
        for item in prepared:
            _put(item, known, there, report, dry_run=dry_run)
    return report


def _read(folder: Path, report: Report) -> list[ReadPost]:
    site = read_old_site(folder)
    posts = []
    for path in find_posts(folder):
        result = read_post_file(path, folder, site)
        if isinstance(result, Skipped):
            report.left_out += 1
            problems = [result.problem]
        else:
            posts.append(result)
            problems = list(result.problems)
            if result.unused:
                names = ", ".join(result.unused)
                report.messages.append((result.path, _("Nothing was taken from: %(keys)s", keys=names), False))
        for problem in problems:
            where = problem.path if problem.line is None else f"{problem.path}:{problem.line}"
            report.messages.append((where, problem.message, problem.level is Level.error))
    return posts


def _prepare(bundle: Bundle, report: Report) -> Prepared:
    """Read the pictures and render the texts with the addresses the pictures will have."""
    for problem in bundle.problems:
        report.left_out += 1
        report.messages.append((problem.path, problem.message, problem.level is Level.error))
    pictures: dict[str, Picture] = {}
    texts = []
    for post in (bundle.original, *bundle.translations):
        addresses = {}
        for reference, path in post.images.items():
            try:
                picture = read_picture(path.read_bytes(), path.name)
            except (OSError, PictureRefused) as error:
                report.messages.append((post.path, f"{reference}: {error}", True))
                continue
            pictures[reference] = picture
            addresses[reference] = picture_path(picture.key, picture.name)
        body = with_images(post.body, addresses)
        texts.append((post, body, render(body)))
    return Prepared(bundle, pictures, texts)


def _there(keys: Iterable[str]) -> dict[str | None, Post]:
    """The posts imported before, by reference."""
    rows = session().execute(
        sa.select(Post)
        .where(Post.reference.in_([reference_of(key) for key in keys]))
        .options(
            selectinload(Post.texts),
            selectinload(Post.authorships),
            selectinload(Post.categorizations),
            selectinload(Post.images),
        )
    )
    return {post.reference: post for post in rows.scalars()}


def reference_of(key: str) -> str:
    """The reference of an imported file's post."""
    return f"file:{key}"


def _put(item: Prepared, known: Known, there: dict[str | None, Post], report: Report, *, dry_run: bool) -> None:
    original = item.bundle.original
    reference = reference_of(item.bundle.key)
    post = there.get(reference)
    is_new = post is None
    if post is None:
        post = begin_article(locale=original.language or "en")
        post.reference = reference
        there[reference] = post
    with session().no_autoflush:
        set_authors(post, [known.person(name) for name in original.authors])
        topics = dict.fromkeys((*original.categories, *original.tags))
        set_categories(post, [known.category(name, original.language or "en") for name in topics])
        _set_images(post, item.pictures, dry_run=dry_run)
        changed = is_changed(post)
    for text, body, rendered in item.texts:
        words = {"title": text.title, "summary": text.summary, "markdown": body, "slug": text.slug}
        changed = put_text(post, text.language or post.original_locale, words, rendered) or changed
    changed = _set_dates(post, original) or changed
    report.count(is_new=is_new, is_changed=changed)


def _set_images(post: Post, pictures: dict[str, Picture], *, dry_run: bool) -> None:
    """Keep the pictures the texts show; one that is there already (by its content) is not stored again."""
    held = {image.file.key: image for image in post.images}
    if dry_run:
        return
    for reference, picture in pictures.items():
        if picture.key not in held:
            stored = keep_picture(picture)
            held[picture.key] = PostImage(file=stored, reference=reference)
            post.images.append(held[picture.key])
    wanted = {picture.key for picture in pictures.values()}
    for image in [image for image in post.images if image.file.key not in wanted]:
        post.images.remove(image)


def _set_dates(post: Post, source: ReadPost) -> bool:
    """Published with its date, unless it is a draft or has none."""
    before = (post.state, post.publish_at)
    if source.is_draft or source.published is None:
        withdraw_to_draft(post)
        post.publish_at = source.published
    else:
        publish(post, source.published)
        if before[0] is not PostState.published:
            post.updated_at = max(source.updated or source.published, source.published)
    return before != (post.state, post.publish_at)
