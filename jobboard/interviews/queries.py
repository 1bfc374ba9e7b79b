"""Interviews somebody may see, and whose time they take. Every statement carries its scope."""

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from jobboard.applications.models import Application
from jobboard.applications.queries import reviewers_of, visible_to
from jobboard.applications.queries_names import shown_name
from jobboard.core.access import HIRING, READING
from jobboard.core.db import session
from jobboard.core.tokens import token_hash
from jobboard.interviews.models import (
    CalendarFeed,
    Interview,
    InterviewPerson,
    InterviewSlot,
    InterviewState,
)
from jobboard.mail.models import OutboxMail
from jobboard.openings.models import JobOffer
from jobboard.people.models import Person
from jobboard.posts.models import Post

#: Longest interview; nothing that begins earlier than this before a moment can still go on at it.
LONGEST = dt.timedelta(hours=8)
#: Applicants are reminded this long before; who picked a time later than that knows it.
REMINDED_BEFORE = dt.timedelta(hours=24)
#: Past interviews that are shown, and how long a subscribed calendar holds them.
MOST_PAST, FEED_KEPT = 30, dt.timedelta(days=30)


def visible_interviews(person: Person) -> sa.Select[Interview]:
    """The interviews of the applications a person may see, with what a list shows of them."""
    applications = visible_to(person).with_only_columns(Application.id)
    title = contains_eager(Interview.application).selectinload(Application.opening).selectinload(Post.texts)
    return (
        sa.select(Interview)
        .join(Interview.application)
        .where(Interview.application_id.in_(applications))
        .options(title)
        .execution_options(scope=f"person {person.id}")
    )


def coming(person: Person, now: dt.datetime) -> list[Interview]:
    """Planned interviews that are not over, the next one first."""
    statement = visible_interviews(person).where(
        Interview.state == InterviewState.planned, Interview.starts_at > now - LONGEST
    )
    rows = session().execute(statement.order_by(Interview.starts_at, Interview.id)).scalars()
    return [row for row in rows if row.is_ahead(now)]


def waiting(person: Person) -> list[Interview]:
    """Proposals nobody has picked a time of, the one that should be answered first comes first."""
    statement = visible_interviews(person).where(Interview.state == InterviewState.proposed)
    return list(session().execute(statement.order_by(Interview.answer_by, Interview.id)).scalars())


def past(person: Person, now: dt.datetime) -> list[Interview]:
    """Interviews that are over, the latest first."""
    statement = visible_interviews(person).where(Interview.state == InterviewState.planned, Interview.starts_at <= now)
    rows = session().execute(statement.order_by(Interview.starts_at.desc(), Interview.id).limit(MOST_PAST)).scalars()
    return [row for row in rows if not row.is_ahead(now)]


def interview_of(person: Person, interview_id: int) -> Interview | None:
    """One interview, if this person may see its application."""
    statement = visible_interviews(person).where(Interview.id == interview_id)
    return session().execute(statement).scalar_one_or_none()


def interviews_of(row: Application) -> list[Interview]:
    """The interviews of an application that was loaded within somebody's scope, the newest first."""
    statement = sa.select(Interview).where(Interview.application_id == row.id).order_by(Interview.id.desc())
    rows = session().execute(statement.execution_options(scope="application"))
    return list(rows.scalars())


def by_id(interview_id: int, *, lock: bool = False) -> Interview | None:
    """One interview for the software itself; locked for changing it, and as it is then."""
    statement = sa.select(Interview).where(Interview.id == interview_id).execution_options(scope="software")
    if lock:
        statement = statement.with_for_update(of=Interview).execution_options(populate_existing=True)
    return session().execute(statement).scalar_one_or_none()


def name_for(interview: Interview, row: Application, person: Person) -> str:
    """What the applicant is called for one person. Whoever takes part knows whom they will meet, rated or not."""
    takes_part = any(one.id == person.id for one in interview.people)
    return row.name if takes_part else shown_name(row, person)


