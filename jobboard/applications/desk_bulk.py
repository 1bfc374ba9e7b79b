"""Several applications at once: first the names and what is not possible for whom, then one transaction, then a way back."""

import dataclasses
import re
import secrets
from typing import Any

from flask import abort, current_app, flash, g, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from jobboard.applications.actions import language_of
from jobboard.applications.actions_bulk import (
    TakenBack,
    Written,
    answers_ahead,
    is_back,
    move_chosen,
    take_back,
    untold_of,
    write_to_chosen,
)
from jobboard.applications.actions_letters import UNDO as LETTER_UNDO
from jobboard.applications.actions_organise import add_assignee, add_tags
from jobboard.applications.desk import bp
from jobboard.applications.desk_inbox import EXPORT
from jobboard.applications.forms_inbox import BulkAssignForm, BulkMailForm, BulkMoveForm, BulkTagsForm
from jobboard.applications.markup_inbox import address_of, list_at
from jobboard.applications.models import STAGE_LABELS, Application, Stage
from jobboard.applications.queries_bulk import MOST, UNDO, chosen, items_of, next_morning, run_of
from jobboard.applications.queries_list import all_tags
from jobboard.applications.queries_names import shown_names
from jobboard.applications.queries_people import readers_of
from jobboard.core import clock, i18n
from jobboard.core.access import HIRING, access
from jobboard.core.db import row_number, writing
from jobboard.core.forms import DeskForm
from jobboard.core.i18n import _, ngettext
from jobboard.core.web import see
from jobboard.mail.queries_templates import named_templates, template_named
from jobboard.openings.queries import offers_by_id


@dataclasses.dataclass(frozen=True)
class Plan:
    """What is about to happen: to whom, and for whom it is not possible and why."""

    rows: list[Application]
    left_out: list[tuple[Application, str]]
    to_stage: Stage | None
    #: Chosen, but not to be seen any more.
    gone: int


@bp.get("/bulk/")
@access(HIRING)
def bulk() -> str | BaseResponse:
    """The names of those chosen and what will happen to them, before it does. Exporting has a page of its own."""
    ids = [one for text in request.args.getlist("chosen") if (one := row_number(text)) is not None][:MOST]
    what = request.args.get("do", "")
    if what == "export" and ids and EXPORT in current_app.view_functions:
        return see(url_for(EXPORT, ids=ids))
    return _plan_page(_plan(ids, what), what)


@bp.post("/bulk/move/")
@access(HIRING, writes=True)
def bulk_move() -> BaseResponse | tuple[str, int]:
    """Move those that are as they were shown, all in one transaction."""
    what, versions = request.form.get("do", ""), _versions()
    form, plan = _move_form(), _plan(list(versions), what)
    nonce = form.nonce.data or ""
    if plan.to_stage is None or not versions:
        abort(400)
    if not form.validate_on_submit() or not re.fullmatch(r"[0-9a-f]{32}", nonce):
        return _plan_page(plan, what, form), 422
    now = clock.now()
    send_after = {"now": now + UNDO, "morning": next_morning(now, i18n.site_zone())}.get(form.tell.data or "")
    offers = {offer.id: offer for offer in offers_by_id([row.opening_id for row in plan.rows])}
    answers = None
    if plan.to_stage is Stage.rejected and send_after is not None:
        answers = answers_ahead(versions, g.person, send_after=send_after, offers=offers)
    with writing():
        run = move_chosen(versions, plan.to_stage, g.person, nonce=nonce, answers=answers)
        run_id = run.id
    return see(url_for("desk.applications.bulk_run", run_id=run_id, **_from()))


@bp.post("/bulk/tags/")
@access(HIRING, writes=True)
def bulk_tag() -> BaseResponse | tuple[str, int]:
    """Put tags on all of them."""
    form, ids = BulkTagsForm(), list(_versions())
    if not form.validate_on_submit() or not ids:
        return _plan_page(_plan(ids, "tag"), "tag", form), 422
    with writing():
        rows = chosen(g.person, ids, lock=True)
        add_tags(rows, form.names, g.person)
    flash(ngettext("Tagged %(num)d application.", "Tagged %(num)d applications.", len(rows)))
    return see(_back_url())


