"""Atom feeds (RFC 4287) of any list of posts, with full texts and permanent ids."""

import dataclasses
import datetime as dt
from collections.abc import Sequence

from flask import Response, render_template

from jobboard.core import i18n
from jobboard.core.web import public_page, site_url
from jobboard.posts.markup import canonical_url, category_link, marked
from jobboard.posts.models import Post

#: Entries of a feed; readers ask often, so older posts are left to the archive.
FEED_LENGTH = 30


@dataclasses.dataclass(frozen=True)
class Entry:
    """One post in a feed, in the feed's language or its own."""

    uid: str
    title: str
    url: str
    lang: str
    summary: str
    html: str
    authors: Sequence[str]
    categories: Sequence[tuple[str, str]]
    published_at: dt.datetime
    updated_at: dt.datetime


def atom_feed(title: str, *, feed_path: str, page_path: str, posts: Sequence[Post], marker: str) -> Response:
    """The feed of these posts (newest first, loaded with their whole texts). Paths are made absolute here."""
    entries = [_entry(post, marker) for post in posts[:FEED_LENGTH]]
    body = render_template(
        "posts/feed.xml",
        title=title,
        feed_url=site_url(feed_path),
        page_url=site_url(page_path),
        base_url=site_url("/"),
        entries=entries,
        # A feed without entries still needs a moment that does not move with the clock (RFC 4287 §4.2.15).
        updated_at=max((entry.updated_at for entry in entries), default=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)),
    )
    return public_page(body, "application/atom+xml; charset=utf-8")


def _entry(post: Post, marker: str) -> Entry:
    text = post.text(i18n.page_language())
    published = post.publish_at or post.created_at
    return Entry(
        uid=f"urn:uuid:{post.uid}",
        title=marked(text.title, post.kind, marker),
        url=site_url(canonical_url(text)),
        lang=text.locale,
        summary=text.summary,
        html=text.html,
        authors=[person.name for person in post.authors],
        categories=[(category.slug, category_link(category).text) for category in post.categories],
        published_at=published,
        updated_at=max(post.updated_at, published),
    )
