"""The demo's criteria, ratings and mail templates."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from jobboard.applications.actions_review import WantedCriterion, rate, set_review_rules
from jobboard.applications.models import Application
from jobboard.applications.queries_review import criteria_of
from jobboard.core import clock
from jobboard.core.db import session
from jobboard.mail.actions_templates import save_template
from jobboard.openings.models import JobOffer
from jobboard.people.models import Person
from jobboard.transfer.actions_demo_applications import moment


def put_criteria(data: Mapping[str, Any], offers: Mapping[str, JobOffer]) -> None:
    """What the applications of some openings are rated by."""
    for one in data["criteria"]:
        wanted = [WantedCriterion(label) for label in one["labels"]]
        set_review_rules(offers[one["opening"]].id, wanted, hides_names=one.get("hides_names", False))
    session().flush()


def put_ratings(
    data: Mapping[str, Any], rows: Mapping[str, Application], people: Mapping[str, Person], now: dt.datetime
) -> None:
    """Who gave what, at its moment in the past; a second rating by the same person changes the first."""
    for one in data["ratings"]:
        row = rows[one["application"]]
        numbers = [criterion.id for criterion in criteria_of(row.opening_id)]
        with clock.at(moment(now, one["days_ago"], one["time"])):
            rate(row, dict(zip(numbers, one["stars"], strict=True)), one.get("comment", ""), people[one["by"]])
        session().flush()


def put_templates(data: Mapping[str, Any], by: Person) -> None:
    """The words recruiters keep for mails."""
    for one in data["templates"]:
        words = {code: (one[code]["subject"], one[code]["body"]) for code in ("en", "de")}
        save_template(None, name=one["name"], words=words, by_id=by.id)
