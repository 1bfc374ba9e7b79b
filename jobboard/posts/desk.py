"""Writing articles: list, edit one language at a time, preview as published, schedule, publish, take back."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, flash, g, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core import clock, i18n
from jobboard.core.access import WRITING, access
from jobboard.core.db import Page, first_or_404, page_number, session, writing
from jobboard.core.forms import DeskForm, checked_button
from jobboard.core.i18n import _
from jobboard.core.markdown import render
from jobboard.core.web import see
from jobboard.people.models import Person
from jobboard.people.queries import contacts
from jobboard.posts.actions import (
    begin_article,
    publish,
    save_text,
    set_authors,
    set_categories,
    withdraw_to_draft,
)
from jobboard.posts.actions_series import ensure_series, set_series
from jobboard.posts.actions_writing import WORDS, finish_save, keep_as_found, note_editing, text_in
from jobboard.posts.forms import PublishForm, fill_byline, picked, text_values, to_local
from jobboard.posts.forms_pictures import PictureForm
from jobboard.posts.forms_series import SerialArticleForm
from jobboard.posts.markup_checklist import article_checklist
from jobboard.posts.markup_editor import as_sent, conflict_of, editor_of
from jobboard.posts.markup_preview import preview_of
from jobboard.posts.models import PHASE_LABELS, Kind, Phase, Post
from jobboard.posts.models_writing import Unsaved
from jobboard.posts.queries import categories, count_of, in_phase, phase_counts, with_card_parts
from jobboard.posts.queries_series import all_series, part_of
from jobboard.posts.queries_writing import place_of, unsaved_words
from jobboard.posts.views import article_page

bp = Blueprint("posts", __name__, url_prefix="/posts")

PER_PAGE = 30


@bp.get("/")
@access(WRITING)
def index() -> str:
    """Articles by phase, the last changed first."""
    return render_template("desk/posts/index.html", **phase_list(Kind.article, "desk.posts.index"))


def phase_list(kind: Kind, endpoint: str) -> dict[str, Any]:
    """What a list of posts on the desk shows: tabs with counts, and one page of the chosen phase."""
    now = clock.now()
    counts = phase_counts(kind, now)
    wanted = request.args.get("phase", "")
    phase = wanted if wanted in {one.value for one in Phase} else ("open" if counts.get("open") else "draft")
    number = page_number(request.args.get("page"))
    statement = sa.select(Post).where(Post.kind == kind, in_phase(phase, now)).order_by(Post.updated_at.desc(), Post.id)
    rows = session().execute(statement.options(*with_card_parts()).offset((number - 1) * PER_PAGE).limit(PER_PAGE))
    tabs = [
        {
            "text": PHASE_LABELS[one],
            "count": counts.get(one.value, 0),
            "url": url_for(endpoint, phase=one.value),
            "is_current": one.value == phase,
        }
        for one in Phase
    ]
    page = Page(
        list(rows.scalars()), number, PER_PAGE, count_of(statement), lambda n: url_for(endpoint, phase=phase, page=n)
    )
    return {"page": page, "tabs": tabs, "phase": phase, "now": now}


@bp.route("/new/", methods=["GET", "POST"])
@access(WRITING, writes=True)
def new() -> str | BaseResponse | tuple[str, int]:
    """Begin an article in a language."""
    locale = chosen_language()
    return _edit(None, locale)


@bp.route("/<int:post_id>/<locale>/", methods=["GET", "POST"])
@access(WRITING, writes=True, trace="editing")
def edit(post_id: int, locale: str) -> str | BaseResponse | tuple[str, int]:
    """Write an article's text in one language."""
    if locale not in i18n.languages():
        abort(404)
    if request.method == "GET":
        note_editing(article_or_404(post_id).id, locale, g.person)
    return _edit(article_or_404(post_id), locale)


@bp.get("/<int:post_id>/<locale>/preview/")
@access(WRITING)
def preview(post_id: int, locale: str) -> str:
    """The article as readers will see it."""
    post = article_or_404(post_id)
    text = next((found for found in post.texts if found.locale == locale), None) or abort(404)
    g.language = locale if locale in i18n.languages() else g.language
    page: str = article_page(text, preview_of(text, clock.now()))
    return page


@bp.post("/<int:post_id>/publish/")
@access(WRITING, writes=True)
def publish_post(post_id: int) -> BaseResponse | tuple[str, int]:
    """Publish now or at the chosen moment."""
    post = article_or_404(post_id)
    form = PublishForm()
    if not form.validate_on_submit():
        return _page(_form(post, post.original_locale), post, post.original_locale, form), 422
    with writing():
        publish(post, form.moment() or clock.now())
    flash(published_message(post))
    return see(url_for("desk.posts.edit", post_id=post.id, locale=post.original_locale))


