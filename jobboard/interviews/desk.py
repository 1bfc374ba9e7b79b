"""Interviews for staff: what is coming up, proposing times, calling off, and one's own calendar to subscribe to."""

import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, abort, flash, g, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from jobboard.applications.desk_screen import application_or_404
from jobboard.applications.models import Application, Stage
from jobboard.applications.queries_names import shown_name, shown_names
from jobboard.core import clock, i18n
from jobboard.core.access import HIRING, READING, access
from jobboard.core.db import session, writing
from jobboard.core.forms import DeskForm, checked_button
from jobboard.core.i18n import _
from jobboard.core.web import see, site_url
from jobboard.interviews.actions import (
    HasChanged,
    NotPossible,
    ahead_of,
    call_off,
    feed_token,
    new_feed,
    propose,
    seen_of,
)
from jobboard.interviews.exports import Method, calendar
from jobboard.interviews.exports_entries import FILE_NAME, for_staff
from jobboard.interviews.forms import OffForm, PlanForm, first_values
from jobboard.interviews.markup import clock_time, facts, last_day, state_in_words, when
from jobboard.interviews.models import Interview, InterviewState
from jobboard.interviews.queries import (
    Overlap,
    coming,
    feed_of,
    interview_of,
    interviews_of,
    overlaps,
    past,
    people_for,
    waiting,
)
from jobboard.interviews.views import calendar_file
from jobboard.openings.queries import offer_to_show
from jobboard.people.models import Person

bp = Blueprint("interviews", __name__, url_prefix="/interviews")


@dataclasses.dataclass(frozen=True)
class Line:
    """An interview in a list or on the application's screen."""

    row: Interview
    #: The applicant's, for who takes part or may see it; else the application's number.
    name: str
    title: str
    state: str
    kind: str
    when: str
    time: str
    last_day: str
    is_mine: bool


@bp.get("/")
@access(READING)
def index() -> str:
    """What is coming up, by day; what waits for an answer; what is over."""
    now, is_mine = clock.now(), request.args.get("mine") == "1"
    found = [coming(g.person, now), waiting(g.person), past(g.person, now)]
    names = shown_names([row.application for rows in found for row in rows], g.person)
    lines, open_lines, past_lines = (
        [line for line in (_line(row, names[row.application_id]) for row in rows) if line.is_mine or not is_mine]
        for rows in found
    )
    feed = feed_of(g.person)
    return render_template(
        "desk/interviews/index.html",
        days=[(i18n.day(day, "full"), list(group)) for day, group in itertools.groupby(lines, key=_day)],
        waiting=open_lines,
        past=past_lines,
        is_mine=is_mine,
        feed_url=site_url(url_for("interviews.feed", token=feed_token(feed))) if feed else "",
        button_form=DeskForm(formdata=None),
    )


@bp.route("/for/<int:application_id>/", methods=["GET", "POST"])
@access(HIRING, writes=True)
def propose_times(application_id: int) -> str | BaseResponse | tuple[str, int]:
    """Offer times to an applicant; with an interview ahead this moves it. Times that collide are shown once before."""
    row = application_or_404(application_id)
    current, people = ahead_of(row), people_for(row.opening_id)
    form = PlanForm(data=None if request.method == "POST" else _first_values(row, current))
    form.people.choices = [(person.id, person.name) for person in people]
    if not row.is_open or row.is_suspect:
        return see(url_for("desk.applications.show", application_id=row.id))
    if not form.validate_on_submit():
        return _form_page(row, current, form, status=422 if form.is_submitted() else 200)
    plan = form.plan(people)
    found = overlaps([one.id for one in plan.people], plan.starts, dt.timedelta(minutes=plan.minutes), _id_of(current))
    if found and not form.all_the_same.data:
        return _form_page(row, current, form, found, status=409)
    offer = offer_to_show(row.opening_id)
    try:
        with writing():
            propose(row, offer, plan, g.person, seen=form.seen.data or "", moves_stage=form.moves_stage.data)
    except NotPossible:
        session().refresh(row)
        form.seen.data = seen_of(ahead_of(row))
        return _form_page(row, ahead_of(row), form, has_changed=True, status=409)
    flash(_("The times are proposed; the mail is on its way."))
    return see(url_for("desk.applications.show", application_id=row.id))


