"""Feeds of any list of posts, as Atom (RFC 4287) and as JSON Feed 1.1, with full texts and permanent ids."""

import dataclasses
import datetime as dt
import json
from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, render_template

from jobboard.core import i18n
from jobboard.core.markdown_page import in_feed
from jobboard.core.web import public_page, site_url
from jobboard.posts.markup import Byline, byline, canonical_url, category_link, marked
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
    authors: Sequence[Byline]
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


def json_feed(title: str, *, feed_path: str, page_path: str, posts: Sequence[Post], marker: str) -> Response:
    """The same as JSON Feed 1.1."""
    entries = [_entry(post, marker) for post in posts[:FEED_LENGTH]]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": site_url(page_path),
        "feed_url": site_url(feed_path),
        "language": i18n.page_language(),
        "items": [_item(entry) for entry in entries],
    }
    return public_page(json.dumps(feed, ensure_ascii=False), "application/feed+json; charset=utf-8")


def _item(entry: Entry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.uid,
        "url": entry.url,
        "title": entry.title,
        "content_html": entry.html,
        "date_published": entry.published_at.isoformat(timespec="seconds"),
        "date_modified": entry.updated_at.isoformat(timespec="seconds"),
        "language": entry.lang,
        "authors": [
            {"name": one.name, "url": site_url(one.url), **({"avatar": site_url(one.picture)} if one.picture else {})}
            for one in entry.authors
        ],
        "tags": [label for _slug, label in entry.categories],
    }
    return item | ({"summary": entry.summary} if entry.summary else {})


def feed_of(form: str) -> Callable[..., Response]:
    """The function that makes a feed of this form: "atom" or "json"."""
    return json_feed if form == "json" else atom_feed


def _entry(post: Post, marker: str) -> Entry:
    text = post.text(i18n.page_language())
    published = post.publish_at or post.created_at
    return Entry(
        uid=f"urn:uuid:{post.uid}",
        title=marked(text.title, post.kind, marker),
        url=site_url(canonical_url(text)),
        lang=text.locale,
        summary=text.summary,
        html=str(in_feed(text.html, text.locale)),
        authors=[byline(person) for person in post.authors],
        categories=[(category.slug, category_link(category).text) for category in post.categories],
        published_at=published,
        updated_at=max(post.updated_at, published),
    )
