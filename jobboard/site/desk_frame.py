"""What stands around every page of the desk: where one can go, signing out, and what an admin must know."""

from typing import Any

from flask import current_app, g, request, url_for

from jobboard.core.access import Role, declared
from jobboard.core.forms import DeskForm
from jobboard.core.i18n import _, lazy, lazy_pgettext
from jobboard.site.models import PAGE_LABELS
from jobboard.site.queries import missing_pages

#: (text, endpoint, icon) in the order of the day's work; a person sees those their role may open.
PLACES = (
    (lazy("Applications"), "desk.applications.index", "inbox"),
    (lazy("Openings"), "desk.openings.index", "briefcase"),
    (lazy("Articles"), "desk.posts.index", "newspaper"),
    (lazy_pgettext("desk", "Mails"), "desk.mail.index", "mail"),
    (lazy("Staff"), "desk.staff.index", "users"),
    (lazy("Site"), "desk.site.index", "settings"),
    (lazy("Your account"), "desk.people.account", "user"),
)


def frame() -> dict[str, Any]:
    """What `desk/layout.html` needs on every page."""
    person = g.get("person")
    if person is None:
        return {}
    return {
        "desk_nav": [
            {"text": text, "url": url_for(endpoint), "icon": icon, "is_current": _is_under(endpoint)}
            for text, endpoint, icon in PLACES
            if _is_open(endpoint, person.role)
        ],
        "sign_out": {
            "url": url_for("desk.people.sign_out"),
            "csrf_token": DeskForm(formdata=None).csrf_token(id="sign-out-token"),
        },
        "desk_warnings": _warnings() if person.role is Role.admin else [],
    }


def _is_open(endpoint: str, role: Role) -> bool:
    declaration = declared(current_app, endpoint)
    return declaration is not None and declaration.allows(role)


def _is_under(endpoint: str) -> bool:
    place = "desk.people" if request.blueprint in {"desk.security", "desk.proof"} else request.blueprint
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
