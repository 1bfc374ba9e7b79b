"""The board: a column for each open stage. A card goes on by dragging, by its menu, or by a plain button."""

import re
from typing import Any

from flask import abort, flash, g, render_template, request
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response as BaseResponse

from jobboard.applications.actions import IllegalMove, move
from jobboard.applications.desk import bp
from jobboard.applications.desk_inbox import choices_of, filter_fields
from jobboard.applications.desk_screen import application_or_404
from jobboard.applications.markup_inbox import (
    BOARD,
    Row,
    address_of,
    came_from,
    filter_links,
    rows_of,
)
from jobboard.applications.models import MOVES, OPEN_STAGES, STAGE_LABELS, Application, Stage
from jobboard.applications.queries import counts_by_opening
from jobboard.applications.queries_inbox import Inbox, inbox_of
from jobboard.applications.queries_list import columns_of, count_of_new_mentions, counts_by_stage, saved_filters
from jobboard.applications.queries_names import shown_name
from jobboard.core import clock
from jobboard.core.access import HIRING, READING, access
from jobboard.core.db import session, writing
from jobboard.core.forms import DeskForm
from jobboard.core.i18n import _
from jobboard.core.web import see

#: Cards of a column at first, and with every step more.
STEP, MOST = 50, 1000


@bp.get("/board/")
@access(READING)
def board() -> str:
    """The open applications by stage, of all openings or one."""
    return _board_page(inbox_of(request.args))


@bp.post("/board/")
@access(HIRING, writes=True)
def move_card() -> BaseResponse | tuple[str, int]:
    """Move one card. When somebody else moved it in the meantime nothing is overwritten, and the board says where it is."""
    found = re.fullmatch(r"([0-9]{1,9}):([0-9]{1,9}):([a-z]{1,20})", request.form.get("move", ""))
    if not DeskForm().validate_on_submit() or found is None or found[3] not in {one.value for one in Stage}:
        abort(400)
    row, to_stage, inbox = application_or_404(int(found[1])), Stage(found[3]), inbox_of(request.args)
    try:
        with writing():
            if int(found[2]) != row.version:
                raise StaleDataError
            move(row, to_stage, g.person)
    except (StaleDataError, IllegalMove):
        session().refresh(row)
        return _board_page(inbox, (row, to_stage)), 409
    flash(_("%(name)s: moved to “%(stage)s”.", name=shown_name(row, g.person), stage=STAGE_LABELS[to_stage]))
    return see(address_of(inbox, BOARD) + _more_words())


def _more_words() -> str:
    """What was shown more of stays so after a move."""
    words = "&".join(f"more={stage.value}-{count}" for stage, count in _most().items() if count > STEP)
    mark = "&" if inbox_of(request.args).address else "?"
    return f"{mark}{words}" if words else ""


def _most() -> dict[Stage, int]:
    """How many cards of each column are shown: `more=received-100`."""
    most = dict.fromkeys(OPEN_STAGES, STEP)
    for text in request.args.getlist("more"):
        name, _dash, count = text.partition("-")
        if name in {one.value for one in OPEN_STAGES} and re.fullmatch(r"[0-9]{1,4}", count):
            most[Stage(name)] = min(max(int(count), STEP), MOST)
    return most


def _board_page(inbox: Inbox, late: tuple[Application, Stage] | None = None) -> str:
    now, counts, most = clock.now(), counts_by_opening(g.person), _most()
    inbox = Inbox(**{**vars(inbox), "stage": None, "apart": False, "page": 1})
    if inbox.opening not in counts:
        inbox = inbox.but(opening=None)
    choices, by_stage = choices_of(counts), counts_by_stage(inbox, g.person, now)
    rows = rows_of(columns_of(inbox, g.person, now, most), g.person, came_from(BOARD, inbox), now)
    return render_template(
        "desk/applications/board.html",
        columns=[_column(stage, rows, by_stage[stage], inbox, most) for stage in OPEN_STAGES],
        closed=[
            {
                "value": stage.value,
                "text": STAGE_LABELS[stage],
                "count": by_stage[stage],
                "url": _list_url(inbox, stage),
            }
            for stage in Stage
            if stage not in MOVES
        ],
        filters=filter_fields(inbox, choices, counts, BOARD),
        kept=filter_links(saved_filters(g.person), inbox, g.person, BOARD),
        plain_form=DeskForm(formdata=None),
        mentions=count_of_new_mentions(g.person),
        late={
            "name": shown_name(late[0], g.person),
            "now": STAGE_LABELS[late[0].stage],
            "wanted": STAGE_LABELS[late[1]],
        }
        if late
        else None,
        may_move=g.person.role in HIRING,
        came_from=came_from(BOARD, inbox),
        action=address_of(inbox, BOARD) + _more_words(),
        list_url=address_of(inbox),
        has_titles=inbox.opening is None,
        is_empty=not counts,
    )


def _list_url(inbox: Inbox, stage: Stage) -> str:
    return address_of(inbox.but(stage=stage))


def _column(stage: Stage, rows: list[Row], total: int, inbox: Inbox, most: dict[Stage, int]) -> dict[str, Any]:
    """A column with its cards, and the address that shows more of it."""
    cards = [row for row in rows if row.stage is stage]
    more = {**most, stage: most[stage] + STEP}
    words = "&".join(f"more={one.value}-{count}" for one, count in more.items() if count > STEP)
    mark = "&" if inbox.address else "?"
    return {
        "value": stage.value,
        "text": STAGE_LABELS[stage],
        "count": total,
        "cards": cards,
        "more_url": f"{address_of(inbox, BOARD)}{mark}{words}#stage-{stage.value}" if total > len(cards) else None,
        "list_url": _list_url(inbox, stage),
    }
