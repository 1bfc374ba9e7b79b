"""`jobboard import site`: an export of this software made a site again, or brought up to what it says."""

import dataclasses
import hashlib
import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from jobboard.core import clock
from jobboard.core.db import session
from jobboard.core.i18n import _
from jobboard.core.markdown import Rendered, render
from jobboard.files.answers import LARGEST_FILE
from jobboard.files.checks import PictureRefused, clean_picture
from jobboard.files.models import StoredFile
from jobboard.files.storage import storage
from jobboard.openings.actions import (
    set_language_needs,
    set_places,
    set_questions,
    set_remote_countries,
)
from jobboard.openings.models import JobOffer, LanguageNeed, Place, Question
from jobboard.people.models import Person
from jobboard.posts.actions import save_text, set_authors, set_categories, touch
from jobboard.posts.actions_series import set_series
from jobboard.posts.models import Category, Kind, Post, PostImage, PostText
from jobboard.posts.models_series import Series, SeriesPart
from jobboard.posts.models_writing import OldPath, OldSlug
from jobboard.posts.queries_series import part_of
from jobboard.site.models import Site, SitePage
from jobboard.site.queries import current_site
from jobboard.transfer.actions import Progress, Report, changed_to, one_transaction, set_values
from jobboard.transfer.actions_site_setup import lead_on, put_review, put_set_up, read_set_up
from jobboard.transfer.exports_site import FOLDERS
from jobboard.transfer.markup_site import FACTS, FORM, SiteFormatError, facts_of, read_facts, read_json, read_markdown

PICTURE_TYPES = {"image/webp", "image/png", "image/jpeg", "image/gif", "image/avif"}
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,119}")
KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}")


@dataclasses.dataclass(frozen=True)
class ReadText:
    """A text of an export, rendered."""

    locale: str
    facts: dict[str, Any]
    markdown: str
    rendered: Rendered


@dataclasses.dataclass(frozen=True)
class ReadExportedPost:
    """A post of an export, understood."""

    where: str
    facts: dict[str, Any]
    found: dict[str, Any]
    job: dict[str, Any] | None
    texts: list[ReadText]


def import_site(folder: Path, *, dry_run: bool = False, progress: Progress | None = None) -> Report:
    """Bring the site to what an export says: what it names is made or changed, everything else stays as it is.

    Everything is read, checked and rendered first, pictures are stored, then all is written in one transaction. Raises
    `SiteFormatError` with the file that cannot be understood; then nothing was changed. People keep their roles.
    """
    report, source = Report(), _Source(folder)
    posts = list(source.posts(progress))
    if not dry_run:
        source.store_pictures()
    with one_transaction(dry_run=dry_run):
        writer = _Writer(report, source)
        writer.frame()
        for post in posts:
            writer.post(post)
    return report