@bp.route("/<int:interview_id>/cancel/", methods=["GET", "POST"])
@access(HIRING, writes=True)
def cancel(interview_id: int) -> str | BaseResponse | tuple[str, int]:
    """Ask first, then call it off: the applicant and who takes part are told."""
    interview = interview_or_404(interview_id)
    row, form, has_changed = interview.application, OffForm(seen=seen_of(interview)), False
    back = url_for("desk.applications.show", application_id=row.id)
    if form.validate_on_submit():
        try:
            with writing():
                call_off(row, interview_id, form.reason.data or "", g.person, seen=form.seen.data or "")
        except HasChanged:
            session().refresh(interview)
            form.seen.data, has_changed = seen_of(interview), True
        except NotPossible:
            flash(_("This interview is over or was called off already."), "warning")
        else:
            flash(_("The interview is called off; the mails are on their way."))
        if not has_changed:
            return see(back)
    if not interview.is_ahead(clock.now()):
        return see(back)
    line = _line(interview, shown_name(row, g.person))
    page = render_template(
        "desk/interviews/cancel.html", form=form, line=line, application=row, has_changed=has_changed
    )
    return page, 409 if has_changed else 422 if form.is_submitted() else 200


@bp.get(f"/<int:interview_id>/{FILE_NAME}")
@access(READING)
def entry(interview_id: int) -> Response:
    """The planned time as a calendar file."""
    interview = interview_or_404(interview_id)
    if interview.state is not InterviewState.planned:
        abort(404)
    row = interview.application
    return calendar_file(calendar([for_staff(interview, row, row.opening, g.person)], Method.publish))


@bp.post("/feed/")
@access(READING, writes=True)
def renew_feed() -> BaseResponse:
    """Give one's calendar an address, or a new one when the old one got about."""
    checked_button()
    with writing():
        new_feed(g.person)
    flash(_("The calendar has a new address. The one before, if there was one, has ended."))
    return see(url_for("desk.interviews.index", _anchor="feed"))


def panel(row: Application, person: Person) -> Markup | None:
    """The interviews of an application on its screen."""
    found, may_plan = interviews_of(row), person.role in HIRING and row.is_open and not row.is_suspect
    if not found and not may_plan:
        return None
    now, name = clock.now(), shown_name(row, person)
    page = render_template(
        "desk/interviews/_panel.html",
        application=row,
        lines=[
            (_line(one, name), facts(one), [when(slot.starts_at, one.length) for slot in one.slots]) for one in found
        ],
        has_ahead=any(one.is_ahead(now) for one in found),
        may_plan=may_plan,
        now=now,
    )
    return Markup(page)  # noqa: S704 - a template escapes


def interview_or_404(interview_id: int) -> Interview:
    """The interview, if this person may see its application; one they may not looks like none."""
    return interview_of(g.person, interview_id) or abort(404)


def _first_values(row: Application, current: Interview | None) -> dict[str, Any]:
    values = first_values(current, g.person)
    return {**values, "seen": seen_of(current), "moves_stage": Stage.interview in row.moves}


def _form_page(
    row: Application,
    current: Interview | None,
    form: PlanForm,
    found: Iterable[Overlap] = (),
    *,
    has_changed: bool = False,
    status: int = 200,
) -> tuple[str, int]:
    length = dt.timedelta(minutes=form.minutes.data or 0)
    page = render_template(
        "desk/interviews/propose.html",
        application=row,
        name=shown_name(row, g.person),
        title=row.opening.text(i18n.page_language()).title,
        form=form,
        current=_line(current, shown_name(row, g.person)) if current else None,
        wish=current.wish if current else "",
        may_move=Stage.interview in row.moves,
        overlaps=[(when(one.starts_at, length), one.person.name, one.is_planned) for one in found],
        has_changed=has_changed,
        zone=i18n.site_zone().key,
    )
    return page, status


def _id_of(interview: Interview | None) -> int:
    return interview.id if interview is not None else 0


def _line(row: Interview, name: str) -> Line:
    """What a list says of an interview. Whoever takes part knows whom they will meet, rated or not."""
    is_mine = any(person.id == g.person.id for person in row.people)
    state, kind = state_in_words(row, clock.now())
    start = row.starts_at.astimezone(i18n.site_zone()) if row.starts_at else None
    return Line(
        row=row,
        name=row.application.name if is_mine else name,
        title=row.application.opening.text(i18n.page_language()).title,
        state=state,
        kind=kind,
        when=when(row.starts_at, row.length) if row.starts_at else "",
        time=clock_time(start) if start else "",
        last_day=last_day(row),
        is_mine=is_mine,
    )


def _day(line: Line) -> dt.date:
    start = line.row.starts_at or line.row.answer_by
    return start.astimezone(i18n.site_zone()).date()
