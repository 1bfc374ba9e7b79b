"""The applicant's side of an interview, behind the link of their application: pick, ask for another time, call off."""

from flask import Blueprint, Response, abort, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from jobboard.applications.models import Application
from jobboard.applications.views_own import OWN, application_or_404
from jobboard.core import clock, i18n
from jobboard.core.access import Public, access
from jobboard.core.db import writing
from jobboard.core.i18n import _
from jobboard.core.web import private_page, see
from jobboard.files.markup import attachment
from jobboard.interviews.actions import NotPossible, SlotGone, ask_for_another, call_off, pick
from jobboard.interviews.exports import CALENDAR_TYPE, Method, calendar
from jobboard.interviews.exports_entries import FILE_NAME, for_applicant, for_feed
from jobboard.interviews.forms import OwnOffForm, PickForm, WishForm
from jobboard.interviews.markup import choices, last_day, shown, zone_of, zones
from jobboard.interviews.models import Interview
from jobboard.interviews.queries import feed_entries, interviews_of, owner_of_feed, taken_times

bp = Blueprint("interviews", __name__)

ONE = f"{OWN}interviews/<int:interview_id>/"


@bp.get(ONE)
@access(Public.link)
def show(token: str, interview_id: int) -> Response:
    """The times that are offered, or the one that is planned; also in another zone than the site's."""
    row = application_or_404(token)
    return _page(token, row, _interview_or_404(row, interview_id))


@bp.post(f"{ONE}pick/")
@access(Public.link, writes=True)
def pick_time(token: str, interview_id: int) -> Response | BaseResponse:
    """Pick one of the times. One that somebody else has by now is told, with those that are left."""
    row = application_or_404(token)
    interview = _interview_or_404(row, interview_id)
    form = _pick_form(interview)
    if not form.validate():
        return _page(token, row, interview, pick_form=form, status=422)
    try:
        with writing():
            pick(application_or_404(token, lock=True), interview_id, form.slot.data or 0)
    except NotPossible:
        return _back(token, interview_id)
    except SlotGone:
        row = application_or_404(token)
        form.slot.errors = [
            _("This time cannot be picked any more: it is past, or was just taken. Please choose another.")
        ]
        return _page(token, row, _interview_or_404(row, interview_id), pick_form=form, status=409)
    return _back(token, interview_id, done="picked")


@bp.post(f"{ONE}ask/")
@access(Public.link, writes=True)
def ask(token: str, interview_id: int) -> Response | BaseResponse:
    """Say that no time fits, or ask for another than the planned one."""
    row = application_or_404(token)
    interview = _interview_or_404(row, interview_id)
    form = WishForm()
    if not form.validate():
        return _page(token, row, interview, wish_form=form, status=422)
    try:
        with writing():
            ask_for_another(application_or_404(token, lock=True), interview_id, form.wish.data or "")
    except NotPossible:
        return _back(token, interview_id)
    return _back(token, interview_id, done="asked")


@bp.route(f"{ONE}cancel/", methods=["GET", "POST"])
@access(Public.link, writes=True)
def cancel(token: str, interview_id: int) -> Response | BaseResponse:
    """Ask first, then call it off."""
    row = application_or_404(token)
    interview = _interview_or_404(row, interview_id)
    view, form = shown(interview, clock.now()), OwnOffForm()
    if not view.may_change:
        return _back(token, interview_id)
    if request.method == "POST" and form.validate():
        try:
            with writing():
                call_off(application_or_404(token, lock=True), interview_id, form.reason.data or "")
        except NotPossible:
            return _back(token, interview_id)
        return _back(token, interview_id, done="cancelled")
    body = render_template("interviews/cancel.html", token=token, view=view, form=form, title=_title(row))
    return private_page(body, 422 if form.errors else 200)


@bp.get(f"{ONE}{FILE_NAME}")
@access(Public.link)
def entry(token: str, interview_id: int) -> Response:
    """The planned time as a calendar file."""
    row = application_or_404(token)
    interview = _interview_or_404(row, interview_id)
    if shown(interview, clock.now()).state not in {"planned", "over"}:
        abort(404)
    response = calendar_file(calendar([for_applicant(interview, row, row.opening)], Method.publish))
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@bp.get("/<language:language>/calendars/<token>/interviews.ics")
@access(Public.link)
def feed(token: str) -> Response:
    """A staff member's interviews for a calendar program: times and openings, no applicant."""
    person = owner_of_feed(token) or abort(404)
    entries = [for_feed(one) for one in feed_entries(person, clock.now())]
    return calendar_file(calendar(entries, Method.publish, name=_("Interviews")))


def calendar_file(content: bytes) -> Response:
    """A calendar for one person, to save or to open in its program."""
    response = private_page(content)
    response.content_type = f"{CALENDAR_TYPE}; charset=utf-8"
    response.headers["Content-Disposition"] = attachment(FILE_NAME)
    return response


def own_panel(row: Application, token: str) -> Markup | None:
    """What the applicant's page says of interviews: the newest one, and those before that took place."""
    found = [shown(one, clock.now()) for one in interviews_of(row)]
    views = [view for number, view in enumerate(found) if number == 0 or view.state in {"planned", "over"}]
    if not views:
        return None
    return Markup(render_template("interviews/_panel.html", views=views, token=token))  # noqa: S704 - a template escapes


def _page(
    token: str,
    row: Application,
    interview: Interview,
    *,
    pick_form: PickForm | None = None,
    wish_form: WishForm | None = None,
    status: int = 200,
) -> Response:
    zone = zone_of(request.args.get("zone"))
    now = clock.now()
    view = shown(interview, now, zone)
    body = render_template(
        "interviews/show.html",
        token=token,
        view=view,
        title=_title(row),
        choices=choices(interview, now, taken_times(interview), zone) if view.state == "proposed" else [],
        pick_form=pick_form or PickForm(formdata=None),
        wish_form=wish_form or WishForm(formdata=None, wish=interview.wish),
        last_day=last_day(interview),
        zones=zones(),
        zone=zone.key if zone else "",
        site_zone=i18n.site_zone().key,
        done=request.args.get("done", ""),
    )
    return private_page(body, status)


def _pick_form(interview: Interview) -> PickForm:
    form = PickForm()
    form.slot.choices = [(slot.id, "") for slot in interview.slots]
    return form


def _title(row: Application) -> str:
    return str(row.opening.text(i18n.page_language()).title)


def _back(token: str, interview_id: int, done: str | None = None) -> BaseResponse:
    return see(url_for("interviews.show", token=token, interview_id=interview_id, done=done))


def _interview_or_404(row: Application, interview_id: int) -> Interview:
    """One interview of the link's application; of one that is locked nothing is shown."""
    if row.locked_at is not None:
        abort(404)
    return next((one for one in interviews_of(row) if one.id == interview_id), None) or abort(404)
