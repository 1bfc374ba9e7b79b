"""Whose name a person sees: an opening may hide names until one has rated. Lists, board, search and exports ask here.

Hidden are the fields: name, address, telephone, and the names of documents. What somebody wrote or scanned stays as it is.
"""

from collections.abc import Callable, Collection, Iterable

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import aliased

from jobboard.applications.models import Application, Event, EventKind
from jobboard.applications.models_review import Criterion, Rating, Review, ReviewRules
from jobboard.core.db import session
from jobboard.core.i18n import _
from jobboard.mail.models import OutboxMail
from jobboard.people.models import Person


def name_is_shown(person: Person) -> sa.ColumnElement[bool]:
    """The condition under which this person sees who an `Application` is from; for searching and sorting by name.

    True where the opening hides no names, where the person has rated by every criterion of the opening, or where somebody
    who hires has lifted it.
    """
    rules, event = aliased(ReviewRules), aliased(Event)
    hides = sa.exists().where(rules.offer_id == Application.opening_id, rules.hides_names)
    lifted = sa.exists().where(event.application_id == Application.id, event.kind == EventKind.names_shown)
    return sa.or_(~hides.correlate(Application), lifted.correlate(Application), has_rated(person))


def has_rated(person: Person) -> sa.ColumnElement[bool]:
    """The condition under which this person has rated an `Application` by every criterion of its opening."""
    criterion, review, rating = aliased(Criterion), aliased(Review), aliased(Rating)
    is_own = sa.and_(review.application_id == Application.id, review.by_id == person.id)
    given = sa.exists().where(rating.review_id == review.id, rating.criterion_id == criterion.id, is_own)
    missing = sa.exists().where(criterion.offer_id == Application.opening_id, ~given.correlate(Application, criterion))
    return sa.and_(sa.exists().where(is_own).correlate(Application), ~missing.correlate(Application))


def hidden_of(ids: Collection[int], person: Person) -> frozenset[int]:
    """Which of these applications' names this person does not see; one query for any number of them."""
    if not ids:
        return frozenset()
    statement = sa.select(Application.id).where(Application.id.in_(ids), ~name_is_shown(person))
    rows = session().execute(statement.execution_options(scope=f"person {person.id}"))
    return frozenset(rows.scalars())


def shown_names(rows: Iterable[Application], person: Person) -> dict[int, str]:
    """By id what these applications are called for this person: the applicant's name, or "Application 12"; one query."""
    known = {row.id: row.name for row in rows}
    hidden = hidden_of(known, person)
    return {number: number_name(number) if number in hidden else name for number, name in known.items()}


def shown_name(row: Application, person: Person) -> str:
    """What one application is called for this person; for several there is `shown_names`."""
    return shown_names([row], person)[row.id]


def number_name(application_id: int) -> str:
    """What an application is called while its name is hidden."""
    return _("Application %(number)d", number=application_id)


def names_of_mails(mails: Iterable[OutboxMail], person: Person) -> dict[int, str]:
    """By id of a mail what the applicant it is about is called, for those whose name this person does not see yet.

    One query, and one for each kind of things with an application that mails are about (`mail_applications` of the app).
    """
    about: dict[int, int] = {}
    by_kind: dict[str, dict[int, int]] = {}
    for mail in mails:
        if mail.about_kind == "application" and mail.about_id:
            about[mail.id] = mail.about_id
        elif mail.about_kind and mail.about_id:
            by_kind.setdefault(mail.about_kind, {})[mail.id] = mail.about_id
    applications: dict[str, Callable[[Collection[int], Person], dict[int, int]]]
    applications = current_app.extensions["mail_applications"]
    for kind in by_kind.keys() & applications.keys():
        found = applications[kind](set(by_kind[kind].values()), person)
        about |= {mail_id: found[number] for mail_id, number in by_kind[kind].items() if number in found}
    hidden = hidden_of(set(about.values()), person)
    return {mail_id: number_name(number) for mail_id, number in about.items() if number in hidden}
