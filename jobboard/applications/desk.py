"""One application on one screen: read it, move it, note, answer."""

import datetime as dt
import logging
from typing import Any

from flask import Blueprint, Response, abort, flash, g, has_request_context, render_template, request, url_for
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response as BaseResponse

from jobboard.applications.actions import ANSWER, IllegalMove, move, note, release, tell, tell_otherwise
from jobboard.applications.actions_organise import is_seen, mark_seen, mention
from jobboard.applications.desk_organise import Organised, organised
from jobboard.applications.forms_desk import MoveForm, NoteForm, ToldForm
from jobboard.applications.forms_inbox import AssigneesForm, TagsForm
from jobboard.applications.markup import history
from jobboard.applications.markup_inbox import list_at
from jobboard.applications.models import STAGE_LABELS, SUSPICION_LABELS, Application, Stage, Suspicion
from jobboard.applications.queries import application_of, document_of, others_by
from jobboard.applications.queries_erasing import kept_until, retention
from jobboard.core import i18n
from jobboard.core.access import HIRING, READING, access
from jobboard.core.db import session, writing
from jobboard.core.forms import DeskForm, shown_phone
from jobboard.core.i18n import _
from jobboard.core.web import see
from jobboard.files.actions_pages import NotShown, words_of
from jobboard.files.markup import Reading, reading_of
from jobboard.files.models import StoredFile
from jobboard.files.storage import StorageError
from jobboard.files.views import download
from jobboard.files.views import page as picture_of_page
from jobboard.mail.models import STATE_LABELS, MailState, OutboxMail
from jobboard.mail.queries import mails_about
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
@access(READING, trace="seen")
def show(application_id: int) -> str:
    """Everything of one application."""
    row = application_or_404(application_id)
    if not is_seen(row, g.person):
        _note_seen(row)
    return _page(row)


@bp.post("/<int:application_id>/move/")
@access(HIRING, writes=True)
def move_application(application_id: int) -> BaseResponse | tuple[str, int]:
    """Move it. When somebody else did in the meantime nothing is overwritten, and both stages are told."""
    row = application_or_404(application_id)
    form = MoveForm()
    form.offer_moves(tuple(Stage))
    if not form.validate_on_submit():
        return _page(row, move_form=form), 422
    to_stage, seen = Stage(form.to_stage.data), form.version.data
    try:
        with writing():
            if seen != str(row.version):
                raise StaleDataError
            move(row, to_stage, g.person)
    except (StaleDataError, IllegalMove):
        session().refresh(row, with_for_update=False)
        return _page(row, wanted=to_stage), 409
    flash(_("Moved to “%(stage)s”.", stage=STAGE_LABELS[to_stage]))
    return see(url_for("desk.applications.show", application_id=row.id))


@bp.post("/<int:application_id>/release/")
@access(HIRING, writes=True)
def release_application(application_id: int) -> BaseResponse:
    """Say that no program sent it: it joins the others, and the confirmation is sent."""
    row = application_or_404(application_id)
    if not DeskForm().validate_on_submit():
        abort(400)
    offer = offer_to_show(row.opening_id)
    with writing():
        release(row, offer, g.person)
    flash(_("It stands among the others now, and the confirmation is on its way."))
    return see(url_for("desk.applications.show", application_id=row.id))


@bp.post("/<int:application_id>/note/")
@access(READING, writes=True)
def note_application(application_id: int) -> BaseResponse | tuple[str, int]:
    """Write a note."""
    row = application_or_404(application_id)
    form = NoteForm()
    if not form.validate_on_submit():
        return _page(row, note_form=form), 422
    with writing():
        mention(row, note(row, form.text.data or "", g.person), g.person)
    return see(url_for("desk.applications.show", application_id=row.id))


