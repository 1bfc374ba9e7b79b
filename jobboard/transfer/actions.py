"""What every import shares: one transaction, a dry run that leaves nothing, and a report that accounts for everything."""

import contextlib
import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa

from jobboard.core.db import session, writing
from jobboard.core.slugs import slug_of
from jobboard.people.actions import create_person
from jobboard.people.models import Person
from jobboard.posts.actions import ensure_category, save_text
from jobboard.posts.models import Category, Post, PostText

#: Called with (done, total) after each thing.
Progress = Callable[[int, int], None]


@dataclasses.dataclass
class Report:
    """What an import did: every thing of the source is counted once as new, changed, unchanged or left out."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    left_out: int = 0
    #: (where, sentence, is an error) of everything there is to tell.
    messages: list[tuple[str, str, bool]] = dataclasses.field(default_factory=list)

    @property
    def total(self) -> int:
        """Things of the source that were looked at."""
        return self.new + self.changed + self.unchanged + self.left_out

    def count(self, *, is_new: bool, is_changed: bool) -> None:
        """Count one thing that was imported."""
        if is_new:
            self.new += 1
        elif is_changed:
            self.changed += 1
        else:
            self.unchanged += 1


class _Undo(Exception):
    """Ends a dry run."""


@contextlib.contextmanager
def one_transaction(*, dry_run: bool) -> Iterator[None]:
    """Everything or nothing; in a dry run nothing, after really having tried."""
    with contextlib.suppress(_Undo), writing():
        yield
        session().flush()
        if dry_run:
            raise _Undo


def is_changed(row: Any) -> bool:
    """Whether a row or what hangs on it differs from the database; to be asked before the flush."""
    current = session()
    related = [item for rows in _collections(row) for item in rows]
    touched = [*current.new, *current.deleted, *(item for item in current.dirty if current.is_modified(item))]
    return any(item is row or item in related or getattr(item, "post", None) is row for item in touched) or any(
        sa.inspect(row).attrs[name].history.has_changes()
        for name in sa.inspect(type(row)).relationships.keys()  # noqa: SIM118 - a collection of SQLAlchemy
    )


def _collections(row: Any) -> list[list[Any]]:
    names = [name for name, relation in sa.inspect(type(row)).relationships.items() if relation.uselist]
    return [list(getattr(row, name)) for name in names]


def set_values(row: Any, values: dict[str, Any]) -> None:
    """Set columns to what the source says; equal values leave the row untouched."""
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def put_text(post: Post, locale: str, words: dict[str, Any], rendered: Any) -> bool:
    """Write a text unless it is there word for word; whether anything changed."""
    found: PostText | None = next((text for text in post.texts if text.locale == locale), None)
    given = {name: value for name, value in words.items() if name != "slug"}
    if found is not None and all(getattr(found, name) == value for name, value in given.items()):
        return False
    save_text(post, locale, rendered=rendered, **{**words, "slug": found.slug if found else words.get("slug")})
    return True


class Known:
    """The people and categories of the site by name, so that an import makes each once."""

    def __init__(self) -> None:
        rows = session().execute(sa.select(Person)).scalars().all()
        self.people: dict[str, Person] = {person.name.casefold(): person for person in rows}
        self.slugs = {person.slug for person in rows}
        self.categories: dict[str, Category] = {
            key: category
            for category in session().execute(sa.select(Category)).scalars()
            for key in (category.slug, *(name.casefold() for name in category.name.values()))
        }

    def person(self, name: str) -> Person:
        """The author of this name, made when there is none."""
        key = name.casefold()
        if key not in self.people:
            slug = free_name(slug_of(name, "author"), self.slugs)
            self.slugs.add(slug)
            self.people[key] = create_person(name, slug=slug)
            self.people[key].is_author = True
        return self.people[key]

    def category(self, name: str, locale: str) -> Category:
        """The category of this name or slug, made when there is none."""
        key, slug = name.casefold(), slug_of(name, "category")
        found = self.categories.get(key) or self.categories.get(slug)
        if found is None:
            found = ensure_category(slug, {locale: name})
            self.categories[slug] = found
        self.categories[key] = found
        return found


def free_name(wanted: str, taken: set[str]) -> str:
    """`wanted`, or with the first free number behind it."""
    if wanted not in taken:
        return wanted
    return next(name for number in range(2, len(taken) + 3) if (name := f"{wanted}-{number}") not in taken)
