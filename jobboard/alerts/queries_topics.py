"""What alerts are about, as values: the query object of the list of openings, and that of the blog's lists."""

import dataclasses
import datetime as dt
from typing import Any
from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from jobboard.alerts.models import What
from jobboard.core import clock
from jobboard.core.db import session
from jobboard.openings.queries import find, published_between
from jobboard.openings.queries_facts import facet_index
from jobboard.openings.queries_filters import Filters
from jobboard.openings.queries_filters import filters_from as job_filters_from
from jobboard.posts.models import Post
from jobboard.posts.queries import open_posts
from jobboard.timeline.queries import posts_in
from jobboard.timeline.queries_filters import PostFilters
from jobboard.timeline.queries_filters import filters_from as post_filters_from
from jobboard.timeline.queries_offers import labels_of, led_on


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

    @property
    def post_filters(self) -> PostFilters:
        """Which part of the blog it is about; everything for one about openings."""
        return post_filters_from(self.args) if self.what is What.posts else PostFilters()


def topic_from(what: What, args: "MultiDict[str, str]") -> Topic:
    """The topic of an address; unknown names and values are ignored, as the list does.

    A year that is over is left out: an alert tells what is new, and of it nothing will be.
    """
    if what is What.openings:
        return Topic(what, urlencode(job_filters_from(args).choices()))
    filters = post_filters_from(args)
    now = clock.now()
    filters = led_on(filters, labels_of(filters, now))
    return Topic(what, urlencode(filters.known(labels_of(filters, now)).still_to_come(now).pairs()))


def new_ids(topic: Topic, since: dt.datetime, until: dt.datetime, now: dt.datetime) -> list[int]:
    """The posts of a topic that are open now and came to readers after `since` and not after `until`, newest first.

    It is the lists' own answer (`openings.queries.find`, `timeline.queries.posts_in`), so that an alert and the list never
    disagree. Of a category or an author that is gone there is nothing.
    """
    if topic.what is What.openings:
        index = facet_index(now)
        late = open_posts(now).where(_between(Post.news_at, since, until)).with_only_columns(Post.id)
        found = find(index, filters_of(topic, now))
        return published_between(index, found, since, until, and_of=session().execute(late).scalars())
    is_new = sa.or_(_between(Post.publish_at, since, until), _between(Post.news_at, since, until))
    statement = posts_in(post_filters_of(topic, now), now).where(is_new)
    return list(session().execute(statement.with_only_columns(Post.id)).scalars())


def _between(moment: Any, since: dt.datetime, until: dt.datetime) -> sa.ColumnElement[bool]:
    return sa.and_(moment > since, moment <= until)


def filters_of(topic: Topic, now: dt.datetime) -> Filters:
    """What a topic of openings asks of the list, its categories by their addresses of now."""
    return job_filters_from(topic.args).led_on(facet_index(now).moved)


def post_filters_of(topic: Topic, now: dt.datetime) -> PostFilters:
    """What a topic of the blog asks of its lists, its category and author by their addresses of now."""
    return led_on(topic.post_filters, labels_of(topic.post_filters, now))
