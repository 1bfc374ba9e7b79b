"""Saying how the applications of an opening are reviewed: by which criteria, and whether names are hidden at first."""

from flask import Blueprint, flash, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from jobboard.applications.actions_review import NotPossible, set_review_rules
from jobboard.applications.forms_review import criteria_form
from jobboard.applications.queries_review import criteria_of, rated_criteria, rules_of
from jobboard.core import i18n
from jobboard.core.access import HIRING, access
from jobboard.core.db import writing
from jobboard.core.i18n import _
from jobboard.core.web import see
from jobboard.openings.desk import offer_or_404

bp = Blueprint("criteria", __name__, url_prefix="/openings")


@bp.route("/<int:opening_id>/criteria/", methods=["GET", "POST"])
@access(HIRING, writes=True)
def edit(opening_id: int) -> str | BaseResponse | tuple[str, int]:
    """Name the criteria in every language; saving adds empty rows."""
    offer, criteria, rules = offer_or_404(opening_id), criteria_of(opening_id), rules_of(opening_id)
    form = criteria_form(criteria, hides_names=rules is not None and rules.hides_names)
    if form.validate_on_submit():
        try:
            with writing():
                set_review_rules(opening_id, form.wanted, hides_names=bool(form.hides_names.data))
        except NotPossible:
            form.form_errors.append(
                _(
                    "A criterion that somebody has rated by cannot be removed: what was given must not vanish. Rename it."
                )
            )
        else:
            flash(_("Saved."))
            return see(url_for("desk.criteria.edit", opening_id=opening_id))
    page = render_template(
        "desk/criteria/edit.html",
        form=form,
        title=offer.text(i18n.page_language()).title,
        opening_id=opening_id,
        is_new=not criteria,
        rated=rated_criteria(opening_id),
    )
    return (page, 422) if form.is_submitted() else page
