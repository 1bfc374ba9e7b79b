"""Mails about interviews: to the applicant in their thread, and to everybody of the staff who takes part."""

import dataclasses
from collections.abc import Iterable
from typing import Any

from jobboard.applications.actions import address_of, language_of, mail_to_applicant
from jobboard.applications.models import Application
from jobboard.applications.queries import by_id as application_by_id
from jobboard.core import i18n
from jobboard.interviews.exports import CALENDAR_TYPE, Entry, Method, calendar
from jobboard.interviews.exports_entries import FILE_NAME, for_applicant, for_staff
from jobboard.interviews.markup import facts, last_day, when
from jobboard.interviews.models import Interview, Side
from jobboard.interviews.queries import by_id, name_for, people_for, stand_ins
from jobboard.mail.actions import Attachment, LinkEnded, private_link, queue
from jobboard.openings.models import JobOffer
from jobboard.people.models import Person

#: What mails to staff are about. Not the application: those go along when its applicant has a new address.
PURPOSE = "interview"
REMINDER, PROPOSAL = "interviews/reminder", "interviews/proposed"


def interview_address(interview_id: int, to_address: str) -> str:
    """The absolute link to the applicant's page of an interview; asked for when a mail leaves, for who it goes to.

    Raises `LinkEnded` when it is gone, or when that address is not the applicant's any more.
    """
    interview = by_id(interview_id)
    row = application_by_id(interview.application_id) if interview is not None else None
    if row is None or row.email_key != to_address.lower():
        raise LinkEnded(f"interview {interview_id} is gone, or another address's")
    return f"{address_of(row)}interviews/{interview_id}/"


@dataclasses.dataclass(frozen=True)
class Told:
    """What a mail tells of."""

    interview: Interview
    row: Application
    offer: JobOffer


@dataclasses.dataclass(frozen=True)
class TakenBack:
    """A planned time that does not hold any more: when it was, and what takes it out of the applicant's calendar."""

    when: str
    file: Attachment


def take_back(told: Told) -> TakenBack:
    """What the applicant must get before the interview forgets its planned time. Raises `ValueError` when there is none."""
    with i18n.force_locale(language_of(told.row)):
        entry = for_applicant(told.interview, told.row, told.offer)
        return TakenBack(when(entry.starts_at, told.interview.length), attached(entry, Method.cancel))


def mail_proposal(told: Told, taken_back: TakenBack | None) -> None:
    """The applicant is asked to pick a time; one that was planned before is taken out of their calendar."""
    interview = told.interview
    with i18n.force_locale(language_of(told.row)):
        times = [when(slot.starts_at, interview.length) for slot in interview.slots]
        answer_by = last_day(interview)
    files = [taken_back.file] if taken_back else []
    before = taken_back.when if taken_back else ""
    _to_applicant(PROPOSAL, told, times=times, before=before, answer_by=answer_by, attachments=files)


def mail_planned(told: Told) -> None:
    """The time is picked: the applicant and everybody who takes part get it for their calendars."""
    _to_applicant("interviews/planned", told, Method.request)
    _to_staff("interviews/staff_planned", told, Method.request, is_again=False)


def mail_picked_untold(told: Told) -> None:
    """The applicant picked a time of what is off with a rejection they do not know of; staff learn that telling is urgent."""
    _to_applicant("interviews/planned", told, Method.request)
    _to_staff("interviews/staff_picked_untold", told, None)


def mail_planned_again(told: Told) -> None:
    """Everybody who takes part gets a time back that was off; the applicant never heard of that."""
    _to_staff("interviews/staff_planned", told, Method.request, is_again=True)


def mail_reminder(told: Told) -> None:
    """The day before. It does not leave any more once the interview has begun."""
    _to_applicant(REMINDER, told, expires_at=told.interview.starts_at)


def mail_off_to_applicant(told: Told) -> None:
    """The applicant is told that the interview does not take place, whoever called it off; the entry goes."""
    method = Method.cancel if told.interview.picked_at else None
    by_applicant = told.interview.cancelled_by is Side.applicant
    _to_applicant("interviews/cancelled", told, method, by_applicant=by_applicant, reason=told.interview.reason)


def mail_off_to_staff(told: Told, *, is_move: bool = False, is_erased: bool = False) -> None:
    """Everybody who takes part learns that a planned time does not hold; of an application that is deleted without its name."""
    _to_staff("interviews/staff_cancelled", told, Method.cancel, is_move=is_move, is_erased=is_erased)


def mail_wish(told: Told) -> None:
    """Who takes part, and who proposed the times, learn that the applicant asks for another."""
    _to_staff("interviews/staff_wished", told, None, wish=told.interview.wish, more=[told.interview.proposed_by])


def _to_applicant(kind: str, told: Told, method: Method | None = None, **context: Any) -> None:
    interview, row = told.interview, told.row
    with i18n.force_locale(language_of(row)):
        if method is not None:
            context["attachments"] = [attached(for_applicant(interview, row, told.offer), method)]
        context["rows"] = facts(interview)
        context["when"] = when(interview.starts_at, interview.length) if interview.starts_at else ""
    link = private_link(PURPOSE, interview.id)
    mail_to_applicant(row, kind, told.offer, interview_link=link, message=interview.message, **context)


def _to_staff(
    kind: str,
    told: Told,
    method: Method | None,
    *,
    more: Iterable[Person] = (),
    is_erased: bool = False,
    **context: Any,
) -> None:
    """One mail to each, in their language; to nobody who may not see the application any more.

    When none of them may, somebody else has to learn of it: they get it without the calendar's file. Of an application
    that is gone there is nothing left to look after.
    """
    may_see = {person.id: person for person in people_for(told.offer.id)}
    ids = dict.fromkeys(person.id for person in [*told.interview.people, *more])
    found = [may_see[one] for one in ids if one in may_see]
    for person in found:
        _to_person(kind, told, method, person, is_erased=is_erased, stands_in=False, **context)
    for person in stand_ins(told.offer) if not found and not is_erased else []:
        _to_person(kind, told, None, person, is_erased=False, stands_in=True, **context)


def _to_person(
    kind: str, told: Told, method: Method | None, person: Person, *, is_erased: bool, **context: Any
) -> None:
    language, interview = person.locale or i18n.default_language(), told.interview
    row = None if is_erased else told.row
    with i18n.force_locale(language):
        if method is not None:
            context["attachments"] = [attached(for_staff(interview, row, told.offer, person), method)]
        context["rows"] = facts(interview)
        context["when"] = when(interview.starts_at, interview.length) if interview.starts_at else ""
    queue(
        kind,
        to_address=person.email or "",
        to_name=person.name,
        locale=language,
        about=None if is_erased else (PURPOSE, interview.id),
        title=told.offer.text(language).title,
        name=name_for(interview, row, person) if row is not None else "",
        application_id=row.id if row is not None else None,
        reason=interview.reason if row is not None else "",
        by_applicant=interview.cancelled_by is Side.applicant,
        is_untold=interview.is_untold,
        is_erased=is_erased,
        **context,
    )


def attached(entry: Entry, method: Method) -> Attachment:
    """A calendar entry as a mail takes it along (RFC 6047 §2.4)."""
    kind = f"{CALENDAR_TYPE}; method={method.value}; charset=utf-8"
    return Attachment(FILE_NAME, kind, calendar([entry], method))