def applications_of(ids: Collection[int], person: Person) -> dict[int, int]:
    """By id of an interview its application, without the interviews this person takes part in; one query."""
    own = sa.select(InterviewPerson.interview_id).where(InterviewPerson.person_id == person.id)
    statement = sa.select(Interview.id, Interview.application_id).where(Interview.id.in_(ids), Interview.id.not_in(own))
    rows = session().execute(statement.execution_options(scope=f"person {person.id}"))
    return {row[0]: row[1] for row in rows}


def people_for(offer_id: int) -> list[Person]:
    """Who can take part in interviews for an opening: those who may see its applications and have an address, by name."""
    statement = sa.select(Person).where(Person.role.in_(HIRING), Person.left_at.is_(None), Person.email.is_not(None))
    rows = {person.id: person for person in session().execute(statement).scalars()}
    chosen = (one for one in reviewers_of(offer_id) if one.role in READING and one.left_at is None and one.email)
    rows |= {person.id: person for person in chosen}
    return sorted(rows.values(), key=lambda person: (person.name, person.id))


def stand_ins(offer: JobOffer) -> list[Person]:
    """Who looks after interviews when nobody who takes part may any more: the opening's contact, else those who hire."""
    found = people_for(offer.id)
    contact = [person for person in found if person.id == offer.contact_id]
    return contact or [person for person in found if person.role in HIRING]


@dataclasses.dataclass(frozen=True)
class Overlap:
    """Somebody is planned for, or offered to, another applicant at a time."""

    person: Person
    starts_at: dt.datetime
    is_planned: bool


def is_taken(people: Collection[int], starts_at: dt.datetime, length: dt.timedelta, but: int) -> bool:
    """Whether one of these people has another planned interview at that time."""
    return any(_overlap(starts_at, length, row) for row in _planned_with(people, [starts_at], length, but))


def _planned_with(
    people: Collection[int], starts: Sequence[dt.datetime], length: dt.timedelta, but: int
) -> list[Interview]:
    """Planned interviews of these people around some times."""
    with_them = sa.select(InterviewPerson.interview_id).where(InterviewPerson.person_id.in_(people))
    statement = sa.select(Interview).where(
        Interview.state == InterviewState.planned,
        Interview.starts_at > min(starts) - LONGEST,
        Interview.starts_at < max(starts) + length,
        Interview.id.in_(with_them),
        Interview.id != but,
    )
    return list(session().execute(statement.execution_options(scope="times")).scalars())


def _overlap(starts_at: dt.datetime, length: dt.timedelta, row: Interview) -> bool:
    return row.starts_at is not None and row.starts_at < starts_at + length and starts_at < row.starts_at + row.length


def overlaps(people: Collection[int], starts: Sequence[dt.datetime], length: dt.timedelta, but: int) -> list[Overlap]:
    """Where times collide with interviews of the same people, planned ones first; an interview is no collision with itself."""
    found = []
    for row in _planned_with(people, starts, length, but):
        hit = [one for one in starts if _overlap(one, length, row)]
        found += [Overlap(person, one, is_planned=True) for one in hit for person in row.people if person.id in people]
    for slot, row in _offered_with(people, starts, length, but):
        hit = [one for one in starts if slot < one + length and one < slot + row.length]
        found += [Overlap(person, one, is_planned=False) for one in hit for person in row.people if person.id in people]
    unique = {(one.person.id, one.starts_at): one for one in reversed(found)}
    return sorted(unique.values(), key=lambda one: (one.starts_at, one.person.name))


def _offered_with(
    people: Collection[int], starts: Sequence[dt.datetime], length: dt.timedelta, but: int
) -> Iterable[tuple[dt.datetime, Interview]]:
    with_them = sa.select(InterviewPerson.interview_id).where(InterviewPerson.person_id.in_(people))
    statement = (
        sa.select(InterviewSlot.starts_at, Interview)
        .join(Interview, Interview.id == InterviewSlot.interview_id)
        .where(
            Interview.state == InterviewState.proposed,
            InterviewSlot.starts_at > min(starts) - LONGEST,
            InterviewSlot.starts_at < max(starts) + length,
            Interview.id.in_(with_them),
            Interview.id != but,
        )
    )
    return [(row[0], row[1]) for row in session().execute(statement.execution_options(scope="times"))]


