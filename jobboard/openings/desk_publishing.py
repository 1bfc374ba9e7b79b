"""Publishing openings: what the law asks for is looked at first, and who publishes all the same says why."""

from flask import Blueprint, abort, flash, g, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core import clock
from jobboard.core.access import HIRING, access
from jobboard.core.db import writing
from jobboard.core.forms import checked_button
from jobboard.core.i18n import _
from jobboard.core.web import see
from jobboard.openings.actions_cycle import override, put_out, refuse_changed, take_back
from jobboard.openings.desk import offer_or_404, refused
from jobboard.openings.forms_cycle import OverrideForm
from jobboard.openings.markup_checklist import offer_checklist
from jobboard.openings.models import JobOffer
from jobboard.openings.queries_history import events_of
from jobboard.posts.desk import published_message
from jobboard.posts.forms import PublishForm
from jobboard.posts.markup_checklist import Checklist, Item, Weight

bp = Blueprint("publishing", __name__, url_prefix="/openings")


@bp.post("/<int:opening_id>/publish/")
@access(HIRING, writes=True)
def publish(opening_id: int) -> BaseResponse | tuple[str, int]:
    """Publish now or at the chosen moment, which lies before the deadline; not while the checklist hinders it."""
    offer, form = offer_or_404(opening_id), PublishForm()
    if form.validate_on_submit() and offer.closes_at and offer.closes_at <= (form.moment() or clock.now()):
        form.publish_at.errors = [_("The opening closes before that. Change “Apply by” first.")]
    if form.errors or not form.is_submitted():
        return refused(offer, publish=form), 422
    # Judged before the transaction, which only makes sure that this is still what is published.
    seen, is_hindered = str(offer.version), bool(checklist_now(offer).blocking)
    if is_hindered:
        return refused(offer, publish=form, is_refused=True), 422
    try:
        with writing():
            refuse_changed(offer, seen)
            put_out(offer, form.moment() or clock.now(), g.person)
    except StaleDataError:
        return refused(offer, publish=form, is_outdated=True), 409
    flash(published_message(offer))
    return back(offer)


@bp.post("/<int:opening_id>/draft/")
@access(HIRING, writes=True)
def draft(opening_id: int) -> BaseResponse | tuple[str, int]:
    """Take an opening back to draft."""
    offer = offer_or_404(opening_id)
    checked_button()
    try:
        with writing():
            take_back(offer, g.person)
    except StaleDataError:
        return refused(offer, is_outdated=True), 409
    flash(_("The opening is a draft again. Nobody sees it any more."))
    return back(offer)


@bp.post("/<int:opening_id>/override/<item>/")
@access(HIRING, writes=True)
def override_item(opening_id: int, item: str) -> BaseResponse | tuple[str, int]:
    """Decide that it may be published although an item stands against it. It holds for the text that was judged only."""
    offer = offer_or_404(opening_id)
    found = _open_item(checklist_now(offer), item) or abort(404)
    seen, form = str(offer.version), OverrideForm(prefix=item)
    form.item = item
    if not form.validate_on_submit():
        return refused(offer, override=form), 422
    try:
        with writing():
            refuse_changed(offer, seen)
            if form.fingerprint.data != found.fingerprint:
                raise StaleDataError("the text is another one than the one that was judged")
            override(offer, found, g.person, form.reason.data or "")
    except StaleDataError:
        return refused(offer, override=form, is_outdated=True), 409
    flash(_("The reason is kept. It holds until the text it is about is changed."))
    return see(url_for("desk.openings.edit", post_id=offer.id, locale=offer.original_locale, _anchor="checklist"))


def checklist_now(offer: JobOffer) -> Checklist:
    """The checklist of an opening at this moment."""
    return offer_checklist(offer, events_of(offer.id), clock.now())


def _open_item(checklist: Checklist, name: str) -> Item | None:
    """The item of this name that somebody may override."""
    return next((one for one in checklist.blocking if one.name == name and one.weight is Weight.law), None)


def back(offer: JobOffer) -> BaseResponse:
    """To the page of the opening."""
    return see(url_for("desk.openings.edit", post_id=offer.id, locale=offer.original_locale))
