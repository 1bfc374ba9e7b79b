"""Rating an application by the criteria of its opening, and showing a hidden name before that."""

from flask import flash, g, url_for
from werkzeug.wrappers import Response as BaseResponse

from jobboard.applications.actions_review import NotPossible, lift_names, rate
from jobboard.applications.desk import bp
from jobboard.applications.desk_screen import application_or_404, face_of, screen
from jobboard.applications.forms_review import LiftForm, rating_form
from jobboard.applications.queries_review import criteria_of, review_by
from jobboard.audit.actions import record
from jobboard.core.access import HIRING, READING, access
from jobboard.core.db import writing
from jobboard.core.i18n import _
from jobboard.core.web import see


@bp.post("/<int:application_id>/rate/")
@access(READING, writes=True)
def rate_application(application_id: int) -> BaseResponse | tuple[str, int]:
    """Keep one's own ratings; from then on those of others are shown."""
    row = application_or_404(application_id)
    form = rating_form(criteria_of(row.opening_id), review_by(row.id, g.person), is_sent=True)
    if not form.validate_on_submit():
        return screen(row, rating_form=form), 422
    try:
        with writing():
            rate(row, form.stars, form.comment.data or "", g.person)
    except NotPossible:
        flash(_("This could not be kept: the criteria were changed in the meantime. Please rate again."), "warning")
    else:
        flash(_("Your rating is kept."))
    return see(url_for("desk.applications.show", application_id=row.id))


@bp.post("/<int:application_id>/name/")
@access(HIRING, writes=True)
def show_name(application_id: int) -> BaseResponse | tuple[str, int]:
    """Show everybody the name of one application whose opening hides names; the reason stands in the history."""
    row = application_or_404(application_id)
    form = LiftForm()
    if not form.validate_on_submit():
        return screen(row, lift_form=form), 422
    if face_of(row).is_hidden:
        with writing():
            lift_names(row, form.reason.data or "", g.person)
            record("application.name_shown", ("application", row.id), g.person)
    return see(url_for("desk.applications.show", application_id=row.id))
