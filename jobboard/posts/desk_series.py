"""Series on the desk: their names and addresses. Articles are put into them where they are written."""

import sqlalchemy as sa
from flask import Blueprint, flash, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core import i18n
from jobboard.core.access import WRITING, access
from jobboard.core.db import first_or_404, writing
from jobboard.core.i18n import _
from jobboard.core.old_addresses import is_free, move
from jobboard.core.slugs import slug_of
from jobboard.core.web import see
from jobboard.posts.forms_series import series_form
from jobboard.posts.models_series import Series
from jobboard.posts.queries_series import all_series, parts_by_series

bp = Blueprint("series", __name__, url_prefix="/series")


@bp.get("/")
@access(WRITING)
def index() -> str:
    """All series with the number of their parts."""
    counts = parts_by_series()
    rows = [(one, i18n.pick(one.name), counts.get(one.id, 0)) for one in all_series()]
    return render_template("desk/series/index.html", rows=rows)


@bp.route("/<int:series_id>/", methods=["GET", "POST"])
@access(WRITING, writes=True)
def edit(series_id: int) -> str | BaseResponse | tuple[str, int]:
    """Rename a series. Its address stays unless it is changed here."""
    series = first_or_404(sa.select(Series).where(Series.id == series_id))
    form, title = series_form(series), i18n.pick(series.name)
    is_fine = form.validate_on_submit()
    names = form.texts("name")
    slug = form.slug.data or slug_of(next(iter(names.values()), ""), "series")
    if is_fine and not is_free(Series, slug, series.id):
        form.slug.errors = [*form.slug.errors, _("Another series has or had this address.")]
        is_fine = False
    if not is_fine:
        fields = [getattr(form, f"name_{code}") for code in i18n.languages()]
        page = render_template("desk/series/edit.html", form=form, fields=fields, series=series, title=title)
        return (page, 422) if form.is_submitted() else page
    with writing():
        move(series, slug)
        series.name = names
    flash(_("Saved."))
    return see(url_for("desk.series.index"))
