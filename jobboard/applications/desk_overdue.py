"""Whose answer is overdue, and whose is due next."""

from flask import Blueprint, g, render_template, request, url_for

from jobboard.applications.queries_names import shown_names
from jobboard.applications.queries_overdue import overdue_page, soon_rows
from jobboard.core import clock
from jobboard.core.access import READING, access
from jobboard.core.db import page_number

bp = Blueprint("overdue", __name__, url_prefix="/overdue")


@bp.get("/")
@access(READING)
def index() -> str:
    """Applications whose response promise is broken, the oldest first, and those that are due in the next days."""
    now, number = clock.now(), page_number(request.args.get("page"))
    page = overdue_page(g.person, now, number, lambda wanted: url_for("desk.overdue.index", page=wanted))
    soon = soon_rows(g.person, now)
    names = shown_names([one.application for one in (*page.items, *soon)], g.person)
    return render_template("desk/overdue/index.html", page=page, soon=soon, names=names)