@bp.post("/<int:post_id>/draft/")
@access(WRITING, writes=True)
def draft(post_id: int) -> BaseResponse:
    """Take an article back to draft."""
    post = article_or_404(post_id)
    checked_button()
    with writing():
        withdraw_to_draft(post)
    flash(_("The post is a draft again. Readers do not see it any more."))
    return see(url_for("desk.posts.edit", post_id=post.id, locale=post.original_locale))


def published_message(post: Post) -> str:
    """What happened, in words: published, or when it will be."""
    if post.publish_at is not None and post.publish_at > clock.now():
        return _("Scheduled for %(moment)s.", moment=i18n.day_and_time(post.publish_at))
    return _("Published. Readers see it now.")


def article_or_404(post_id: int) -> Post:
    """The article with this id, with everything its pages need."""
    return first_or_404(
        sa.select(Post).where(Post.id == post_id, Post.kind == Kind.article).options(*with_card_parts())
    )


def chosen_language() -> str:
    """The language a new post is begun in: the one asked for, else the desk's."""
    asked = request.args.get("language", "")
    return asked if asked in i18n.languages() else i18n.page_language()


def people_to_choose() -> list[Person]:
    """Everybody who can stand in a byline."""
    return list(session().execute(contacts()).scalars())


def words_to_take(kind: Kind, post: Post | None, locale: str) -> Unsaved | None:
    """The unsaved words that the person wants in the form instead of what is saved."""
    if request.method != "GET" or request.args.get("unsaved") != "take":
        return None
    return unsaved_words(place_of(kind, post, locale), g.person, clock.now())


def _series_values(post: Post | None, locale: str) -> dict[str, Any]:
    part = part_of(post) if post else None
    return {"series": i18n.pick(part.series.name, locale), "series_part": part.number} if part else {}


def _form(post: Post | None, locale: str) -> SerialArticleForm:
    text = text_in(post, locale) if post else None
    start = {**text_values(text), "version": str(post.version) if post else "", **_series_values(post, locale)}
    form = SerialArticleForm(**as_sent(words_to_take(Kind.article, post, locale)), data=start)
    authors = post.authors if post else [g.person]
    fill_byline(form, people_to_choose(), categories(), authors=authors, chosen=post.categories if post else [])
    return form


def _edit(post: Post | None, locale: str) -> str | BaseResponse | tuple[str, int]:
    form = _form(post, locale)
    if not form.validate_on_submit():
        page = _page(form, post, locale)
        return (page, 422) if form.is_submitted() else page
    rendered = render(form.markdown.data or "")
    try:
        with writing():
            refuse_outdated(form, post)
            place = place_of(Kind.article, post, locale)
            if post is not None:
                keep_as_found(post, locale)
            post = post or begin_article(locale=locale)
            set_authors(post, picked(form.authors, people_to_choose()))
            set_categories(post, picked(form.categories, categories()))
            words = {
                name: getattr(form, name).data or "" for name in ("title", "summary", "markdown", "notice", "slug")
            }
            save_text(post, locale, rendered=rendered, **words)
            name = form.series.data
            set_series(post, ensure_series(name, locale) if name else None, form.series_part.data)
            finish_save(post, locale, g.person, place)
    except StaleDataError:
        return _page(form, post, locale, is_conflict=True), 409
    flash(_("Saved."))
    target = "desk.posts.preview" if "preview" in request.form else "desk.posts.edit"
    return see(url_for(target, post_id=post.id, locale=locale))


def refuse_outdated(form: Any, post: Post | None) -> None:
    """Raises `StaleDataError` when somebody else saved the post since this form was opened; asked under the lock."""
    if post is not None and form.version.data != str(post.version):
        raise StaleDataError(f"post {post.id} was saved by somebody else")


def _page(
    form: SerialArticleForm,
    post: Post | None,
    locale: str,
    publish_form: PublishForm | None = None,
    *,
    is_conflict: bool = False,
) -> str:
    now, conflict = clock.now(), None
    if is_conflict and post is not None:
        conflict = conflict_of(post, locale, typed_words(form), form.version.data, now)
        form.version.data = str(post.version)  # saving again is then a decision
    return render_template(
        "desk/posts/edit.html",
        form=form,
        post=post,
        locale=locale,
        locales=[(code, i18n.language_name(code)) for code in i18n.languages()],
        publish_form=publish_form or PublishForm(formdata=None, publish_at=to_local(post.publish_at) if post else None),
        plain_form=DeskForm(formdata=None),
        phase=post.phase(now) if post else Phase.draft,
        phase_labels=PHASE_LABELS,
        conflict=conflict,
        checklist=article_checklist(post, now) if post else None,
        editor=editor_of(Kind.article, post, locale, g.person, now, is_taken=request.args.get("unsaved") == "take"),
        series_known=[i18n.pick(one.name, locale) for one in all_series()],
        picture_form=PictureForm(formdata=None, prefix="picture-"),
    )


def typed_words(form: Any) -> dict[str, str]:
    """The words of a form, to compare them."""
    return {name: getattr(form, name).data or "" for name in WORDS}
