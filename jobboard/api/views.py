"""The public API: openings and articles for programs, by the filters of their pages. It reads only and needs no key.

The version is in the path: within it parameters and members are added, never taken away or given another meaning.
"""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, request, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from jobboard.api.exports import Data, Told, article_data, category_data, counts_data, opening_data
from jobboard.api.forms import BadCall, asked_articles, asked_counts, asked_openings, nothing_asked
from jobboard.api.queries import articles_behind, cursor_of, offers_to_tell, place_of, published_one
from jobboard.api.schemas import openapi
from jobboard.core import clock
from jobboard.core.access import Public, access
from jobboard.core.web import public_page, site_url
from jobboard.openings.markup_list import list_url as openings_url
from jobboard.openings.models import JobOffer
from jobboard.openings.queries import find
from jobboard.openings.queries_facts import facet_index
from jobboard.openings.queries_filters import Sort
from jobboard.openings.queries_keyset import behind_of, page_behind
from jobboard.posts.models import Kind, Phase, Post
from jobboard.site.queries import current_site
from jobboard.timeline.markup_filters import list_url as articles_url
from jobboard.timeline.queries import counts_of
from jobboard.timeline.queries_directory import categories_counted
from jobboard.timeline.views_machines import speak_default_language

PREFIX = "/api/v1"
JSON, PROBLEM = "application/json", "application/problem+json"
#: Pages of any site may read what everybody may; `Link` tells the next page (Fetch standard, CORS).
FOR_EVERYBODY = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "If-None-Match",
    "Access-Control-Expose-Headers": "ETag, Link, X-Request-Id",
    "Access-Control-Max-Age": "86400",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Robots-Tag": "noindex",
}

bp = Blueprint("api", __name__, url_prefix=PREFIX)
bp.before_request(speak_default_language)


def open_to_everybody(response: Response) -> Response:
    """Every answer may be read from pages of other sites."""
    response.headers.update(FOR_EVERYBODY)
    return response


bp.after_request(open_to_everybody)


@bp.get("/openings")
@access(Public.anyone)
def openings() -> Response:
    """The open openings that fit the filters of the list's page, a part at a time."""
    filters, paging = asked_openings(request.args)
    index = facet_index(clock.now())
    filters = filters.led_on(index.moved)
    found = find(index, filters)
    ids = page_behind(index, found, filters.sort, paging.behind, paging.limit + 1)
    shown = ids[: paging.limit]
    told = Told(current_site(), paging.with_content)
    items = [opening_data(offer, told) for offer in offers_to_tell(shown, with_content=paging.with_content)]
    place = behind_of(index, found, filters.sort, shown[-1]) if len(ids) > len(shown) else None
    following = _next_url(cursor_of(filters.sort, place)) if place else None
    return _list(found.total, items, following, openings_url(filters))


@bp.get("/openings/counts")
@access(Public.anyone)
def opening_counts() -> Response:
    """How many openings each value of each facet would show beside what is chosen."""
    filters = asked_counts(request.args)
    index = facet_index(clock.now())
    return _answer(counts_data(index, find(index, filters.led_on(index.moved))))


@bp.get("/openings/<uuid:uid>")
@access(Public.anyone)
def opening(uid: object) -> Response:
    """One opening, with its whole texts; 410 once it is closed."""
    post = _post_or_gone(Kind.opening, uid)
    assert isinstance(post, JobOffer)
    return _answer(opening_data(post, Told(current_site(), with_content=True)))


@bp.get("/articles")
@access(Public.anyone)
def articles() -> Response:
    """The articles that fit the filters of the blog's page, the newest first, a part at a time."""
    filters, paging = asked_articles(request.args)
    now, told = clock.now(), Told(current_site(), paging.with_content)
    posts = articles_behind(filters, now, paging.behind, paging.limit + 1, with_content=paging.with_content)
    shown = posts[: paging.limit]
    items = [article_data(post, told) for post in shown]
    following = _next_url(cursor_of(Sort.newest, place_of(shown[-1]))) if len(posts) > len(shown) else None
    return _list(counts_of([filters], now)[0], items, following, articles_url(filters))


@bp.get("/articles/<uuid:uid>")
@access(Public.anyone)
def article(uid: object) -> Response:
    """One article, with its whole texts."""
    return _answer(article_data(_post_or_gone(Kind.article, uid), Told(current_site(), with_content=True)))


@bp.get("/categories")
@access(Public.anyone)
def categories() -> Response:
    """The categories with something open in them, by address."""
    nothing_asked(request.args)
    items = [category_data(counted) for counted in categories_counted(clock.now())]
    return _answer({"total": len(items), "items": items})


@bp.get("/openapi.json")
@access(Public.anyone)
def description() -> Response:
    """What this API is, for programs and their generators (OpenAPI 3.1)."""
    nothing_asked(request.args)
    return _answer(openapi(current_site().name, site_url(PREFIX)))


def _post_or_gone(kind: Kind, uid: object) -> Post:
    nothing_asked(request.args)
    now = clock.now()
    post = published_one(kind, str(uid), now)
    if post is None:
        abort(404)
    if post.phase(now) is Phase.closed:
        abort(410)
    return post


def _next_url(cursor: str) -> str:
    """This call's address with another cursor."""
    pairs = [(name, value) for name, value in request.args.items(multi=True) if name != "cursor"]
    return site_url(f"{request.path}?{urlencode([*pairs, ('cursor', cursor)])}")


def _list(total: int, items: Sequence[Data], following: str | None, page: str) -> Response:
    """A part of a list; the next part, the list as a page and the API's description are links (RFC 8288) too."""
    links = [(following, 'rel="next"')] if following else []
    links.append((site_url(page), 'rel="alternate"; type="text/html"'))
    links.append((site_url(url_for("api.description")), 'rel="service-desc"; type="application/json"'))
    response = _answer({"total": total, "items": items, "next": following})
    response.headers["Link"] = ", ".join(f"<{url}>; {about}" for url, about in links)
    return response


def _answer(data: Data) -> Response:
    return public_page(json.dumps(data, ensure_ascii=False), JSON)


def problem(code: int, error: HTTPException | None) -> Response:
    """An error as RFC 9457 tells it; what is wrong with which parameter stands under `errors`."""
    told: dict[str, Any] = {"type": "about:blank", "title": HTTP_STATUS_CODES[code], "status": code}
    if error is not None and error.description:
        told["detail"] = error.description
    if isinstance(error, BadCall):
        told["errors"] = [{"parameter": one.parameter, "detail": one.detail} for one in error.mistakes]
    return open_to_everybody(Response(json.dumps(told, ensure_ascii=False), code, content_type=PROBLEM))


def answer_errors(state: BlueprintSetupState) -> None:
    """Whatever goes wrong below the API's path is answered as a problem, also where no route is."""
    state.app.extensions["error_answers"] = {f"{PREFIX}/": problem}


bp.record(answer_errors)
