"""An application in words, for its applicant and for staff."""

import dataclasses
import datetime as dt
from typing import Any

from jobboard.applications.markup_names import Face
from jobboard.applications.models import STAGE_LABELS, Application, Event, EventKind, Stage
from jobboard.applications.models_draft import Draft
from jobboard.applications.queries import WAITING, WAY
from jobboard.core import clock, i18n
from jobboard.core.forms import read_phone, shown_phone
from jobboard.core.i18n import _
from jobboard.mail.models import problem_words
from jobboard.openings.models import JobOffer, Question, QuestionKind
from jobboard.openings.queries import promised_days
from jobboard.people.models import Person
from jobboard.site.queries import current_site

#: Fields of the form that nobody fills in.
UNSEEN = frozenset({"token", "proof", "homepage", "src"})


@dataclasses.dataclass(frozen=True)
class Step:
    """One stage on the applicant's page."""

    text: str
    state: str
    at: dt.datetime | None = None
    note: str | None = None


@dataclasses.dataclass(frozen=True)
class Happening:
    """One event in the history."""

    kind: str
    text: str
    at: dt.datetime
    who: str | None
    note: str | None = None


def steps(row: Application) -> list[Step]:
    """The stages as the applicant sees them: what was told, never what is only decided (decision 11)."""
    told = row.told_stage
    reached = {event.to_stage: event.at for event in row.events if event.to_stage is not None}
    if told in WAY:
        number = WAY.index(told)
        return [
            Step(
                str(STAGE_LABELS[stage]),
                "current" if place == number else "done" if place < number else "todo",
                reached.get(stage) if place <= number else None,
            )
            for place, stage in enumerate(WAY)
            if place == number or place > number or stage in reached
        ]
    passed = [Step(str(STAGE_LABELS[stage]), "done", reached[stage]) for stage in WAY if stage in reached]
    return [*passed, Step(str(STAGE_LABELS[told]), "stopped", row.told_at or reached.get(told))]


def next_words(row: Application) -> str:
    """What happens next, in a sentence or two."""
    return {
        Stage.received: _("Your application has arrived. A person will read it."),
        Stage.reviewing: _("Your application is being read. We will tell you how it goes on."),
        Stage.interview: _("We would like to get to know you. We will write to you about a time."),
        Stage.offer: _("We would like to work with you and will write to you about the details."),
        Stage.hired: _("Welcome! Everything else reaches you by mail."),
        Stage.declined: _("You declined our offer. Thank you for the time you gave us."),
        Stage.withdrawn: _("You withdrew your application. Nothing more will happen."),
        Stage.rejected: _(
            "We have decided on another application. Thank you for the time and thought you gave to yours."
        ),
    }[row.told_stage]


def promised_on(row: Application) -> dt.date | None:
    """The day by which the applicant hears back: the opening's promise, as long as it is not kept yet."""
    days = promised_days(row.opening)
    if not days or row.told_stage not in WAITING:
        return None
    return (row.received_at + dt.timedelta(days=days)).astimezone(i18n.site_zone()).date()


@dataclasses.dataclass(frozen=True)
class Contact:
    """Who answers an applicant's questions; either may be ""."""

    name: str
    email: str


def whom_to_ask(offer: JobOffer) -> Contact | None:
    """The contact of an opening with the address that answers to our mails go to; None where nobody is named."""
    person, site = offer.contact_here, current_site()
    found = Contact(person.name if person else "", (person.email if person else None) or site.contact_email)
    return found if found.name or found.email else None


def history(row: Application, face: Face, only_ratings_of: Person | None = None) -> list[Happening]:
    """Everything that happened, the newest first, for staff; that others rated is left out for who has not rated yet."""
    told = [event for event in row.events if only_ratings_of is None or _is_no_secret(event, only_ratings_of)]
    return [_happening(event, face) for event in reversed(told)]


def _is_no_secret(event: Event, person: Person) -> bool:
    return event.kind not in {EventKind.rated, EventKind.rating_changed} or event.by_id == person.id


#: Events whose detail stands below their words.
_WITH_NOTE = {EventKind.bounced, EventKind.names_shown, EventKind.address_corrected}


