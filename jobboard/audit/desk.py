"""Who saw and did what, for admins."""

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any

from flask import Blueprint, Response, current_app, g, render_template, request, url_for

from jobboard.audit.actions import record
from jobboard.audit.models import ACTIONS, DETAILS, UNSHOWN, WORDS, AuditEntry
from jobboard.audit.queries import KEPT, Asked, count_of, entries, head, in_order
from jobboard.core import i18n
from jobboard.core.access import Role, access
from jobboard.core.cells import csv_answer
from jobboard.core.db import Page, page_number, row_number, session, writing
from jobboard.core.i18n import _, lazy, lazy_pgettext, pgettext

bp = Blueprint("audit", __name__, url_prefix="/audit")

ADMINS = frozenset({Role.admin})
PER_PAGE = 50
HEADINGS = (
    lazy_pgettext("audit", "Number"),
    lazy_pgettext("audit", "When"),
    lazy_pgettext("audit", "Who"),
    lazy_pgettext("audit", "What"),
    lazy_pgettext("audit", "About"),
    lazy_pgettext("audit", "More"),
    lazy_pgettext("audit", "Chain"),
)
#: What entries are about, in words with the number.
ABOUT = {
    "application": lazy("Application"),
    "opening": lazy("Opening"),
    "person": lazy("Person"),
    "mail": lazy("Mail"),
    "invitation": lazy("Invitation"),
}
#: Details that hold ids of persons.
PEOPLE = {"added", "people"}


@dataclasses.dataclass(frozen=True)
class Line:
    """One entry in words."""

    entry: AuditEntry
    who: str
    what: str
    about: str
    url: str | None
    more: str


@bp.get("/")
@access(ADMINS)
def index() -> str:
    """The entries somebody asks for, the newest first."""
    names = _names()
    asked, number = asked_for(request.args, names), page_number(request.args.get("page"))
    statement = entries(asked)
    rows = session().execute(statement.offset((number - 1) * PER_PAGE).limit(PER_PAGE)).scalars()
    query: dict[str, Any] = {name: value for name, value in request.args.items() if value and name != "page"}
    lines = [_line(entry, names) for entry in rows]
    page = Page(lines, number, PER_PAGE, count_of(statement), lambda n: url_for("desk.audit.index", **query, page=n))
    return render_template(
        "desk/audit/index.html",
        page=page,
        query=query,
        names=sorted(names.items(), key=lambda one: one[1].casefold()),
        actions=sorted(((key, str(words)) for key, words in ACTIONS.items()), key=lambda one: one[1].casefold()),
        kinds=ABOUT,
        head=head()[1],
        years=KEPT.days // 365,
        csv_url=url_for("desk.audit.export", **query),
    )


@bp.get("/export/")
@access(ADMINS, trace="audit")
def export() -> Response:
    """The same entries as CSV, all pages of them."""
    names = _names()
    statement = entries(asked_for(request.args, names))
    count = count_of(statement)
    with writing(trace="audit"):
        record("audit.exported", None, g.person, count=count)
    return csv_answer("audit-log.csv", _cells(statement, names))


def asked_for(args: Any, names: dict[int, str]) -> Asked:
    """What an address asks for; what it says wrongly is left out."""
    person, action, kind = row_number(args.get("person")), args.get("action"), args.get("about")
    since, until = _day(args.get("since")), _day(args.get("until"))
    return Asked(
        by_id=person if person in names else None,
        action=action if action in ACTIONS else None,
        about_kind=kind if kind in ABOUT else None,
        about_id=row_number(args.get("number")) if kind in ABOUT else None,
        since=since,
        until=i18n.midnight_after(until) if until else None,
    )


def _names() -> dict[int, str]:
    """Everybody's name by id; the room of people gives them."""
    found: Callable[[], dict[int, str]] = current_app.extensions["audit_names"]
    return found()


def _line(entry: AuditEntry, names: dict[int, str]) -> Line:
    kind, subject = entry.about_kind, entry.about_id
    pages: dict[str, tuple[str, str]] = current_app.extensions["audit_pages"]
    about = str(ABOUT.get(kind, kind)) if kind else ""
    url = None
    if subject is not None:
        about = f"{about} {subject}"
        if kind in pages:
            endpoint, argument = pages[kind]
            values: dict[str, Any] = {argument: subject}
            url = url_for(endpoint, **values)
    who = names.get(entry.by_id, "") if entry.by_id is not None else _("The software")
    return Line(entry, who, str(ACTIONS.get(entry.action, entry.action)), about, url, _more(entry, names))


def _more(entry: AuditEntry, names: dict[int, str]) -> str:
    """The details in words; an erasure says how many entries it took, not all of their numbers."""
    if entry.salt is None:
        return _("Its content was deleted.")
    details: dict[str, Any] = {name: value for name, value in (entry.details or {}).items() if value is not None}
    return ", ".join(
        f"{DETAILS.get(name, name)}: {_said(name, value, names)}"
        for name, value in details.items()
        if name not in UNSHOWN
    )


def _said(name: str, value: Any, names: dict[int, str]) -> str:
    """The value of a detail in words."""
    if name == "entries":
        return i18n.number(len(value))
    if name in PEOPLE:
        ids = value if isinstance(value, list) else [value]
        return i18n.listed(names.get(one, one) for one in ids) or pgettext("audit", "nobody")
    if name == "page":
        return _address(value)
    return _in_words(value) if isinstance(value, str) else str(value)


def _in_words(value: str) -> str:
    """A value by its words; what is about a text in one language ("title-de") has the language behind them."""
    words: dict[str, Any] = {**WORDS, **current_app.extensions["audit_words"]}
    start, _dash, language = value.partition("-")
    if value not in words and start in words:
        return f"{words[start]} ({language})"
    return str(words.get(value, value))


def _address(endpoint: str) -> str:
    """What the address bar showed of a page, without its numbers; an endpoint is no word of anybody's language."""
    rules = current_app.url_map.iter_rules(endpoint) if endpoint in current_app.view_functions else iter(())
    return next((re.sub("<[^>]+>", "…", rule.rule) for rule in rules), "–")


def _cells(statement: Any, names: dict[int, str]) -> Iterator[list[object]]:
    yield [str(one) for one in HEADINGS]
    for entry in in_order(statement):
        line = _line(entry, names)
        yield [entry.number, entry.at, line.who, line.what, line.about, line.more, entry.chain]


def _day(text: str | None) -> dt.datetime | None:
    """The first moment of a day of the site's zone."""
    try:
        day = dt.date.fromisoformat(text or "")
    except ValueError:
        return None
    return dt.datetime.combine(day, dt.time(), i18n.site_zone()).astimezone(dt.UTC) if 1900 < day.year < 3000 else None
