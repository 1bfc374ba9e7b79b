"""Cards and words to search for are made by the write that changes them, not by the reader who looks (docs/decisions/0006)."""

import contextlib
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from flask import current_app, g, has_app_context, has_request_context, render_template
from sqlalchemy import event
from sqlalchemy.orm import Session

from jobboard.core import clock, i18n
from jobboard.core.base import Base
from jobboard.core.db import session
from jobboard.core.models import ContentVersion
from jobboard.core.skeleton import without_layout
from jobboard.openings.models import JobOffer, LanguageNeed, OfferPlace, Place, RemoteCountry
from jobboard.people.models import Person
from jobboard.posts.actions import make_findable
from jobboard.posts.models import (
    Authorship,
    CardDue,
    Categorization,
    Category,
    Post,
    PostCard,
    PostChange,
    PostText,
)
from jobboard.posts.queries import open_posts
from jobboard.posts.queries_cards import due_ids
from jobboard.site.models import Site
from jobboard.site.queries import current_site
from jobboard.timeline.markup import cards
from jobboard.timeline.queries import with_parts

#: Posts whose cards one write makes itself; of more (an import, a category of many renamed) the worker makes them.
AT_ONCE = 50

#: What stands on cards of others' rows: model, the attributes, and the posts whose cards it is on.
SHOWN: dict[type[Base], tuple[str, ...]] = {
    Person: ("name", "slug", "picture_id"),
    Category: ("name", "slug"),
    Place: ("country", "region", "city", "names"),
    Site: ("gender_marker", "time_zone"),
}
#: What a post is found by, of its own rows: model, and the attributes; None: any of them. Rows that are taken out of a list
#: are not named among the deleted, but their list has changed.
FOUND_BY: dict[type[Base], tuple[str, ...] | None] = {
    PostText: ("locale", "title", "summary", "html"),
    Post: ("categorizations",),
    JobOffer: (
        *("categorizations", "contract", "hours", "workplace", "level", "organisation"),
        *("places", "remote_countries", "language_needs"),
    ),
    **dict.fromkeys((Categorization, OfferPlace, RemoteCountry, LanguageNeed)),
}


def render_cards(ids: Collection[int]) -> list[dict[str, Any]]:
    """The cards of these posts in every language, as rows of `PostCard`; posts without a text have none."""
    statement = with_parts(sa.select(Post).where(Post.id.in_(ids))).execution_options(populate_existing=True)
    posts = [post for post in session().execute(statement).scalars() if post.texts]
    rows = []
    with addresses():
        for language in i18n.languages():
            with speaking(language):
                found = cards(posts, current_site().gender_marker, clock.now())
                html = [without_layout(render_template("timeline/_card.html", card=card)) for card in found]
            rows += [
                {"post_id": post.id, "language": language, "html": text} for post, text in zip(posts, html, strict=True)
            ]
    return rows


@contextlib.contextmanager
def speaking(language: str) -> Iterator[None]:
    """As if the running page were in this language."""
    before = g.get("language")
    g.language = language
    try:
        with i18n.force_locale(language):
            yield
    finally:
        g.language = before


def addresses() -> contextlib.AbstractContextManager[Any]:
    """Addresses can be built: in a request as it is, elsewhere in one that is made up (paths have no host)."""
    return contextlib.nullcontext() if has_request_context() else current_app.test_request_context()


def make_cards(current: Session, ids: Collection[int]) -> None:
    """Replace the cards of these posts."""
    current.execute(sa.delete(PostCard).where(PostCard.post_id.in_(ids)))
    rows = render_cards(ids)
    if rows:
        current.execute(sa.insert(PostCard), rows)
    current.execute(sa.delete(CardDue).where(CardDue.post_id.in_(ids)))


def make_words(current: Session, ids: Collection[int]) -> None:
    """Make the texts of these posts findable by what they and their facts say now; so many at a time."""
    wanted = sorted(ids)
    for start in range(0, len(wanted), AT_ONCE):
        some = sa.select(Post).where(Post.id.in_(wanted[start : start + AT_ONCE]))
        statement = with_parts(some).execution_options(populate_existing=True)
        for post in current.execute(statement).scalars():
            for text in post.texts:
                make_findable(text)


