"""The facts of a revision in words, so that what changed can be read."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from jobboard.core import i18n
from jobboard.core.db import session
from jobboard.core.i18n import _, lazy
from jobboard.openings.models import (
    CONTRACT_LABELS,
    HOURS_LABELS,
    LEVEL_LABELS,
    PAY_PERIOD_LABELS,
    QUESTION_KIND_LABELS,
    WORKPLACE_LABELS,
)
from jobboard.people.models import Person


def fact_rows(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(label, words) of each fact in the order of the form; several words stand in lines of their own."""
    rows = [(str(label), words(facts.get(name))) for name, label, words in ROWS]
    return [*rows, (_("Questions to applicants"), "\n".join(_question(one) for one in facts.get("questions", ())))]


def _chosen(labels: Mapping[Any, Any]) -> Callable[[Any], str]:
    words = {member.value: text for member, text in labels.items()}
    return lambda value: str(words.get(value, ""))


def _as_is(value: Any) -> str:
    return "" if value is None else str(value)


def _number(value: str | None) -> str:
    return i18n.number(Decimal(value)) if value else ""


def _day(value: str | None) -> str:
    return i18n.day(dt.date.fromisoformat(value)) if value else ""


def _moment(value: str | None) -> str:
    return i18n.short_moment(dt.datetime.fromisoformat(value)) if value else ""


def _texts(value: Mapping[str, str] | None) -> str:
    return "\n".join(f"{code}: {text}" for code, text in sorted((value or {}).items()))


def _places(value: list[list[str | None]] | None) -> str:
    return "\n".join(
        ", ".join(filter(None, (city, region, country and i18n.country_name(country))))
        for country, region, city in value or ()
    )


def _countries(value: list[str] | None) -> str:
    return "\n".join(i18n.country_name(code) for code in value or ())


def _languages(value: list[tuple[str, str, bool]] | None) -> str:
    needs = {True: _("Required"), False: _("Nice to have")}
    return "\n".join(f"{i18n.language_name(tag)} {level}, {needs[must]}" for tag, level, must in value or ())


def _contact(value: int | None) -> str:
    person = session().get(Person, value) if value else None
    return person.name if person is not None else ""


def _question(question: Mapping[str, Any]) -> str:
    kinds = {kind.value: str(label) for kind, label in QUESTION_KIND_LABELS.items()}
    must = f", {_('Must be answered')}" if question.get("required") else ""
    lines = [f"{_texts(question['label'])} ({kinds[question['kind']]}{must})", _texts(question.get("help"))]
    lines += [f"- {_texts(choice['label'])}" for choice in question.get("choices") or ()]
    return "\n".join(filter(None, lines))


#: In the order of the form: name, label, and how its value reads.
ROWS: tuple[tuple[str, Any, Callable[[Any], str]], ...] = (
    ("contract", lazy("Contract"), _chosen(CONTRACT_LABELS)),
    ("level", lazy("Level"), _chosen(LEVEL_LABELS)),
    ("hours", lazy("Hours"), _chosen(HOURS_LABELS)),
    ("weekly_hours", lazy("Hours a week"), _number),
    ("starts_on", lazy("Start"), _day),
    ("pay_min", lazy("Pay from"), _number),
    ("pay_max", lazy("Pay to"), _number),
    ("pay_currency", lazy("Currency"), _as_is),
    ("pay_period", lazy("Period"), _chosen(PAY_PERIOD_LABELS)),
    ("pay_note", lazy("About the pay"), _texts),
    ("workplace", lazy("Workplace"), _chosen(WORKPLACE_LABELS)),
    ("places", lazy("Places"), _places),
    ("remote_countries", lazy("Remote from"), _countries),
    ("languages", lazy("Languages"), _languages),
    ("closes_at", lazy("Apply by"), _moment),
    ("contact_id", lazy("Contact"), _contact),
    ("response_days", lazy("Answer within (days)"), _as_is),
    ("apply_url", lazy("Applications go to"), _as_is),
    ("organisation", lazy("Employer"), _as_is),
    ("organisation_url", lazy("Web address of the employer"), _as_is),
)