class _Source:
    """A folder written by `jobboard export`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.site = self._json("jobboard.json")
        if not isinstance(self.site, dict) or self.site.get("form") != FORM:
            raise SiteFormatError(_("%(file)s: this export was written by another version.", file="jobboard.json"))
        #: Exports of before sites had a name for their feeds get that of this one.
        self.site_facts = read_facts(Site, {"uid": current_site().uid, **self.site}, "jobboard.json")
        self.people = [
            (read_facts(Person, one, "people.json"), one.get("picture")) for one in self._list("people.json")
        ]
        self.categories = [read_facts(Category, one, "categories.json") for one in self._list("categories.json")]
        self.moved = {
            model: self._moved(model, name)
            for model, name in ((Person, "people.json"), (Category, "categories.json"), (Series, "series.json"))
            if (folder / name).exists()
        }
        self.series = [read_facts(Series, one, "series.json") for one in self._later("series.json")]
        self.set_up = read_set_up(self._later)
        self.places = [read_facts(Place, one, "places.json") for one in self._list("places.json")]
        self.files = [self._file(one) for one in self._list("files.json")]
        self.pages = [self._page(path) for path in sorted((folder / "pages").glob("*.md"))]

    def _bytes(self, name: str) -> bytes:
        try:
            return (self.folder / name).read_bytes()
        except OSError as error:
            raise SiteFormatError(_("%(file)s cannot be read.", file=name)) from error

    def _json(self, name: str) -> Any:
        return read_json(self._bytes(name), name)

    def _list(self, name: str) -> list[Any]:
        found = self._json(name)
        if not isinstance(found, list):
            raise SiteFormatError(_("%(file)s: there should be a list here.", file=name))
        return found

    def _later(self, name: str) -> list[Any]:
        """A file that older exports do not have: what they do not name stays as it is."""
        return self._list(name) if (self.folder / name).exists() else []

    def _moved(self, model: Any, name: str) -> dict[str, list[dict[str, Any]]]:
        """By address: those that the things of a file had before."""
        old = model.old_addresses
        return {one["slug"]: [read_facts(old, row, name) for row in one.get("moved", ())] for one in self._list(name)}

    def _file(self, found: Any) -> dict[str, Any]:
        """A picture: its name must follow from its content, and it must be one."""
        facts = read_facts(StoredFile, found, "files.json")
        where = f"files/{facts['key']}"
        is_named = (
            KEY.fullmatch(facts["key"]) and NAME.fullmatch(facts["name"]) and facts["content_type"] in PICTURE_TYPES
        )
        data = self._bytes(where) if is_named else b""
        if not is_named or len(data) != facts["size"] or len(data) > LARGEST_FILE:
            raise SiteFormatError(_("%(file)s is not the picture that files.json names.", file=where))
        if hashlib.sha256(data).hexdigest() != facts["key"].rpartition("/")[2]:
            raise SiteFormatError(_("%(file)s is not the picture that files.json names.", file=where))
        try:
            clean_picture(data)
        except PictureRefused as error:
            raise SiteFormatError(f"{where}: {error}") from error
        return facts

    def _page(self, path: Path) -> tuple[dict[str, Any], str, Rendered]:
        where = f"pages/{path.name}"
        front, body = read_markdown(self._bytes(where), where)
        return read_facts(SitePage, front, where), body, render(body)

    def posts(self, progress: Progress | None) -> Iterable[ReadExportedPost]:
        """Every post, understood and rendered."""
        places = [path for name in FOLDERS.values() for path in sorted((self.folder / name).glob("*/post.json"))]
        for done, path in enumerate(places, 1):
            yield self._post(path.parent)
            if progress is not None:
                progress(done, len(places))

    def _post(self, place: Path) -> ReadExportedPost:
        where = place.relative_to(self.folder).as_posix()
        found = self._json(f"{where}/post.json")
        facts = read_facts(Post, found, f"{where}/post.json")
        job = None
        if facts["kind"] is Kind.opening:
            job = read_facts(JobOffer, found.get("job"), f"{where}/post.json")
        texts = [self._text(path, where) for path in sorted(place.glob("*.md"))]
        if texts and facts["original_locale"] not in {text.locale for text in texts}:
            raise SiteFormatError(_("%(file)s: the text in its own language is missing.", file=where))
        return ReadExportedPost(where, facts, found, job, texts)

    def _text(self, path: Path, where: str) -> ReadText:
        name = f"{where}/{path.name}"
        front, body = read_markdown(self._bytes(name), name)
        return ReadText(path.stem, read_facts(PostText, front, name), body, render(body))

    def store_pictures(self) -> None:
        """Put the pictures that are not there into the storage. Raises `StorageError`."""
        keys = [facts["key"] for facts in self.files]
        there = set(session().execute(sa.select(StoredFile.key).where(StoredFile.key.in_(keys))).scalars())
        session().rollback()
        for key in keys:
            if key not in there:
                storage().put(key, io.BytesIO(self._bytes(f"files/{key}")))


class _Writer:
    """Writes what a source says; lives inside the transaction."""

    def __init__(self, report: Report, source: _Source) -> None:
        self.report, self.source = report, source
        self.files: dict[str, StoredFile] = {}
        self.people: dict[str, Person] = {}
        self.categories: dict[str, Category] = {}
        self.series: dict[str, Series] = {}
        self.places: dict[str, Place] = {}

    def frame(self) -> None:
        """The site, its pages, pictures, people, categories and places."""
        self._put(session().get_one(Site, 1), self.source.site_facts, "jobboard.json")
        for facts, body, rendered in self.source.pages:
            key = {name: facts[name] for name in ("kind", "locale", "version")}
            page = self._found(SitePage, key)
            values = {**facts, "markdown": body, "html": rendered.html, "rendered_by": rendered.made_by}
            where = f"pages/{facts['kind'].value}.{facts['locale']}.{facts['version']}.md"
            self._put(page, values, where) if page is not None else self._new(SitePage(**values))
        self.files = {facts["key"]: self._file(facts) for facts in self.source.files}
        self.categories = self._by_name(Category, "slug", self.source.categories)
        self.series = self._by_name(Series, "slug", self.source.series)
        self.places = self._by_name(Place, "key", self.source.places)
        self.people = self._by_name(Person, "slug", [facts for facts, _picture in self.source.people])
        session().flush()
        for model, rows in ((Person, self.people), (Category, self.categories), (Series, self.series)):
            for slug, before in self.source.moved.get(model, {}).items():
                lead_on(model, rows[slug], before, self.report)
        for facts, picture in self.source.people:
            set_values(self.people[facts["slug"]], {"picture": self._named(self.files, picture, "people.json")})
        session().flush()
        put_set_up(self.source.set_up, self.people, self.report)

    def _put(self, row: Any, values: dict[str, Any], where: str) -> None:
        if changes := changed_to(row, values):
            self.report.tell_changes(where, changes)

    def _file(self, facts: dict[str, Any]) -> StoredFile:
        found: StoredFile | None = self._found(StoredFile, {"key": facts["key"]})
        if found is None:
            digest = facts["key"].rpartition("/")[2]
            found = StoredFile(**facts, sha256=digest, is_public=True, created_at=clock.now())
            session().add(found)
        return found

    def _by_name(self, model: Any, name: str, all_facts: Iterable[dict[str, Any]]) -> dict[str, Any]:
        rows = {}
        for facts in all_facts:
            row = self._found(model, {name: facts[name]})
            if row is None:
                row = self._new(model(**facts))
            self._put(row, facts, f"{model.__tablename__} {facts[name]}")
            rows[facts[name]] = row
        return rows

    @staticmethod
    def _found(model: Any, key: dict[str, Any]) -> Any:
        return session().execute(sa.select(model).filter_by(**key)).scalar_one_or_none()

    @staticmethod
    def _new(row: Any) -> Any:
        session().add(row)
        return row

    @staticmethod
    def _named(rows: dict[str, Any], name: Any, where: str) -> Any:
        """The thing an export names; None for none. Raises `SiteFormatError` for a name nothing has."""
        if name is None:
            return None
        if name not in rows:
            raise SiteFormatError(_("%(file)s: “%(name)s” is not in this export.", file=where, name=name))
        return rows[name]

    def _all_named(self, rows: dict[str, Any], names: Any, where: str) -> list[Any]:
        if not isinstance(names, list):
            raise SiteFormatError(_("%(file)s: there should be a list here.", file=where))
        return [self._named(rows, name, where) for name in names]

    def post(self, source: ReadExportedPost) -> None:
        """Make a post, or bring it to what the export says."""
        where = f"{source.where}/post.json"
        post = self._there(source.facts["uid"])
        if post is not None and post.kind is not source.facts["kind"]:
            raise SiteFormatError(_("%(file)s is something else here.", file=where))
        is_new = post is None
        if post is None:
            post = JobOffer() if source.facts["kind"] is Kind.opening else Post()
            session().add(post)
        before = None if is_new else picture_of(post)
        self._facts(post, source, where)
        for text in source.texts:
            self._text(post, text)
        self._moved(post, source.found.get("moved") or {}, where)
        if "series" in source.found:
            self._series(post, source.found["series"], where)
        set_values(post, {name: source.facts[name] for name in ("created_at", "updated_at")})
        session().flush()
        after = picture_of(post)
        changes = [] if before is None else [name for name in after if before.get(name) != after[name]]
        if isinstance(post, JobOffer) and "review" in source.found:
            is_changed = put_review(post, source.found["review"], where, self.report)
            changes += ["review"] if is_changed and before is not None else []
        if changes:
            touch(post)
        self.report.count(source.where, is_new=is_new, changes=changes)

    @staticmethod
    def _there(uid: str) -> Post | None:
        statement = sa.select(Post).where(Post.uid == uid).options(
            selectinload(Post.texts), selectinload(Post.authorships), selectinload(Post.categorizations),
            selectinload(Post.images), selectinload(JobOffer.questions),
        )  # fmt: skip
        return session().execute(statement).scalar_one_or_none()

    def _facts(self, post: Post, source: ReadExportedPost, where: str) -> None:
        found = source.found
        set_values(post, {name: value for name, value in source.facts.items() if name != "kind"})
        set_authors(post, self._all_named(self.people, found.get("authors"), where))
        set_categories(post, self._all_named(self.categories, found.get("categories"), where))
        self._images(post, found.get("images"), where)
        if source.job is not None and isinstance(post, JobOffer):
            self._job(post, source.job, found["job"], where)
        session().flush()

    def _moved(self, post: Post, found: Any, where: str) -> None:
        """Addresses a text had before lead to it here too; one that leads elsewhere already is told and stays."""
        if not isinstance(found, dict):
            raise SiteFormatError(_("%(file)s: there should be an object here.", file=where))
        for text in post.texts:
            ways = found.get(text.locale) or {}
            for one in ways.get("slugs", ()):
                facts = read_facts(OldSlug, one, where)
                self._lead(OldSlug, {"kind": text.kind, "slug": facts["slug"]}, text, {"until": facts["until"]}, where)
            for path in ways.get("paths", ()):
                self._lead(OldPath, read_facts(OldPath, {"path": path}, where), text, {}, where)

    def _lead(self, model: Any, key: dict[str, Any], text: PostText, more: dict[str, Any], where: str) -> None:
        there = self._found(model, key)
        if there is None:
            self._new(model(**key, **more, text_id=text.id))
        elif there.text_id != text.id:
            self.report.tell(
                where, _("The old address “%(path)s” leads elsewhere here.", path=key.get("slug") or key["path"])
            )

    def _images(self, post: Post, found: Any, where: str) -> None:
        rows = {row["key"]: row["reference"] for row in found} if isinstance(found, list) else {}
        kept = {image.file.key: image for image in post.images}
        images = []
        for key, reference in rows.items():
            image = kept.get(key) or PostImage(file=self._named(self.files, key, where))
            image.reference = reference
            images.append(image)
        post.images[:] = images

    def _series(self, post: Post, found: Any, where: str) -> None:
        session().flush()
        if found is None:
            set_series(post, None)
            return
        facts = read_facts(SeriesPart, found, where)
        set_series(post, self._named(self.series, found.get("slug"), where), facts["number"])

    def _job(self, offer: JobOffer, job: dict[str, Any], found: dict[str, Any], where: str) -> None:
        set_values(offer, {**job, "contact": self._named(self.people, found.get("contact"), where)})
        set_places(offer, self._all_named(self.places, found.get("places"), where))
        set_remote_countries(offer, map(str, found.get("remote_countries") or ()))
        needs = [read_facts(LanguageNeed, one, where) for one in found.get("language_needs") or ()]
        set_language_needs(offer, [(one["tag"], one["level"], one["is_required"]) for one in needs])
        questions = [read_facts(Question, one, where) for one in found.get("questions") or ()]
        set_questions(offer, [{**one, "required": one["is_required"]} for one in questions])

    @staticmethod
    def _text(post: Post, text: ReadText) -> None:
        """Write a text; one that is there word for word is not indexed again."""
        there = next((one for one in post.texts if one.locale == text.locale), None)
        if there is not None and there.markdown == text.markdown and facts_of(there, PostText) == text.facts:
            return
        written = save_text(post, text.locale, markdown=text.markdown, rendered=text.rendered, **text.facts)
        if written.slug != text.facts["slug"]:
            words = _("%(file)s: the address “%(slug)s” is taken here.", file=text.locale, slug=text.facts["slug"])
            raise SiteFormatError(words)


def picture_of(post: Post) -> dict[str, Any]:
    """What can be compared of a post before and after, to tell what an import changed."""
    found: dict[str, Any] = {name: getattr(post, name) for name in FACTS[Post]}
    found["authors"], found["categories"] = list(post.authors), list(post.categories)
    part = part_of(post)
    found["series"] = (part.series, part.number) if part is not None else None
    found["images"] = {image.file.key for image in post.images}
    found["texts"] = {one.locale: (facts_of(one, PostText), one.markdown) for one in post.texts}
    if isinstance(post, JobOffer):
        found |= {name: getattr(post, name) for name in FACTS[JobOffer]}
        found["questions"] = [facts_of(row, Question) for row in post.questions]
        found["places"], found["contact"] = [row.place for row in post.places], post.contact
        found["remote_countries"] = {row.country for row in post.remote_countries}
        found["language_needs"] = [facts_of(row, LanguageNeed) for row in post.language_needs]
    return found
