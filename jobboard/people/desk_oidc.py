"""Single sign-on: to the provider and back. It replaces the password; a second factor of ours is asked for as always."""

import logging

from flask import Blueprint, abort, current_app, flash, g, redirect, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core import clock
from jobboard.core.access import Public, access
from jobboard.core.db import writing
from jobboard.core.i18n import _
from jobboard.core.limits import caller, is_allowed
from jobboard.core.web import own_path, see, site_url
from jobboard.people.actions import prove
from jobboard.people.actions_doors import begin_step, read_secret, secret_of
from jobboard.people.actions_oidc import LEEWAY, NotSignedOn, Provider, Somebody, begin, finish
from jobboard.people.desk import sign_in_page
from jobboard.people.desk_door import TRIES_OF_HOST, begin_second, current_step, note_refusal, open_desk
from jobboard.people.forms import SignInForm
from jobboard.people.models import Person
from jobboard.people.queries import somebody_to_sign_in
from jobboard.people.queries_factors import factors_of

bp = Blueprint("oidc", __name__, url_prefix="/sign-in/single")
log = logging.getLogger("jobboard.people")

#: What a GET may write here. The way to the provider is a link: browsers refuse to follow a form to another site under
#: this site's Content-Security-Policy; the way back is the provider's.
TRACE = "single sign-on"


@bp.get("/")
@access(Public.anyone, trace=TRACE)
def start() -> BaseResponse | tuple[str, int]:
    """Send the browser to the provider; somebody who is signed in shows there again who they are."""
    provider = _provider()
    if not is_allowed(TRIES_OF_HOST, "single sign-on host", caller()):
        abort(429)
    try:
        address, kept = begin(provider, _back(), anew=g.person is not None)
    except NotSignedOn as reason:
        return _refused(None, str(reason), _("The single sign-on cannot be reached. Try again, or use your password."))
    target = own_path(request.args.get("next"), url_for("desk.people.index"))
    with writing(TRACE):
        token = begin_step(None, clock.now(), secret_of({**kept, "next": target}))
    cookie["step"] = token
    return redirect(address)


@bp.get("/back/")
@access(Public.anyone, trace=TRACE)
def back() -> BaseResponse | tuple[str, int]:
    """The provider's answer: only somebody the site knows by the address gets in, with the role they have here."""
    provider, step = _provider(), current_step()
    kept = read_secret(step) if step is not None else {}
    if step is None or not kept:
        return see(url_for("desk.people.sign_in"))
    began_at = step.begun_at
    with writing(TRACE) as current:
        current.delete(step)  # used once, whatever comes of it
    cookie.pop("step", None)
    try:
        found = finish(provider, _back(), request.args, kept, clock.now())
    except NotSignedOn as reason:
        return _refused(None, str(reason), _("The single sign-on did not work. Try again, or use your password."))
    target = own_path(str(kept.get("next")), url_for("desk.people.index"))
    if g.person is not None:
        is_anew = found.proven_at is not None and found.proven_at >= began_at - LEEWAY
        return _proven(found, target) if is_anew else _refused(g.person, "shown before", _no_fresh_proof())
    person = somebody_to_sign_in(found.email)
    if person is None:
        return _refused(None, "nobody has the address", _("Nobody of the staff has the address of this sign-in."))
    if factors_of(person):
        begin_second(person, TRACE)
        return see(url_for("desk.second.index", next=target))
    open_desk(person, "single sign-on", trace=TRACE)
    return see(target)


def _proven(found: Somebody, target: str) -> BaseResponse | tuple[str, int]:
    """Somebody who is signed in has shown again who they are."""
    if found.email != (g.person.email or "").lower():
        return _refused(g.person, "somebody else", _("This sign-in is somebody else’s."))
    with writing(TRACE):
        prove(g.staff_session, clock.now())
    return see(target)


def _refused(person: Person | None, reason: str, words: str) -> BaseResponse | tuple[str, int]:
    """Why it did not work: for the operator in the log, for the person on the page they came from."""
    log.warning("single sign-on: %s", reason)
    note_refusal(person, "single sign-on", TRACE)
    if g.person is not None:
        flash(words, "error")
        return see(url_for("desk.proof.index"))
    form = SignInForm(formdata=None)
    form.form_errors.append(words)
    return sign_in_page(form), 422


def _no_fresh_proof() -> str:
    return _("The single sign-on did not ask who you are. Use your password or a passkey.")


def _provider() -> Provider:
    found: Provider | None = current_app.extensions["oidc"]
    return found or abort(404)


def _back() -> str:
    return site_url(url_for("desk.oidc.back"))
