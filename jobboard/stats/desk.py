"""Codes that tell where readers and applicants come from: HR makes one for each place where openings are spread."""

import sqlalchemy as sa
from flask import Blueprint, flash, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core.access import HIRING, access
from jobboard.core.db import first_or_404, writing
from jobboard.core.i18n import _
from jobboard.core.web import see, site_url
from jobboard.stats.actions import save_source
from jobboard.stats.forms import NewSourceForm, SourceForm
from jobboard.stats.models import SourceCode
from jobboard.stats.queries import is_code_free, source_codes

bp = Blueprint("sources", __name__, url_prefix="/sources")


@bp.get("/")
@access(HIRING)
def index() -> str:
    """All sources with the end of an address that names them."""
    return render_template(
        "desk/sources/index.html", sources=source_codes(), example=site_url(url_for("openings.index"))
    )


@bp.route("/new/", methods=["GET", "POST"])
@access(HIRING, writes=True)
def new() -> str | BaseResponse | tuple[str, int]:
    """Make a source."""
    form = NewSourceForm(is_active=True)
    if form.validate_on_submit() and not is_code_free(form.code.data or ""):
        form.code.errors = [*form.code.errors, _("Another source has this code.")]
    elif form.is_submitted() and not form.errors:
        with writing():
            save_source(None, form.code.data or "", form.name.data or "", is_active=form.is_active.data)
        flash(_("Saved. Put ?src=%(code)s behind the address of an opening.", code=form.code.data))
        return see(url_for("desk.sources.index"))
    page = render_template("desk/sources/edit.html", form=form, source=None)
    return (page, 422) if form.is_submitted() else page


@bp.route("/<int:source_id>/", methods=["GET", "POST"])
@access(HIRING, writes=True)
def edit(source_id: int) -> str | BaseResponse | tuple[str, int]:
    """Rename a source, or switch it off."""
    source = first_or_404(sa.select(SourceCode).where(SourceCode.id == source_id))
    form = SourceForm(name=source.name, is_active=source.is_active)
    if form.validate_on_submit():
        with writing():
            save_source(source, source.code, form.name.data or "", is_active=form.is_active.data)
        flash(_("Saved."))
        return see(url_for("desk.sources.index"))
    page = render_template("desk/sources/edit.html", form=form, source=source)
    return (page, 422) if form.is_submitted() else page
