"""How a post looks outside of itself: what cards, bylines, chips and feeds show. Templates get these, never rows."""

import dataclasses
import datetime as dt
from collections.abc import Sequence

from flask import url_for

from jobboard.core import i18n
from jobboard.core.web import site_url
from jobboard.files.markup import face_sizes
from jobboard.people.models import Person
from jobboard.posts.models import Category, Kind, Phase, Post, PostText


@dataclasses.dataclass(frozen=True)
class Link:
    """A text that leads somewhere."""

    text: str
    url: str
    is_current: bool = False
    #: The language of the text where it is not the page's.
    lang: str = ""


@dataclasses.dataclass(frozen=True)
class Byline:
    """A person as readers see them beside a post."""

    name: str
    url: str
    picture: str | None
    job: str = ""
    #: The language of `job` where it is not the page's.
    job_lang: str | None = None
    #: Squares of the picture in several sizes, as `srcset` of an image.
    picture_sizes: str = ""


@dataclasses.dataclass(frozen=True)
class Fact:
    """One fact of an opening: its kind (which is also its icon), its label and its words."""

    kind: str
    label: str
    text: str


@dataclasses.dataclass(frozen=True)
class Chip:
    """A choice that is in force, and the address without it."""

    text: str
    url: str


@dataclasses.dataclass(frozen=True)
class Card:
    """A post in a list."""

    kind: str
    url: str
    title: str
    lang: str
    is_foreign: bool
    lang_name: str
    summary: str
    authors: Sequence[Byline]
    categories: Sequence[Link]
    published_at: dt.datetime | None
    updated_at: dt.datetime
    reading_minutes: int | None
    facts: Sequence[Fact]
    is_closed: bool = False
    id: int = 0


def text_url(text: PostText, language: str | None = None) -> str:
    """The address of a post's text under the page's language prefix (or `language`)."""
    endpoint = "openings.show" if text.kind is Kind.opening else "posts.show"
    return url_for(endpoint, slug=text.slug, language=language or i18n.page_language())


def canonical_url(text: PostText) -> str:
    """The path of a text under its own language's prefix, or the site's default when there is no such interface."""
    own = i18n.interface_for(text.locale)
    return text_url(text, own)


def text_in_list(post: Post, wanted: str = "", language: str | None = None) -> tuple[PostText, str]:
    """The text of a post that a list shows, and its address.

    It is the one in the page's language (or `language`), else the original; where a list is of texts in a `wanted` language,
    that one. An address under the page's prefix leads to the page's own text, so others are named where they are at home.
    """
    language = language or i18n.page_language()
    text, own = post.text(wanted or language), post.text(language)
    return text, text_url(text, language) if text is own else canonical_url(text)


def byline(person: Person) -> Byline:
    """A person beside a post."""
    return Byline(
        name=person.name,
        url=url_for("timeline.author", slug=person.slug),
        picture=picture_url(person),
        job=i18n.pick(person.job),
        job_lang=i18n.language_of(person.job),
        picture_sizes=face_sizes(person.picture.key) if person.picture else "",
    )


def picture_url(person: Person) -> str | None:
    """The address of a person's picture, or None."""
    stored = person.picture
    return url_for("files.picture", key=stored.key, name=stored.name) if stored else None


def category_link(category: Category) -> Link:
    """A category by name, leading to its page."""
    return Link(i18n.pick(category.name), url_for("timeline.category", slug=category.slug))


def marked(title: str, kind: Kind, marker: str) -> str:
    """A title as it is shown: an opening's role with the site's gender marker behind it (decision 20)."""
    return f"{title} {marker}".rstrip() if kind is Kind.opening else title


def card(post: Post, marker: str, now: dt.datetime, facts: Sequence[Fact] = (), lang: str = "") -> Card:
    """The card of a post in the page's language, or in its own where it has none in that; its text in `lang` where wanted."""
    text, url = text_in_list(post, lang)
    phase = post.phase(now)
    return Card(
        kind=post.kind.value,
        url=url,
        title=marked(text.title, post.kind, marker),
        lang=text.locale,
        is_foreign=text.locale != i18n.page_language(),
        lang_name=i18n.language_name(text.locale),
        summary=text.summary,
        authors=[byline(person) for person in post.authors],
        categories=[category_link(category) for category in post.categories],
        published_at=post.publish_at,
        updated_at=post.updated_at,
        reading_minutes=text.reading_minutes if post.kind is Kind.article else None,
        facts=facts,
        is_closed=phase is Phase.closed,
        id=post.id,
    )


def changed_at(post: Post) -> dt.datetime:
    """When a post changed last for readers: never before it was published."""
    return max(filter(None, (post.updated_at, post.publish_at)))


def translations(post: Post) -> list[tuple[str, str]]:
    """(language, address) of every text with an interface of its language, for hreflang; empty for only one."""
    links = {text.locale: site_url(canonical_url(text)) for text in post.texts if text.locale in i18n.languages()}
    return with_default(links) if len(links) > 1 else []


def with_default(links: dict[str, str]) -> list[tuple[str, str]]:
    """Addresses by language, and the one for readers of any other: "x-default" (Google's rule for hreflang)."""
    default = links.get(i18n.default_language())
    return [*links.items(), *([("x-default", default)] if default else [])]
