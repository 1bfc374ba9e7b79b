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

from jobboard.api.exports import Data, Scope, article_data, category_data, counts_data, opening_data
from jobboard.api.forms import BadCall, asked_articles, asked_counts, asked_openings, nothing_asked
from jobboard.api.queries import articles_behind, cursor_of, open_offers_by_id, place_of, published_one, total_of
from jobboard.api.schemas import openapi
from jobboard.core import clock, i18n
from jobboard.core.access import Public, access
from jobboard.core.i18n import lazy
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
from jobboard.timeline.queries_directory import categories_counted
from jobboard.timeline.queries_offers import labels_of, led_on
from jobboard.timeline.views_machines import speak_default_language

PREFIX = "/api/v1"
JSON, PROBLEM = "application/json", "application/problem+json"
DETAILS = {
    404: lazy("There is nothing at this address, or not yet."),
    410: lazy("It was open once and is closed now."),
}
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
    now = clock.now()
    index = facet_index(now)
    filters = filters.led_on(index.moved)
    found = find(index, filters)
    ids = page_behind(index, found, filters.sort, paging.behind, paging.limit + 1)
    shown = ids[: paging.limit]
    scope = Scope(current_site(), paging.with_content)
    items = [opening_data(offer, scope) for offer in open_offers_by_id(shown, now, with_content=paging.with_content)]
    place = behind_of(index, found, filters.sort, shown[-1], paging.behind) if len(ids) > len(shown) else None
    following = _next_url(cursor_of(Kind.opening, filters.sort, place)) if place else None
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
    return _answer(opening_data(post, Scope(current_site(), with_content=True)))


@bp.get("/articles")
@access(Public.anyone)
def articles() -> Response:
    """The articles that fit the filters of the blog's page, the newest first, a part at a time."""
    filters, paging = asked_articles(request.args)
    now, scope = clock.now(), Scope(current_site(), paging.with_content)
    labels = labels_of(filters, now)
    if (present := led_on(filters, labels)) != filters:
        filters, labels = present, labels_of(present, now)
    posts = articles_behind(filters, now, paging.behind, paging.limit + 1, with_content=paging.with_content)
    shown = posts[: paging.limit]
    items = [article_data(post, scope) for post in shown]
    place = place_of(shown[-1]) if len(posts) > len(shown) else None
    following = _next_url(cursor_of(Kind.article, Sort.newest, place)) if place else None
    page = articles_url(filters.known(labels))
    return _list(total_of(filters, now), items, following, page)


@bp.get("/articles/<uuid:uid>")
@access(Public.anyone)
def article(uid: object) -> Response:
    """One article, with its whole texts."""
    return _answer(article_data(_post_or_gone(Kind.article, uid), Scope(current_site(), with_content=True)))


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
    data: dict[str, Any] = {"type": "about:blank", "title": HTTP_STATUS_CODES[code], "status": code}
    if isinstance(error, BadCall):
        data["detail"] = error.description
        data["errors"] = [{"parameter": one.parameter, "detail": one.detail} for one in error.mistakes]
    elif code in DETAILS:
        data["detail"] = str(DETAILS[code])
    response = Response(json.dumps(data, ensure_ascii=False), code, content_type=PROBLEM)
    response.headers["Content-Language"] = i18n.page_language()
    return open_to_everybody(response)


def answer_errors(state: BlueprintSetupState) -> None:
    """Whatever goes wrong below the API's path is answered as a problem, also where no route is."""
    state.app.extensions["error_answers"] = {PREFIX: problem}


bp.record(answer_errors)
