"""The desk's door: signing in and out, and one's own account."""

import sqlalchemy as sa
from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response as BaseResponse

from jobboard.audit.actions import record
from jobboard.core import clock
from jobboard.core.access import ALL_STAFF, READING, Public, access
from jobboard.core.db import first_or_404, writing
from jobboard.core.forms import DeskForm, checked_button
from jobboard.core.i18n import _, page_language
from jobboard.core.limits import is_allowed
from jobboard.core.web import own_path, see
from jobboard.people.actions import (
    end_session,
    end_sessions,
    hash_password,
    is_outdated_hash,
    is_password_of,
    prove,
    renew_token,
    set_password,
)
from jobboard.people.desk_door import (
    TRIES_HERE,
    begin_second,
    may_try,
    note_refusal,
    open_desk,
    party,
)
from jobboard.people.forms import LanguageForm, SignInForm, password_form
from jobboard.people.models import StaffSession
from jobboard.people.queries import sessions_of, somebody_to_sign_in
from jobboard.people.queries_factors import factors_of

bp = Blueprint("people", __name__)


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
    if request.method == "GET":
        cookie.pop("step", None)
        return see(target) if g.person is not None else sign_in_page(form)
    if not form.validate_on_submit():
        return sign_in_page(form), 422
    email = (form.email.data or "").lower()
    if not may_try(email):
        form.password.errors = [_("Too many tries. Wait 15 minutes, then try again.")]
        return sign_in_page(form), 429, {"Retry-After": "900"}
    person = somebody_to_sign_in(email)
    if not is_password_of(person, form.password.data or "") or person is None:
        note_refusal(person, "password")
        form.password.errors = [_("The e-mail address or the password is not right.")]
        return sign_in_page(form), 422
    if factors_of(person):
        begin_second(person)
        return see(url_for("desk.second.index", next=target))
    open_desk(person, "password", hash_password(form.password.data or "") if is_outdated_hash(person) else None)
    return see(target)


def sign_in_page(form: SignInForm) -> str:
    """The page to sign in, with the ways that this site has."""
    return render_template(
        "desk/people/sign_in.html",
        form=form,
        has_passkeys=party() is not None,
        single_sign_on=current_app.config["SETTINGS"].oidc_host,
        button_form=DeskForm(formdata=None),
    )


@bp.post("/sign-out/")
@access(ALL_STAFF, writes=True)
def sign_out() -> BaseResponse:
    """End this session; a copied cookie ends with it."""
    checked_button()
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
        prove(g.staff_session, clock.now())
        token = renew_token(g.staff_session)
        record("password.changed", ("person", g.person.id), g.person)
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
    checked_button()
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
    checked_button()
    with writing():
        end_sessions(g.person, clock.now(), keep=g.staff_session)
    flash(_("Every other device is signed out."))
    return see(url_for("desk.people.account"))


def _account_page(form: object = None, language_form: object = None) -> str:
    return render_template(
        "desk/people/account.html",
        sessions=sessions_of(g.person, clock.now()),
        current=g.staff_session,
        password_form=form or password_form(),
        language_form=language_form or LanguageForm(formdata=None, prefix="language-", locale=page_language()),
        button_form=DeskForm(formdata=None),
        factors=factors_of(g.person),
    )