@bp.post("/<int:application_id>/tell/")
@access(HIRING, writes=True)
def tell_application(application_id: int) -> BaseResponse:
    """Send the answer of a rejected application by mail."""
    row = application_or_404(application_id)
    if not DeskForm().validate_on_submit():
        abort(400)
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
        return _page(row, told_form=form), 422
    noon = dt.datetime.combine(form.on.data, dt.time(12), i18n.site_zone()).astimezone(dt.UTC)
    if row.is_untold:
        with writing():
            tell_otherwise(row, noon, g.person)
    return see(url_for("desk.applications.show", application_id=row.id))


@bp.get("/<int:application_id>/documents/<int:document_id>/")
@access(READING)
def document(application_id: int, document_id: int) -> Response:
    """One file of an application, to save; nothing in it can run here."""
    found = document_of(application_or_404(application_id), document_id) or abort(404)
    return download(found.file)


@bp.get("/<int:application_id>/documents/<int:document_id>/pages/<int:number>/")
@access(READING)
def document_page(application_id: int, document_id: int, number: int) -> Response:
    """The picture of one page of a document: so the document itself need not be opened."""
    found = document_of(application_or_404(application_id), document_id) or abort(404)
    return picture_of_page(found.file, number)


def application_or_404(application_id: int) -> Application:
    """The application, if this person may see it; one they may not looks like none."""
    return application_of(g.person, application_id) or abort(404)


def _note_seen(row: Application) -> None:
    """Remember that this person has looked; a page is not refused because that could not be written."""
    try:
        with writing(trace="seen"):
            mark_seen(row, g.person)
    except OperationalError:
        log.warning("the database is busy: what was seen was not written")


def _answers_waiting(row: Application) -> bool:
    """Whether the answer's mail is in the outbox already."""
    return any(mail.kind == ANSWER and mail.state is MailState.queued for mail in _mails(row))


def _mails(row: Application) -> list[OutboxMail]:
    return list(session().execute(mails_about("application", row.id)).scalars())


def _came_back(row: Application, mails: list[OutboxMail]) -> list[OutboxMail]:
    """Mails that did not arrive, the newest of each kind, as long as there is something to do about it."""
    if not (row.is_open or row.is_untold):
        return []
    newest = {mail.kind: mail for mail in mails}
    return [mail for mail in newest.values() if mail.state is MailState.failed]


def show_page(
    row: Application, *, tags_form: TagsForm | None = None, assignees_form: AssigneesForm | None = None
) -> str:
    """The one screen, with what was wrong in a form beside it."""
    return _page(row, organise=organised(row, tags_form, assignees_form))


def _page(
    row: Application,
    *,
    organise: Organised | None = None,
    move_form: MoveForm | None = None,
    note_form: NoteForm | None = None,
    told_form: ToldForm | None = None,
    wanted: Stage | None = None,
) -> str:
    """The one screen. `wanted` is the stage somebody chose while somebody else moved it."""
    moving = move_form or MoveForm(formdata=None, version=str(row.version))
    moving.offer_moves(row.moves)
    mails = _mails(row)
    return render_template(
        "desk/applications/show.html",
        application=row,
        title=row.opening.text(i18n.page_language()).title,
        move_form=moving,
        note_form=note_form or NoteForm(formdata=None),
        told_form=told_form or ToldForm(formdata=None),
        plain_form=DeskForm(formdata=None),
        history=history(row),
        mails=mails,
        came_back=_came_back(row, mails),
        answer_kind=ANSWER,
        mail_states=STATE_LABELS,
        answer_waits=row.is_untold and _answers_waiting(row),
        others=others_by(row, g.person),
        may_move=g.person.role in HIRING,
        wanted=STAGE_LABELS[wanted] if wanted else None,
        stage_label=STAGE_LABELS[row.stage],
        phone=shown_phone(row.phone),
        suspicions=[SUSPICION_LABELS[Suspicion(one)] for one in row.suspicions] if row.is_suspect else [],
        deleted_on=kept_until(row, retention()),
        organise=organise or organised(row),
        readings={document.id: _reading(document.file) for document in row.documents},
    )


def _reading(file: StoredFile) -> Reading:
    """A document as it is read here, whatever became of it."""
    try:
        return reading_of(file, words_of(file))
    except (NotShown, StorageError):
        return reading_of(file, None)
