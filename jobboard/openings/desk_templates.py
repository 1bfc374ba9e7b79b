"""Templates for openings: saved from one, begun from, renamed, deleted. Never public, as they are no posts."""

from collections.abc import Callable

import sqlalchemy as sa
from flask import Blueprint, abort, flash, g, render_template, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core.access import HIRING, access
from jobboard.core.db import first_or_404, writing
from jobboard.core.forms import DeskForm, checked_button
from jobboard.core.i18n import _
from jobboard.core.web import see
from jobboard.openings.actions_templates import rename, save_as_template
from jobboard.openings.forms_templates import TemplateForm
from jobboard.openings.models_templates import OpeningTemplate
from jobboard.openings.queries_templates import name_is_free, templates
from jobboard.posts.actions_copies import begin_from, copied, rendered_texts
from jobboard.posts.desk_editor import edit_url, post_or_404
from jobboard.posts.models import Kind

bp = Blueprint("templates", __name__, url_prefix="/templates")


@bp.get("/")
@access(HIRING)
def index() -> str:
    """All templates by name, each with a button to begin an opening."""
    return render_template("desk/templates/index.html", templates=templates(), plain_form=DeskForm(formdata=None))


@bp.route("/from/<int:offer_id>/", methods=["GET", "POST"])
@access(HIRING, writes=True)
def new(offer_id: int) -> str | BaseResponse | tuple[str, int]:
    """Keep an opening's words and facts under a name."""
    post = post_or_404(offer_id)
    if post.kind is not Kind.opening:
        abort(404)
    form = TemplateForm(name=post.text(g.language).title)
    content = copied(post)
    if not _named(form, None, lambda name: save_as_template(name, content)):
        page = render_template(
            "desk/templates/edit.html", form=form, template=None, back=edit_url(post, post.original_locale)
        )
        return (page, 422) if form.is_submitted() else page
    flash(_("Saved as a template."))
    return see(url_for("desk.templates.index"))


@bp.route("/<int:template_id>/", methods=["GET", "POST"])
@access(HIRING, writes=True)
def edit(template_id: int) -> str | BaseResponse | tuple[str, int]:
    """Rename a template."""
    template = template_or_404(template_id)
    form = TemplateForm(name=template.name)
    if not _named(form, template_id, lambda name: rename(template, name)):
        page = render_template(
            "desk/templates/edit.html", form=form, template=template, plain_form=DeskForm(formdata=None)
        )
        return (page, 422) if form.is_submitted() else page
    flash(_("Saved."))
    return see(url_for("desk.templates.index"))


@bp.post("/<int:template_id>/begin/")
@access(HIRING, writes=True)
def begin(template_id: int) -> BaseResponse:
    """Begin an opening, as a draft, with what the template holds."""
    template = template_or_404(template_id)
    checked_button()
    content = template.content
    rendered = rendered_texts(content)
    with writing():
        offer = begin_from(content, rendered, g.person)
    flash(_("This is a new draft from the template. Nobody sees it yet."))
    return see(edit_url(offer, offer.original_locale))


@bp.post("/<int:template_id>/delete/")
@access(HIRING, writes=True)
def delete(template_id: int) -> BaseResponse:
    """Delete a template; openings that were begun from it stay."""
    template = template_or_404(template_id)
    checked_button()
    with writing() as current:
        current.delete(template)
    flash(_("The template is deleted. Openings that were begun from it stay as they are."))
    return see(url_for("desk.templates.index"))


def template_or_404(template_id: int) -> OpeningTemplate:
    """The template with this id."""
    return first_or_404(sa.select(OpeningTemplate).where(OpeningTemplate.id == template_id))


def _named(form: TemplateForm, own_id: int | None, write: Callable[[str], object]) -> bool:
    """Write under the name of the form; False when the form is not sent or says what is wrong."""
    if not form.validate_on_submit():
        return False
    name = form.name.data or ""
    try:
        if name_is_free(name, own_id):
            with writing():
                write(name)
            return True
    except IntegrityError:  # somebody took the name in the same moment
        pass
    form.name.errors = [_("Another template has this name. Please choose another one.")]
    return False
