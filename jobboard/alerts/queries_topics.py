"""What alerts are about, as values: the query object of the list of openings, and the parts of the blog."""

import dataclasses
import datetime as dt
from typing import Any
from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from jobboard.alerts.models import What
from jobboard.core.db import session
from jobboard.openings.queries import find, published_between
from jobboard.openings.queries_facts import facet_index
from jobboard.openings.queries_filters import filters_from
from jobboard.people.models import Person
from jobboard.posts.models import Category, Kind, Post
from jobboard.posts.queries import by_author, by_category, open_posts

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


def existing(topic: Topic) -> Topic:
    """The topic without a category or author that does not exist: what an address calls so are a stranger's words."""
    if topic.what is What.openings:
        return topic
    found = dict(zip(("category", "author"), topic_names(topic), strict=True))
    return Topic(topic.what, urlencode([(name, value) for name, value in topic.choices if found.get(name, True)]))


def new_ids(topic: Topic, since: dt.datetime, until: dt.datetime, now: dt.datetime) -> list[int]:
    """The posts of a topic that are open now and came to readers after `since` and not after `until`, newest first.

    Of openings the list's own answer (`openings.queries.find`), so that an alert and the list never disagree.
    """
    if topic.what is What.openings:
        index = facet_index(now)
        late = open_posts(now).where(_between(Post.news_at, since, until)).with_only_columns(Post.id)
        return published_between(
            index, find(index, filters_from(topic.args)), since, until, and_of=session().execute(late).scalars()
        )
    statement = topic_posts(topic, now)
    if statement is None:
        return []
    is_new = sa.or_(_between(Post.publish_at, since, until), _between(Post.news_at, since, until))
    return list(session().execute(statement.where(is_new).with_only_columns(Post.id)).scalars())


def _between(moment: Any, since: dt.datetime, until: dt.datetime) -> sa.ColumnElement[bool]:
    return sa.and_(moment > since, moment <= until)


def topic_posts(topic: Topic, now: dt.datetime) -> sa.Select[Post] | None:
    """The open posts of a part of the blog; None when its category or author is gone."""
    category, author = topic_names(topic)
    args, statement = topic.args, open_posts(now)
    if ("category" in args and category is None) or ("author" in args and author is None):
        return None
    if kind := args.get("kind"):
        statement = statement.where(Post.kind == Kind(kind))
    if category is not None:
        statement = by_category(statement, category)
    return by_author(statement, author) if author is not None else statement


def topic_names(topic: Topic) -> tuple[Category | None, Person | None]:
    """The category and the author of a part of the blog, as far as they exist."""
    args = topic.args
    category = author = None
    if slug := args.get("category"):
        category = session().execute(sa.select(Category).where(Category.slug == slug)).scalar_one_or_none()
    if slug := args.get("author"):
        statement = sa.select(Person).where(Person.slug == slug, Person.is_author)
        author = session().execute(statement).scalar_one_or_none()
    return category, author
