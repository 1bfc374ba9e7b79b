"""An opening's facts as data that can be kept: for revisions, duplicates and templates."""

import datetime as dt
import enum
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from jobboard.core.db import session
from jobboard.core.i18n import _
from jobboard.openings.actions import (
    place_for,
    set_facts,
    set_language_needs,
    set_places,
    set_questions,
    set_remote_countries,
)
from jobboard.openings.markup_questions import asked_of
from jobboard.openings.models import CEFR, JobOffer, Question
from jobboard.people.models import Person
from jobboard.posts.markup_kinds import NotToBePut
from jobboard.posts.models import PostState

#: Columns by how their values come back from JSON.
AMOUNTS = ("weekly_hours", "pay_min", "pay_max")
CHOSEN = ("contract", "hours", "workplace", "level", "pay_period")
PLAIN = ("pay_currency", "pay_note", "contact_id", "apply_url", "organisation", "organisation_url", "response_days")


def taken_facts(offer: JobOffer) -> dict[str, Any]:
    """Everything an opening has beside its texts, byline and categories, fit for JSON."""
    columns = {name: _plain(getattr(offer, name)) for name in (*CHOSEN, *AMOUNTS, *PLAIN, "starts_on", "closes_at")}
    places = [row.place for row in offer.places]
    return {
        **columns,
        "places": [[place.country, place.region, place.city] for place in places],
        "remote_countries": sorted(row.country for row in offer.remote_countries),
        "languages": [[row.tag, row.level.value, row.is_required] for row in offer.language_needs],
        "questions": [
            {
                "key": row.key,
                "kind": row.kind.value,
                "required": row.is_required,
                "label": row.label,
                "help": row.help,
                "choices": row.choices,
                "knockout": row.knockout,
            }
            for row in offer.questions
        ],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, dt.date) else value


def put_facts(offer: JobOffer, facts: Mapping[str, Any]) -> None:
    """Write facts that were taken. The deadline stays: closing and reopening have ways of their own.

    A contact who is gone is left out. Raises `NotToBePut` where a public opening would ask what must not be asked.
    """
    amounts = {name: Decimal(facts[name]) if facts.get(name) else None for name in AMOUNTS}
    values = {name: facts.get(name) for name in (*CHOSEN, *PLAIN)} | amounts
    values["pay_note"] = facts.get("pay_note") or {}
    values["contact_id"] = _contact(facts.get("contact_id"))
    values["starts_on"] = dt.date.fromisoformat(facts["starts_on"]) if facts.get("starts_on") else None
    set_facts(offer, values)
    set_places(offer, [place_for(*parts) for parts in facts.get("places", ())])
    set_remote_countries(offer, facts.get("remote_countries", ()))
    set_language_needs(offer, [(tag, CEFR(level), must) for tag, level, must in facts.get("languages", ())])
    set_questions(offer, facts.get("questions", ()))
    if offer.state is PostState.published and any(map(_must_not_be_asked, offer.questions)):
        raise NotToBePut(_("This revision asks what must not be asked of applicants. Nothing was restored."))


def _must_not_be_asked(row: Question) -> bool:
    return bool(asked_of({"kind": row.kind, "label": row.label, "help": row.help, "choices": row.choices}))


def _contact(person_id: int | None) -> int | None:
    found = sa.select(Person.id).where(Person.id == person_id, Person.left_at.is_(None))
    return session().execute(found).scalar_one_or_none() if person_id else None
