"""What happens to interviews: times are proposed, picked, moved and called off. Nothing here commits.

Everything that changes one locks its application first, so that a pick and a move never cross.
"""

import dataclasses
import datetime as dt
import secrets
from collections.abc import Sequence

import sqlalchemy as sa

from jobboard.applications.actions import add_event, move
from jobboard.applications.models import MOVES, Application, EventKind, Stage
from jobboard.audit.actions import record
from jobboard.core import clock
from jobboard.core.db import session
from jobboard.core.tokens import link_token, token_hash
from jobboard.core.tokens_anew import keep_link
from jobboard.interviews.actions_mails import (
    PROPOSAL,
    PURPOSE,
    REMINDER,
    Told,
    mail_off_to_applicant,
    mail_off_to_staff,
    mail_picked_untold,
    mail_planned,
    mail_planned_again,
    mail_proposal,
    mail_reminder,
    mail_wish,
    take_back,
)
from jobboard.interviews.models import CalendarFeed, Interview, InterviewSlot, InterviewState, Side, Venue
from jobboard.interviews.queries import (
    REMINDED_BEFORE,
    by_id,
    feed_of,
    interviews_of,
    is_taken,
    lock_times_of,
    was_proposed,
)
from jobboard.mail.actions import cancel, new_message_id
from jobboard.mail.models import OutboxMail
from jobboard.mail.queries import is_waiting
from jobboard.openings.models import JobOffer
from jobboard.openings.queries import offer_to_show
from jobboard.people.models import Person

FEED = "calendar"


class NotPossible(ValueError):
    """The interview or its application is not what it was when the page was opened."""


class HasChanged(NotPossible):
    """It is still to come, but not as it was when the page was opened: somebody picked a time, or moved it."""


class SlotGone(ValueError):
    """The time cannot be picked: somebody else has it, it is past, or it is not offered any more."""


@dataclasses.dataclass(frozen=True)
class Plan:
    """What is proposed: starts (aware), minutes, where, until when to answer, and who takes part."""

    starts: Sequence[dt.datetime]
    minutes: int
    venue: Venue
    place: str
    message: str
    answer_by: dt.datetime
    people: Sequence[Person]


def seen_of(interview: Interview | None) -> str:
    """What a form carries to notice that an interview changed while it was filled in; "" for none."""
    return "" if interview is None else f"{interview.id}-{interview.sequence}-{interview.state.value}"


def ahead_of(row: Application) -> Interview | None:
    """The interview of an application that is still to come, if there is one; there is never more than one."""
    now = clock.now()
    return next((one for one in interviews_of(row) if one.is_ahead(now)), None)


def propose(
    row: Application, offer: JobOffer, plan: Plan, by: Person, *, seen: str, moves_stage: bool = False
) -> Interview:
    """Ask the applicant to pick a time. When there is an interview ahead it moves: a planned time does not hold any more.

    Raises `NotPossible` when the application is decided, or its interview is not the one that was `seen`.
    """
    session().flush()
    session().refresh(row, with_for_update=True)
    current = ahead_of(row)
    if not row.is_open or row.is_suspect or seen_of(current) != seen:
        raise NotPossible
    if moves_stage and Stage.interview in row.moves:
        move(row, Stage.interview, by)
    interview, taken_back = current, None
    if interview is None:
        interview = Interview(application_id=row.id, uid=new_message_id().strip("<>"), sequence=0)
        session().add(interview)
    else:
        told = Told(interview, row, offer)
        interview.sequence += 1
        cancel(("application", row.id), PROPOSAL, with_files=False)
        if interview.state is InterviewState.planned:
            cancel(("application", row.id), REMINDER)
            taken_back = take_back(told)
            mail_off_to_staff(told, is_move=True)
    _put(interview, plan, by)
    _note(row, "proposed" if current is None else "moved", by=by)
    record("interview.proposed", ("application", row.id), by, interview=interview.id)
    mail_proposal(Told(interview, row, offer), taken_back)
    return interview


def _put(interview: Interview, plan: Plan, by: Person) -> None:
    """Write a plan into an interview that waits for an answer then."""
    interview.state, interview.starts_at = InterviewState.proposed, None
    interview.picked_at = interview.wished_at = interview.reminded_at = None
    interview.wish, interview.minutes = "", plan.minutes
    interview.venue, interview.place, interview.message = plan.venue, plan.place, plan.message
    interview.answer_by, interview.people = plan.answer_by, list(plan.people)
    interview.proposed_by, interview.proposed_at = by, clock.now()
    interview.slots = []
    session().flush()  # the same start may be offered again
    interview.slots = [InterviewSlot(starts_at=start) for start in sorted(plan.starts)]
    session().flush()