def hidden_mails() -> sa.ColumnElement[bool]:
    """Mails to staff about interviews of applications that are locked for claims (GDPR Art. 18)."""
    locked = sa.select(Application.id).where(Application.locked_at.is_not(None))
    theirs = sa.select(Interview.id).where(Interview.application_id.in_(locked))
    return sa.and_(
        OutboxMail.about_kind.is_not(None), OutboxMail.about_kind == "interview", OutboxMail.about_id.in_(theirs)
    )


def was_proposed(row: Interview) -> bool:
    """Whether the mail with the times of a proposal has left, or is just leaving."""
    about = sa.and_(OutboxMail.about_kind == "application", OutboxMail.about_id == row.application_id)
    statement = sa.select(OutboxMail.id).where(about, OutboxMail.kind == "interviews/proposed")
    return session().execute(statement.where(OutboxMail.queued_at >= row.proposed_at).limit(1)).first() is not None


def taken_times(row: Interview) -> set[dt.datetime]:
    """The offered starts at which one of its people is planned for somebody else meanwhile."""
    starts = [slot.starts_at for slot in row.slots]
    if not starts:
        return set()
    planned = _planned_with([person.id for person in row.people], starts, row.length, row.id)
    return {start for start in starts if any(_overlap(start, row.length, other) for other in planned)}


def due_reminders(now: dt.datetime) -> sa.Select[int, int]:
    """(id, application's id) of planned interviews that begin soon and of which nobody was reminded."""
    return (
        sa.select(Interview.id, Interview.application_id)
        .where(
            Interview.state == InterviewState.planned,
            Interview.reminded_at.is_(None),
            Interview.starts_at > now,
            Interview.starts_at <= now + REMINDED_BEFORE,
        )
        .order_by(Interview.starts_at)
        .execution_options(scope="sweep")
    )


def free_application(application_id: int) -> Application | None:
    """One application, locked for changing what belongs to it; None when somebody is changing it at this moment."""
    statement = sa.select(Application).where(Application.id == application_id).execution_options(scope="sweep")
    return session().execute(statement.with_for_update(skip_locked=True)).scalar_one_or_none()


def feed_of(person: Person) -> CalendarFeed | None:
    """The person's calendar address, if there is one."""
    return session().get(CalendarFeed, person.id)


def owner_of_feed(token: str) -> Person | None:
    """Whose calendar this is; None when nobody's, or of somebody who may see no application any more."""
    statement = sa.select(CalendarFeed).where(CalendarFeed.token_hash == token_hash(token))
    feed = session().execute(statement).scalar_one_or_none()
    if feed is None or feed.person.left_at is not None or feed.person.role not in READING:
        return None
    return feed.person


def feed_entries(person: Person, now: dt.datetime) -> list[Interview]:
    """The planned interviews a person takes part in and may see, those just over included."""
    with_them = sa.select(InterviewPerson.interview_id).where(InterviewPerson.person_id == person.id)
    statement = visible_interviews(person).where(
        Interview.state == InterviewState.planned,
        Interview.starts_at > now - FEED_KEPT,
        Interview.id.in_(with_them),
    )
    return list(session().execute(statement.order_by(Interview.starts_at, Interview.id)).scalars())


def lock_times_of(people: Collection[int]) -> None:
    """Let nobody else plan with these people until this transaction ends: of two who pick at once the second sees the first.

    SQLite has one writer; PostgreSQL locks their rows, always in the same order.
    """
    statement = sa.select(Person.id).where(Person.id.in_(people)).order_by(Person.id)
    session().execute(statement.with_for_update(key_share=True)).all()
