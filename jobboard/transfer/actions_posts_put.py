"""Writing imported posts: one that is there already is changed, by its reference; everything slow was done before."""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from jobboard.core.db import session
from jobboard.core.markdown import Rendered
from jobboard.files.actions import keep_picture
from jobboard.files.models import StoredFile
from jobboard.posts.actions import begin_article, set_authors, set_categories, touch
from jobboard.posts.actions_series import ensure_series, set_series
from jobboard.posts.models import Kind, Post, PostImage, PostState
from jobboard.posts.queries_series import part_of
from jobboard.transfer.actions import Known, Report, changed_facts, put_text, set_original, set_updated, set_values
from jobboard.transfer.actions_homes import OldPaths, reference_of
from jobboard.transfer.actions_pictures import ShownPicture
from jobboard.transfer.markup_frontmatter import Bundle, ReadPost
from jobboard.transfer.markup_post_problems import PostKind, PostProblem
from jobboard.transfer.markup_problems import Level


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


def tell(report: Report, problem: PostProblem) -> None:
    """Tell what there is to tell about a file."""
    where = problem.path if problem.line is None else f"{problem.path}:{problem.line}"
    report.tell(where, problem.message, is_error=problem.level is Level.error)


def note(report: Report, path: str, kind: PostKind, **values: str) -> None:
    """Tell a note about a file as a whole."""
    tell(report, PostProblem(path, None, Level.note, kind, values))


class Importer:
    """Puts some bundles into the database; lives inside one transaction. `old_paths` is that of the whole import."""

    def __init__(self, items: Sequence[Prepared], old_paths: OldPaths, report: Report) -> None:
        self.report, self.known, self.old_paths = report, Known(), old_paths
        self.there = _there([reference_of(item.bundle.key) for item in items])
        self.files = _files([key for item in items for key in item.pictures])

    def put(self, item: Prepared) -> None:
        """Make or change the post of a bundle, and count each of its files."""
        original, reference = item.bundle.original, reference_of(item.bundle.key)
        post = self.there.get(reference)
        if post is not None and post.kind is not Kind.article:
            values = {"reference": reference}
            tell(self.report, PostProblem(original.path, None, Level.error, PostKind.reference_taken, values))
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
        changes += self.changed_series(post, item)
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
            self.set_images(post, item.pictures)
        self.set_state(post, item.bundle.original, is_new=is_new)
        changes = [] if is_new else changed_facts(before, _facts(post))
        return changes + set_original(post, locale, [text.locale for text in item.texts])

    def set_images(self, post: Post, pictures: dict[str, ShownPicture]) -> None:
        """The pictures that the texts show, each once; those that no text shows any more are let go."""
        held = {image.file.key: image for image in post.images}
        for key, shown in pictures.items():
            if key not in held:
                stored = self.files.get(key) or keep_picture(shown.picture, is_stored=True)
                self.files[key] = stored
                post.images.append(PostImage(file=stored, reference=shown.reference))
        for image in [image for key, image in held.items() if key not in pictures]:
            post.images.remove(image)

    @staticmethod
    def changed_series(post: Post, item: Prepared) -> list[str]:
        """Put the post into the series that its files name, in each one's language; what is decided here stays else."""
        named = [(text.locale, *text.post.series) for text in item.texts if text.post.series[0]]
        if not named:
            return []
        session().flush()
        before = part_of(post)
        old = (before.series, before.number) if before is not None else None
        series = ensure_series(named[0][1], named[0][0])
        for locale, name, _number in named:
            if locale not in series.name:
                series.name = {**series.name, locale: name}
        number = next((number for _locale, _name, number in named if number), None)
        set_series(post, series, number)
        after = part_of(post)
        return [] if after is None or old == (after.series, after.number) else ["series"]

    def set_state(self, post: Post, source: ReadPost, *, is_new: bool) -> None:
        """Published with its date, unless it is a draft; what was decided here about being public stays."""
        if source.is_draft or source.published is None:
            if post.state is PostState.published and not is_new:
                note(self.report, source.path, PostKind.stays_published)
        elif not is_new and post.state is PostState.draft and post.publish_at is not None:
            note(self.report, source.path, PostKind.taken_back)
        else:
            set_values(post, {"publish_at": source.published, "state": PostState.published})

    def lead(self, text: PreparedText, post: Post) -> list[str]:
        """Where the text stood before, everything leads to it from now on; what cannot is told."""
        found = next(one for one in post.texts if one.locale == text.locale)
        led = [self.old_paths.lead(path, found) for path in text.post.old_paths]
        for path, result in zip(text.post.old_paths, led, strict=True):
            if isinstance(result, PostKind):
                note(self.report, text.post.path, result, old=path[:200])
        self.report.addresses += sum(not isinstance(result, PostKind) for result in led)
        return ["old addresses"] if True in led else []


def _there(references: Iterable[str]) -> dict[str | None, Post]:
    """Whatever has one of these references already."""
    rows = session().execute(
        sa.select(Post)
        .where(Post.reference.in_(references))
        .options(
            selectinload(Post.texts),
            selectinload(Post.authorships),
            selectinload(Post.categorizations),
            selectinload(Post.images),
        )
    )
    return {post.reference: post for post in rows.scalars()}


def _files(keys: Iterable[str]) -> dict[str, StoredFile]:
    """The pictures that are kept already, by key."""
    rows = session().execute(sa.select(StoredFile).where(StoredFile.key.in_(set(keys)))).scalars()
    return {row.key: row for row in rows}


def _facts(post: Post) -> dict[str, Any]:
    """The facts of a post that are no text, to tell what an import changed."""
    return {
        "authors": list(post.authors),
        "categories": list(post.categories),
        "images": {image.file.key for image in post.images},
        "published": (post.state, post.publish_at),
    }
