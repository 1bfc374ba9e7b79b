"""What inbox, board and bulk pages show of applications: rows, chips, tabs, and the way back to the list one came from."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

from flask import url_for

from jobboard.applications.models import MOVES, OPEN_STAGES, STAGE_LABELS, Application, Stage
from jobboard.applications.models_desk import SavedFilter, Tag
from jobboard.applications.queries_bounces import with_mails_back
from jobboard.applications.queries_inbox import ME, NOBODY, Inbox, Sort, inbox_at
from jobboard.applications.queries_list import Listed
from jobboard.applications.queries_names import shown_names
from jobboard.applications.queries_overdue import has_waited_too_long
from jobboard.core import i18n
from jobboard.core.i18n import _, ngettext, pgettext
from jobboard.openings.models import JobOffer
from jobboard.people.models import Person

#: What stands before the query in the parameter `from`: which list somebody came from.
INBOX, BOARD = "inbox", "board"
ENDPOINTS = {INBOX: "desk.applications.index", BOARD: "desk.applications.board"}


@dataclasses.dataclass(frozen=True)
class Row:
    """One application in a list."""

    id: int
    version: int
    name: str
    title: str
    url: str
    stage: Stage
    received_at: dt.datetime
    stage_since: dt.datetime
    is_untold: bool
    has_mail_back: bool
    is_unread: bool
    is_flagged: bool
    is_overdue: bool
    waiting: str
    tags: Sequence[str]
    assignees: Sequence[str]
    moves: Sequence[tuple[str, str]]


def rows_of(found: Sequence[Listed], person: Person, came_from: str, now: dt.datetime) -> list[Row]:
    """Rows for the templates, each with the address of its application that remembers the list; names as one may know them."""
    names = shown_names([one.application for one in found], person)
    back = with_mails_back(list(names), person)
    return [_row(one, names[one.application.id], one.application.id in back, came_from, now) for one in found]


def _row(one: Listed, name: str, has_mail_back: bool, came_from: str, now: dt.datetime) -> Row:
    row = one.application
    days = (now.astimezone(i18n.site_zone()).date() - row.stage_since.astimezone(i18n.site_zone()).date()).days
    return Row(
        id=row.id,
        version=row.version,
        name=name,
        title=row.opening.text(i18n.page_language()).title,
        url=_show_url(row, came_from),
        stage=row.stage,
        received_at=row.received_at,
        stage_since=row.stage_since,
        is_untold=row.is_untold,
        has_mail_back=has_mail_back,
        is_unread=one.is_unread,
        is_flagged=one.is_flagged,
        is_overdue=has_waited_too_long(row, now),
        waiting=ngettext("%(num)d day", "%(num)d days", days) if days else _("today"),
        tags=[tag.name for tag in one.tags],
        assignees=[person.name for person in one.assignees],
        moves=[(stage.value, str(STAGE_LABELS[stage])) for stage in row.moves],
    )


def _show_url(row: Application, came_from: str) -> str:
    values: dict[str, Any] = {"application_id": row.id, "from": came_from}
    return url_for("desk.applications.show", **values)


def came_from(which: str, inbox: Inbox) -> str:
    """The value of `from`: the list and its query, as `list_at` reads it."""
    return f"{which}?{inbox.address}"


def list_at(text: str) -> tuple[str, Inbox] | None:
    """The list (`INBOX` or `BOARD`) and the query somebody came from; None when the text names none."""
    which, mark, address = text.partition("?")
    return (which, inbox_at(address)) if mark and which in ENDPOINTS else None


def address_of(inbox: Inbox, which: str = INBOX) -> str:
    """The canonical address of a list."""
    query: dict[str, Any] = {**inbox.query()}
    return url_for(ENDPOINTS[which], **query)


@dataclasses.dataclass(frozen=True)
class Choices:
    """What can be chosen from in the filters."""

    openings: Sequence[JobOffer]
    tags: Sequence[Tag]
    people: Sequence[Person]
    person: Person

    def assignee_words(self, value: str) -> str:
        """An assignee as it is chosen."""
        names = {str(one.id): one.name for one in self.people}
        return {ME: _("Me"), NOBODY: pgettext("assignee", "Nobody")}.get(value) or names.get(value, value)

    def tag_words(self, key: str) -> str:
        """The name of a tag; its key when nobody has it any more."""
        return next((one.name for one in self.tags if one.key == key), key)


def chips(inbox: Inbox, choices: Choices, which: str = INBOX) -> list[dict[str, str]]:
    """What is asked for beside opening and stage, each with the address without it."""
    rows: list[tuple[str, str, Any]] = []
    if inbox.text:
        rows.append((_("“%(words)s”", words=inbox.text), "text", ""))
    if inbox.tag:
        rows.append((_("Tag: %(tag)s", tag=choices.tag_words(inbox.tag)), "tag", ""))
    if inbox.assignee:
        rows.append((_("Looked after by: %(name)s", name=choices.assignee_words(inbox.assignee)), "assignee", ""))
    words = {"unread": _("Unread"), "flagged": _("Answer to look at"), "overdue": _("Answer overdue")}
    rows += [(text, name, False) for name, text in words.items() if getattr(inbox, name)]
    return [{"text": text, "url": address_of(inbox.but(**{name: usual}), which)} for text, name, usual in rows]


def filter_words(inbox: Inbox, choices: Choices) -> str:
    """What a filter asks for, in words, for the name it is offered to be kept under.

    Not the words of a search: they may be somebody's name, which would stay here when everything else of them is gone.
    """
    titles = {offer.id: offer.text(i18n.page_language()).title for offer in choices.openings}
    parts = [titles.get(inbox.opening or 0, ""), str(STAGE_LABELS[inbox.stage]) if inbox.stage else ""]
    return ", ".join(filter(None, [*parts, *(chip["text"] for chip in chips(inbox.but(text=""), choices))]))[:80]


def stage_tabs(inbox: Inbox, by_stage: dict[Stage, int], suspects: int) -> list[dict[str, Any]]:
    """A tab for all, each open stage, those closed ones that hold something, and what waits apart."""
    stages: list[tuple[Stage | None, str, int]] = [(None, _("All"), sum(by_stage.values()))]
    stages += [(one, str(STAGE_LABELS[one]), count) for one, count in by_stage.items() if count or one in MOVES]
    tabs = [
        {
            "text": text,
            "count": count,
            "url": address_of(inbox.but(stage=one, apart=False)),
            "is_current": one is inbox.stage and not inbox.apart,
        }
        for one, text, count in stages
    ]
    if suspects or inbox.apart:
        url = address_of(Inbox(apart=True))
        tabs.append({"text": _("Programs?"), "count": suspects, "url": url, "is_current": inbox.apart})
    return tabs


def sorts(inbox: Inbox) -> list[dict[str, Any]]:
    """The orders there are."""
    words = {Sort.newest: _("Newest first"), Sort.waiting: _("Waiting longest")}
    return [
        {"text": text, "url": address_of(inbox.but(sort=sort)), "is_current": sort is inbox.sort}
        for sort, text in words.items()
    ]


def opening_choices(inbox: Inbox, choices: Choices, counts: dict[int, dict[Stage, int]]) -> list[dict[str, Any]]:
    """The openings with applications, with how many are open and how many there are."""
    return [
        {
            "id": offer.id,
            "title": offer.text(i18n.page_language()).title,
            "open": sum(count for one, count in counts[offer.id].items() if one in OPEN_STAGES),
            "all": sum(counts[offer.id].values()),
            "is_current": offer.id == inbox.opening,
        }
        for offer in choices.openings
    ]


def filter_links(rows: Sequence[SavedFilter], inbox: Inbox, person: Person, which: str = INBOX) -> list[dict[str, Any]]:
    """Kept filters as links; of a colleague's the name stands beside."""
    return [
        {
            "id": row.id,
            "text": row.name,
            "who": "" if row.person_id == person.id else row.person.name,
            "is_shared": row.is_shared,
            "url": address_of(inbox_at(row.query), which),
            "is_current": row.query == inbox.but().address,
        }
        for row in rows
    ]
