"""The feeds a WebSub hub is told of: what each shows, and which of them changed (docs/decisions/0030)."""

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import selectinload

from jobboard.core import i18n
from jobboard.core.db import session
from jobboard.posts.feeds import FEED_LENGTH
from jobboard.posts.markup_hub import ANNOUNCED
from jobboard.posts.models import Kind, Post, PostText
from jobboard.posts.queries import changed_by_clock, is_open
from jobboard.posts.queries_cards import KEPT_VERSIONS, changed_since
from jobboard.timeline.queries import posts_in
from jobboard.timeline.queries_filters import PostFilters
from jobboard.timeline.queries_offers import labels_of
from jobboard.timeline.queries_sitemap import authors_shown, categories_shown

#: With more changed posts every feed is looked at: that costs less than finding out which.
MOST_CHANGES = 200

#: Id of each entry in the feed's order, and its last change with the number of its texts: a new translation is none of the
#: others, but another text for the readers of its language.
Entries = list[tuple[int, str]]


@dataclasses.dataclass(frozen=True)
class Feed:
    """A feed in all its languages and forms: its endpoint and what its address says, such as a category's slug."""

    endpoint: str
    args: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """How it is kept."""
        return f"{self.endpoint}?{urlencode(self.args)}"

    def paths(self) -> Iterator[str]:
        """Its addresses: one for each language and form."""
        for language in i18n.languages():
            for form in ("", "_json"):
                args: dict[str, Any] = {"language": language, **dict(self.args)}
                yield url_for(f"{self.endpoint}{form}", **args)


def feed_named(name: str) -> Feed:
    """The feed that is kept under a name."""
    endpoint, _mark, query = name.partition("?")
    return Feed(endpoint, tuple(parse_qsl(query)))


def feeds_of(kinds: Iterable[Kind], authors: Iterable[str], categories: Iterable[str]) -> Iterator[Feed]:
    """The feeds of these kinds of posts, authors and categories (by slug), and those of everything."""
    kinds = tuple(kinds)
    places = [("timeline.feed", "")]
    places += [("timeline.author_feed", slug) for slug in authors]
    places += [("timeline.category_feed", slug) for slug in categories]
    for endpoint, slug in places:
        of_place = (("slug", slug),) if slug else ()
        yield Feed(endpoint, of_place)
        yield from (Feed(endpoint, (*of_place, ("kind", kind.value))) for kind in kinds)
    if Kind.opening in kinds:
        yield Feed("openings.feed")


def all_feeds(now: dt.datetime) -> set[Feed]:
    """Every feed that shows something."""
    return set(feeds_of(Kind, authors_shown(now), categories_shown(now)))


#: What the slug in a feed's address is of.
SLUG_OF = {"timeline.author_feed": "author", "timeline.category_feed": "category"}


def entries_of(feed: Feed, now: dt.datetime) -> Entries | None:
    """What a feed shows at a moment; None when there is no such feed (any more)."""
    if feed.endpoint not in ANNOUNCED:
        return None
    args = dict(feed.args)
    kind = Kind.opening.value if feed.endpoint == "openings.feed" else args.get("kind", "")
    slug = {SLUG_OF[feed.endpoint]: args["slug"]} if feed.endpoint in SLUG_OF else {}
    filters = PostFilters(kind=kind, **slug)
    if filters.known(labels_of(filters, now)) != filters:
        return None
    texts = sa.select(sa.func.count()).where(PostText.post_id == Post.id).scalar_subquery()
    columns = posts_in(filters, now).with_only_columns(Post.id, Post.publish_at, Post.updated_at, texts)
    return [
        (post_id, f"{max(published, updated).isoformat()} {count}")
        for post_id, published, updated, count in session().execute(columns.limit(FEED_LENGTH))
    ]


def changed_posts(version: int, moment: dt.datetime, now: dt.datetime) -> set[int]:
    """Ids of the posts that changed after a content version, or that the clock brought or took after a moment."""
    return {*changed_since(version), *changed_by_clock(moment, now)}


def feeds_to_look_at(known: Mapping[str, Entries], ids: Collection[int], behind: int, now: dt.datetime) -> set[Feed]:
    """The feeds that may show something else now: those that showed one of these posts, and those that could show one.

    `behind` is how many content versions ago was looked last: the log of changes does not reach back for ever.
    """
    if not 0 <= behind <= KEPT_VERSIONS or len(ids) > MOST_CHANGES:
        return all_feeds(now) | {feed_named(name) for name in known}
    showed = {name for name, entries in known.items() if any(post_id in ids for post_id, _changed in entries)}
    return {feed_named(name) for name in showed} | set(_feeds_with(ids, now))


def _feeds_with(ids: Collection[int], now: dt.datetime) -> Iterator[Feed]:
    """The feeds that these posts belong to, as far as they are open."""
    parts = selectinload(Post.authorships), selectinload(Post.categorizations)
    statement = sa.select(Post).where(Post.id.in_(ids), is_open(now)).options(*parts)
    for post in session().execute(statement).scalars() if ids else ():
        authors = [person.slug for person in post.authors]
        yield from feeds_of([post.kind], authors, [category.slug for category in post.categories])