@bp.post("/bulk/assign/")
@access(HIRING, writes=True)
def bulk_assign() -> BaseResponse | tuple[str, int]:
    """Let somebody look after all of them: only who may see each."""
    ids = list(_versions())
    plan = _plan(ids, "assign")
    form = _assign_form(plan)
    if not form.validate_on_submit() or not ids:
        return _plan_page(plan, "assign", form), 422
    with writing():
        rows = chosen(g.person, ids, lock=True)
        person = next((one for one in readers_of({row.opening_id for row in rows}) if one.id == form.person.data), None)
        if person is None:
            abort(409)
        add_assignee(rows, person, g.person)
        words = ngettext(
            "%(name)s looks after %(num)d application.",
            "%(name)s looks after %(num)d applications.",
            len(rows),
            name=person.name,
        )
    flash(words)
    return see(_back_url())


@bp.post("/bulk/mail/")
@access(HIRING, writes=True)
def bulk_mail() -> BaseResponse | tuple[str, int]:
    """Write a template's mail to each of them; it leaves in a few minutes and can be taken back until then."""
    versions = _versions()
    plan, form = _plan(list(versions), "mail"), _mail_form()
    template = template_named(form.template.data or 0) if form.validate_on_submit() else None
    if template is None or not versions:
        return _plan_page(plan, "mail", form), 422
    offers = {offer.id: offer for offer in offers_by_id([row.opening_id for row in plan.rows])}
    with writing():
        result = write_to_chosen(versions, template, g.person, nonce=form.nonce.data or "", offers=offers)
    if result.count:
        minutes = int(LETTER_UNDO.total_seconds() // 60)
        written = ngettext("%(num)d mail leaves soon.", "%(num)d mails leave soon.", result.count)
        back = _("For %(minutes)d minutes each can be taken back on its application.", minutes=minutes)
        flash(f"{written} {back}")
    left = _unwritten(result)
    return (_plan_page(left, "mail"), 409) if left.left_out else see(_back_url())


def _unwritten(result: Written) -> Plan:
    """Who was chosen and gets no mail, and why."""
    changed = set(result.changed)
    rows = chosen(g.person, [*result.changed, *result.unworded])
    return Plan([], [(row, _why_unwritten(row, is_changed=row.id in changed)) for row in rows], None, 0)


def _why_unwritten(row: Application, *, is_changed: bool) -> str:
    if is_changed:
        return _("Somebody changed it after its name was shown, so no mail was written.")
    return _("The template has no text in %(language)s.", language=i18n.language_name(language_of(row)))


@bp.get("/bulk/<int:run_id>/")
@access(HIRING)
def bulk_run(run_id: int) -> str:
    """What a run did, who was left out, and the way to take it back."""
    run = run_of(run_id) or abort(404)
    items = items_of(run, g.person)
    rows = chosen(g.person, list(items))
    untold = untold_of(rows, items) if run.to_stage is Stage.rejected and run.moves_back_at is None else []
    return render_template(
        "desk/applications/bulk_run.html",
        run=run,
        stage=STAGE_LABELS[run.to_stage],
        done=[row for row in rows if items[row.id].is_done],
        left_out=[(row, STAGE_LABELS[row.stage]) for row in rows if not items[row.id].is_done],
        untold=len(untold),
        answers=sum(not is_back(row, run) for row in untold) if run.send_after else 0,
        plain_form=DeskForm(formdata=None),
        names=shown_names(rows, g.person),
        back_url=_back_url(),
    )


@bp.post("/bulk/<int:run_id>/back/")
@access(HIRING, writes=True)
def bulk_back(run_id: int) -> BaseResponse:
    """Take the answers back, or the decisions with them."""
    run = run_of(run_id) or abort(404)
    what = request.form.get("what", "")
    if not DeskForm().validate_on_submit() or what not in {"mails", "moves"}:
        abort(400)
    with writing():
        result = take_back(run, g.person, with_moves=what == "moves")
    flash(_back_words(result, with_moves=what == "moves"), "warning" if result.too_late else "message")
    return see(url_for("desk.applications.bulk_run", run_id=run.id, **_from()))


def _back_words(result: TakenBack, *, with_moves: bool) -> str:
    words = (
        ngettext("%(num)d rejection was taken back.", "%(num)d rejections were taken back.", result.done)
        if with_moves
        else ngettext("%(num)d answer was taken back.", "%(num)d answers were taken back.", result.done)
    )
    if not result.too_late:
        return words
    late = ngettext(
        "For %(num)d application it was too late: it was answered or changed meanwhile.",
        "For %(num)d applications it was too late: they were answered or changed meanwhile.",
        result.too_late,
    )
    return f"{words} {late}"


def _versions() -> dict[int, int]:
    """The version of each application when the names were shown: `chosen=12:3`."""
    pairs = (re.fullmatch(r"([0-9]{1,9}):([0-9]{1,9})", one) for one in request.form.getlist("chosen")[:MOST])
    return {int(pair[1]): int(pair[2]) for pair in pairs if pair}


def _from() -> dict[str, Any]:
    text = request.values.get("from", "")
    return {"from": text} if list_at(text) else {}


def _back_url() -> str:
    """The list somebody came from."""
    found = list_at(request.values.get("from", ""))
    return address_of(found[1], found[0]) if found else url_for("desk.applications.index")


def _plan(ids: list[int], what: str) -> Plan:
    """Who can and who cannot. Raises 404 for something that cannot be done."""
    name = what.removeprefix("move-")
    to_stage = Stage(name) if what.startswith("move-") and name in {one.value for one in Stage} else None
    if to_stage is None and what not in {"tag", "assign", "mail"}:
        abort(404)
    found = chosen(g.person, ids)
    reasons = {row.id: _obstacle(row, to_stage, is_mail=what == "mail") for row in found}
    left_out = [(row, reasons[row.id]) for row in found if reasons[row.id]]
    return Plan([row for row in found if not reasons[row.id]], left_out, to_stage, len(set(ids)) - len(found))


def _obstacle(row: Application, to_stage: Stage | None, *, is_mail: bool) -> str:
    """Why an application cannot be moved there, or written to; "" when it can."""
    is_possible = to_stage is None or to_stage in row.moves
    if is_possible and not (row.is_suspect and (to_stage or is_mail)):
        return ""
    if row.is_suspect:
        return _("It waits apart: first say whether a person wrote it.")
    if row.stage is to_stage:
        return _("It is there already.")
    return _("It is at “%(stage)s” and cannot go there.", stage=STAGE_LABELS[row.stage])


def _move_form() -> BulkMoveForm:
    form, now = BulkMoveForm(nonce=secrets.token_hex(16)), clock.now()
    minutes, morning = int(UNDO.total_seconds() // 60), next_morning(now, i18n.site_zone())
    form.offer_times(
        ngettext(
            "In %(num)d minute; until then it can be taken back",
            "In %(num)d minutes; until then it can be taken back",
            minutes,
        ),
        _("Next working morning: %(moment)s; until then it can be taken back", moment=i18n.short_moment(morning)),
    )
    return form


def _assign_form(plan: Plan) -> BulkAssignForm:
    form = BulkAssignForm()
    people = readers_of({row.opening_id for row in plan.rows}) if plan.rows else []
    form.person.choices = [(one.id, one.name) for one in people]
    return form


def _mail_form() -> BulkMailForm:
    form = BulkMailForm(nonce=secrets.token_hex(16))
    form.template.choices = [(one.id, one.name or "") for one in named_templates()]
    return form


def _plan_page(plan: Plan, what: str, form: DeskForm | None = None) -> str:
    """The names, and the form that does it."""
    return render_template(
        "desk/applications/bulk.html",
        plan=plan,
        what=what,
        stage=STAGE_LABELS[plan.to_stage] if plan.to_stage else None,
        is_rejection=plan.to_stage is Stage.rejected,
        form=form or _form_for(plan, what),
        known_tags=all_tags() if what == "tag" else [],
        names=shown_names([*plan.rows, *(row for row, _why in plan.left_out)], g.person),
        language=i18n.page_language(),
        came_from=request.values.get("from", ""),
        back_url=_back_url(),
    )


def _form_for(plan: Plan, what: str) -> DeskForm:
    if what == "tag":
        return BulkTagsForm(formdata=None)
    if what == "mail":
        return _mail_form()
    return _assign_form(plan) if what == "assign" else _move_form()
