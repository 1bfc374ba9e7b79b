"""The desk's door: signing in and out, and one's own account."""

import datetime as dt
import logging

import sqlalchemy as sa
from flask import Blueprint, Response, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response as BaseResponse

from jobboard.audit.views import note_refusal
from jobboard.core import clock
from jobboard.core.access import ALL_STAFF, READING, Public, access
from jobboard.core.db import first_or_404, writing
from jobboard.core.forms import DeskForm
from jobboard.core.i18n import _, languages, page_language
from jobboard.core.limits import caller, forget, is_allowed, is_used_up
from jobboard.core.web import own_path, see
from jobboard.people.actions import (
    begin_session,
    device_in_words,
    end_session,
    end_sessions,
    hash_password,
    is_outdated_hash,
    is_password_of,
    renew_token,
    set_password,
)
from jobboard.people.forms import LanguageForm, SignInForm, password_form
from jobboard.people.models import Person, StaffSession
from jobboard.people.queries import sessions_of, somebody_to_sign_in, staff_session

bp = Blueprint("people", __name__)
log = logging.getLogger("jobboard.people")

#: How often signing in may be tried. A host that a person signed in from today is spared the limits that strangers can
#: use up for them: guessing from elsewhere must not lock anybody out (ASVS 6.3.1).
TRIES_HERE = "5 per 15 minutes"  # one account from one host
TRIES_OF_HOST = "60 per 15 minutes"  # any account from one host, an office behind one address included
TRIES_OF_ACCOUNT = "30 per hour"  # one account from hosts it did not sign in from today
TRIES_OF_ALL = "1000 per 15 minutes"  # everybody from anywhere: each try costs 0.1 s of this machine
KNOWN_HOST = "1 per day"
#: "Last seen" is written at most this often.
SEEN_EVERY = dt.timedelta(minutes=1)


def guard() -> BaseResponse | Response | None:
    """Before every page of the desk: who is it, and may they? Nobody is asked to sign in, the wrong role is refused."""
    now = clock.now()
    row = staff_session(cookie.get("token"), now)
    g.staff_session, g.person = row, row.person if row else None
    if row is not None and row.person.locale in languages():
        g.language = row.person.locale
    if not g.access.allows(row.person.role if row else None):
        return _refuse(row)
    if row is not None and now - row.seen_at >= SEEN_EVERY:
        _note_seen(row, now)
    return None


def _refuse(row: StaffSession | None) -> BaseResponse | Response:
    if row is None and request.method in {"GET", "HEAD"}:
        return redirect(url_for("desk.people.sign_in", next=request.full_path.rstrip("?")))
    if row is None:
        abort(403, _("You are not signed in any more. Go back, sign in in another tab, and send the form again."))
    about: tuple[str, int] | None = current_app.extensions["refused_about"](request.view_args or {})
    note_refusal(row.person, about, request.endpoint or "")
    abort(403, _("Your role does not include this page."))


def _note_seen(row: StaffSession, now: dt.datetime) -> None:
    """A page is not refused because "last seen" could not be written."""
    try:
        with writing(trace="last seen"):
            row.seen_at = now
    except sa.exc.OperationalError:
        log.warning("the database is busy: last seen was not written")


@bp.get("/")
@access(ALL_STAFF)
def index() -> BaseResponse:
    """The first page of the day: the inbox for those who read applications, the articles for those who write."""
    is_reading = g.person.role in READING and "desk.applications.index" in current_app.view_functions
    return redirect(url_for("desk.applications.index" if is_reading else "desk.posts.index"))


