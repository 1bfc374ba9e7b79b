"""The inbox: what came, what waits, what is new, and the filters, tags, people and mentions that keep it in order."""

from typing import Any

import sqlalchemy as sa
from flask import current_app, flash, g, redirect, render_template, request, url_for
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response as BaseResponse

from jobboard.applications.actions_organise import save_filter, set_assignees, set_tags
from jobboard.applications.desk import bp
from jobboard.applications.desk_screen import application_or_404, screen
from jobboard.applications.forms_inbox import AssigneesForm, SaveFilterForm, TagsForm
from jobboard.applications.markup_inbox import (
    BOARD,
    INBOX,
    Choices,
    address_of,
    came_from,
    chips,
    filter_links,
    filter_words,
    opening_choices,
    rows_of,
    sorts,
    stage_tabs,
)
from jobboard.applications.models import MOVES, STAGE_LABELS, Note, Stage
from jobboard.applications.models_desk import Mention, SavedFilter
from jobboard.applications.queries import PER_PAGE, count_of_suspects, counts_by_opening, openings_with_titles
from jobboard.applications.queries_inbox import ME, NOBODY, Inbox, inbox_at, inbox_of
from jobboard.applications.queries_list import (
    all_tags,
    count_of_new_mentions,
    counts_by_stage,
    listed,
    mentions,
    saved_filters,
)
from jobboard.applications.queries_names import shown_names
from jobboard.applications.queries_people import everybody_reading, readers_of
from jobboard.core import clock
from jobboard.core.access import HIRING, READING, access
from jobboard.core.db import Page, first_or_404, page_number, session, writing
from jobboard.core.forms import DeskForm, checked_button
from jobboard.core.i18n import _
from jobboard.core.web import own_path, see

#: Where chosen applications are exported, where there is such a page.
EXPORT = "desk.applications.export"


@bp.get("/")
@access(READING)
def index() -> str:
    """The applications one may see, as the address asks for them."""
    return _inbox_page()


@bp.post("/filters/")
@access(READING, writes=True)
def keep_filter() -> BaseResponse | tuple[str, int]:
    """Keep what the inbox shows under a name."""
    form = SaveFilterForm()
    inbox = inbox_at(form.query.data or "").but()
    if not form.validate_on_submit():
        return _inbox_page(inbox, form), 422
    with writing():
        is_shared = bool(form.is_shared.data) and g.person.role in HIRING
        save_filter(g.person, form.name.data or "", inbox.address, is_shared=is_shared)
    flash(_("The filter is kept."))
    return see(address_of(inbox))


@bp.post("/filters/<int:filter_id>/drop/")
@access(READING, writes=True)
def drop_filter(filter_id: int) -> BaseResponse:
    """Forget one of one's own filters; somebody else's looks as if it never was."""
    checked_button()
    row = first_or_404(sa.select(SavedFilter).where(SavedFilter.id == filter_id, SavedFilter.person_id == g.person.id))
    back = address_of(inbox_at(row.query))
    with writing() as current:
        current.delete(row)
    flash(_("The filter is gone."))
    return see(back)


@bp.get("/mentions/")
@access(READING)
def mentioned() -> str:
    """Where somebody called this person by name; what they have not opened stands first."""
    counted = mentions(g.person).with_only_columns(sa.func.count())
    number = page_number(request.args.get("page"))
    parts = (selectinload(Mention.note).joinedload(Note.by), selectinload(Mention.application))
    statement = mentions(g.person).order_by(Mention.read_at.is_not(None), Mention.id.desc()).options(*parts)
    rows = list(session().execute(statement.offset((number - 1) * PER_PAGE).limit(PER_PAGE)).scalars())
    total = session().execute(counted).scalar_one()
    page = Page(rows, number, PER_PAGE, total, lambda one: url_for("desk.applications.mentioned", page=one))
    names = shown_names([one.application for one in rows], g.person)
    return render_template("desk/applications/mentioned.html", page=page, names=names)


@bp.post("/<int:application_id>/tags/")
@access(HIRING, writes=True)
def tag_application(application_id: int) -> BaseResponse | tuple[str, int]:
    """Write down the tags of an application."""
    row, form = application_or_404(application_id), TagsForm()
    if not form.validate_on_submit():
        return screen(row, tags_form=form), 422
    with writing():
        set_tags(row, form.names, g.person)
    return see(url_for("desk.applications.show", application_id=row.id))


