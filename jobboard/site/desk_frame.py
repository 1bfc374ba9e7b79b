"""What stands around every page of the desk: where one can go, signing out, and what an admin must know."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app, g, request, url_for

from jobboard.core.access import Role, declared
from jobboard.core.forms import DeskForm
from jobboard.core.i18n import _, lazy, lazy_pgettext
from jobboard.people.models import Person
from jobboard.site.models import PAGE_LABELS
from jobboard.site.queries import missing_pages

#: (text, endpoint, icon) in the order of the day's work; a person sees those their role may open.
PLACES = (
    (lazy("Applications"), "desk.applications.index", "inbox"),
    (lazy("Overdue"), "desk.overdue.index", "hourglass"),
    (lazy("Interviews"), "desk.interviews.index", "calendar"),
    (lazy("Openings"), "desk.openings.index", "briefcase"),
    (lazy("Articles"), "desk.posts.index", "newspaper"),
    (lazy("Figures"), "desk.figures.index", "trending-up"),
)
#: What is not looked at every day stands folded.
MORE = (
    (lazy("Talent pool"), "desk.talents.index", "users"),
    (lazy_pgettext("desk", "Mails"), "desk.mail.index", "mail"),
    (lazy("Staff"), "desk.staff.index", "users"),
    (lazy("Site"), "desk.site.index", "settings"),
    (lazy("Audit log"), "desk.audit.index", "eye"),
    (lazy("Your account"), "desk.people.account", "user"),
)


#: By the endpoint of a place: how many things wait there for a person. Higher rooms know.
Counts = Mapping[str, Callable[[Person], int]]
Places = tuple[tuple[Any, str, str], ...]


def frame() -> dict[str, Any]:
    """What `desk/layout.html` needs on every page."""
    person = g.get("person")
    if person is None:
        return {}
    return {
        "desk_nav": _links(PLACES, person),
        "desk_more": _links(MORE, person),
        "sign_out": {
            "url": url_for("desk.people.sign_out"),
            "csrf_token": DeskForm(formdata=None).csrf_token(id="sign-out-token"),
        },
        "desk_keys": _keys(person.role) if person.has_keys else None,
        "desk_warnings": _warnings() if person.role is Role.admin else [],
    }


def _links(places: Places, person: Person) -> list[dict[str, Any]]:
    counts: Counts = current_app.extensions["desk_counts"]
    return [
        {
            "text": text,
            "url": url_for(endpoint),
            "icon": icon,
            "is_current": _is_under(endpoint),
            "count": counts[endpoint](person) if endpoint in counts else 0,
        }
        for text, endpoint, icon in places
        if person.role is not None and _is_open(endpoint, person.role)
    ]


def _is_open(endpoint: str, role: Role) -> bool:
    declaration = declared(current_app, endpoint)
    return declaration is not None and declaration.allows(role)


def _keys(role: Role) -> dict[str, str]:
    """The addresses that keys lead to (js/keys.js), of those a person may open."""
    places = {"help": "desk.keys.index", "inbox": "desk.applications.index", "board": "desk.applications.board"}
    return {name: url_for(endpoint) for name, endpoint in places.items() if _is_open(endpoint, role)}


def _is_under(endpoint: str) -> bool:
    place = "desk.people" if request.blueprint in {"desk.security", "desk.proof", "desk.profile"} else request.blueprint
    return place == endpoint.rpartition(".")[0]


def _warnings() -> list[dict[str, str]]:
    """What the operator has not set up yet, as sentence and address of the page that mends it ("" where none does)."""
    found = [
        {
            "text": _("The page “%(page)s” is missing. The law asks for it.", page=PAGE_LABELS[kind]),
            "url": url_for("desk.site.page", kind=kind.value, locale=g.language),
        }
        for kind in missing_pages()
    ]
    if current_app.extensions["mail_transport"] is None:
        found.append({"text": _("There is no mail server: mails are kept, but nobody gets them."), "url": ""})
    return found
