"""Closing openings, extending their deadline, and opening them again; each with its line in the history."""

from collections.abc import Callable

from flask import Blueprint, flash, g, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core import clock
from jobboard.core.access import HIRING, access
from jobboard.core.db import writing
from jobboard.core.i18n import _
from jobboard.core.web import see
from jobboard.openings.actions_cycle import end, extend, open_again, refuse_changed
from jobboard.openings.desk import offer_or_404, refused
from jobboard.openings.desk_publishing import back, checklist_now
from jobboard.openings.forms_cycle import CloseForm, ExtendForm, ReopenForm
from jobboard.openings.models import JobOffer
from jobboard.posts.forms import from_local
from jobboard.posts.models import Phase

bp = Blueprint("cycle", __name__, url_prefix="/openings")


@bp.post("/<int:opening_id>/close/")
@access(HIRING, writes=True)
def close(opening_id: int) -> BaseResponse | tuple[str, int]:
    """Close an opening before its deadline, or say that a closed one is filled; then each open application is decided."""
    offer, form = offer_or_404(opening_id), CloseForm()
    if form.validate_on_submit() and offer.phase(clock.now()) not in {Phase.open, Phase.closed}:
        form.form_errors.append(_("It is not published, so there is nothing to close."))
    if form.errors or not form.is_submitted():
        return refused(offer, close=form), 422
    reason, is_filled = form.closing_reason.data or "", bool(form.is_filled.data)
    if not _changed(offer, None, lambda: end(offer, g.person, reason=reason, is_filled=is_filled)):
        return refused(offer, close=form, is_outdated=True), 409
    flash(_("Closed. It has left all lists, and nobody can apply any more."))
    return see(url_for("desk.closing.edit", opening_id=offer.id))


@bp.post("/<int:opening_id>/extend/")
@access(HIRING, writes=True)
def extend_deadline(opening_id: int) -> BaseResponse | tuple[str, int]:
    """Give it a deadline after the one it has, with the reason."""
    offer, form = offer_or_404(opening_id), ExtendForm()
    later = from_local(form.later_deadline.data) if form.validate_on_submit() else None
    if later is not None and (offer.closes_at is None or offer.phase(clock.now()) is Phase.closed):
        form.form_errors.append(_("Only an opening that has a deadline and is not closed can be extended."))
    elif later is not None and offer.closes_at is not None and later <= offer.closes_at:
        form.later_deadline.errors = [_("This is not after the deadline there is.")]
    if form.errors or later is None:
        return refused(offer, extend=form), 422
    reason = form.extension_reason.data or ""
    if not _changed(offer, form.seen.data, lambda: extend(offer, later, g.person, reason)):
        return refused(offer, extend=form, is_outdated=True), 409
    flash(_("Extended. Applicants see the new deadline now."))
    return back(offer)


@bp.post("/<int:opening_id>/reopen/")
@access(HIRING, writes=True)
def reopen(opening_id: int) -> BaseResponse | tuple[str, int]:
    """Open a closed opening again, with a new deadline or none; it is looked at as for publishing."""
    offer, form = offer_or_404(opening_id), ReopenForm()
    closes_at = from_local(form.new_deadline.data) if form.validate_on_submit() else None
    if closes_at is not None and closes_at <= clock.now():
        form.new_deadline.errors = [_("This moment has passed.")]
    if form.errors or not form.is_submitted():
        return refused(offer, reopen=form), 422
    seen, is_hindered = str(offer.version), bool(checklist_now(offer).blocking)
    if is_hindered:
        return refused(offer, reopen=form, is_refused=True), 422
    reason = form.reopening_reason.data or ""
    if not _changed(offer, seen, lambda: open_again(offer, closes_at, g.person, reason)):
        return refused(offer, reopen=form, is_outdated=True), 409
    flash(_("Open again. Applicants see it now."))
    return back(offer)


def _changed(offer: JobOffer, seen: str | None, change: Callable[[], object]) -> bool:
    """Do it in one transaction; False when somebody else changed the opening since `seen` (None: in this moment)."""
    try:
        with writing():
            if seen is not None:
                refuse_changed(offer, seen)
            change()
    except StaleDataError:
        return False
    return True
