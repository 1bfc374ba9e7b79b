"""The one door of the desk: who comes in, who is asked again for a password or passkey, and how often one may try."""

import ipaddress
import logging
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Response, abort, current_app, g, redirect, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response as BaseResponse

from jobboard.audit.actions import record
from jobboard.audit.views import note_refusal as note_refused_page
from jobboard.core import clock
from jobboard.core.access import Public
from jobboard.core.db import writing
from jobboard.core.i18n import _, languages
from jobboard.core.limits import caller, forget, is_allowed, is_used_up
from jobboard.people.actions import begin_session, device_in_words, end_session
from jobboard.people.actions_doors import begin_step
from jobboard.people.actions_passkeys import Party
from jobboard.people.models import Person, StaffSession
from jobboard.people.models_doors import SignInStep
from jobboard.people.queries import FRESH, FRESH_TO_SEND, SEEN_EVERY, is_fresh, staff_session
from jobboard.people.queries_doors import sign_in_step
from jobboard.people.queries_factors import factors_of

log = logging.getLogger("jobboard.people")

#: How often signing in may be tried. A host that a person signed in from today is spared the limits that strangers can
#: use up for them: guessing from elsewhere must not lock anybody out (ASVS 6.3.1).
TRIES_HERE = "5 per 15 minutes"  # one account from one host
TRIES_OF_HOST = "60 per 15 minutes"  # any account from one host, an office behind one address included
TRIES_OF_ACCOUNT = "30 per hour"  # one account from hosts it did not sign in from today
TRIES_OF_ALL = "1000 per 15 minutes"  # everybody from anywhere: each try costs 0.1 s of this machine
KNOWN_HOST = "1 per day"
#: Codes of an app are six digits, three of which are right at any time: with 30 guesses a day somebody who knows the password
#: would find one in 30 years. A host the person signed in from today has a count of its own.
CODES_ELSEWHERE, CODES_HERE = "30 per day", "60 per day"
#: The pages on which somebody sets up the second factor that their role needs.
SETTING_UP = {"desk.security", "desk.proof"}


def guard() -> BaseResponse | Response | None:
    """Before every page of the desk: who it is, whether they may, and whether their last proof is fresh enough for it.

    Nobody is asked to sign in, the wrong role is refused, a page that wants it asks for a password or passkey first.
    """
    now = clock.now()
    row = staff_session(cookie.get("token"), now)
    g.staff_session, g.person = row, row.person if row else None
    if row is not None and row.person.locale in languages():
        g.language = row.person.locale
    if not g.access.allows(row.person.role if row else None):
        return _refuse(row)
    if row is not None and not isinstance(g.access.who, Public) and (answer := _ask_more(row)) is not None:
        return answer
    if row is not None and now - row.seen_at >= SEEN_EVERY:
        _note_seen(row)
    return None


def _refuse(row: StaffSession | None) -> BaseResponse | Response:
    if row is None and request.method in {"GET", "HEAD"}:
        return redirect(url_for("desk.people.sign_in", next=asked_page()))
    if row is None:
        abort(403, _("You are not signed in any more. Go back, sign in in another tab, and send the form again."))
    about: tuple[str, int] | None = current_app.extensions["refused_about"](request.view_args or {})
    note_refused_page(row.person, about, request.endpoint or "")
    abort(403, _("Your role does not include this page."))


def _ask_more(row: StaffSession) -> BaseResponse | None:
    """What stands between somebody who may and the page: the second factor of their role, or a fresh proof."""
    is_reading = request.method in {"GET", "HEAD"}
    if request.blueprint not in SETTING_UP and request.endpoint != "desk.people.sign_out" and lacks_factor(row.person):
        if is_reading:
            return redirect(url_for("desk.security.index"))
        abort(403, _("Your role needs a second factor. Set it up in another tab, then send the form again."))
    if g.access.fresh and not is_fresh(row, clock.now(), FRESH if is_reading else FRESH_TO_SEND):
        if is_reading:
            return redirect(url_for("desk.proof.index", next=asked_page()))
        abort(
            403,
            _("Please confirm that it is you: open this page in another tab, then go back and send the form again."),
        )
    return None


