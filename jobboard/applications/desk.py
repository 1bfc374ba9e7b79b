"""The inbox, and one application on one screen: read it, move it, note, answer."""

import dataclasses
import datetime as dt
from typing import Any

from flask import Blueprint, Response, abort, flash, g, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response as BaseResponse

from jobboard.applications.actions import PURPOSE, IllegalMove, move, note, release, tell, tell_otherwise
from jobboard.applications.desk_screen import application_or_404, face_of, screen
from jobboard.applications.forms_desk import MoveForm, NoteForm, ToldForm
from jobboard.applications.models import MOVES, STAGE_LABELS, Stage
from jobboard.applications.queries import (
    count_of_suspects,
    counts_by_opening,
    document_of,
    inbox,
    inbox_page,
    may_see,
    openings_with_titles,
)
from jobboard.applications.queries_bounces import with_mails_back
from jobboard.applications.queries_names import shown_names
from jobboard.audit.views import note_look
from jobboard.core import i18n
from jobboard.core.access import HIRING, READING, access
from jobboard.core.db import page_number, session, writing
from jobboard.core.forms import DeskForm
from jobboard.core.i18n import _
from jobboard.core.web import see
from jobboard.files.views import download
from jobboard.files.views import page as picture_of_page
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
        names=shown_names(page.items, g.person),
        back=with_mails_back([row.id for row in page.items], g.person),
        tabs=_stage_tabs(chosen, suspects, {one: sum(row.get(one, 0) for row in here) for one in Stage}),
        openings=_opening_choices(chosen, counts),
        has_apart=is_apart or suspects > 0,
        opening_id=chosen.opening_id,
        export_url=chosen.url("desk.applications.export") if g.person.role in HIRING else None,
    )


@dataclasses.dataclass(frozen=True)
class Chosen:
    """What the inbox shows: all openings or one, all stages or one."""

    opening_id: int | None
    stage: Stage | None
    is_apart: bool = False

    def url(self, endpoint: str = "desk.applications.index", **changes: Any) -> str:
        """The address of this choice with changes."""
        query = {
            "opening": self.opening_id,
            "stage": self.stage.value if self.stage else None,
            "apart": 1 if self.is_apart else None,
            **changes,
        }
        return url_for(endpoint, **{name: value for name, value in query.items() if value})


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
@access(READING, trace="audit")
def show(application_id: int) -> str:
    """Everything of one application. Who looked is in the audit log before anything is shown."""
    if may_see(g.person, application_id):
        note_look("application.viewed", (PURPOSE, application_id), g.person)
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
        return screen(row, note_form=form), 422
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
        return screen(row, told_form=form), 422
    noon = dt.datetime.combine(form.on.data, dt.time(12), i18n.site_zone()).astimezone(dt.UTC)
    if row.is_untold:
        with writing():
            tell_otherwise(row, noon, g.person)
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
