"""What every import shares: one transaction, a dry run that leaves nothing, and a report that accounts for everything."""

import contextlib
import dataclasses
import datetime as dt
import enum
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from jobboard.core import clock, i18n
from jobboard.core.db import session, writing
from jobboard.core.markdown import Rendered, plain, render
from jobboard.core.old_addresses import ways_on
from jobboard.core.slugs import slug_of
from jobboard.openings.actions import place_for
from jobboard.openings.models import Place
from jobboard.people.actions import create_person
from jobboard.people.models import Person
from jobboard.posts.actions import ensure_category, save_text
from jobboard.posts.models import Authorship, Category, Post, PostText
from jobboard.transfer.markup_places_names import city_names

#: Called with (done, total) after each thing.
Progress = Callable[[int, int], None]
#: What a text's columns are called in a mapping and in front matter.
TEXT_FACTS = {"title": "title", "summary": "summary", "markdown": "body"}


class Told(enum.Enum):
    """What a message is about."""

    error = "error"  # this was not imported
    note = "note"  # it was imported; somebody should look
    changed = "changed"  # what is different from before


@dataclasses.dataclass(frozen=True, slots=True)
class Message:
    """Something to tell: where ("row 12 (abc)", "posts/a.md:3"), a sentence, and what it is about."""

    where: str
    sentence: str
    told: Told


@dataclasses.dataclass
class Report:
    """What an import did: every thing of the source is counted once, in one of the five numbers."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    left_out: int = 0
    #: Picture files that went along with the post that shows them.
    pictures: int = 0
    #: Addresses of the old site that lead to what was imported.
    addresses: int = 0
    messages: list[Message] = dataclasses.field(default_factory=list)

    @property
    def total(self) -> int:
        """Things of the source that were looked at."""
        return self.new + self.changed + self.unchanged + self.left_out + self.pictures

    def tell(self, where: str, sentence: str, *, is_error: bool = False) -> None:
        """Add a note or an error."""
        self.messages.append(Message(where, sentence, Told.error if is_error else Told.note))

    def count(self, where: str, *, is_new: bool, changes: Collection[str]) -> None:
        """Count one thing that was imported; the names of the facts that changed are told."""
        if is_new:
            self.new += 1
        elif changes:
            self.changed += 1
            self.tell_changes(where, changes)
        else:
            self.unchanged += 1

    def tell_changes(self, where: str, changes: Collection[str]) -> None:
        """Tell the names of the facts that are different now."""
        self.messages.append(Message(where, ", ".join(changes), Told.changed))

    def add(self, other: "Report") -> None:
        """Count what another report counted too, and tell behind one's own what it tells."""
        for field in dataclasses.fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))

    def messages_of(self, told: Told) -> list[Message]:
        """The messages of one kind."""
        return [message for message in self.messages if message.told is told]


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


def site_language(tag: str) -> str:
    """A language tag as the site's interface calls it: "en-US" is "en" where pages are in "en"; others stay."""
    base = tag.split("-", maxsplit=1)[0]
    return base if tag not in i18n.languages() and base in i18n.languages() else tag


def set_values(row: Any, values: Mapping[str, Any]) -> None:
    """Set columns to what the source says; equal values leave the row untouched."""
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def changed_to(row: Any, values: Mapping[str, Any]) -> list[str]:
    """Set columns to what the source says; the names of those that were otherwise."""
    changes = [name for name, value in values.items() if getattr(row, name) != value]
    set_values(row, values)
    return changes


