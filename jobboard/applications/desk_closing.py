"""Closing asks for a decision on every open application: chosen row by row, looked over by name, done all at once."""

from collections.abc import Sequence

from flask import Blueprint, flash, g, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response as BaseResponse

from jobboard.applications.actions import IllegalMove
from jobboard.applications.actions_closing import DECISION_LABELS, Choice, Decision, MovedMeanwhile, decide
from jobboard.applications.forms_closing import DecisionsForm
from jobboard.applications.models import Application
from jobboard.applications.queries_closing import count_of_open, open_applications
from jobboard.core import clock, i18n
from jobboard.core.access import HIRING, access
from jobboard.core.db import writing
from jobboard.core.i18n import ngettext
from jobboard.core.web import see
from jobboard.openings.desk import offer_or_404
from jobboard.openings.markup import shown_title
from jobboard.openings.models import JobOffer
from jobboard.posts.models import Phase

bp = Blueprint("closing", __name__, url_prefix="/openings")


@bp.route("/<int:opening_id>/closing/", methods=["GET", "POST"])
@access(HIRING, writes=True)
def edit(opening_id: int) -> str | BaseResponse | tuple[str, int]:
    """Each application that waits for a decision; the buttons fill in all, look over, and do it."""
    offer = offer_or_404(opening_id)
    known, form = open_applications(g.person, opening_id), DecisionsForm()
    if not form.is_submitted():
        form.show(known, {})
        return _page(offer, known, form)
    if not form.validate():
        return _page(offer, known, form, is_invalid=True), 422
    choices = form.choices()
    step = request.form.get("step")
    if step == "fill":
        decision = Decision(form.for_all.data)
        form.show(known, {row.id: decision for row in known})
        return _page(offer, known, form)
    if step == "confirm":
        return _done(offer, choices, form)
    form.show(known, {one.application_id: one.decision for one in choices})
    if step == "change" or not _rejected(choices):
        return _page(offer, known, form, is_nothing_chosen=step != "change")
    return _review(offer, known, choices, form)


def _done(offer: JobOffer, choices: Sequence[Choice], form: DecisionsForm) -> BaseResponse | tuple[str, int]:
    """Do it. When one of them changed meanwhile nothing is done, and the page shows how they are now."""
    try:
        with writing():
            count = decide(offer, choices, g.person)
    except MovedMeanwhile as moved:
        names = list(moved.names)
    except (StaleDataError, IllegalMove):
        names = []
    else:
        flash(ngettext("%(num)d application was rejected.", "%(num)d applications were rejected.", count))
        return see(url_for("desk.closing.edit", opening_id=offer.id))
    known = open_applications(g.person, offer.id)
    form.show(known, {one.application_id: one.decision for one in choices})
    return _page(offer, known, form, is_changed=True, changed=names), 409


def _rejected(choices: Sequence[Choice]) -> list[Choice]:
    return [one for one in choices if one.decision is not Decision.keep]


def _review(offer: JobOffer, known: Sequence[Application], choices: Sequence[Choice], form: DecisionsForm) -> str:
    """Who is rejected and how they hear of it, by name, before it happens."""
    decided = {one.application_id: one.decision for one in choices}
    groups = [
        (label, [row.name for row in known if decided.get(row.id) is decision])
        for decision, label in DECISION_LABELS.items()
        if decision is not Decision.keep
    ]
    kept = sum(decided.get(row.id, Decision.keep) is Decision.keep for row in known)
    return render_template(
        "desk/closing/review.html",
        offer=offer,
        title=shown_title(offer, i18n.page_language()),
        groups=[(label, names) for label, names in groups if names],
        kept=kept,
        form=form,
    )


def _page(
    offer: JobOffer,
    known: Sequence[Application],
    form: DecisionsForm,
    *,
    is_invalid: bool = False,
    is_nothing_chosen: bool = False,
    is_changed: bool = False,
    changed: Sequence[str] = (),
) -> str:
    now = clock.now()
    fields = {row.form.application_id.data: row.form for row in form.rows}
    return render_template(
        "desk/closing/edit.html",
        offer=offer,
        title=shown_title(offer, i18n.page_language()),
        form=form,
        rows=[(row, fields[str(row.id)], (now - row.received_at).days) for row in known if str(row.id) in fields],
        total=count_of_open(g.person, offer.id),
        is_closed=offer.phase(now) is Phase.closed,
        is_invalid=is_invalid,
        is_nothing_chosen=is_nothing_chosen,
        is_changed=is_changed,
        changed=changed,
    )
