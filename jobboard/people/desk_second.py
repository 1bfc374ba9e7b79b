"""The second step of signing in, and passkeys, which need no first one. Half signed in opens nothing but this."""

from flask import Blueprint, Response, abort, flash, render_template, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core import clock
from jobboard.core.access import Public, access
from jobboard.core.db import writing
from jobboard.core.forms import DeskForm, checked_button
from jobboard.core.i18n import _, ngettext
from jobboard.core.limits import caller, is_allowed
from jobboard.core.web import own_path, see
from jobboard.people.actions_doors import begin_step, end_used_up, take_secret, try_code
from jobboard.people.actions_passkeys import (
    NoPasskey,
    checked_shown,
    new_challenge,
    options_to_show,
    use_passkey,
)
from jobboard.people.desk import sign_in_page
from jobboard.people.desk_door import (
    TRIES_OF_HOST,
    current_step,
    may_try_code,
    note_refusal,
    open_desk,
    party,
)
from jobboard.people.forms import SignInForm
from jobboard.people.forms_access import CodeForm, PasskeyForm
from jobboard.people.models import Person
from jobboard.people.queries_factors import factors_of, passkeys_of

bp = Blueprint("second", __name__, url_prefix="/sign-in/second")


@bp.route("/", methods=["GET", "POST"])
@access(Public.anyone, writes=True)
def index() -> str | BaseResponse | tuple[str, int]:
    """The code of an app or a recovery code; a passkey where the browser has one."""
    step, form = current_step(), CodeForm(next=request.args.get("next", ""))
    if step is None or step.person is None:
        return _begin_anew(form.next.data) if form.is_submitted() else see(url_for("desk.people.sign_in"))
    if not form.validate_on_submit():
        page = second_page(step.person, form)
        return (page, 422) if form.is_submitted() else page
    if not may_try_code(step.person):
        words = _(
            "Too many wrong codes for this account. Use a passkey, sign in where you did today, or try again tomorrow."
        )
        form.code.errors = [words]
        return second_page(step.person, form), 429
    step_id, person = step.id, step.person
    with writing():
        way = try_code(step_id, person, form.code.data or "", clock.now())
        is_over = way is None and end_used_up(step_id)
    if way is None:
        note_refusal(person, "code")
        return _begin_anew(form.next.data, after_codes=True) if is_over else _wrong(person, form)
    open_desk(person, way)
    if way == "recovery code":
        left = factors_of(person).codes_left
        flash(ngettext("One recovery code is left.", "%(num)d recovery codes are left.", left), "info")
    return see(own_path(form.next.data, url_for("desk.people.index")))


def _wrong(person: Person, form: CodeForm) -> tuple[str, int]:
    form.code.errors = [_("This code is not right, or it was used before. Wait for the next one.")]
    return second_page(person, form), 422


def _begin_anew(target: str | None, *, after_codes: bool = False) -> tuple[str, int]:
    """After too many wrong codes, or too long a time, signing in begins from the start."""
    cookie.pop("step", None)
    form = SignInForm(formdata=None, next=target)
    words = _("There were five wrong codes. Please begin with your password again.")
    form.form_errors.append(words if after_codes else _("Signing in took too long. Please begin again."))
    return sign_in_page(form), 422


@bp.post("/passkey/options/")
@access(Public.anyone, writes=True)
def options() -> Response:
    """What the browser needs to show a passkey: one of this person's, or any when nobody gave a password."""
    checked_button()
    here = party() or abort(404)
    if not is_allowed(TRIES_OF_HOST, "passkey host", caller()):
        abort(429)
    step, challenge = current_step(), new_challenge()
    known = passkeys_of(step.person) if step is not None and step.person is not None else None
    with writing():
        if step is None:
            cookie["step"] = begin_step(None, clock.now(), challenge)
        else:
            step.secret = challenge
    return Response(options_to_show(here, known, challenge), mimetype="application/json")


@bp.post("/passkey/")
@access(Public.anyone, writes=True)
def passkey() -> BaseResponse | tuple[str, int]:
    """Sign in by a passkey: as the second step, or alone when the device asked who holds it."""
    form, step, here = PasskeyForm(), current_step(), party() or abort(404)
    if not form.validate_on_submit():
        abort(400)
    if step is None:
        return _begin_anew(form.next.data)
    step_id, person = step.id, step.person
    with writing():
        challenge = take_secret(step_id)  # used once, whatever comes of it
    try:
        row, count = checked_shown(here, form.credential.data or "", challenge, person)
    except NoPasskey:
        note_refusal(person, "passkey")
        return _not_taken(person, form.next.data or "")
    if row.person.role is None or row.person.left_at is not None:
        note_refusal(row.person, "passkey")
        return _not_taken(person, form.next.data or "")
    with writing():
        use_passkey(row, count, clock.now())
    open_desk(row.person, "passkey")
    return see(own_path(form.next.data, url_for("desk.people.index")))


def _not_taken(person: Person | None, target: str) -> tuple[str, int]:
    """The page the passkey was shown on, with what to do."""
    words = _("This passkey was not accepted. Try again, or sign in another way.")
    if person is None:
        form = SignInForm(formdata=None, next=target)
        form.form_errors.append(words)
        return sign_in_page(form), 422
    code = CodeForm(formdata=None, next=target)
    code.form_errors.append(words)
    return second_page(person, code), 422


def second_page(person: Person, form: CodeForm) -> str:
    """The page of the second step, with the ways this person has."""
    return render_template(
        "desk/second/index.html",
        form=form,
        factors=factors_of(person),
        has_passkeys=party() is not None,
        button_form=DeskForm(formdata=None),
    )
