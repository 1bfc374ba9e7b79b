"""How a series looks on the page of one of its parts."""

import dataclasses
import datetime as dt
from collections.abc import Sequence

from flask import url_for

from jobboard.core import i18n
from jobboard.posts.markup import text_url
from jobboard.posts.models import Post
from jobboard.posts.queries_series import part_of, parts_of


@dataclasses.dataclass(frozen=True)
class PartLink:
    """A part of a series, and the language of its title."""

    number: int
    title: str
    url: str
    lang: str
    is_current: bool


@dataclasses.dataclass(frozen=True)
class SeriesPlace:
    """Where a part stands in its series."""

    name: str
    url: str
    number: int
    count: int
    parts: Sequence[PartLink]
    before: PartLink | None
    after: PartLink | None


def series_place(post: Post, now: dt.datetime) -> SeriesPlace | None:
    """The place of a post in its series; None for a post of none. A draft stands among those that readers see."""
    part = part_of(post)
    if part is None:
        return None
    shown = [(number, one) for number, one in parts_of(part.series, now) if one is not post]
    at = sum(number < part.number or (number == part.number and _is_older(one, post)) for number, one in shown)
    shown.insert(at, (part.number, post))
    links = [_link(number, one, is_current=one is post) for number, one in shown]
    return SeriesPlace(
        name=i18n.pick(part.series.name),
        url=url_for("posts.series", slug=part.series.slug),
        number=part.number,
        count=max(len(shown), *(number for number, _one in shown)),
        parts=links,
        before=links[at - 1] if at else None,
        after=links[at + 1] if at + 1 < len(links) else None,
    )


def _is_older(one: Post, post: Post) -> bool:
    return post.publish_at is None or (one.publish_at, one.id) < (post.publish_at, post.id)


def _link(number: int, post: Post, *, is_current: bool) -> PartLink:
    text = post.text(i18n.page_language())
    return PartLink(number, text.title, text_url(text), text.locale, is_current)