def pick(row: Application, interview_id: int, slot_id: int) -> Interview:
    """The applicant picks a time; who has picked keeps it: again, or another one, changes nothing.

    One that is off with a rejection that nobody told is answered as always, and takes nobody's time (decision 11).
    The caller has locked the application. Raises `NotPossible` when it was called off, and `SlotGone`.
    """
    interview = _locked(row, interview_id)
    now = clock.now()
    is_untold = interview.holds_untold(now)
    if interview.state is InterviewState.planned or (is_untold and interview.picked_at is not None):
        return interview
    if interview.state is not InterviewState.proposed and not is_untold:
        raise NotPossible
    slot = next((one for one in interview.slots if one.id == slot_id), None)
    if slot is None or slot.starts_at <= now or interview.answer_by <= now:
        raise SlotGone
    people = [person.id for person in interview.people]
    lock_times_of(people)
    if is_taken(people, slot.starts_at, interview.length, but=interview.id):
        raise SlotGone
    interview.starts_at, interview.picked_at = slot.starts_at, now
    interview.wished_at, interview.wish = None, ""
    interview.reminded_at = now if slot.starts_at - now < REMINDED_BEFORE else None
    interview.sequence += 1
    _note(row, "picked", slot.starts_at)
    told = Told(interview, row, offer_to_show(row.opening_id))
    if is_untold:
        mail_picked_untold(told)
        interview.sequence += 1  # what takes it out of the applicant's calendar is newer than what put it in
    else:
        interview.state = InterviewState.planned
        mail_planned(told)
    return interview


def ask_for_another(row: Application, interview_id: int, wish: str) -> Interview:
    """The applicant says that no time fits, or that the planned one does not any more; it holds until staff answer.

    One that is off and of which the applicant does not know that takes the wish as well.
    Raises `NotPossible` when there is nothing to answer. Asking again with the same words changes nothing.
    """
    interview = _locked(row, interview_id)
    now = clock.now()
    if not interview.is_ahead(now) and not interview.holds_untold(now):
        raise NotPossible
    if interview.wished_at is not None and interview.wish == wish:
        return interview
    interview.wished_at, interview.wish = now, wish
    _note(row, "wished")
    mail_wish(Told(interview, row, offer_to_show(row.opening_id)))
    return interview


def call_off(
    row: Application, interview_id: int, reason: str, by: Person | None = None, *, seen: str | None = None
) -> Interview:
    """Staff, or without a person the applicant, call an interview off. Both sides get it out of their calendars.

    Raises `NotPossible` when it is over or called off already, and `HasChanged` when it is not the one that was `seen`.
    """
    if by is not None:
        session().flush()
        session().refresh(row, with_for_update=True)
    interview, now = _locked(row, interview_id), clock.now()
    if by is None and interview.holds_untold(now):
        # For staff it is off already, and their calendars know: the applicant's word is kept, and it does not come back.
        interview.cancelled_by, interview.reason, interview.is_untold = Side.applicant, reason, False
        _note(row, "called_off")
        mail_off_to_applicant(Told(interview, row, offer_to_show(row.opening_id)))
        return interview
    if not interview.is_ahead(now):
        raise NotPossible
    if seen is not None and seen_of(interview) != seen:
        raise HasChanged
    told = _off(interview, row, Side.applicant if by is None else Side.staff, reason)
    _note(row, "called_off", by=by)
    if by is not None:
        record("interview.called_off", ("application", row.id), by, interview=interview.id)
    mail_off_to_applicant(told)
    return interview


def _off(interview: Interview, row: Application, side: Side, reason: str = "") -> Told:
    """It does not take place: mails about it that have not left stay here, and who takes part is told of a planned time."""
    was_planned = interview.state is InterviewState.planned
    interview.state, interview.cancelled_at = InterviewState.cancelled, clock.now()
    interview.cancelled_by, interview.reason = side, reason
    interview.sequence += 1
    if is_waiting(("application", row.id), REMINDER):
        interview.reminded_at = None  # should it hold again, the applicant is still to be reminded
    cancel(("application", row.id), REMINDER)
    # A proposal with a file takes an earlier time out of the applicant's calendar: without it they would come for nothing.
    cancel(("application", row.id), PROPOSAL, with_files=False)
    told = Told(interview, row, offer_to_show(row.opening_id))
    if was_planned:
        mail_off_to_staff(told)
    elif side is Side.applicant:
        mail_wish(told)
    return told


