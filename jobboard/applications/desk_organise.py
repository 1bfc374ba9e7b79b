"""What stands beside one application for keeping order: its tags, who looks after it, and the way on in the list."""

import dataclasses
from typing import Any

from flask import g, request, url_for

from jobboard.applications.forms_inbox import AssigneesForm, TagsForm
from jobboard.applications.markup_inbox import address_of, list_at
from jobboard.applications.models import Application
from jobboard.applications.queries_list import all_tags, assignees_of, neighbours, tags_of
from jobboard.applications.queries_people import readers_of
from jobboard.core import clock
from jobboard.core.access import HIRING
from jobboard.core.forms import DeskForm
from jobboard.people.models import Person


@dataclasses.dataclass(frozen=True)
class Organised:
    """What `_organise.html` shows."""

    way: dict[str, str | None]
    assignees: list[str]
    tags: list[str]
    tags_form: DeskForm | None
    assignees_form: DeskForm | None
    known_tags: list[str]


def organised(row: Application, tags_form: DeskForm | None, assignees_form: DeskForm | None) -> Organised:
    """Everything `_organise.html` needs, with forms that were sent; only those who hire get the forms."""
    people = assignees_of([row.id]).get(row.id, [])
    if g.person.role not in HIRING:
        return Organised(_way(row), [one.name for one in people], [], None, None, [])
    tags = [one.name for one in tags_of([row.id], g.person).get(row.id, [])]
    return Organised(
        _way(row),
        [one.name for one in people],
        tags,
        tags_form or TagsForm(formdata=None, tags=", ".join(tags)),
        assignees_form or _assignees_form(row, people),
        [one.name for one in all_tags()],
    )


def _assignees_form(row: Application, people: list[Person]) -> AssigneesForm:
    form = AssigneesForm(formdata=None, people=[one.id for one in people])
    form.people.choices = [(one.id, one.name) for one in readers_of([row.opening_id])]
    return form


def _way(row: Application) -> dict[str, str | None]:
    """The addresses of the list somebody came from and of the applications before and after this one in it."""
    text = request.args.get("from", "")
    found = list_at(text)
    if found is None:
        return {}
    which, inbox = found
    around = neighbours(row, inbox, g.person, clock.now())
    previous_url, next_url = (_url(one, text) for one in around)
    return {"list": address_of(inbox, which), "which": which, "previous": previous_url, "next": next_url}


def _url(application_id: int | None, text: str) -> str | None:
    values: dict[str, Any] = {"from": text}
    return url_for("desk.applications.show", application_id=application_id, **values) if application_id else None
