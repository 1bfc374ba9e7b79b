"""`jobboard export`: the whole public content of a site as a folder that imports back to the same."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from jobboard.applications.models_review import Criterion, ReviewRules
from jobboard.core.db import session
from jobboard.files.models import StoredFile
from jobboard.files.storage import storage
from jobboard.mail.models_templates import MailTemplate
from jobboard.openings.models import JobOffer, LanguageNeed, Place, Question
from jobboard.openings.models_templates import OpeningTemplate
from jobboard.people.models import Person
from jobboard.posts.models import Category, Kind, Post, PostImage, PostText
from jobboard.posts.models_series import Series, SeriesPart
from jobboard.posts.models_writing import OldPath, OldSlug
from jobboard.posts.queries_series import part_of
from jobboard.site.models import Site, SitePage
from jobboard.stats.models import SourceCode
from jobboard.transfer.markup_site import FORM, as_json, as_markdown, facts_of, sorted_by

FOLDERS = {Kind.article: "articles", Kind.opening: "openings"}
#: Posts read at a time.
AT_ONCE = 200
#: The name of a picture in its address, wherever a text shows it.
SHOWN = re.compile(r"/files/([0-9a-f]{2}/[0-9a-f]{64})/")


class FolderNotEmpty(Exception):
    """An export does not mix with what is there already."""


def export_site(folder: Path, progress: Callable[[int, int], None] | None = None) -> int:
    """Write everything below `folder`; how many posts. Applications, passwords and addresses of staff are no content.

    Raises `FolderNotEmpty`, and `OSError` or `StorageError` when something cannot be written or read.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FolderNotEmpty(folder)
    _write(folder / "jobboard.json", as_json({"form": FORM, **_site()}))
    _pages(folder)
    _write(folder / "people.json", as_json([_person(one) for one in _all(Person, "slug")]))
    _write(folder / "categories.json", as_json([_addressed(one) for one in _all(Category, "slug")]))
    _write(folder / "series.json", as_json([_addressed(one) for one in _all(Series, "slug")]))
    _write(folder / "places.json", as_json([facts_of(one, Place) for one in _all(Place, "key")]))
    templates = _templates(folder)
    _write(folder / "mails.json", as_json([facts_of(one, MailTemplate) for one in _all(MailTemplate, "kind", "name")]))
    _write(folder / "sources.json", as_json([facts_of(one, SourceCode) for one in _all(SourceCode, "code")]))
    _files(folder, templates)
    total = session().execute(sa.select(sa.func.count()).select_from(Post)).scalar_one()
    slugs, paths = _old_addresses()
    reviews = _reviews()
    for done, post in enumerate(_posts(), 1):
        _post(folder, post, _moved(post, slugs, paths), reviews)
        if progress is not None:
            progress(done, total)
    session().rollback()
    return total


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _all(model: Any, *order: str) -> list[Any]:
    return sorted_by(session().execute(sa.select(model)).scalars(), *order)


def _site() -> dict[str, Any]:
    return facts_of(session().get_one(Site, 1), Site)


def _pages(folder: Path) -> None:
    """Every version of the legal pages: applications name the one their applicant saw."""
    for page in _all(SitePage, "kind", "locale", "version"):
        front = facts_of(page, SitePage)
        _write(
            folder / "pages" / f"{page.kind.value}.{page.locale}.{page.version}.md", as_markdown(front, page.markdown)
        )


def _addressed(row: Any) -> dict[str, Any]:
    """The facts of a category, series or person, and the addresses it had before."""
    model, old = type(row), type(row).old_addresses
    before = session().execute(sa.select(old).where(old.owner_id == row.id).order_by(old.slug)).scalars().all()
    moved = {"moved": [facts_of(one, old) for one in before]} if before else {}
    return {**facts_of(row, model), **moved}


def _person(person: Person) -> dict[str, Any]:
    return {**_addressed(person), "picture": person.picture.key if person.picture else None}


def _templates(folder: Path) -> str:
    """Templates of openings, with people by their addresses; what was written, for the pictures in it."""
    slugs: dict[int | None, str] = {row.id: row.slug for row in session().execute(sa.select(Person.id, Person.slug))}
    found = as_json([_template(one, slugs) for one in _all(OpeningTemplate, "name")])
    _write(folder / "templates.json", found)
    return found.decode()


def _template(template: OpeningTemplate, slugs: dict[int | None, str]) -> dict[str, Any]:
    """A template; people who are gone are left out, as an opening begun from it would leave them out."""
    content = template.content
    facts = {
        "contact" if name == "contact_id" else name: value if name != "contact_id" else slugs.get(value)
        for name, value in content["facts"].items()
    }
    authors = [slugs[one] for one in content["authors"] if one in slugs]
    return {**facts_of(template, OpeningTemplate), "content": {**content, "authors": authors, "facts": facts}}