def lacks_factor(person: Person) -> bool:
    """Whether the site asks people of this role for a second factor and this one has none."""
    needing: list[str] = current_app.extensions["mail_site"]().second_factor_roles
    return person.role is not None and person.role.value in needing and not factors_of(person)


def _note_seen(row: StaffSession) -> None:
    """A page is not refused because "last seen" could not be written."""
    try:
        with writing(trace="last seen"):
            row.seen_at = clock.now()
    except sa.exc.OperationalError:
        log.warning("the database is busy: last seen was not written")


def asked_page() -> str:
    """The address of this page, to come back to."""
    return request.full_path.rstrip("?")


def may_try(email: str) -> bool:
    """Count one try. A try that one limit refuses does not count for the next, so one host cannot use up an account."""
    host = caller()
    if not (is_allowed(TRIES_OF_HOST, "sign-in host", host) and is_allowed(TRIES_HERE, "sign-in", email, host)):
        return False
    if is_used_up(KNOWN_HOST, "sign-in known", email, host):
        return True
    return is_allowed(TRIES_OF_ACCOUNT, "sign-in account", email) and is_allowed(TRIES_OF_ALL, "sign-in all")


def may_try_code(person: Person) -> bool:
    """Count one code of somebody who gave the right password; strangers elsewhere use up nothing of who signs in here."""
    host = caller()
    if is_used_up(KNOWN_HOST, "sign-in known", person.email or "", host):
        return is_allowed(CODES_HERE, "code here", str(person.id), host)
    return is_allowed(CODES_ELSEWHERE, "code", str(person.id))


def begin_second(person: Person, trace: str | None = None) -> None:
    """The password was right; what is still missing is asked for on the next page, and nothing opens before."""
    with writing(trace):
        token = begin_step(person, clock.now())
    cookie.clear()
    cookie["step"] = token


def current_step() -> SignInStep | None:
    """The half-done sign-in of this browser; the page then speaks the language of whoever it is."""
    step = sign_in_step(cookie.get("step"), clock.now())
    if step is not None and step.person is not None and step.person.locale in languages():
        g.language = step.person.locale
    return step


def open_desk(person: Person, way: str, rehashed: str | None = None, trace: str | None = None) -> None:
    """Begin a session with a new token; whatever the cookie held before opens nothing any more.

    `way` says for the audit log how it was proven, `rehashed` is the password's hash when the stored one is outdated,
    `trace` names the write where it happens on a GET.
    """
    before, step, now = g.staff_session, current_step(), clock.now()
    with writing(trace) as current:
        if before is not None:
            end_session(before, now)
        if step is not None:
            current.delete(step)
        if rehashed is not None:
            person.password_hash = rehashed
        token = begin_session(person, device_in_words(request.user_agent.string), now)
        record("sign_in.succeeded", ("person", person.id), person, way=way)
    cookie.clear()
    cookie["token"] = token
    log.info("person %d signed in", person.id)
    forget(TRIES_HERE, "sign-in", person.email or "", caller())
    is_allowed(KNOWN_HOST, "sign-in known", person.email or "", caller())


def note_refusal(person: Person | None, way: str, trace: str | None = None) -> None:
    """A sign-in failed: one entry in the audit log and one line in the log, alike for an address nobody has."""
    log.info("sign-in refused, request %s", g.request_id)
    with writing(trace):
        record("sign_in.refused", ("person", person.id) if person else None, way=way)


def party() -> Party | None:
    """The site for passkeys; None where there can be none: they belong to host names, and an IP address is none.

    A site on this machine is known by two names, of which one can have passkeys: who comes by `localhost` gets them.
    """
    site_url, name = str(current_app.config["SITE_URL"]), current_app.extensions["mail_site"]().name
    host = urlsplit(site_url).hostname or ""
    if host == "127.0.0.1" and urlsplit(request.host_url).hostname == "localhost":
        return Party("localhost", request.host_url.rstrip("/"), name)
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return Party(host, site_url, name)
    return None
