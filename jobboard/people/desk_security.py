"""One's own second factors: the authenticator app, passkeys and recovery codes."""

import urllib.parse

import sqlalchemy as sa
from flask import Blueprint, Response, abort, current_app, flash, g, render_template, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core import clock
from jobboard.core.access import ALL_STAFF, access
from jobboard.core.db import first_or_404, writing
from jobboard.core.forms import DeskForm, checked_button
from jobboard.core.i18n import _
from jobboard.core.limits import is_allowed
from jobboard.core.tokens import sign, unsign
from jobboard.core.web import private_page, see
from jobboard.people.actions import prove, take_challenge
from jobboard.people.actions_factors import (
    add_app,
    app_address,
    app_key,
    new_recovery_codes,
    new_seed,
    picture_of,
    remove_app,
    step_of_code,
)
from jobboard.people.actions_passkeys import (
    NoPasskey,
    add_passkey,
    checked_new,
    new_challenge,
    options_to_add,
    remove_passkey,
)
from jobboard.people.desk_door import TRIES_HERE, lacks_factor, party
from jobboard.people.forms_access import AppForm, NewPasskeyForm
from jobboard.people.models_factors import Passkey
from jobboard.people.queries_factors import authenticator_of, factors_of, passkeys_of

bp = Blueprint("security", __name__, url_prefix="/account/security")


@bp.get("/")
@access(ALL_STAFF, fresh=True)
def index() -> str:
    """What somebody has besides the password."""
    return security_page(NewPasskeyForm(formdata=None))


@bp.route("/app/", methods=["GET", "POST"])
@access(ALL_STAFF, writes=True, fresh=True)
def app() -> str | Response | BaseResponse | tuple[str, int]:
    """Set an authenticator app up: the picture and the key, then the first code."""
    form = AppForm()
    seed = unsign("authenticator", form.seed.data) if form.is_submitted() else None
    if seed is None or not seed.startswith(f"{g.person.id}:"):
        seed = f"{g.person.id}:{new_seed()}"
        form.seed.data = sign("authenticator", seed)
        if form.is_submitted():
            form.form_errors.append(_("Please scan the picture again: the page was too old."))
            return app_page(form, seed), 422
    if not form.validate_on_submit():
        page = app_page(form, seed)
        return (page, 422) if form.is_submitted() else page
    seed_alone = seed.partition(":")[2]
    step = step_of_code(g.person, seed_alone, form.code.data or "", clock.now())
    if step is None or not is_allowed(TRIES_HERE, "new app", str(g.person.id)):
        form.code.errors = [
            _("This code is not right. Check that the clock of the device is right, then try the next.")
        ]
        return app_page(form, seed), 422
    had_factor = bool(factors_of(g.person))
    with writing():
        add_app(g.person, seed_alone, step, clock.now())
        codes = [] if had_factor else new_recovery_codes(g.person)
    flash(_("The authenticator app is set up. It is asked for at the next sign-in."))
    return codes_page(codes) if codes else see(url_for("desk.security.index"))


@bp.post("/app/remove/")
@access(ALL_STAFF, writes=True, fresh=True)
def remove_own_app() -> BaseResponse:
    """Forget the app."""
    checked_button()
    with writing():
        remove_app(g.person, g.person)
    flash(_("The authenticator app is removed."))
    return see(url_for("desk.security.index"))


@bp.post("/recovery-codes/")
@access(ALL_STAFF, writes=True, fresh=True)
def recovery_codes() -> Response:
    """Make ten new codes and show them, this once; those before end."""
    checked_button()
    if not factors_of(g.person):
        abort(409, _("Recovery codes stand in for a second factor. Set one up first."))
    with writing():
        codes = new_recovery_codes(g.person)
    return codes_page(codes)


@bp.post("/passkeys/options/")
@access(ALL_STAFF, writes=True, fresh=True)
def options() -> Response:
    """What the browser needs to make a passkey."""
    checked_button()
    here, challenge = party() or abort(404), new_challenge()
    with writing():
        g.staff_session.challenge = challenge
    return Response(options_to_add(here, g.person, passkeys_of(g.person), challenge), mimetype="application/json")


@bp.post("/passkeys/")
@access(ALL_STAFF, writes=True, fresh=True)
def add() -> Response | BaseResponse | tuple[str, int]:
    """Take the passkey the browser made."""
    form, here = NewPasskeyForm(), party() or abort(404)
    if not form.validate_on_submit():
        return security_page(form), 422
    had_factor = bool(factors_of(g.person))
    with writing():
        challenge = take_challenge(g.staff_session)  # used once, whatever comes of it
    try:
        row = checked_new(here, form.credential.data or "", challenge)
        with writing():
            add_passkey(g.person, row, form.name.data or "", clock.now())
            codes = [] if had_factor else new_recovery_codes(g.person)
            prove(g.staff_session, clock.now())
    except NoPasskey:
        form.credential.data = ""
        form.form_errors.append(_("This passkey was not accepted. Please try again."))
        return security_page(form), 422
    flash(_("The passkey is added. You can sign in with it from now on."))
    return codes_page(codes) if codes else see(url_for("desk.security.index"))


@bp.post("/passkeys/<int:passkey_id>/remove/")
@access(ALL_STAFF, writes=True, fresh=True)
def remove(passkey_id: int) -> BaseResponse:
    """Forget one of one's own passkeys; somebody else's looks as if it never was."""
    checked_button()
    row = first_or_404(sa.select(Passkey).where(Passkey.id == passkey_id, Passkey.person_id == g.person.id))
    with writing():
        remove_passkey(row, g.person)
    flash(_("The passkey is removed."))
    return see(url_for("desk.security.index"))


def security_page(form: NewPasskeyForm) -> str:
    """The page with everything somebody has."""
    return render_template(
        "desk/security/index.html",
        form=form,
        app=authenticator_of(g.person),
        passkeys=passkeys_of(g.person),
        factors=factors_of(g.person),
        can_add_passkeys=party() is not None,
        is_needed=lacks_factor(g.person),
        button_form=DeskForm(formdata=None),
    )


def app_page(form: AppForm, seed: str) -> str:
    """The page with the picture and the key; never the same key twice, but after an error."""
    alone, site = seed.partition(":")[2], current_app.extensions["mail_site"]().name
    key = app_key(g.person, alone)
    address = app_address(g.person, alone, site)
    return render_template(
        "desk/security/app.html",
        form=form,
        address=address,
        picture=Markup(picture_of(address, _("QR code with the key below"))),  # noqa: S704 - segno escapes the title
        key=" ".join(key[start : start + 4] for start in range(0, len(key), 4)),
        site_name=site,
    )


def codes_page(codes: list[str]) -> Response:
    """Ten codes to print or keep as a file."""
    site = current_app.extensions["mail_site"]().name
    text = "\n".join([_("Recovery codes for %(site)s", site=site), g.person.email or "", "", *codes, ""])
    download = "data:text/plain;charset=utf-8," + urllib.parse.quote(text)
    return private_page(render_template("desk/security/codes.html", codes=codes, download=download))
