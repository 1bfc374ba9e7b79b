"""Choosing who reads the applications of an opening."""

from flask import Blueprint, flash, g, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from jobboard.applications.actions_reviewers import set_reviewers
from jobboard.applications.forms_desk import ReviewersForm
from jobboard.applications.queries import reviewers_of
from jobboard.core import i18n
from jobboard.core.access import HIRING, access
from jobboard.core.db import session, writing
from jobboard.core.i18n import _
from jobboard.core.web import see
from jobboard.openings.desk import offer_or_404
from jobboard.people.queries import reviewers

bp = Blueprint("reviewers", __name__, url_prefix="/openings")


@bp.route("/<int:opening_id>/reviewers/", methods=["GET", "POST"])
@access(HIRING, writes=True)
def edit(opening_id: int) -> str | BaseResponse | tuple[str, int]:
    """Tick those who may read, besides those who hire and see everything."""
    offer, people = offer_or_404(opening_id), list(session().execute(reviewers()).scalars())
    form = ReviewersForm(people=[person.id for person in reviewers_of(opening_id)])
    form.people.choices = [(person.id, person.name) for person in people]
    if form.validate_on_submit():
        chosen = set(form.people.data or [])
        with writing():
            set_reviewers(opening_id, [person for person in people if person.id in chosen], g.person)
        flash(_("Saved."))
        return see(url_for("desk.reviewers.edit", opening_id=opening_id))
    title = offer.text(i18n.page_language()).title
    page = render_template("desk/reviewers/edit.html", form=form, people=people, title=title, opening_id=opening_id)
    return (page, 422) if form.is_submitted() else page
