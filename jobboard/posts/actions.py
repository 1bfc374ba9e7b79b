"""Writing posts: texts, authors, categories, and their way from draft to closed. Each commit makes findable what changed."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from jobboard.core import clock
from jobboard.core.db import session
from jobboard.core.markdown import Rendered, plain, render
from jobboard.core.old_addresses import now_or_before
from jobboard.core.slugs import slug_of
from jobboard.people.models import Person
from jobboard.posts.models import Authorship, Categorization, Category, Kind, Post, PostState, PostText
from jobboard.posts.models_writing import OldSlug
from jobboard.search import index

#: What feeds tell of a text: when these change, readers get it as changed.
TOLD = ("title", "summary", "html")
#: Slugs that are pages of their own beside the posts.
RESERVED = frozenset({"feed", "new", "search"})


def free_slug(kind: Kind, wanted: str, text_id: int | None = None) -> str:
    """`wanted`, or with the first free number behind it: slugs are one namespace per kind (decision 19).

    An address that led to another text once is not free either, until that text gives it up or is gone (decision 15).
    """
    rows = session().execute(
        sa.select(PostText.slug, PostText.id)
        .where(PostText.kind == kind, _like(PostText.slug, wanted))
        .union_all(sa.select(OldSlug.slug, OldSlug.text_id).where(OldSlug.kind == kind, _like(OldSlug.slug, wanted)))
    )
    taken = {slug for slug, found in rows if found != text_id} | RESERVED
    if wanted not in taken:
        return wanted
    return next(name for number in range(2, len(taken) + 3) if (name := f"{wanted}-{number}") not in taken)


def _like(column: Any, wanted: str) -> sa.ColumnElement[bool]:
    return sa.or_(column == wanted, column.like(wanted.replace("_", r"\_") + "-%", escape="\\"))


def move_to(text: PostText, slug: str) -> None:
    """Give a text another address. One at which readers found it leads to the new one from now on."""
    now, before = clock.now(), text.slug
    if text.id is not None and slug != before:
        session().execute(sa.delete(OldSlug).where(OldSlug.kind == text.kind, OldSlug.slug == slug))
        if text.post.publish_at is not None and text.post.publish_at <= now:
            session().add(OldSlug(kind=text.kind, slug=before, text_id=text.id, until=now))
    text.slug = slug


def begin(post: Post, *, locale: str) -> Post:
    """Add a new post (or opening) as a draft in its original language."""
    now = clock.now()
    post.state = PostState.draft
    post.original_locale, post.created_at, post.updated_at = locale, now, now
    session().add(post)
    return post


def begin_article(*, locale: str) -> Post:
    """A new article, as a draft."""
    return begin(Post(), locale=locale)


def save_text(
    post: Post,
    locale: str,
    *,
    title: str,
    summary: str = "",
    markdown: str = "",
    notice: str = "",
    slug: str | None = None,
    rendered: Rendered | None = None,
) -> PostText:
    """Write a post's text in one language; the commit makes it findable, as it does with every change of its facts.

    `rendered` is the Markdown rendered beforehand (rendering is slow and belongs outside of `writing()`). A slug that
    is taken gets a number. `updated_at` moves when what readers see of the text changed, and with a translation.
    """
    rendered = rendered or render(markdown)
    text = next((found for found in post.texts if found.locale == locale), None)
    if text is None:
        if post.texts:
            post.updated_at = clock.now()  # readers of this language see another text from now on
        text = PostText(locale=locale, kind=kind_of(post), slug="")
        post.texts.append(text)
    values: dict[str, Any] = {
        "title": title,
        "summary": summary,
        "notice": notice,
        "markdown": markdown,
        "html": rendered.html,
        "reading_minutes": rendered.minutes,
    }
    if text.id is not None and any(getattr(text, name) != values[name] for name in TOLD):
        post.updated_at = clock.now()
    for name, value in values.items():
        setattr(text, name, value)
    text.rendered_by = rendered.made_by
    wanted = slug_of(slug or text.slug or title, text.kind.value)
    if wanted != text.slug:
        with session().no_autoflush:
            move_to(text, free_slug(text.kind, wanted, text.id))
    session().flush()
    return text


def make_findable(text: PostText) -> None:
    """Put a text and its post's facts into the search index, in place of what was there of it."""
    facts = " ".join(sorted(text.post.facts_to_find()))
    index.put(text.id, text.locale, text.title, f"{text.summary} {plain(text.html)} {facts}")


def touch(post: Post) -> None:
    """Count a save of the post's parts too: its version grows although its own row may be as before."""
    if post.id is not None:
        flag_modified(post, "state")


def kind_of(post: Post) -> Kind:
    """The kind of a post, also of one that has not been flushed yet."""
    return Kind(sa.inspect(type(post)).polymorphic_identity)


def drop_text(post: Post, locale: str) -> None:
    """Delete a translation. Raises `ValueError` for the original: a post always has its own text."""
    if locale == post.original_locale:
        raise ValueError("the original text stays")
    for text in [found for found in post.texts if found.locale == locale]:
        index.drop(text.id)
        post.texts.remove(text)
        post.updated_at = clock.now()


def set_authors(post: Post, people: Iterable[Person]) -> None:
    """The byline, in this order, each once."""
    wanted = list(dict.fromkeys(people))
    if post.authors != wanted:
        _replace(post.authorships, [_kept(post.authorships, "person", one) or Authorship(one) for one in wanted])


def set_categories(post: Post, categories: Iterable[Category]) -> None:
    """The categories, in this order, each once."""
    wanted = list(dict.fromkeys(categories))
    if post.categories != wanted:
        rows = post.categorizations
        _replace(rows, [_kept(rows, "category", one) or Categorization(one) for one in wanted])


def _kept(rows: list[Any], name: str, thing: Any) -> Any | None:
    return next((row for row in rows if getattr(row, name) is thing), None)


def _replace(rows: list[Any], wanted: list[Any]) -> None:
    """Put `wanted` in place; rows that stay keep their identity, positions are counted anew."""
    rows[:] = wanted
    for position, row in enumerate(rows):
        row.position = position


def publish(post: Post, at: dt.datetime | None = None) -> Post:
    """Make a post public from `at` on (now when not given): the future schedules it. Raises `ValueError` without text.

    The first publishing date stays when a published post is published again without `at` (feeds and schema.org's
    datePosted tell the original date). To readers it is news from now on at the earliest, whatever its date is.
    """
    if not post.texts:
        raise ValueError("a post without a text cannot be published")
    post.state = PostState.published
    now = clock.now()
    post.publish_at = at or post.publish_at or now
    post.news_at = now if post.publish_at < now else None
    return post


def withdraw_to_draft(post: Post) -> Post:
    """Take a post back: it is not public any more. Its dates stay for the next publishing."""
    post.state = PostState.draft
    return post


def close(post: Post, now: dt.datetime) -> Post:
    """Close a published post now; it answers 410 from this moment. Closing a closed one keeps its moment."""
    if post.ended_at is None or post.ended_at > now:
        post.closed_at = now
    return post


def reopen(post: Post, closes_at: dt.datetime | None = None) -> Post:
    """Open a closed post again, with a new deadline or none: it is news to readers."""
    post.closed_at, post.closes_at, post.news_at = None, closes_at, clock.now()
    return post


def ensure_category(slug: str, name: dict[str, str], description: dict[str, str] | None = None) -> Category:
    """The category that has this slug or had it before, made with this name when there is none."""
    found: Category | None = now_or_before(Category, slug)
    if found is None:
        found = Category(slug=slug, name=name, description=description or {})
        session().add(found)
    return found
