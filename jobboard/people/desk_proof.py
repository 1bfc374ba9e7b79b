"""Asking once more who it is, before what a stolen session must not do."""

from flask import Blueprint, Response, abort, current_app, g, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core import clock
from jobboard.core.access import ALL_STAFF, access
from jobboard.core.db import writing
from jobboard.core.forms import DeskForm, checked_button
from jobboard.core.i18n import _
from jobboard.core.limits import forget, is_allowed
from jobboard.core.web import own_path, see
from jobboard.people.actions import is_password_of, prove, take_challenge
from jobboard.people.actions_passkeys import (
    NoPasskey,
    checked_shown,
    new_challenge,
    options_to_show,
    use_passkey,
)
from jobboard.people.desk_door import TRIES_HERE, note_refusal, party
from jobboard.people.forms_access import PasskeyForm, ProofForm
from jobboard.people.queries_factors import passkeys_of

bp = Blueprint("proof", __name__, url_prefix="/prove")


@bp.route("/", methods=["GET", "POST"])
@access(ALL_STAFF, writes=True)
def index() -> str | BaseResponse | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Ask for the password, then lead on to the page that wanted it."""
    form = ProofForm(next=request.args.get("next", ""))
    if not form.validate_on_submit():
        page = proof_page(form)
        return (page, 422) if form.is_submitted() else page
    if not is_allowed(TRIES_HERE, "prove", str(g.person.id)):
        form.password.errors = [_("Too many tries. Wait 15 minutes, then try again.")]
        return proof_page(form), 429, {"Retry-After": "900"}
    if not is_password_of(g.person, form.password.data or ""):
        note_refusal(g.person, "proof")
        form.password.errors = [_("This is not your password.")]
        return proof_page(form), 422
    forget(TRIES_HERE, "prove", str(g.person.id))
    with writing():
        prove(g.staff_session, clock.now())
    return see(own_path(form.next.data, url_for("desk.people.account")))


@bp.post("/passkey/options/")
@access(ALL_STAFF, writes=True)
def options() -> Response:
    """What the browser needs to show one of this person's passkeys."""
    checked_button()
    here, challenge = party() or abort(404), new_challenge()
    with writing():
        g.staff_session.challenge = challenge
    return Response(options_to_show(here, passkeys_of(g.person), challenge), mimetype="application/json")


@bp.post("/passkey/")
@access(ALL_STAFF, writes=True)
def passkey() -> BaseResponse | tuple[str, int]:
    """A passkey instead of the password."""
    form, here = PasskeyForm(), party() or abort(404)
    if not form.validate_on_submit():
        abort(400)
    with writing():
        challenge = take_challenge(g.staff_session)  # used once, whatever comes of it
    try:
        row, count = checked_shown(here, form.credential.data or "", challenge, g.person)
    except NoPasskey:
        note_refusal(g.person, "proof")
        again = ProofForm(formdata=None, next=form.next.data)
        again.form_errors.append(_("This passkey was not accepted. Try again, or use your password."))
        return proof_page(again), 422
    with writing():
        use_passkey(row, count, clock.now())
        prove(g.staff_session, clock.now())
    return see(own_path(form.next.data, url_for("desk.people.account")))


def proof_page(form: ProofForm) -> str:
    """The page that asks, with the ways this person has."""
    return render_template(
        "desk/proof/index.html",
        form=form,
        has_password=g.person.password_hash is not None,
        has_passkeys=party() is not None and bool(passkeys_of(g.person)),
        single_sign_on=current_app.config["SETTINGS"].oidc_host,
        button_form=DeskForm(formdata=None),
    )