@bp.route("/sign-in/", methods=["GET", "POST"])
@access(Public.anyone, writes=True)
def sign_in() -> str | BaseResponse | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Sign in. The answer and its time are the same whether the address, the password or the role was wrong."""
    form = SignInForm(next=request.args.get("next", ""))
    target = own_path(form.next.data, url_for("desk.people.index"))
    if g.person is not None and request.method == "GET":
        return see(target)
    if not form.validate_on_submit():
        page = render_template("desk/people/sign_in.html", form=form)
        return (page, 422) if form.is_submitted() else page
    email = (form.email.data or "").lower()
    if not _may_try(email):
        form.password.errors = [_("Too many tries. Wait 15 minutes, then try again.")]
        return render_template("desk/people/sign_in.html", form=form), 429, {"Retry-After": "900"}
    person = somebody_to_sign_in(email)
    if not is_password_of(person, form.password.data or "") or person is None:
        log.info("sign-in refused, request %s", g.request_id)
        form.password.errors = [_("The e-mail address or the password is not right.")]
        return render_template("desk/people/sign_in.html", form=form), 422
    _open_desk(person, form.password.data or "")
    forget(TRIES_HERE, "sign-in", email, caller())
    is_allowed(KNOWN_HOST, "sign-in known", email, caller())
    return see(target)


def _may_try(email: str) -> bool:
    """Count one try. A try that one limit refuses does not count for the next, so one host cannot use up an account."""
    host = caller()
    if not (is_allowed(TRIES_OF_HOST, "sign-in host", host) and is_allowed(TRIES_HERE, "sign-in", email, host)):
        return False
    if is_used_up(KNOWN_HOST, "sign-in known", email, host):
        return True
    return is_allowed(TRIES_OF_ACCOUNT, "sign-in account", email) and is_allowed(TRIES_OF_ALL, "sign-in all")


def _open_desk(person: Person, password: str) -> None:
    """Begin a session with a new token; whatever the cookie held before opens nothing any more."""
    rehashed = hash_password(password) if is_outdated_hash(person) else None
    before, now = g.staff_session, clock.now()
    with writing():
        if before is not None:
            end_session(before, now)
        if rehashed is not None:
            person.password_hash = rehashed
        token = begin_session(person, device_in_words(request.user_agent.string), now)
    cookie.clear()
    cookie["token"] = token
    log.info("person %d signed in", person.id)


@bp.post("/sign-out/")
@access(ALL_STAFF, writes=True)
def sign_out() -> BaseResponse:
    """End this session; a copied cookie ends with it."""
    _checked_button()
    with writing():
        end_session(g.staff_session, clock.now())
    cookie.clear()
    return see(url_for("desk.people.sign_in"))


@bp.get("/account/")
@access(ALL_STAFF)
def account() -> str:
    """One's own sessions, password and language."""
    return _account_page()


@bp.post("/account/password/")
@access(ALL_STAFF, writes=True)
def change_password() -> BaseResponse | tuple[str, int]:
    """Change the password; every other session ends and this one gets a new token."""
    form = password_form()
    form.about += (current_app.extensions["mail_site"]().name,)
    if not form.validate_on_submit():
        return _account_page(form), 422
    is_tried_often = not is_allowed(TRIES_HERE, "change password", str(g.person.id))
    if is_tried_often or not is_password_of(g.person, form.current.data or ""):
        words = (
            _("Too many tries. Wait 15 minutes, then try again.") if is_tried_often else _("This is not your password.")
        )
        form.current.errors = [words]
        return _account_page(form), 429 if is_tried_often else 422
    hashed = hash_password(form.new.data or "")
    with writing():
        set_password(g.person, hashed, clock.now(), keep=g.staff_session)
        token = renew_token(g.staff_session)
    cookie.clear()
    cookie["token"] = token
    flash(_("The password is changed. Every other device is signed out."))
    return see(url_for("desk.people.account"))


@bp.post("/account/language/")
@access(ALL_STAFF, writes=True)
def change_language() -> BaseResponse | tuple[str, int]:
    """Choose the language of the desk."""
    form = LanguageForm(prefix="language-")
    if not form.validate_on_submit():
        return _account_page(language_form=form), 422
    with writing():
        g.person.locale = form.locale.data
    return see(url_for("desk.people.account"))


@bp.post("/account/sessions/<int:session_id>/end/")
@access(ALL_STAFF, writes=True)
def end_one(session_id: int) -> BaseResponse:
    """Sign out one of one's own devices; somebody else's looks as if it never was."""
    _checked_button()
    row = first_or_404(
        sa.select(StaffSession).where(StaffSession.id == session_id, StaffSession.person_id == g.person.id)
    )
    with writing():
        end_session(row, clock.now())
    flash(_("The device is signed out."))
    return see(url_for("desk.people.account"))


@bp.post("/account/sessions/end/")
@access(ALL_STAFF, writes=True)
def end_others() -> BaseResponse:
    """Sign out every other device."""
    _checked_button()
    with writing():
        end_sessions(g.person, clock.now(), keep=g.staff_session)
    flash(_("Every other device is signed out."))
    return see(url_for("desk.people.account"))


def _checked_button() -> None:
    if not DeskForm().validate_on_submit():
        abort(400)


def _account_page(form: object = None, language_form: object = None) -> str:
    return render_template(
        "desk/people/account.html",
        sessions=sessions_of(g.person, clock.now()),
        current=g.staff_session,
        password_form=form or password_form(),
        language_form=language_form or LanguageForm(formdata=None, prefix="language-", locale=page_language()),
        button_form=DeskForm(formdata=None),
    )
