"""The desk's door: signing in and out, and one's own sessions."""

from flask import Blueprint, Response, abort, g, redirect, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core import clock
from jobboard.core.i18n import languages
from jobboard.people.queries import staff_session

bp = Blueprint("people", __name__)


def guard() -> BaseResponse | Response | None:
    """Before every page of the desk: who is it, and may they? Nobody is asked to sign in, the wrong role is refused."""
    row = staff_session(cookie.get("token"), clock.now())
    g.staff_session, g.person = row, row.person if row else None
    if row is not None and row.person.locale in languages():
        g.language = row.person.locale
    if g.access.allows(row.person.role if row else None):
        return None
    if row is None and request.method == "GET":
        return redirect(url_for("desk.people.sign_in", next=request.full_path.rstrip("?")))
    abort(403)
