"""What alerts are about, as values: the query object of the list of openings, and the parts of the blog."""

import dataclasses
import datetime as dt
from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from jobboard.alerts.models import What
from jobboard.core.db import session
from jobboard.core.old_addresses import now_or_before
from jobboard.openings.queries import find, published_between
from jobboard.openings.queries_facts import facet_index
from jobboard.openings.queries_filters import Filters, filters_from
from jobboard.people.models import Person
from jobboard.posts.models import Category, Kind, Post
from jobboard.posts.queries import by_author, by_category, has_page, open_posts

#: Parts of the blog in their one order.
PARTS = ("kind", "category", "author")


@dataclasses.dataclass(frozen=True)
class Topic:
    """What an alert is about: equal for two people who want the same, whatever address they came from."""

    what: What
    query: str

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The pairs of its query."""
        return parse_qsl(self.query)

    @property
    def args(self) -> "MultiDict[str, str]":
        """Its query as a list's address has it."""
        return MultiDict(self.choices)


def topic_from(what: What, args: "MultiDict[str, str]") -> Topic:
    """The topic of an address; unknown names and values are ignored, as the list does."""
    if what is What.openings:
        return Topic(what, urlencode(filters_from(args).choices()))
    kinds = {one.value for one in Kind}
    pairs = [(name, args.get(name, "")) for name in PARTS]
    return Topic(what, urlencode([pair for pair in pairs if pair[1] and (pair[0] != "kind" or pair[1] in kinds)]))


def new_ids(topic: Topic, since: dt.datetime, until: dt.datetime, now: dt.datetime) -> list[int]:
    """The posts of a topic that are open now and were published after `since` and not after `until`, newest first.

    Of openings the list's own answer (`openings.queries.find`), so that an alert and the list never disagree.
    """
    if topic.what is What.openings:
        return published_between(facet_index(now), find(facet_index(now), filters_of(topic, now)), since, until)
    statement = topic_posts(topic, now)
    if statement is None:
        return []
    statement = statement.where(Post.publish_at > since, Post.publish_at <= until)
    return list(session().execute(statement.with_only_columns(Post.id)).scalars())


def filters_of(topic: Topic, now: dt.datetime) -> Filters:
    """What a topic of openings asks of the list, its categories by their addresses of now."""
    return filters_from(topic.args).led_on(facet_index(now).moved)


def topic_posts(topic: Topic, now: dt.datetime) -> sa.Select[Post] | None:
    """The open posts of a part of the blog; None when its category or author is gone."""
    category, author = topic_names(topic, now)
    args, statement = topic.args, open_posts(now)
    if ("category" in args and category is None) or ("author" in args and author is None):
        return None
    if kind := args.get("kind"):
        statement = statement.where(Post.kind == Kind(kind))
    if category is not None:
        statement = by_category(statement, category)
    return by_author(statement, author) if author is not None else statement


def topic_names(topic: Topic, now: dt.datetime) -> tuple[Category | None, Person | None]:
    """The category and the author of a part of the blog, as far as they exist, also by addresses they had before."""
    args = topic.args
    category = author = None
    if slug := args.get("category"):
        category = now_or_before(Category, slug)
    if slug := args.get("author"):
        author = now_or_before(Person, slug, has_page(now))
    return category, author
