"""The front page, author and category pages, and the feeds of each: posts and openings together."""

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core import clock, i18n
from jobboard.core.access import Public, access
from jobboard.core.i18n import _
from jobboard.core.pages import counts_as
from jobboard.people.markup import profile
from jobboard.people.models import Person
from jobboard.posts.feeds import FEED_LENGTH, feed_answer
from jobboard.posts.markup import byline, category_link
from jobboard.posts.markup_schema import home_page, profile_page, trail
from jobboard.posts.models import Category
from jobboard.posts.queries import has_page
from jobboard.posts.views import named_or_404
from jobboard.site.queries import current_site
from jobboard.stats.models import FRONT
from jobboard.timeline.markup import cards
from jobboard.timeline.markup_filters import feed_hub, feed_title, feed_url, list_url
from jobboard.timeline.queries import newest_with_texts, posts_in
from jobboard.timeline.queries_directory import openings_of_contact
from jobboard.timeline.queries_filters import filters_from
from jobboard.timeline.queries_offers import labels_of, led_on
from jobboard.timeline.views_list import post_list

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
def index() -> Response | BaseResponse:
    """Everything, newest first, or what the filters leave of it."""
    counts_as(FRONT)
    is_home = not request.args
    return post_list("timeline/index.html", {}, structured=home_page(current_site()) if is_home else None)


@bp.get("/<language:language>/feed.atom")
@access(Public.anyone)
def feed() -> Response:
    """The feed of everything, or of exactly these filters."""
    return _feed({})


@bp.get("/<language:language>/feed.json")
@access(Public.anyone)
def feed_json() -> Response:
    """The same as JSON Feed."""
    return feed()


@bp.get("/<language:language>/authors/<slug>/")
@access(Public.anyone)
def author(slug: str) -> Response | BaseResponse:
    """An author: face, words about them, and what they wrote."""
    person = _author(slug)
    face, about = byline(person), profile(person)
    return post_list(
        "timeline/author.html",
        {"author": slug},
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
    return _feed({"author": _author(slug).slug})


@bp.get("/<language:language>/authors/<slug>/feed.json")
@access(Public.anyone)
def author_feed_json(slug: str) -> Response:
    """The same as JSON Feed."""
    return author_feed(slug)


@bp.get("/<language:language>/categories/<slug>/")
@access(Public.anyone)
def category(slug: str) -> Response | BaseResponse:
    """A category: what it is about, and all posts and openings in it."""
    found = _category(slug)
    link = category_link(found)
    return post_list(
        "timeline/category.html",
        {"category": slug},
        category=found,
        structured=[trail((_("Categories"), url_for("directory.categories")), (link.text, link.url))],
    )


@bp.get("/<language:language>/categories/<slug>/feed.atom")
@access(Public.anyone)
def category_feed(slug: str) -> Response:
    """The feed of one category."""
    return _feed({"category": _category(slug).slug})


@bp.get("/<language:language>/categories/<slug>/feed.json")
@access(Public.anyone)
def category_feed_json(slug: str) -> Response:
    """The same as JSON Feed."""
    return category_feed(slug)


@bp.get("/rss")
@bp.get("/rss/")
@bp.get("/rss.xml")
@bp.get("/feed")
@bp.get("/feed/")
@bp.get("/feed.xml")
@bp.get("/atom.xml")
@bp.get("/index.xml")
@access(Public.anyone)
def old_feed() -> BaseResponse:
    """Where feed readers guess, and where WordPress, Ghost, Jekyll, Hugo and Zola have theirs; every reader reads Atom."""
    return redirect(url_for("timeline.feed", language=i18n.default_language()), 301)


def _feed(fixed: dict[str, str]) -> Response:
    """The feed of what this address asks for. It has the id of its canonical address, whichever was asked."""
    asked, now = filters_from(request.args, fixed), clock.now()
    filters = led_on(asked, labels_of(asked, now))
    form = "json" if (request.endpoint or "").endswith("_json") else "atom"
    site = current_site()
    return feed_answer(
        form,
        feed_title(filters, labels_of(filters, now), site.name),
        feed_path=feed_url(filters, form),
        page_path=list_url(filters),
        posts=newest_with_texts(posts_in(filters, now), FEED_LENGTH),
        marker=site.gender_marker,
        lang=filters.lang,
        hub=feed_hub(filters),
    )


def _author(slug: str) -> Person:
    person: Person = named_or_404(Person, slug, has_page(clock.now()))
    return person


def _category(slug: str) -> Category:
    category: Category = named_or_404(Category, slug)
    return category
