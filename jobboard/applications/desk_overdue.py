"""Whose answer is overdue, and whose is due next."""

import datetime as dt

from flask import Blueprint, g, render_template, request, url_for

from jobboard.applications.queries_list import assignees_of
from jobboard.applications.queries_names import shown_names
from jobboard.applications.queries_overdue import count_of_overdue, overdue_page, soon_rows
from jobboard.core import clock
from jobboard.core.access import READING, access
from jobboard.core.db import page_number
from jobboard.core.i18n import _

bp = Blueprint("overdue", __name__, url_prefix="/overdue")


@bp.get("/")
@access(READING)
def index() -> str:
    """Applications whose response promise is broken, the oldest first, and those due in the next days: all, or one's own."""
    now, number, is_mine = clock.now(), page_number(request.args.get("page")), request.args.get("mine") == "1"
    mine = 1 if is_mine else None
    page = overdue_page(
        g.person, now, number, lambda wanted: url_for("desk.overdue.index", mine=mine, page=wanted), is_mine=is_mine
    )
    soon = soon_rows(g.person, now, is_mine=is_mine)
    rows = [one.application for one in (*page.items, *soon)]
    return render_template(
        "desk/overdue/index.html",
        page=page,
        soon=soon,
        names=shown_names(rows, g.person),
        assignees=assignees_of([row.id for row in rows]),
        tabs=_tabs(now, is_mine=is_mine),
        is_mine=is_mine,
    )


def _tabs(now: dt.datetime, *, is_mine: bool) -> list[tuple[str, str, int, bool]]:
    """(words, address, number of applications, is current) of everything a person sees, and of what they look after."""
    return [
        (_("All"), url_for("desk.overdue.index"), count_of_overdue(g.person, now), not is_mine),
        (_("Mine"), url_for("desk.overdue.index", mine=1), count_of_overdue(g.person, now, is_mine=True), is_mine),
    ]
