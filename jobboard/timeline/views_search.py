"""The search over articles and openings."""

from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core import clock, i18n
from jobboard.core.access import Public, access
from jobboard.core.db import Page, page_number
from jobboard.core.i18n import _, ngettext
from jobboard.core.web import public_page, site_url
from jobboard.openings.queries_filters import LONGEST_QUERY
from jobboard.posts.markup import Link
from jobboard.posts.models import Kind
from jobboard.search.words import query_terms
from jobboard.site.queries import current_site
from jobboard.timeline.markup_search import KINDS, hit
from jobboard.timeline.queries_search import PER_PAGE, search_posts

bp = Blueprint("search", __name__)


@bp.get("/<language:language>/search/")
@access(Public.anyone)
def index() -> Response | BaseResponse:
    """What holds these words, of both kinds or of one. Every search has one address."""
    query = " ".join(request.args.get("q", "").replace("\x00", "").split())[:LONGEST_QUERY]
    kind = KINDS.get(request.args.get("kind", ""))
    number = page_number(request.args.get("page"))
    if list(request.args.items(multi=True)) != _pairs(query, kind, number):
        return redirect(_url(query, kind, number))
    found = search_posts(query, clock.now(), kind, number)
    total = sum(count for one, count in found.counts.items() if kind in {None, one})
    terms = query_terms(query)
    hits = [hit(post, terms, current_site().gender_marker) for post in found.posts]
    page = Page(hits, number, PER_PAGE, total, lambda wanted: _url(query, kind, wanted))
    if number > page.pages:
        abort(404)
    response = public_page(
        render_template(
            "timeline/search.html",
            query=query,
            has_words=bool(terms),
            page=page,
            kinds=_kinds(query, kind, found.counts),
            jobs_url=url_for("openings.index", q=query or None),
            heading=ngettext("%(num)d result", "%(num)d results", total),
            canonical=site_url(_url(query, kind, number)),
            languages=[
                (code, i18n.own_name(code), _url(query, kind, number, language=code), code == i18n.page_language())
                for code in i18n.languages()
            ],
        )
    )
    response.headers["X-Robots-Tag"] = "noindex, follow"
    return response


def _kinds(query: str, chosen: Kind | None, counts: dict[Kind, int]) -> list[Link]:
    """Everything, articles, openings: each with its number; nothing where only one kind was found."""
    if len(counts) < len(KINDS):
        return []
    words: dict[Kind | None, str] = {None: _("All"), Kind.article: _("Articles"), Kind.opening: _("Jobs")}
    total = sum(counts.values())
    return [
        Link(f"{words[one]} ({counts.get(one, 0) if one else total})", _url(query, one, 1), one is chosen)
        for one in words
    ]


def _pairs(query: str, kind: Kind | None, number: int) -> list[tuple[str, str]]:
    pairs = [("q", query), ("kind", kind.value if kind else ""), ("page", str(number) if number > 1 else "")]
    return [(name, value) for name, value in pairs if value]


def _url(query: str, kind: Kind | None, number: int, **more: Any) -> str:
    args: dict[str, Any] = {**dict(_pairs(query, kind, number)), **more}
    return url_for("search.index", **args)
