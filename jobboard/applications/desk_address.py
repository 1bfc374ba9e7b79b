"""Correcting an applicant's e-mail address."""

from flask import Blueprint, abort, flash, g, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from jobboard.applications.actions_address import correct_address
from jobboard.applications.desk_screen import application_or_404, face_of
from jobboard.applications.forms_desk import AddressForm
from jobboard.applications.models import Application
from jobboard.applications.queries import awaits_proof
from jobboard.audit.actions import record
from jobboard.core import i18n
from jobboard.core.access import HIRING, access
from jobboard.core.db import writing
from jobboard.core.i18n import _
from jobboard.core.web import see
from jobboard.openings.queries import offer_to_show

bp = Blueprint("address", __name__, url_prefix="/applications")


@bp.route("/<int:application_id>/address/", methods=["GET", "POST"])
@access(HIRING, writes=True)
def edit(application_id: int) -> BaseResponse | str | tuple[str, int]:
    """Say how it is really spelt, and how that is known."""
    row = known_or_404(application_id)
    form = AddressForm(email=row.email)
    if request.method == "POST" and form.validate_on_submit():
        offer = offer_to_show(row.opening_id)
        with writing():
            correct_address(row, offer, form.email.data or "", form.reason.data or "", g.person)
            record("application.address_corrected", ("application", row.id), g.person)
            is_asked = awaits_proof(row)
        if is_asked:
            flash(_("The old link has ended. The new address gets a mail and counts once the link in it was used."))
        else:
            flash(_("Saved."))
        return see(url_for("desk.applications.show", application_id=row.id))
    page = render_template(
        "desk/address/edit.html",
        form=form,
        application=row,
        title=row.opening.text(i18n.page_language()).title,
        waits=awaits_proof(row),
    )
    return (page, 422) if form.errors else page


def known_or_404(application_id: int) -> Application:
    """The application, where this person may know whose it is and write to them."""
    row = application_or_404(application_id)
    if row.is_suspect or face_of(row).is_hidden:
        abort(404)
    return row