def drop_cards(current: Session, of_posts: sa.ColumnElement[bool]) -> None:
    """Throw the cards of these posts away; until the worker has made new ones lists render them."""
    ids = sa.select(Post.id).where(of_posts)
    current.execute(sa.delete(PostCard).where(PostCard.post_id.in_(ids)))
    is_due = sa.exists().where(CardDue.post_id == Post.id)
    current.execute(sa.insert(CardDue).from_select(["post_id"], ids.where(~is_due)))


@event.listens_for(Session, "after_flush")
def note_touched(current: Session, _context: Any) -> None:
    """Remember whose cards this flush changes; the commit sees to them."""
    touched: set[int] = current.info.setdefault("touched_posts", set())
    found: set[int] = current.info.setdefault("touched_words", set())
    shown: set[tuple[type[Base], int]] = current.info.setdefault("touched_shown", set())
    changed = list(current.dirty)
    for row in (*current.new, *current.deleted, *changed):
        if isinstance(row, Base) and row.touches_post:
            touched.add(getattr(row, row.touches_post))
    for row in (*current.new, *current.deleted, *(one for one in changed if _has_changes(one, FOUND_BY))):
        if type(row) in FOUND_BY:
            found.add(getattr(row, row.touches_post))
    shown |= {(type(row), row.id) for row in changed if _has_changes(row, SHOWN)}


def _has_changes(row: Any, watched: Mapping[type[Base], tuple[str, ...] | None]) -> bool:
    """Whether a changed row changed where it is watched."""
    names = watched.get(type(row), ())
    return names is None or any(sa.inspect(row).attrs[name].history.has_changes() for name in names)


@event.listens_for(Session, "after_soft_rollback")
def forget_touched(current: Session, _transaction: Any) -> None:
    """What was rolled back changed nothing."""
    for name in ("touched_posts", "touched_words", "touched_shown"):
        current.info.pop(name, None)


@event.listens_for(Session, "before_commit")
def keep_cards(current: Session) -> None:
    """Make the cards of what changed, or leave them to the worker where there are many; and log what changed.

    What was written is findable at once. Where something on many posts got another name, they are found by the old one
    until the worker has made their cards.
    """
    if not has_app_context():
        return
    current.flush()
    touched: set[int] = current.info.pop("touched_posts", set())
    found: set[int] = current.info.pop("touched_words", set())
    shown: set[tuple[type[Base], int]] = current.info.pop("touched_shown", set())
    if touched:
        version = sa.select(ContentVersion.number).scalar_subquery()
        current.execute(sa.insert(PostChange).values(version=version), [{"post_id": post_id} for post_id in touched])
    for model, row_id in shown:
        drop_cards(current, _has_on_card(model, row_id))
        if model is Category:
            _log_changes(current, _has_on_card(model, row_id))
    touched |= set(due_ids(AT_ONCE + 1)) if shown else set()
    if len(touched) > AT_ONCE:
        drop_cards(current, Post.id.in_(touched))
        touched = set(_newest_due(current))
    make_words(current, found | (touched if shown else set()))
    if touched:
        make_cards(current, touched)


def _newest_due(current: Session) -> list[int]:
    """The posts without cards that the first pages of lists show; the worker makes the others."""
    newest = open_posts(clock.now()).join(CardDue, CardDue.post_id == Post.id).with_only_columns(Post.id)
    return list(current.execute(newest.limit(AT_ONCE)).scalars())


def _log_changes(current: Session, of_posts: sa.ColumnElement[bool]) -> None:
    """Say that these posts changed: indexes know openings by their categories' addresses, which may be others now."""
    version = sa.select(ContentVersion.number).scalar_subquery()
    changed = sa.select(version, Post.id).where(of_posts)
    current.execute(sa.insert(PostChange).from_select(["version", "post_id"], changed))


def _has_on_card(model: type[Base], row_id: int) -> sa.ColumnElement[bool]:
    """The posts on whose cards this row stands."""
    if model is Person:
        return Post.id.in_(sa.select(Authorship.post_id).where(Authorship.person_id == row_id))
    if model is Category:
        return Post.id.in_(sa.select(Categorization.post_id).where(Categorization.category_id == row_id))
    if model is Place:
        return Post.id.in_(sa.select(OfferPlace.offer_id).where(OfferPlace.place_id == row_id))
    return sa.true()
