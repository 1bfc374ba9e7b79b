"""Feeds of any list of posts, as Atom (RFC 4287) and as JSON Feed 1.1, with full texts and permanent ids."""

import dataclasses
import datetime as dt
import json
import uuid
from collections.abc import Sequence
from typing import Any

from flask import Response, render_template
from markupsafe import Markup

from jobboard.core import i18n
from jobboard.core.forms import xml_text
from jobboard.core.markdown_page import absolute, in_feed
from jobboard.core.web import public_page, site_url
from jobboard.posts.markup import Byline, byline, canonical_url, category_link, changed_at, marked
from jobboard.posts.markup_kinds import facts_in_feed, load_facts
from jobboard.posts.models import Post
from jobboard.site.queries import current_site

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


def feed_answer(
    form: str,
    title: str,
    *,
    feed_path: str,
    page_path: str,
    posts: Sequence[Post],
    marker: str,
    lang: str = "",
    hub: str = "",
) -> Response:
    """The feed of these posts (newest first, loaded with their whole texts) in a form: "atom" or "json".

    Paths are made absolute here. `lang` is the language of a feed that is of one language; others tell each post in the page's,
    or in its own. `hub` is the address of the WebSub hub that is told when it changes (`markup_hub.hub_of`); a header names
    both too (W3C WebSub §4).
    """
    entries = _entries(posts, marker, lang)
    told = {"title": title, "lang": lang or i18n.page_language(), "hub": hub}
    response = (_json if form == "json" else _atom)(entries, feed_path, site_url(page_path), told)
    if hub:
        response.headers["Link"] = f'<{hub}>; rel="hub", <{site_url(feed_path)}>; rel="self"'
    return response


def _atom(entries: Sequence[Entry], feed_path: str, page_url: str, told: dict[str, str]) -> Response:
    body = render_template(
        "posts/feed.xml",
        **told,
        feed_id=_name(feed_path),
        feed_url=site_url(feed_path),
        page_url=page_url,
        base_url=site_url("/"),
        entries=entries,
        # A feed without entries still needs a moment that does not move with the clock (RFC 4287 §4.2.15).
        updated_at=max((entry.updated_at for entry in entries), default=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)),
    )
    return public_page(xml_text(body), "application/atom+xml; charset=utf-8")


def _json(entries: Sequence[Entry], feed_path: str, page_url: str, told: dict[str, str]) -> Response:
    """JSON Feed 1.1."""
    found = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": told["title"],
        "home_page_url": page_url,
        "feed_url": site_url(feed_path),
        "language": told["lang"],
        "items": [_item(entry) for entry in entries],
        **({"hubs": [{"type": "WebSub", "url": told["hub"]}]} if told["hub"] else {}),
    }
    return public_page(json.dumps(found, ensure_ascii=False), "application/feed+json; charset=utf-8")


def _name(feed_path: str) -> str:
    """The permanent name of a feed: the same when the site moves to another domain."""
    return uuid.uuid5(uuid.UUID(current_site().uid), feed_path).urn


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


def _entries(posts: Sequence[Post], marker: str, lang: str) -> list[Entry]:
    shown = posts[:FEED_LENGTH]
    load_facts(shown)
    return [_entry(post, marker, lang) for post in shown]


def _facts(post: Post, locale: str) -> Markup:
    """The facts of an opening as a list, in the language of its text where the site speaks that."""
    with i18n.force_locale(locale if locale in i18n.languages() else i18n.page_language()):
        found = [(str(fact.label), str(fact.text)) for fact in facts_in_feed(post)]
    rows = (Markup("<li><strong>{}:</strong> {}</li>").format(label, words) for label, words in found)
    return Markup("<ul>{}</ul>").format(Markup("").join(rows)) if found else Markup("")


def _entry(post: Post, marker: str, lang: str) -> Entry:
    text = post.text(lang or i18n.page_language())
    published, url = post.publish_at or post.created_at, site_url(canonical_url(text))
    return Entry(
        uid=f"urn:uuid:{post.uid}",
        title=marked(text.title, post.kind, marker),
        url=url,
        lang=text.locale,
        summary=text.summary,
        html=f"{_facts(post, text.locale)}{absolute(in_feed(text.html, text.locale), url)}",
        authors=[byline(person) for person in post.authors],
        categories=[(category.slug, category_link(category).text) for category in post.categories],
        published_at=published,
        updated_at=changed_at(post),
    )
