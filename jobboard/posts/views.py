"""The page of an article."""

from typing import Any, NoReturn

import sqlalchemy as sa
from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core import clock, i18n
from jobboard.core.access import Public, access
from jobboard.core.i18n import _
from jobboard.core.markdown_page import contents
from jobboard.core.old_addresses import at_address, moved_from
from jobboard.core.pages import counts_as
from jobboard.core.web import private_page, public_page, site_url
from jobboard.people.markup import profile
from jobboard.posts.exports_picture import share_picture
from jobboard.posts.markup import byline, canonical_url, card, category_link, text_url, translations, with_default
from jobboard.posts.markup_graph import open_graph
from jobboard.posts.markup_kinds import facts_on_card, load_facts
from jobboard.posts.markup_moved import LONGEST_PATH, bare_path
from jobboard.posts.markup_preview import Preview
from jobboard.posts.markup_schema import blog_posting, trail, way_to
from jobboard.posts.markup_series import series_place
from jobboard.posts.markup_text import shown_text
from jobboard.posts.models import Kind, Phase, PostText
from jobboard.posts.models_series import Series
from jobboard.posts.queries import neighbours, published_text, related_articles, related_openings
from jobboard.posts.queries_preview import text_of_preview
from jobboard.posts.queries_series import parts_of
from jobboard.posts.queries_writing import moved_text, text_at_old_home
from jobboard.site.queries import current_site
from jobboard.stats.models import subject_of

bp = Blueprint("posts", __name__)


@bp.get("/<language:language>/articles/<slug>/")
@access(Public.anyone)
def show(slug: str) -> Response | BaseResponse:
    """An article in one language; the slug of another translation leads to the one in the page's language."""
    text = text_or_404(Kind.article, slug)
    best = text.post.text(i18n.page_language())
    if best is not text and request.path != canonical_url(text):
        return redirect(text_url(best))
    counts_as(subject_of(text.post_id))
    return public_page(article_page(text))


@bp.get("/<language:language>/articles/<slug>/picture.png")
@access(Public.anyone)
def picture(slug: str) -> Response:
    """The picture other sites show beside a link to the article."""
    text = text_or_404(Kind.article, slug)
    topics = [i18n.pick(category.name) for category in text.post.categories]
    facts = [person.name for person in text.post.authors] + topics
    return public_page(share_picture(text.title, current_site().name, facts), "image/png")


@bp.get("/<language:language>/preview/articles/<token>/")
@access(Public.link)
def preview(token: str) -> Response | BaseResponse:
    """An article before it is published, for who was given the link."""
    found = previewed_or_404(Kind.article, token)
    if isinstance(found, str):
        return redirect(found)
    text, seen = found
    return private_page(article_page(text, seen))


@bp.get("/<language:language>/series/<slug>/")
@access(Public.anyone)
def series(slug: str) -> Response:
    """A series: the parts that readers see, in their order. Without any it is unknown."""
    found, now = named_or_404(Series, slug), clock.now()
    marker = current_site().gender_marker
    parts = [(number, card(one, marker, now)) for number, one in parts_of(found, now)] or abort(404)
    links = {code: site_url(url_for("posts.series", slug=slug, language=code)) for code in i18n.languages()}
    page = render_template(
        "posts/series.html",
        name=i18n.pick(found.name),
        names=found.name,
        structured=[
            trail(
                (_("Series"), url_for("directory.series")), (i18n.pick(found.name), url_for("posts.series", slug=slug))
            )
        ],
        parts=parts,
        canonical=links[i18n.page_language()],
        alternates=with_default(links),
    )
    return public_page(page)


def previewed_or_404(kind: Kind, token: str) -> tuple[PostText, Preview] | str:
    """What a preview link shows; the public address when the post has been published since."""
    now = clock.now()
    text, until = text_of_preview(kind, token, now) or abort(404)
    if text.post.phase(now) in {Phase.open, Phase.closed}:
        return text_url(text)
    return text, Preview(until)


def text_or_404(kind: Kind, slug: str) -> PostText:
    """The published text at an address; drafts, scheduled and unknown ones look the same. An old address leads to the new."""
    return published_text(kind, slug, clock.now()) or moved_or_404(kind, slug)


def moved_or_404(kind: Kind, slug: str) -> NoReturn:
    """Lead from the address a public text had before to the same page at its new one, with what the request asked for.

    301 for pages, 308 for forms, which travel on whole. Browsers ask again each time: the text may get the address back.
    """
    text = moved_text(kind, slug, clock.now()) or abort(404)
    abort(_led_on(_same_page_at(text.slug)))


def _same_page_at(slug: str) -> str:
    """The page that was asked for, at another address."""
    return url_for(request.endpoint or "", **{**(request.view_args or {}), "slug": slug})


def named_or_404(model: type[Any], slug: str, *conditions: sa.ColumnElement[bool]) -> Any:
    """The category, series or person at an address. One they had before leads to the same page at the new one."""
    found = at_address(model, slug, *conditions)
    if found is None:
        moved = moved_from(model, slug, *conditions) or abort(404)
        abort(_led_on(_same_page_at(moved.slug)))
    return found


def from_old_home() -> BaseResponse | None:
    """Where a page is now that stood at this request's path on the site it came from; None when none did.

    Asked for addresses at which nothing of this site stands, and for reading only.
    """
    path = bare_path(request.path)
    if request.method not in {"GET", "HEAD"} or len(path) > LONGEST_PATH or "\0" in path:
        return None
    text = text_at_old_home(path, clock.now())
    return None if text is None else _led_on(canonical_url(text))


def _led_on(target: str) -> BaseResponse:
    """A lasting redirect with the request's query that browsers ask for again each time."""
    query = request.query_string.decode("ascii", "ignore")
    response = redirect(f"{target}?{query}" if query else target, 301 if request.method in {"GET", "HEAD"} else 308)
    response.headers["Cache-Control"] = "public, no-cache"
    return response


def article_page(text: PostText, preview: Preview | None = None) -> str:
    """The page as readers see it; before it is published, for those who may see it then."""
    post, now = text.post, clock.now()
    marker = current_site().gender_marker
    before, after = neighbours(post, now)
    openings = related_openings(post, now)
    load_facts(openings)
    people = [(byline(person), profile(person)) for person in post.authors]
    graph = open_graph(post, text, title=text.title, picture="posts.picture", kind="article")
    return render_template(
        "posts/show.html",
        post=post,
        text=text,
        is_foreign=text.locale != i18n.page_language(),
        lang_name=i18n.language_name(text.locale),
        authors=[byline(person) for person in post.authors],
        people=people,
        categories=[category_link(category) for category in post.categories],
        html=shown_text(text),
        series=series_place(post, now),
        contents=contents(text.html, text.reading_minutes),
        canonical=site_url(canonical_url(text)),
        graph=graph,
        structured=[]
        if preview
        else [blog_posting(post, text, people, graph.picture, current_site()), way_to(text, text.title)],
        preview=preview,
        data_url=None if preview else site_url(url_for("api.article", uid=post.uid)),
        openings=[card(one, marker, now, facts_on_card(one)) for one in openings],
        related=[card(one, marker, now) for one in related_articles(post, now)],
        before=card(before, marker, now) if before else None,
        after=card(after, marker, now) if after else None,
        alternates=translations(post),
    )
