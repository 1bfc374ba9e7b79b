"""The front page, author and category pages, and the feeds of each: posts and openings together."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core import clock, i18n
from jobboard.core.access import Public, access
from jobboard.core.db import page_number
from jobboard.core.i18n import _
from jobboard.core.pages import counts_as
from jobboard.core.web import public_page, site_url
from jobboard.people.markup import profile
from jobboard.people.models import Person
from jobboard.posts.feeds import FEED_LENGTH, feed_of
from jobboard.posts.markup import Link, byline, category_link, with_default
from jobboard.posts.markup_schema import home_page, profile_page, trail
from jobboard.posts.models import Category, Kind, Post
from jobboard.posts.queries import by_author, by_category, has_page, of_kind
from jobboard.posts.queries_cards import cards_of
from jobboard.posts.views import named_or_404
from jobboard.site.queries import current_site
from jobboard.stats.models import FRONT
from jobboard.timeline.markup import cards
from jobboard.timeline.queries import newest_with_texts, timeline, timeline_page
from jobboard.timeline.queries_directory import openings_of_contact

bp = Blueprint("timeline", __name__)


@bp.get("/")
@access(Public.anyone)
def root() -> BaseResponse:
    """The only page that asks which language the browser prefers (decision 19)."""
    response = redirect(url_for("timeline.index", language=i18n.negotiated_language()), 302)
    response.headers["Vary"] = "Accept-Language"
    return response


@bp.get("/<language:language>/")
@access(Public.anyone)
def index() -> Response:
    """Everything, newest first."""
    counts_as(FRONT)
    return post_list("timeline/index.html", timeline, {}, structured=home_page(current_site()))


@bp.get("/<language:language>/feed.atom")
@access(Public.anyone)
def feed() -> Response:
    """The feed of everything."""
    return _feed(current_site().name, timeline, {})


@bp.get("/<language:language>/feed.json")
@access(Public.anyone)
def feed_json() -> Response:
    """The same as JSON Feed."""
    return feed()


@bp.get("/<language:language>/authors/<slug>/")
@access(Public.anyone)
def author(slug: str) -> Response:
    """An author: face, words about them, and what they wrote."""
    person = _author(slug)
    face, about = byline(person), profile(person)
    return post_list(
        "timeline/author.html",
        lambda now: by_author(timeline(now), person),
        {"slug": slug},
        author=person,
        about=about,
        face=face,
        contact_for=cards(openings_of_contact(person, clock.now()), current_site().gender_marker, clock.now()),
        structured=[
            profile_page(face, about),
            trail((_("Authors"), url_for("directory.authors")), (face.name, face.url)),
        ],
    )


@bp.get("/<language:language>/authors/<slug>/feed.atom")
@access(Public.anyone)
def author_feed(slug: str) -> Response:
    """The feed of one author."""
    person = _author(slug)
    title = _("%(author)s at %(site)s", author=person.name, site=current_site().name)
    return _feed(title, lambda now: by_author(timeline(now), person), {"slug": slug})


@bp.get("/<language:language>/authors/<slug>/feed.json")
@access(Public.anyone)
def author_feed_json(slug: str) -> Response:
    """The same as JSON Feed."""
    return author_feed(slug)


@bp.get("/<language:language>/categories/<slug>/")
@access(Public.anyone)
def category(slug: str) -> Response:
    """A category: what it is about, and all posts and openings in it."""
    found = _category(slug)
    link = category_link(found)
    return post_list(
        "timeline/category.html",
        lambda now: by_category(timeline(now), found),
        {"slug": slug},
        category=found,
        structured=[trail((_("Categories"), url_for("directory.categories")), (link.text, link.url))],
    )


@bp.get("/<language:language>/categories/<slug>/feed.atom")
@access(Public.anyone)
def category_feed(slug: str) -> Response:
    """The feed of one category."""
    found = _category(slug)
    title = _("%(category)s at %(site)s", category=category_link(found).text, site=current_site().name)
    return _feed(title, lambda now: by_category(timeline(now), found), {"slug": slug})


@bp.get("/<language:language>/categories/<slug>/feed.json")
@access(Public.anyone)
def category_feed_json(slug: str) -> Response:
    """The same as JSON Feed."""
    return category_feed(slug)


@bp.get("/rss")
@bp.get("/feed")
@access(Public.anyone)
def old_feed() -> BaseResponse:
    """Where feed readers guess; every reader reads Atom."""
    return redirect(url_for("timeline.feed", language=i18n.default_language()), 301)


Statement = Callable[[dt.datetime], sa.Select[Post]]


def post_list(template: str, statement: Statement, args: dict[str, Any], **context: Any) -> Response:
    """A page of cards with its feed, its place among the pages, its kinds, and its other languages."""
    now, kind = clock.now(), _kind()
    endpoint = request.endpoint or "timeline.index"
    number = page_number(request.args.get("page"))
    args = {**args, **({"kind": kind.value} if kind else {})}

    def url(wanted: int) -> str:
        return url_for(endpoint, **{**args, **({"page": wanted} if wanted > 1 else {})})

    page = timeline_page(of_kind(statement(now), kind), number, url)
    if number > page.pages:
        abort(404)
    feed_endpoint = "timeline.feed" if endpoint == "timeline.index" else f"{endpoint}_feed"
    feeds = [one for one in (feed_endpoint, f"{feed_endpoint}_json") if one in current_app.view_functions]
    body = render_template(
        template,
        cards=cards_of(page.items, i18n.page_language()),
        page=page,
        kinds=_kind_links(endpoint, args, kind),
        feed_url=url_for(feeds[0], **args) if feeds else None,
        feeds=[(_("Feed of this page"), site_url(url_for(one, **args))) for one in feeds],
        canonical=site_url(url(number)),
        alternates=_alternates(endpoint, args, number),
        **context,
    )
    return public_page(body)


def _kind() -> Kind | None:
    """The kind of posts asked for; an unknown one is ignored, so that old bookmarks live."""
    wanted = request.args.get("kind")
    return Kind(wanted) if wanted in {one.value for one in Kind} else None


def _kind_links(endpoint: str, args: dict[str, Any], chosen: Kind | None) -> list[Link]:
    """Everything, or one kind."""
    others: dict[str, Any] = {name: value for name, value in args.items() if name != "kind"}
    words = [(None, _("Everything")), (Kind.article, _("Articles")), (Kind.opening, _("Job offers"))]
    return [
        Link(text, url_for(endpoint, **(others | ({"kind": kind.value} if kind else {}))), kind is chosen)
        for kind, text in words
    ]


def _alternates(endpoint: str, args: dict[str, Any], number: int) -> list[tuple[str, str]]:
    given = {**args, **({"page": number} if number > 1 else {})}
    return with_default({code: site_url(url_for(endpoint, **given, language=code)) for code in i18n.languages()})


def _feed(title: str, statement: Statement, args: dict[str, Any]) -> Response:
    endpoint, kind = request.endpoint or "timeline.feed", _kind()
    args = {**args, **({"kind": kind.value} if kind else {})}
    of_page = endpoint.removesuffix("_json")
    page_endpoint = "timeline.index" if of_page == "timeline.feed" else of_page.removesuffix("_feed")
    return feed_of("json" if endpoint.endswith("_json") else "atom")(
        title,
        feed_path=url_for(endpoint, **args),
        page_path=url_for(page_endpoint, **args),
        posts=newest_with_texts(of_kind(statement(clock.now()), kind), FEED_LENGTH),
        marker=current_site().gender_marker,
    )


def _author(slug: str) -> Person:
    person: Person = named_or_404(Person, slug, has_page(clock.now()))
    return person


def _category(slug: str) -> Category:
    category: Category = named_or_404(Category, slug)
    return category