def _happening(event: Event, face: Face) -> Happening:
    to_stage = str(STAGE_LABELS[event.to_stage]) if event.to_stage else ""
    from_stage = str(STAGE_LABELS[event.from_stage]) if event.from_stage else ""
    detail = face.masked(event.detail)
    text = {
        EventKind.received: _("Application received"),
        EventKind.moved: _("Moved from “%(old)s” to “%(new)s”", old=from_stage, new=to_stage),
        EventKind.noted: _("Note written"),
        EventKind.mailed: _("Mail written: %(subject)s", subject=detail),
        EventKind.told: _("Answer told"),
        EventKind.bounced: _("Mail came back"),
        EventKind.withdrawn: _("Withdrawn by the applicant"),
        EventKind.document_added: _("Document added by the applicant: %(name)s", name=detail),
        EventKind.contact_changed: _("Contact changed by the applicant"),
        EventKind.released: _("Found to be a person's"),
        EventKind.deletion_asked: _("The applicant asked for deletion"),
        EventKind.interview: _interview_step(event.detail if event.kind is EventKind.interview else ""),
        EventKind.taken_back: _taken_back(event),
        EventKind.rated: _("Rated"),
        EventKind.rating_changed: _("Rating changed"),
        EventKind.names_shown: _("Name shown to everybody before they rated"),
        EventKind.mail_taken_back: _("Mail taken back: %(subject)s", subject=detail),
        EventKind.address_corrected: _("E-mail address corrected"),
    }[event.kind]
    note = problem_words(detail) if event.kind in _WITH_NOTE else None
    return Happening(event.kind.value, text, event.at, event.by.name if event.by else None, note)


def _interview_step(detail: str) -> str:
    """A step of an interview: its name, and for a picked time the moment (ISO 8601) behind it."""
    step, _space, at = detail.partition(" ")
    moment = i18n.short_moment(dt.datetime.fromisoformat(at)) if at else ""
    return {
        "proposed": _("Times for an interview proposed"),
        "moved": _("New times for the interview proposed"),
        "picked": _("Time of the interview picked by the applicant: %(moment)s", moment=moment),
        "wished": _("Another time for the interview asked for by the applicant"),
        "called_off": _("Interview called off"),
        "ended": _("Interview ended with the application"),
        "again": _("Interview holds again"),
    }.get(step, "")


def _taken_back(event: Event) -> str:
    """What was taken back: a decision, whose stage before stands in the detail, or only the answer."""
    if event.detail in {one.value for one in Stage}:
        return _("Rejection taken back, again at “%(stage)s”", stage=STAGE_LABELS[Stage(event.detail)])
    return _("Answer taken back before it was sent")


@dataclasses.dataclass(frozen=True)
class ReviewRow:
    """One line of the last look before sending: the field's words, what it holds, and the id of its field."""

    label: str
    shown: str
    field_id: str


def review_rows(form: Any, draft: Draft, asked: list[Question]) -> list[ReviewRow]:
    """Everything a form holds, in the order of the form; what was left empty is there too, so that nobody wonders."""
    questions = {f"q_{question.key}": question for question in asked}
    rows = []
    for field in [*(one for one in form if one.name != "talent_pool"), form.talent_pool]:
        file = draft.file(field.name)
        if field.name in UNSEEN:
            continue
        if field in form.file_fields:
            rows.append(ReviewRow(str(field.label.text), file.name if file else "", field.id))
        elif field.name in questions:
            rows.append(ReviewRow(str(field.label.text), value_of(questions[field.name], field.data)[1], field.id))
        elif field.name == "talent_pool":
            rows.append(ReviewRow(_("Talent pool"), str(field.label.text) if field.data else _("No"), field.id))
        elif field.name == "phone":
            shown = shown_phone(read_phone(field.data)) if field.data else ""
            rows.append(ReviewRow(str(field.label.text), shown, field.id))
        else:
            rows.append(ReviewRow(str(field.label.text), field.data or "", field.id))
    return rows


@dataclasses.dataclass(frozen=True)
class PoolState:
    """Whether somebody is in the talent pool, until when, and whether they can be asked to stay longer now."""

    until: dt.datetime | None
    may_renew: bool


def pool_state(row: Application) -> PoolState:
    """What the applicant's page says about the talent pool."""
    consent = row.consent
    if consent is None or consent.until <= clock.now():
        return PoolState(None, may_renew=False)
    return PoolState(consent.until, may_renew=consent.asked_at is not None)


def value_of(question: Question, data: Any) -> tuple[Any, str]:
    """(stored value, words) of an answer as its form field gives it; (None, "") when it was not answered."""
    if question.kind is QuestionKind.file or data in (None, "", []):
        return None, ""
    if question.kind is QuestionKind.yes_no:
        return data == "yes", _("Yes") if data == "yes" else _("No")
    if question.kind in {QuestionKind.one_of, QuestionKind.several_of}:
        labels = {choice["value"]: i18n.pick(choice["label"]) for choice in question.choices}
        chosen = data if isinstance(data, list) else [data]
        return data, i18n.listed(labels.get(one, one) for one in chosen)
    if isinstance(data, dt.date):
        return data.isoformat(), i18n.day(data)
    return (str(data), str(data)) if question.kind is QuestionKind.number else (data, data)
