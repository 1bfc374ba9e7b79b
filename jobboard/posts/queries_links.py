"""Which pages of this site answer that they are not there: asked of the routes and the tables, never over the network."""

import datetime as dt
import enum
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect

from jobboard.core.db import session
from jobboard.files.models import StoredFile
from jobboard.people.models import Person
from jobboard.posts.models import Category, Kind, Phase, Post, PostText
from jobboard.posts.queries import has_page


class Gone(enum.Enum):
    """Why a link leads nowhere."""

    unknown = "unknown"
    unpublished = "unpublished"
    closed = "closed"


#: How far a redirect of the routes (a missing slash) is followed.
MOST_REDIRECTS = 3
_KINDS = {"posts.show": Kind.article, "openings.show": Kind.opening}


def gone(paths: Iterable[str], now: dt.datetime) -> dict[str, Gone]:
    """Those of these paths of this site that do not lead to a page at this moment, with why; a few queries for any number.

    Paths outside of what is known here (a sitemap, a feed) count as there when a route answers them.
    """
    adapter = current_app.url_map.bind("localhost")
    routes = {path: _route(adapter, path) for path in set(paths)}
    found = {path: Gone.unknown for path, route in routes.items() if route is None}
    known = {path: route for path, route in routes.items() if route is not None}
    return found | _gone_posts(known, now) | _gone_others(known, now)


def _route(adapter: MapAdapter, path: str) -> tuple[str, Mapping[str, Any]] | None:
    """The endpoint a path leads to and its arguments; None when no page answers it."""
    for _try in range(MOST_REDIRECTS):
        try:
            endpoint, values = adapter.match(path, method="GET")
        except RequestRedirect as redirect:
            path = redirect.new_url.removeprefix("http://localhost")
        except HTTPException:
            return None
        else:
            return endpoint, values
    return None


def _gone_posts(routes: Mapping[str, tuple[str, Mapping[str, Any]]], now: dt.datetime) -> dict[str, Gone]:
    wanted = {path: (_KINDS[name], values["slug"]) for path, (name, values) in routes.items() if name in _KINDS}
    if not wanted:
        return {}
    statement = sa.select(PostText.kind, PostText.slug, Post).join(PostText.post)
    rows = session().execute(statement.where(PostText.slug.in_({slug for _kind, slug in wanted.values()})))
    phases = {(kind, slug): post.phase(now) for kind, slug, post in rows}
    found = {}
    for path, (kind, slug) in wanted.items():
        phase = phases.get((kind, slug))
        if phase is None:
            found[path] = Gone.unknown
        elif phase in {Phase.draft, Phase.scheduled}:
            found[path] = Gone.unpublished
        elif phase is Phase.closed and kind is Kind.opening:
            found[path] = Gone.closed
    return found


def _gone_others(routes: Mapping[str, tuple[str, Mapping[str, Any]]], now: dt.datetime) -> dict[str, Gone]:
    """People, categories, pictures and static files that are not there."""
    asked: dict[str, dict[str, str]] = {"timeline.author": {}, "timeline.category": {}, "files.picture": {}}
    found = {}
    for path, (endpoint, values) in routes.items():
        if endpoint in asked:
            asked[endpoint][path] = values.get("slug") or values["key"]
        if endpoint == "static" and not Path(current_app.static_folder or "", values["filename"]).is_file():
            found[path] = Gone.unknown
    there = {
        "timeline.author": (Person.slug, has_page(now)),
        "timeline.category": (Category.slug, sa.true()),
        "files.picture": (StoredFile.key, StoredFile.is_public),
    }
    for endpoint, wanted in asked.items():
        column, condition = there[endpoint]
        if wanted:
            rows = session().execute(sa.select(column).where(column.in_(set(wanted.values())), condition))
            known = set(rows.scalars())
            found |= {path: Gone.unknown for path, value in wanted.items() if value not in known}
    return found
