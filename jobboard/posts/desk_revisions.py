"""How a text was before: a list, what each save changed, and the way back."""

from typing import Any

from flask import Blueprint, abort, flash, g, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core.access import WRITING, access
from jobboard.core.db import first_or_404, page_number, writing
from jobboard.core.i18n import _
from jobboard.core.markdown import render
from jobboard.core.web import see
from jobboard.posts.actions_writing import WORDS, restore, text_in
from jobboard.posts.desk_editor import edit_url, post_or_404
from jobboard.posts.forms import VersionForm
from jobboard.posts.markup_diff import Change, changes, row_changes
from jobboard.posts.markup_editor import WORD_LABELS
from jobboard.posts.markup_kinds import NotToBePut, facts_of
from jobboard.posts.models import Post
from jobboard.posts.models_writing import Revision
from jobboard.posts.queries_writing import facts_before, place_of, revision_before, revision_page, revisions_of

bp = Blueprint("revisions", __name__, url_prefix="/revisions")


@bp.get("/<int:post_id>/<locale>/")
@access(WRITING)
def index(post_id: int, locale: str) -> str:
    """A text's revisions, the newest first."""
    post, number = post_or_404(post_id, locale), page_number(request.args.get("page"))
    page = revision_page(post_id, locale, number, lambda n: url_for(".index", post_id=post_id, locale=locale, page=n))
    return render_template("desk/revisions/index.html", **_around(post, locale), page=page)


@bp.get("/<int:post_id>/<locale>/<int:revision_id>/")
@access(WRITING)
def show(post_id: int, locale: str, revision_id: int) -> str:
    """What a save changed, or with `?against=now` what is different today."""
    post = post_or_404(post_id, locale)
    revision = revision_or_404(post, locale, revision_id)
    is_now = request.args.get("against") == "now"
    texts, facts = _since(post, revision) if is_now else _by(post, revision)
    return render_template(
        "desk/revisions/show.html",
        **_around(post, locale),
        revision=revision,
        is_now=is_now,
        texts=texts,
        facts=facts,
        form=VersionForm(formdata=None, version=str(post.version)),
    )


@bp.post("/<int:post_id>/<locale>/<int:revision_id>/restore/")
@access(WRITING, writes=True)
def restore_revision(post_id: int, locale: str, revision_id: int) -> BaseResponse:
    """Make the text what it was; that is a new revision."""
    post, form = post_or_404(post_id, locale), VersionForm()
    if not form.validate_on_submit():
        abort(400)
    revision = revision_or_404(post, locale, revision_id)
    rendered, place = render(revision.markdown), place_of(post.kind, post, locale)
    try:
        with writing():
            form.refuse_outdated(post)
            restore(post, revision, g.person, rendered, place)
    except StaleDataError:
        flash(
            _("Somebody else saved this in the meantime, so nothing was restored. Please look at it again."), "warning"
        )
        return see(url_for(".show", post_id=post_id, locale=locale, revision_id=revision_id, against="now"))
    except NotToBePut as refused:
        flash(str(refused), "error")
        return see(url_for(".show", post_id=post_id, locale=locale, revision_id=revision_id))
    flash(_("Restored. The text before it is kept as a revision."))
    return see(edit_url(post_or_404(post_id), locale))


def revision_or_404(post: Post, locale: str, revision_id: int) -> Revision:
    """A revision of this text."""
    return first_or_404(revisions_of(post.id, locale).where(Revision.id == revision_id))


def _around(post: Post, locale: str) -> dict[str, Any]:
    text = text_in(post, locale) or abort(404)
    return {"post": post, "locale": locale, "title": text.title, "edit_url": edit_url(post, locale)}


def _words(thing: Any) -> dict[str, str]:
    return {name: getattr(thing, name) for name in WORDS} if thing is not None else {}


def _by(post: Post, revision: Revision) -> tuple[list[Change], list[Change]]:
    """What the save of a revision changed."""
    before, kind = facts_before(revision), facts_of(post.kind)
    texts = changes(WORD_LABELS, _words(revision_before(revision)), _words(revision))
    if kind is None or revision.facts is None:
        return texts, []
    return texts, row_changes(kind.rows(before.facts or {}) if before else (), kind.rows(revision.facts))


def _since(post: Post, revision: Revision) -> tuple[list[Change], list[Change]]:
    """What was changed after a revision."""
    kind = facts_of(post.kind)
    texts = changes(WORD_LABELS, _words(revision), _words(text_in(post, revision.locale)))
    if kind is None or revision.facts is None:
        return texts, []
    return texts, row_changes(kind.rows(revision.facts), kind.rows(kind.take(post)))
