"""What the editor of a text asks for while somebody writes: preview, unsaved words, who else is at it; and duplicates."""

import re

import sqlalchemy as sa
from flask import Blueprint, Response, abort, flash, g, jsonify, render_template, request, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core import clock, i18n
from jobboard.core.access import HIRING, WRITING, access
from jobboard.core.db import first_or_404, session, writing
from jobboard.core.forms import DeskForm, checked_button, clean_text
from jobboard.core.i18n import _
from jobboard.core.limits import is_allowed
from jobboard.core.markdown import render
from jobboard.core.markdown_page import notices
from jobboard.core.web import see
from jobboard.posts.actions_copies import begin_from, copied, rendered_texts
from jobboard.posts.actions_writing import drop_unsaved, keep_unsaved, note_editing
from jobboard.posts.markup_editor import other_in_words, when
from jobboard.posts.models import Kind, Post, PostText
from jobboard.posts.models_writing import OldSlug
from jobboard.posts.queries_writing import others_editing, place_of, post_to_write

bp = Blueprint("editor", __name__, url_prefix="/editor")

#: Of one person. The script asks at most every half second, and only when something was typed.
PREVIEWS, KEEPINGS = "240 per minute", "60 per minute"
#: As long as the form takes a text (`posts.forms.TextMixin`).
LONGEST_TEXT = 200_000
#: Fields of the request that are not of the form.
NOT_TYPED = frozenset({"csrf_token", "moment", "preview"})
#: Which form a request is about, where there is no post yet.
NEW = "/new/<any(article, opening):kind>/<locale>"


@bp.post("/preview/")
@access(WRITING)
def preview() -> str:
    """A text as it will be published, as a piece of a page."""
    checked_button()
    if not is_allowed(PREVIEWS, "preview", str(g.person.id)):
        abort(429)
    source, locale = clean_text(request.form.get("markdown", "")), request.form.get("locale", "")
    if len(source) > LONGEST_TEXT or locale not in i18n.languages():
        abort(400)
    rendered = render(source)
    return render_template("desk/editor/preview.html", html=rendered.html, locale=locale, notices=notices(rendered))


@bp.get("/<int:post_id>/<locale>/here/")
@access(WRITING, trace="editing")
def here(post_id: int, locale: str) -> Response:
    """Say that somebody is writing; the answer names who else is, the version that is saved, and a fresh form token.

    A page that was open while its session ended goes on with the token once its person has signed in again.
    """
    post = post_or_404(post_id, locale)
    note_editing(post.id, locale, g.person)
    now = clock.now()
    return jsonify(
        others=[other_in_words(one, locale, now) for one in others_editing(post_id, g.person, now)],
        version=session().execute(sa.select(Post.version).where(Post.id == post_id)).scalar_one(),
        token=DeskForm(formdata=None).csrf_token.current_token,
    )


@bp.post("/<int:post_id>/<locale>/keep/")
@bp.post(f"{NEW}/keep/")
@access(WRITING, writes=True)
def keep(locale: str, post_id: int | None = None, kind: str = "") -> Response:
    """Keep what is typed, for the one who typed it; nothing is saved or published by it."""
    place, now = _place(post_id, kind, locale), clock.now()
    checked_button()
    if not is_allowed(KEEPINGS, "keep words", str(g.person.id)):
        abort(429)
    typed = {name: [clean_text(one) for one in request.form.getlist(name)] for name in request.form.keys() - NOT_TYPED}
    moment = request.form.get("moment", "")
    if not re.fullmatch(r"[0-9]{1,15}", moment):
        abort(400)
    try:
        with writing():
            keep_unsaved(g.person, place, post_id, typed, int(moment))
    except ValueError:
        abort(413)
    except IntegrityError:
        abort(409)  # two tabs at their first words in the same moment; the next ones are kept
    return jsonify(kept=_("Not saved yet; your words are kept (%(time)s).", time=when(now, now)))


@bp.post("/<int:post_id>/<locale>/discard/")
@bp.post(f"{NEW}/discard/")
@access(WRITING, writes=True)
def discard(locale: str, post_id: int | None = None, kind: str = "") -> BaseResponse:
    """Throw unsaved words away."""
    place = _place(post_id, kind, locale)
    checked_button()
    with writing():
        drop_unsaved(g.person, place)
    flash(_("Thrown away. This is the text as it is saved."))
    if post_id is None:
        return see(url_for(f"desk.{ROOMS[Kind(kind)]}.new", language=locale))
    return see(edit_url(post_or_404(post_id, locale), locale))


@bp.post("/<int:post_id>/duplicate/")
@access(WRITING, writes=True)
def duplicate(post_id: int) -> BaseResponse:
    """Begin a new draft with everything of a post but its dates, its address and who applied."""
    post = post_or_404(post_id)
    checked_button()
    content = copied(post)
    rendered = rendered_texts(content)
    with writing():
        new = begin_from(content, rendered, g.person)
    flash(_("This is a new draft with the same words and facts. Nobody sees it yet."))
    return see(edit_url(new, new.original_locale))


@bp.post("/<int:post_id>/addresses/<int:slug_id>/give-up/")
@access(WRITING, writes=True)
def give_up(post_id: int, slug_id: int) -> BaseResponse:
    """Let an old address go: it leads nowhere then, and another text may have it."""
    post = post_or_404(post_id)
    statement = sa.select(OldSlug).join(PostText, PostText.id == OldSlug.text_id)
    row = first_or_404(statement.where(OldSlug.id == slug_id, PostText.post_id == post.id))
    checked_button()
    text = first_or_404(sa.select(PostText).where(PostText.id == row.text_id))
    locale, slug = text.locale, row.slug
    with writing() as current:
        current.delete(row)
    flash(_("The address “%(slug)s” leads nowhere any more.", slug=slug))
    return see(edit_url(post, locale))


#: The blueprint whose pages write a kind.
ROOMS = {Kind.article: "posts", Kind.opening: "openings"}


def edit_url(post: Post, locale: str) -> str:
    """Where a post is written."""
    return url_for(f"desk.{ROOMS[post.kind]}.edit", post_id=post.id, locale=locale)


def post_or_404(post_id: int, locale: str | None = None) -> Post:
    """A post that the person may write; 403 for one of a kind that is not theirs."""
    if locale is not None and locale not in i18n.languages():
        abort(404)
    post = first_or_404(post_to_write(post_id))
    _refuse_kind(post.kind)
    return post


def _place(post_id: int | None, kind: str, locale: str) -> str:
    if post_id is not None:
        post = post_or_404(post_id, locale)
        return place_of(post.kind, post, locale)
    if locale not in i18n.languages():
        abort(404)
    _refuse_kind(Kind(kind))
    return place_of(Kind(kind), None, locale)


def _refuse_kind(kind: Kind) -> None:
    if kind is Kind.opening and g.person.role not in HIRING:
        abort(403, _("Your role does not include this page."))