@bp.post("/<int:application_id>/assignees/")
@access(HIRING, writes=True)
def assign_application(application_id: int) -> BaseResponse | tuple[str, int]:
    """Choose who looks after an application, of those who may see it."""
    row, form = application_or_404(application_id), AssigneesForm()
    people = readers_of([row.opening_id])
    form.people.choices = [(one.id, one.name) for one in people]
    if not form.validate_on_submit():
        return screen(row, assignees_form=form), 422
    chosen = set(form.people.data or [])
    with writing():
        set_assignees(row, [one for one in people if one.id in chosen], g.person)
    return see(url_for("desk.applications.show", application_id=row.id))


@bp.get("/go/")
@access(READING)
def go() -> BaseResponse:
    """A filter form: to the canonical address of what it asks for, so that every view has one."""
    which = BOARD if request.args.get("view") == BOARD else INBOX
    return redirect(own_path(address_of(inbox_of(request.args), which), url_for("desk.applications.index")))


def choices_of(counts: dict[int, dict[Stage, int]]) -> Choices:
    """What a person can choose from in the filters of inbox and board."""
    is_hiring = g.person.role in HIRING
    people = everybody_reading() if is_hiring else [g.person]
    return Choices(openings_with_titles(list(counts)), all_tags() if is_hiring else [], people, g.person)


def filter_fields(inbox: Inbox, choices: Choices, counts: dict[int, dict[Stage, int]], which: str) -> dict[str, Any]:
    """What `_filters.html` needs."""
    names = [(ME, choices.assignee_words(ME)), (NOBODY, choices.assignee_words(NOBODY))]
    names += [(str(one.id), one.name) for one in choices.people if one.id != g.person.id]
    return {
        "which": which,
        "inbox": inbox,
        "openings": opening_choices(inbox, choices, counts),
        "tags": [(one.key, one.name) for one in choices.tags],
        "people": names,
        "chips": chips(inbox, choices, which),
        "clear_url": address_of(Inbox(opening=inbox.opening, stage=inbox.stage), which),
    }


def _export_url(inbox: Inbox) -> str:
    """Where everything the inbox shows is exported, on all its pages."""
    query: dict[str, Any] = {**inbox.but(page=1).query()}
    return url_for(EXPORT, **query)


def bulk_choices() -> list[tuple[str, str]]:
    """What can be done with several applications: (value, words)."""
    stages = [stage for stage in Stage if any(stage in ends for ends in MOVES.values())]
    moves = [(f"move-{stage.value}", _("Move to “%(stage)s”", stage=STAGE_LABELS[stage])) for stage in stages]
    found = [*moves, ("tag", _("Add tags")), ("assign", _("Let somebody look after them")), ("mail", _("Write a mail"))]
    return [*found, ("export", _("Export"))] if EXPORT in current_app.view_functions else found


def _inbox_page(inbox: Inbox | None = None, form: SaveFilterForm | None = None) -> str:
    now, counts = clock.now(), counts_by_opening(g.person)
    inbox = inbox or inbox_of(request.args)
    if inbox.opening not in counts:
        inbox = inbox.but(opening=None, page=inbox.page)
    choices, suspects = choices_of(counts), count_of_suspects(g.person)
    by_stage = counts_by_stage(inbox.but(apart=False), g.person, now)
    counted = counts_by_stage(inbox, g.person, now) if inbox.apart else by_stage
    total = counted[inbox.stage] if inbox.stage else sum(counted.values())
    rows = rows_of(listed(inbox, g.person, now), g.person, came_from(INBOX, inbox), now)
    return render_template(
        "desk/applications/index.html",
        page=Page(rows, inbox.page, PER_PAGE, total, lambda number: address_of(inbox.but(page=number))),
        tabs=stage_tabs(inbox, by_stage, suspects),
        sorts=sorts(inbox),
        filters=filter_fields(inbox, choices, counts, INBOX),
        kept=filter_links(saved_filters(g.person), inbox, g.person),
        save_form=form or SaveFilterForm(formdata=None, query=inbox.but().address, name=filter_words(inbox, choices)),
        plain_form=DeskForm(formdata=None),
        mentions=count_of_new_mentions(g.person),
        is_empty=not counts and not suspects,
        came_from=came_from(INBOX, inbox),
        bulk=bulk_choices() if g.person.role in HIRING and not inbox.apart else [],
        board_url=address_of(inbox.but(stage=None, apart=False), BOARD),
        export_url=_export_url(inbox) if g.person.role in HIRING else None,
    )
