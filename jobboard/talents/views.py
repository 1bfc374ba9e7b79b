"""The page behind "I do not want this" in a mail to somebody of the talent pool."""

from flask import Blueprint, Response, abort, render_template, request

from jobboard.applications.queries_erasing import retention
from jobboard.core.access import Public, access
from jobboard.core.db import writing
from jobboard.core.web import private_page
from jobboard.talents.actions import leave
from jobboard.talents.queries import contact_by_link

bp = Blueprint("talents", __name__)


@bp.route("/<language:language>/talents/leave/<token>/", methods=["GET", "POST"])
@access(Public.link, writes=True)
def leave_pool(token: str) -> Response:
    """Ask first, then end it: a mail scanner that looks at the link changes nothing. Again harms nothing."""
    contact = contact_by_link(token) or abort(404)
    is_done = request.method == "POST"
    if is_done:
        with writing():
            leave(contact)
    return private_page(render_template("talents/leave_pool.html", is_done=is_done, days=retention().days))
