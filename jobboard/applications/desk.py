"""One application on one screen: read it, move it, note, answer."""

import datetime as dt
import logging
from typing import Any

from flask import Blueprint, Response, abort, flash, g, has_request_context, request, url_for
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response as BaseResponse

from jobboard.applications.actions import PURPOSE, IllegalMove, move, note, release, tell, tell_otherwise
from jobboard.applications.actions_organise import mark_seen, mention
from jobboard.applications.desk_screen import application_or_404, face_of, screen
from jobboard.applications.forms_desk import MoveForm, NoteForm, ToldForm
from jobboard.applications.markup_inbox import list_at
from jobboard.applications.models import STAGE_LABELS, Stage
from jobboard.applications.queries import document_of, may_see
from jobboard.applications.queries_list import unseen
from jobboard.audit.views import note_look
from jobboard.core import i18n
from jobboard.core.access import HIRING, READING, access
from jobboard.core.db import session, writing
from jobboard.core.forms import checked_button
from jobboard.core.i18n import _
from jobboard.core.web import see
from jobboard.files.views import download
from jobboard.files.views import page as picture_of_page
from jobboard.openings.queries import offer_to_show

bp = Blueprint("applications", __name__, url_prefix="/applications")
log = logging.getLogger("jobboard.desk")


#: The pages of one application: they carry the list somebody came from, so that the next one is a step away.
CARRIED = {
    f"desk.applications.{name}"
    for name in ("show", "move_application", "release_application", "note_application", "tell_application")
} | {"desk.applications.told_application", "desk.applications.tag_application", "desk.applications.assign_application"}


def carry_list(endpoint: str, values: dict[str, Any]) -> None:
    """From one page of an application to another of its pages the list somebody came from stays in the address."""
    here = request.view_args or {} if has_request_context() else {}
    text = request.args.get("from", "") if here else ""
    is_same = text and values.get("application_id") == here.get("application_id")
    if is_same and endpoint in CARRIED and list_at(text) is not None:
        values.setdefault("from", text)


bp.url_defaults(carry_list)


@bp.get("/<int:application_id>/")
@access(READING, trace=("audit", "seen"))
def show(application_id: int) -> str:
    """Everything of one application. Who looked is in the audit log before anything is shown."""
    if may_see(g.person, application_id):
        note_look("application.viewed", (PURPOSE, application_id), g.person)
    event_id = unseen(application_id, g.person)
    if event_id is not None:
        _note_seen(application_id, event_id)
    return screen(application_or_404(application_id))


@bp.post("/<int:application_id>/move/")
@access(HIRING, writes=True)
def move_application(application_id: int) -> BaseResponse | tuple[str, int]:
    """Move it. When somebody else did in the meantime nothing is overwritten, and both stages are told."""
    row = application_or_404(application_id)
    form = MoveForm()
    form.offer_moves(tuple(Stage))
    if not form.validate_on_submit():
        return screen(row, move_form=form), 422
    to_stage, seen = Stage(form.to_stage.data), form.version.data
    try:
        with writing():
            if seen != str(row.version):
                raise StaleDataError
            move(row, to_stage, g.person)
    except (StaleDataError, IllegalMove):
        session().refresh(row, with_for_update=False)
        return screen(row, wanted=to_stage), 409
    flash(_("Moved to “%(stage)s”.", stage=STAGE_LABELS[to_stage]))
    return see(url_for("desk.applications.show", application_id=row.id))


@bp.post("/<int:application_id>/release/")
@access(HIRING, writes=True)
def release_application(application_id: int) -> BaseResponse:
    """Say that no program sent it: it joins the others, and the confirmation is sent."""
    row = application_or_404(application_id)
    checked_button()
    offer = offer_to_show(row.opening_id)
    try:
        with writing():
            release(row, offer, g.person)
    except StaleDataError:
        flash(_("Somebody else changed this application at the same moment. Nothing was overwritten."), "warning")
    else:
        flash(_("It stands among the others now, and the confirmation is on its way."))
    return see(url_for("desk.applications.show", application_id=row.id))


@bp.post("/<int:application_id>/note/")
@access(READING, writes=True)
def note_application(application_id: int) -> BaseResponse | tuple[str, int]:
    """Write a note."""
    row = application_or_404(application_id)
    form = NoteForm()
    if not form.validate_on_submit():
        return screen(row, note_form=form), 422
    with writing():
        mention(row, note(row, form.text.data or "", g.person), g.person)
    return see(url_for("desk.applications.show", application_id=row.id))


@bp.post("/<int:application_id>/tell/")
@access(HIRING, writes=True)
def tell_application(application_id: int) -> BaseResponse:
    """Send the answer of a rejected application by mail."""
    row = application_or_404(application_id)
    checked_button()
    offer = offer_to_show(row.opening_id)
    try:
        with writing():
            tell(row, offer, g.person)
    except IllegalMove:
        flash(_("There is nothing to tell: the answer was told or is on its way."), "warning")
    else:
        flash(_("The answer is in the outbox. The applicant's page shows it as soon as the mail was accepted."))
    return see(url_for("desk.applications.show", application_id=row.id))


@bp.post("/<int:application_id>/told/")
@access(HIRING, writes=True)
def told_application(application_id: int) -> BaseResponse | tuple[str, int]:
    """Note that the applicant was told by letter or in a call."""
    row = application_or_404(application_id)
    form = ToldForm()
    form.decided_on = row.decided_at.astimezone(i18n.site_zone()).date() if row.decided_at else None
    if not form.validate_on_submit() or form.on.data is None:
        return screen(row, told_form=form), 422
    noon = dt.datetime.combine(form.on.data, dt.time(12), i18n.site_zone()).astimezone(dt.UTC)
    try:
        with writing():
            tell_otherwise(row, noon, g.person)
    except (IllegalMove, StaleDataError):
        flash(_("There is nothing to tell: the answer was told or is on its way."), "warning")
    return see(url_for("desk.applications.show", application_id=row.id))


@bp.get("/<int:application_id>/documents/<int:document_id>/")
@access(READING, trace="audit")
def document(application_id: int, document_id: int) -> Response:
    """One file of an application, to save; nothing in it can run here."""
    row = application_or_404(application_id)
    found = document_of(row, document_id) or abort(404)
    name = face_of(row).download(found)
    note_look("document.downloaded", (PURPOSE, application_id), g.person, document=document_id)
    return download(found.file, name)


@bp.get("/<int:application_id>/documents/<int:document_id>/pages/<int:number>/")
@access(READING, trace="audit")
def document_page(application_id: int, document_id: int, number: int) -> Response:
    """The picture of one page of a document: so the document itself need not be opened."""
    found = document_of(application_or_404(application_id), document_id) or abort(404)
    note_look("document.viewed", (PURPOSE, application_id), g.person, document=document_id)
    return picture_of_page(found.file, number)


def _note_seen(application_id: int, event_id: int) -> None:
    """Remember that this person has looked; a page is not refused because that could not be written."""
    try:
        with writing(trace="seen"):
            mark_seen(application_id, event_id, g.person)
    except (IntegrityError, OperationalError):  # or another window of theirs was faster
        log.warning("what was seen could not be written: the database is busy, or it was written at this moment")
