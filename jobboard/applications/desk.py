"""The inbox, and one application on one screen: read it, move it, note, answer."""

import dataclasses
import datetime as dt
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, g, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response as BaseResponse

from jobboard.applications.actions import ANSWER, IllegalMove, move, note, release, tell, tell_otherwise
from jobboard.applications.forms_desk import MoveForm, NoteForm, ToldForm
from jobboard.applications.markup import history
from jobboard.applications.models import MOVES, STAGE_LABELS, SUSPICION_LABELS, Application, Stage, Suspicion
from jobboard.applications.queries import (
    application_of,
    count_of_suspects,
    counts_by_opening,
    document_of,
    inbox,
    inbox_page,
    openings_with_titles,
    others_by,
)
from jobboard.applications.queries_erasing import kept_until, retention
from jobboard.core import i18n
from jobboard.core.access import HIRING, READING, access
from jobboard.core.db import page_number, session, writing
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


@bp.get("/")
@access(READING)
def index() -> str:
    """The applications one may see: of all openings or one, in all stages or one."""
    counts = counts_by_opening(g.person)
    is_apart = request.args.get("apart") == "1"
    chosen = Chosen(_number(request.args.get("opening"), counts), _stage(request.args.get("stage")), is_apart)
    statement = inbox(g.person, chosen.opening_id, chosen.stage, suspects=is_apart)
    page = inbox_page(statement, page_number(request.args.get("page")), lambda number: chosen.url(page=number))
    suspects = count_of_suspects(g.person)
    here = [counts[chosen.opening_id]] if chosen.opening_id else list(counts.values())
    return render_template(
        "desk/applications/index.html",
        page=page,
        tabs=_stage_tabs(chosen, suspects, {one: sum(row.get(one, 0) for row in here) for one in Stage}),
        openings=_opening_choices(chosen, counts),
        has_apart=is_apart or suspects > 0,
        opening_id=chosen.opening_id,
    )


@dataclasses.dataclass(frozen=True)
class Chosen:
    """What the inbox shows: all openings or one, all stages or one."""

    opening_id: int | None
    stage: Stage | None
    is_apart: bool = False

    def url(self, **changes: Any) -> str:
        """The address of this choice with changes."""
        query = {
            "opening": self.opening_id,
            "stage": self.stage.value if self.stage else None,
            "apart": 1 if self.is_apart else None,
            **changes,
        }
        return url_for("desk.applications.index", **{name: value for name, value in query.items() if value})


def _stage_tabs(chosen: Chosen, suspects: int, by_stage: dict[Stage, int]) -> list[dict[str, Any]]:
    """A tab for all, each open stage, those closed ones that hold something, and what waits apart."""
    stages: list[tuple[Stage | None, Any, int]] = [(None, _("All"), sum(by_stage.values()))]
    stages += [(one, STAGE_LABELS[one], count) for one, count in by_stage.items() if count or one in MOVES]
    tabs = [
        {
            "text": text,
            "count": count,
            "url": chosen.url(stage=one.value if one else None, apart=None),
            "is_current": one is chosen.stage and not chosen.is_apart,
        }
        for one, text, count in stages
    ]
    if suspects or chosen.is_apart:
        url = url_for("desk.applications.index", apart=1)
        tabs.append({"text": _("Programs?"), "count": suspects, "url": url, "is_current": chosen.is_apart})
    return tabs


def _opening_choices(chosen: Chosen, counts: dict[int, dict[Stage, int]]) -> list[dict[str, Any]]:
    """The openings with applications, with how many are open and how many there are."""
    return [
        {
            "id": offer.id,
            "title": offer.text(i18n.page_language()).title,
            "open": sum(count for one, count in counts[offer.id].items() if one in MOVES),
            "all": sum(counts[offer.id].values()),
            "is_current": offer.id == chosen.opening_id,
        }
        for offer in openings_with_titles(list(counts))
    ]


def _stage(text: str | None) -> Stage | None:
    return Stage(text) if text in {one.value for one in Stage} else None


def _number(text: str | None, known: dict[int, Any]) -> int | None:
    number = int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None
    return number if number in known else None


@bp.get("/<int:application_id>/")
@access(READING)
def show(application_id: int) -> str:
    """Everything of one application."""
    return _page(application_or_404(application_id))


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
        note(row, form.text.data or "", g.person)
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


def _page(
    row: Application,
    *,
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
        readings={document.id: _reading(document.file) for document in row.documents},
        panels=[panel(row, g.person) for panel in current_app.extensions["application_panels"]],
    )


def _reading(file: StoredFile) -> Reading:
    """A document as it is read here, whatever became of it."""
    try:
        return reading_of(file, words_of(file))
    except (NotShown, StorageError):
        return reading_of(file, None)