def _files(folder: Path, templates: str) -> None:
    """The public pictures, as they are: their names follow from their content. Legal pages and templates show some, too."""
    texts = [templates, *session().execute(sa.select(SitePage.markdown)).scalars()]
    is_used = sa.or_(
        StoredFile.id.in_(sa.select(PostImage.file_id)),
        StoredFile.id.in_(sa.select(Person.picture_id).where(Person.picture_id.is_not(None))),
        StoredFile.key.in_({key for text in texts for key in SHOWN.findall(text)}),
    )
    rows = session().execute(sa.select(StoredFile).where(StoredFile.is_public, is_used)).scalars()
    files = sorted_by(rows, "key")
    _write(folder / "files.json", as_json([facts_of(one, StoredFile) for one in files]))
    for one in files:
        _write(folder / "files" / one.key, b"".join(storage().read(one.key)))


def _posts() -> Iterator[Post]:
    """Every post, drafts included, in an order that holds over databases; some at a time."""
    uids = list(session().execute(sa.select(Post.uid).order_by(Post.uid)).scalars())
    for start in range(0, len(uids), AT_ONCE):
        statement = (
            sa.select(Post)
            .where(Post.uid.in_(uids[start : start + AT_ONCE]))
            .options(
                selectinload(Post.texts),
                selectinload(Post.authorships),
                selectinload(Post.categorizations),
                selectinload(Post.images),
                selectinload(JobOffer.places),
                selectinload(JobOffer.remote_countries),
                selectinload(JobOffer.language_needs),
                selectinload(JobOffer.questions),
                selectinload(JobOffer.contact),
            )
        )
        yield from session().execute(statement).scalars()
        session().expunge_all()


def _old_addresses() -> tuple[dict[int, list[OldSlug]], dict[int, list[OldPath]]]:
    """By text where it stood before: on this site, and before it came here; each in one query for all."""
    slugs: dict[int, list[OldSlug]] = defaultdict(list)
    paths: dict[int, list[OldPath]] = defaultdict(list)
    for slug in _all(OldSlug, "slug"):
        slugs[slug.text_id].append(slug)
    for path in _all(OldPath, "path"):
        paths[path.text_id].append(path)
    return slugs, paths


def _moved(post: Post, slugs: dict[int, list[OldSlug]], paths: dict[int, list[OldPath]]) -> dict[str, Any]:
    """By language where a text of a post stood before."""
    return {
        text.locale: {
            "slugs": [facts_of(one, OldSlug) for one in slugs.get(text.id, ())],
            "paths": [one.path for one in paths.get(text.id, ())],
        }
        for text in post.texts
        if text.id in slugs or text.id in paths
    }


def _reviews() -> dict[int, dict[str, Any]]:
    """By opening how its applications are reviewed: whether names are hidden at first, and by what is rated."""
    hiding = set(session().execute(sa.select(ReviewRules.offer_id).where(ReviewRules.hides_names)).scalars())
    criteria: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = session().execute(sa.select(Criterion).order_by(Criterion.offer_id, Criterion.position, Criterion.id))
    for row in rows.scalars():
        criteria[row.offer_id].append(facts_of(row, Criterion))
    return {one: {"hides_names": one in hiding, "criteria": criteria.get(one, [])} for one in {*hiding, *criteria}}


def _post(folder: Path, post: Post, moved: dict[str, Any], reviews: dict[int, dict[str, Any]]) -> None:
    place = folder / FOLDERS[post.kind] / _name(post)
    facts = {
        **facts_of(post, Post),
        "authors": [person.slug for person in post.authors],
        "categories": [category.slug for category in post.categories],
        "images": sorted(
            ({"key": image.file.key, "reference": image.reference} for image in post.images), key=lambda one: one["key"]
        ),
    }
    if moved:
        facts["moved"] = moved
    part = part_of(post)
    facts["series"] = {**facts_of(part, SeriesPart), "slug": part.series.slug} if part is not None else None
    if isinstance(post, JobOffer):
        facts["job"] = _job(post)
        facts["review"] = reviews.get(post.id, {"hides_names": False, "criteria": []})
    _write(place / "post.json", as_json(facts))
    for text in post.texts:
        _write(place / f"{text.locale}.md", as_markdown(facts_of(text, PostText), text.markdown))


def _name(post: Post) -> str:
    """The folder of a post: its address, which is one of a kind; its permanent name where it has no text yet."""
    slug = post.text(post.original_locale).slug if post.texts else ""
    return slug if re.fullmatch(r"[a-z0-9][a-z0-9-]*", slug) else post.uid


def _job(offer: JobOffer) -> dict[str, Any]:
    return {
        **facts_of(offer, JobOffer),
        "contact": offer.contact.slug if offer.contact else None,
        "places": [row.place.key for row in offer.places],
        "remote_countries": sorted(row.country for row in offer.remote_countries),
        "language_needs": [facts_of(row, LanguageNeed) for row in offer.language_needs],
        "questions": [facts_of(row, Question) for row in offer.questions],
    }
