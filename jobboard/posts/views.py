"""The page of an article."""

from flask import Blueprint, Response, abort, redirect, render_template
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core import clock, i18n
from jobboard.core.access import Public, access
from jobboard.core.web import public_page, site_url
from jobboard.posts.markup import byline, canonical_url, category_link, text_url, translations
from jobboard.posts.models import Kind, PostText
from jobboard.posts.queries import published_text

bp = Blueprint("posts", __name__)


@bp.get("/<language:language>/articles/<slug>/")
@access(Public.anyone)
def show(slug: str) -> Response | BaseResponse:
    """An article in one language; the slug of another translation leads to the one in the page's language."""
    text = text_or_404(Kind.article, slug)
    best = text.post.text(i18n.page_language())
    if best is not text:
        return redirect(text_url(best))
    return public_page(article_page(text))


def text_or_404(kind: Kind, slug: str) -> PostText:
    """The published text at an address; drafts, scheduled and unknown ones look the same."""
    return published_text(kind, slug, clock.now()) or abort(404)


def article_page(text: PostText) -> str:
    """The page as readers see it; the desk's preview shows the same."""
    post = text.post
    return render_template(
        "posts/show.html",
        post=post,
        text=text,
        is_foreign=text.locale != i18n.page_language(),
        lang_name=i18n.language_name(text.locale),
        authors=[byline(person) for person in post.authors],
        people=[(byline(person), person) for person in post.authors],
        categories=[category_link(category) for category in post.categories],
        canonical=site_url(canonical_url(text)),
        alternates=[(code, site_url(path)) for code, path in translations(post)],
    )