def changed_facts(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The names of facts that differ between two pictures of one thing."""
    return [name for name, value in after.items() if before[name] != value]


class Bodies:
    """The imported texts as they are stored, so that only what is new is rendered; to be made before the transaction."""

    def __init__(self) -> None:
        rows = session().execute(
            sa.select(Post.reference, PostText.locale, PostText.markdown)
            .join(PostText, PostText.post_id == Post.id)
            .where(Post.reference.is_not(None))
        )
        self._stored = {(reference, locale): markdown for reference, locale, markdown in rows}
        self._rendered: dict[str, Rendered] = {}

    def rendered(self, reference: str, locale: str, markdown: str) -> Rendered | None:
        """The text rendered; None when it is stored word for word. Equal texts are rendered once."""
        if self._stored.get((reference, locale)) == markdown:
            return None
        if markdown not in self._rendered:
            self._rendered[markdown] = render(markdown)
        return self._rendered[markdown]


def put_text(post: Post, locale: str, words: Mapping[str, Any], rendered: Rendered | None) -> list[str]:
    """Write a text unless it is there word for word; the names of what changed.

    Words that are not given stay as they are, and so does the address of a text that is there.
    """
    found = text_in(post, locale)
    if found is None:
        save_text(post, locale, **{"rendered": rendered, **words})
        return list(TEXT_FACTS.values())
    given = {name: words.get(name, getattr(found, name)) for name in TEXT_FACTS}
    changes = [TEXT_FACTS[name] for name, value in given.items() if getattr(found, name) != value]
    if changes:
        if "body" not in changes:
            rendered = Rendered(found.html, plain(found.html), found.reading_minutes, found.rendered_by)
        save_text(post, locale, **given, notice=found.notice, slug=found.slug, rendered=rendered)
    return changes


def text_in(post: Post, locale: str) -> PostText | None:
    """The post's text in exactly this language."""
    return next((text for text in post.texts if text.locale == locale), None)


def set_original(post: Post, locale: str, others: Collection[str] = ()) -> list[str]:
    """Make this the language the post was written in; `others` are those of the source's translations.

    When the source only calls the same text by another language the text moves, instead of standing there twice.
    """
    if post.original_locale == locale:
        return []
    old = text_in(post, post.original_locale)
    if old is not None and text_in(post, locale) is None and old.locale not in others:
        old.locale = locale
        words = {"title": old.title, "summary": old.summary, "markdown": old.markdown, "notice": old.notice}
        as_is = Rendered(old.html, plain(old.html), old.reading_minutes, old.rendered_by)
        save_text(post, locale, **words, slug=old.slug, rendered=as_is)
    post.original_locale = locale
    return ["locale"]


def set_updated(
    post: Post, said: dt.datetime | None, published: dt.datetime | None, *, before: dt.datetime | None, changed: bool
) -> list[str]:
    """Follow the last change that the source tells; without one, a post that changed did so now. It never goes back.

    `before` is what the post told before this import, None for a new one.
    """
    wanted = max(filter(None, (said, published)), default=None)
    if before is None:
        post.updated_at = wanted or post.updated_at
    elif said is not None and wanted is not None and wanted > before:
        post.updated_at = wanted
        return ["updated"]
    elif changed:
        post.updated_at = clock.now()
    return []


class Known:
    """The people, categories and places of the site by name, so that an import makes each once."""

    def __init__(self) -> None:
        people = session().execute(sa.select(Person)).scalars().all()
        # Of two people of one name the byline means the author, else the one who was here first.
        wrote = set(session().execute(sa.select(Authorship.person_id).distinct()).scalars())
        ranked = sorted(people, key=lambda person: (person.id in wrote, -person.id))
        self._people: dict[str, Person] = {_folded(person.name): person for person in ranked}
        self._slugs = {person.slug for person in people} | set(ways_on(Person))
        self._categories: dict[str, Category] = {}
        self._category_slugs: dict[str, Category] = {}
        for category in session().execute(sa.select(Category).order_by(Category.id.desc())).scalars():
            self._category_slugs[category.slug] = category
            self._categories |= {_folded(name): category for name in category.name.values()}
        places = session().execute(sa.select(Place)).scalars()
        self._places = {(place.country, place.region, place.city): place for place in places}

    def person(self, name: str) -> Person:
        """The author of this name, made when there is none."""
        key = _folded(name)
        if key not in self._people:
            slug = free_name(slug_of(name, "author"), self._slugs)
            self._slugs.add(slug)
            self._people[key] = create_person(" ".join(name.split()), slug=slug)
        return self._people[key]

    def category(self, name: str, locale: str) -> Category:
        """The category of this name or slug, made when there is none."""
        key, slug = _folded(name), slug_of(name, "")
        found = self._categories.get(key) or self._category_slugs.get(slug)
        if found is None:
            slug = slug or free_name("category", set(self._category_slugs))
            found = ensure_category(slug, {locale: " ".join(name.split())})
            self._category_slugs[slug] = found
        self._categories[key] = found
        return found

    def place(self, country: str | None, region: str | None, city: str | None) -> Place:
        """The place with these parts, made when there is none, with its names where languages differ."""
        key = (country, region, city)
        place = self._places.get(key) or place_for(country, region, city)
        self._places[key] = place
        if place.city and not place.names:
            set_values(place, {"names": city_names(place.country, place.city)})
        return place


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def free_name(wanted: str, taken: Collection[str]) -> str:
    """`wanted`, or with the first free number behind it."""
    if wanted not in taken:
        return wanted
    return next(name for number in range(2, len(taken) + 3) if (name := f"{wanted}-{number}") not in taken)