def follow_application(row: Application) -> None:
    """What becomes of its interview when an application is decided, withdrawn, told (decision 11) or open again.

    A rejection that is only decided frees the people's time at once; the applicant hears of it when the rejection is told.
    """
    if row.is_open:
        _restore(row)
        return
    current, is_told = ahead_of(row), row.told_stage not in MOVES
    if current is not None:
        _off(current, row, Side.ended).interview.is_untold = True
        _note(row, "ended")
    if not is_told:
        return
    for interview in interviews_of(row):
        if interview.is_untold:
            _tell_off(interview, row)


def _tell_off(interview: Interview, row: Application) -> None:
    """The applicant learns that an interview is off that was over for staff already; of one that is past they get no mail."""
    interview.is_untold = False
    if interview.picked_at and interview.ends_at and clock.now() < interview.ends_at:
        mail_off_to_applicant(Told(interview, row, offer_to_show(row.opening_id)))


def _restore(row: Application) -> None:
    """A rejection nobody was told of was taken back: what it ended holds again, unless the time is past or taken by now."""
    for interview in interviews_of(row):
        if not interview.is_untold:
            continue
        if not _is_free_again(interview):
            interview.cancelled_by = Side.staff
            _tell_off(interview, row)
            continue
        is_planned = interview.picked_at is not None
        interview.state = InterviewState.planned if is_planned else InterviewState.proposed
        interview.cancelled_at, interview.cancelled_by, interview.is_untold = None, None, False
        interview.sequence += 1
        _note(row, "again")
        told = Told(interview, row, offer_to_show(row.opening_id))
        if is_planned:
            mail_planned_again(told)
        elif not was_proposed(interview):
            mail_proposal(told, None)


def _is_free_again(interview: Interview) -> bool:
    """Whether nobody who takes part is planned for somebody else at its picked time, which is still to come."""
    if interview.picked_at is None or interview.starts_at is None:
        return True
    people = [person.id for person in interview.people]
    lock_times_of(people)
    is_ahead = clock.now() < interview.starts_at
    return is_ahead and not is_taken(people, interview.starts_at, interview.length, but=interview.id)


def forget_with(row: Application) -> None:
    """An application is deleted: mails to staff about its interviews go too; of one ahead they learn that it is off."""
    current = ahead_of(row)
    ids = [one.id for one in interviews_of(row)]
    if not ids:
        return
    mails = sa.and_(OutboxMail.about_kind == PURPOSE, OutboxMail.about_id.in_(ids))
    session().execute(sa.delete(OutboxMail).where(mails))
    if current is not None and current.state is InterviewState.planned:
        current.sequence += 1
        mail_off_to_staff(Told(current, row, offer_to_show(row.opening_id)), is_erased=True)


def remind(row: Application, interview_id: int) -> Interview:
    """The applicant is reminded of what is still planned, once. The caller has locked the application."""
    interview = _locked(row, interview_id)
    if interview.state is InterviewState.planned and interview.reminded_at is None:
        interview.reminded_at = clock.now()
        mail_reminder(Told(interview, row, offer_to_show(row.opening_id)))
    return interview


def new_feed(person: Person) -> CalendarFeed:
    """Give a person's calendar a new secret address; the one before ends."""
    feed = feed_of(person)
    if feed is None:
        feed = CalendarFeed(person_id=person.id, epoch=secrets.randbits(30))  # the key alone makes no address
        session().add(feed)
    _renew(feed)
    record("calendar.renewed", by=person)
    return feed


def end_feed(person: Person) -> None:
    """The secret address of somebody who leaves ends for good.

    Its row stays: the address follows from the epoch, and counted from the start anew the first one would come back.
    """
    feed = feed_of(person)
    if feed is not None:
        _renew(feed)


def _renew(feed: CalendarFeed) -> None:
    feed.epoch += 1
    feed.token_hash = token_hash(feed_token(feed))


def feed_token(feed: CalendarFeed) -> str:
    """The secret part of a calendar's address."""
    return link_token(FEED, feed.person_id, feed.epoch, feed.token_hash)


def _locked(row: Application, interview_id: int) -> Interview:
    """The interview of a locked application, as it is now. Raises `NotPossible` for one that is not this application's."""
    interview = by_id(interview_id, lock=True)
    if interview is None or interview.application_id != row.id:
        raise NotPossible
    return interview


def _note(row: Application, step: str, at: dt.datetime | None = None, by: Person | None = None) -> None:
    add_event(row, EventKind.interview, by, detail=f"{step} {at.isoformat()}" if at else step)


keep_link(CalendarFeed.token_hash, feed_token)
