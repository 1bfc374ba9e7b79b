"""The search over articles and openings."""

from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core import clock, i18n
from jobboard.core.access import Public, access
from jobboard.core.db import Page, page_number
from jobboard.core.i18n import ngettext
from jobboard.core.web import public_page, site_url
from jobboard.openings.queries_filters import LONGEST_QUERY
from jobboard.posts.markup import Link, category_link, marked, text_url
from jobboard.posts.queries_suggestions import FEW, Scope, Ways, ways_on
from jobboard.search.words import query_terms
from jobboard.site.queries import current_site
from jobboard.timeline.markup_search import hit
from jobboard.timeline.markup_search_ways import (
    KINDS,
    Search,
    alone,
    elsewhere,
    fewer,
    kind_links,
    language_links,
    language_tag,
    meant,
)
from jobboard.timeline.queries_search import PER_PAGE, SearchFound, categories_in_use, newest_posts, search_posts

bp = Blueprint("search", __name__)

#: Categories and newest posts to go on with where nothing was found and nothing like it either.
MOST_CATEGORIES, NEWEST = 30, 3


@bp.get("/<language:language>/search/")
@access(Public.anyone)
def index() -> Response | BaseResponse:
    """What holds these words: of both kinds or of one, in every language or in one. Every search has one address."""
    query = " ".join(request.args.get("q", "").replace("\x00", "").split())[:LONGEST_QUERY].rstrip()
    search = Search(query, KINDS.get(request.args.get("kind", "")), language_tag(request.args.get("lang", "")))
    number = page_number(request.args.get("page"))
    if list(request.args.items(multi=True)) != search.pairs(number):
        return redirect(search.url(number))
    scope = Scope(clock.now(), search.kind, search.lang)
    found = search_posts(query, scope, number)
    page = Page(found.posts, number, PER_PAGE, found.count(search.kind, search.lang), search.url)
    if number > page.pages:
        abort(404)
    response = public_page(render_template("timeline/search.html", **_context(search, scope, found, page)))
    response.headers["X-Robots-Tag"] = "noindex, follow"
    return response


def _context(search: Search, scope: Scope, found: SearchFound, page: Page[Any]) -> dict[str, Any]:
    """What the page shows."""
    terms, marker = query_terms(search.query), current_site().gender_marker
    helps = found.count() < FEW and page.number == 1
    ways = ways_on(search.query, scope, found.count()) if helps else Ways()
    is_lost = bool(terms) and not page.total
    leads = elsewhere(search, found) if is_lost else []
    return {
        "search": search,
        "has_words": bool(terms),
        "page": page,
        "hits": [hit(post, terms, marker, search.lang) for post in page.items],
        "kinds": kind_links(search, found),
        "langs": language_links(search, found),
        "meant": meant(search, ways),
        "elsewhere": leads,
        "fewer": fewer(search, ways),
        "alone": alone(search, ways),
        **(_to_go_on_with(scope) if is_lost and not ways and not leads else {}),
        "jobs_url": url_for("openings.index", q=search.query or None),
        "heading": ngettext("%(num)d result", "%(num)d results", page.total),
        "canonical": site_url(search.url(page.number)),
        "languages": [
            (code, i18n.own_name(code), search.url(page.number, language=code), code == i18n.page_language())
            for code in i18n.languages()
        ],
    }


def _to_go_on_with(scope: Scope) -> dict[str, list[Link]]:
    """Where somebody may go who found nothing at all."""
    language, marker = i18n.page_language(), current_site().gender_marker
    texts = [post.text(language) for post in newest_posts(scope, NEWEST)]
    return {
        "categories": [category_link(one) for one in categories_in_use(scope, MOST_CATEGORIES)],
        "newest": [
            Link(marked(one.title, one.kind, marker), text_url(one), lang="" if one.locale == language else one.locale)
            for one in texts
        ],
    }
