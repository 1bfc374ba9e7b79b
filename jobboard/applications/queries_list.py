"""The applications of inbox and board: which, in which order, how many of each stage, and what stands beside each."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, selectinload

from jobboard.applications.models import OPEN_STAGES, Answer, Application, Event, EventKind, Stage
from jobboard.applications.models_desk import (
    ApplicationAssignee,
    ApplicationSeen,
    ApplicationTag,
    Mention,
    SavedFilter,
    Tag,
)
from jobboard.applications.queries import PER_PAGE, visible_to
from jobboard.applications.queries_inbox import ME, NOBODY, Inbox, Sort
from jobboard.applications.queries_overdue import is_late
from jobboard.applications.queries_words import holds_words
from jobboard.core.access import HIRING
from jobboard.core.db import session
from jobboard.people.models import Person
from jobboard.posts.models import Post

#: What makes an application that somebody has seen unread again, unless they did it themselves.
NEWS = (EventKind.received, EventKind.noted, EventKind.document_added, EventKind.contact_changed, EventKind.withdrawn)


@dataclasses.dataclass(frozen=True)
class Listed:
    """One application as lists show it."""

    application: Application
    is_unread: bool
    is_flagged: bool
    tags: Sequence[Tag] = ()
    assignees: Sequence[Person] = ()


def chosen_by(inbox: Inbox, person: Person, now: dt.datetime) -> sa.Select[Application]:
    """The applications somebody asks for, of those they may see; without an order."""
    statement = visible_to(person).where(Application.is_suspect.is_(inbox.apart))
    if inbox.opening is not None:
        statement = statement.where(Application.opening_id == inbox.opening)
    if inbox.stage is not None:
        statement = statement.where(Application.stage == inbox.stage)
    if inbox.tag:
        statement = statement.where(_has_tag(inbox.tag) if person.role in HIRING else sa.false())
    if inbox.assignee:
        statement = statement.where(_is_assigned(inbox.assignee, person))
    if inbox.unread:
        statement = statement.where(is_unread(person))
    if inbox.flagged:
        statement = statement.where(is_flagged())
    if inbox.overdue:
        statement = statement.where(is_late(now))
    return statement.where(holds_words(inbox.text, person)) if inbox.text else statement


def _has_tag(key: str) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        ApplicationTag.application_id == Application.id, Tag.id == ApplicationTag.tag_id, Tag.key == key
    )


def _is_assigned(assignee: str, person: Person) -> sa.ColumnElement[bool]:
    assigned = sa.exists().where(ApplicationAssignee.application_id == Application.id)
    if assignee == NOBODY:
        return ~assigned
    return assigned.where(ApplicationAssignee.person_id == (person.id if assignee == ME else int(assignee)))


def is_unread(person: Person) -> sa.ColumnElement[bool]:
    """Whether a person has news of an application: never seen while it is open, or something came after they looked."""
    seen = sa.exists().where(ApplicationSeen.application_id == Application.id, ApplicationSeen.person_id == person.id)
    news = sa.exists().where(
        ApplicationSeen.application_id == Application.id,
        ApplicationSeen.person_id == person.id,
        Event.application_id == Application.id,
        Event.id > ApplicationSeen.event_id,
        Event.kind.in_(NEWS),
        sa.or_(Event.by_id.is_(None), Event.by_id != person.id),
    )
    return sa.or_(sa.and_(~seen, Application.stage.in_(OPEN_STAGES)), news)


def unseen(application_id: int, person: Person) -> int | None:
    """The last event of an application, if a person has not seen it all; None if they have, or may not see it."""
    last = sa.select(sa.func.coalesce(sa.func.max(Event.id), 0)).where(Event.application_id == Application.id)
    seen = sa.select(ApplicationSeen.event_id).where(
        ApplicationSeen.application_id == Application.id, ApplicationSeen.person_id == person.id
    )
    called = sa.exists().where(
        Mention.application_id == Application.id, Mention.person_id == person.id, Mention.read_at.is_(None)
    )
    statement = visible_to(person).where(Application.id == application_id)
    row = (
        session()
        .execute(statement.with_only_columns(last.scalar_subquery(), seen.scalar_subquery(), called))
        .one_or_none()
    )
    if row is None:
        return None
    last_id, seen_id, is_called = row
    return int(last_id) if seen_id is None or seen_id < last_id or is_called else None


def is_flagged() -> sa.ColumnElement[bool]:
    """Whether an answer is one that HR wanted to notice."""
    return sa.exists().where(Answer.application_id == Application.id, Answer.is_flagged)


def counts_by_stage(inbox: Inbox, person: Person, now: dt.datetime) -> dict[Stage, int]:
    """How many there are in each stage of what is asked for, whatever stage is; 0 included."""
    counted = chosen_by(inbox.but(stage=None), person, now).with_only_columns(Application.stage, sa.func.count())
    rows = session().execute(counted.group_by(Application.stage)).all()
    return dict.fromkeys(Stage, 0) | {row[0]: row[1] for row in rows}


def order_of(sort: Sort) -> tuple[Any, Any]:
    """The order of a list. By what never changes, so that a place in it is found again after a move."""
    if sort is Sort.waiting:
        return Application.received_at.asc(), Application.id.asc()
    return Application.received_at.desc(), Application.id.desc()


def listed(inbox: Inbox, person: Person, now: dt.datetime) -> list[Listed]:
    """One page of the list; the same number of statements for 1 and for 300."""
    statement = chosen_by(inbox, person, now).order_by(*order_of(inbox.sort))
    return with_marks(statement.offset((inbox.page - 1) * PER_PAGE).limit(PER_PAGE), person)


def with_marks(statement: sa.Select[Application], person: Person) -> list[Listed]:
    """The rows of a statement with everything lists show beside them."""
    marked = statement.add_columns(is_unread(person), is_flagged())
    rows = session().execute(marked.options(selectinload(Application.opening).selectinload(Post.texts))).all()
    ids = [row[0].id for row in rows]
    tags, people = tags_of(ids, person), assignees_of(ids)
    return [
        Listed(row, bool(unread), bool(flagged), tags.get(row.id, ()), people.get(row.id, ()))
        for row, unread, flagged in rows
    ]


def tags_of(ids: Sequence[int], person: Person) -> dict[int, list[Tag]]:
    """The tags of applications by name, for who may see them."""
    if not ids or person.role not in HIRING:
        return {}
    found: dict[int, list[Tag]] = {}
    statement = sa.select(ApplicationTag.application_id, Tag).join(Tag, Tag.id == ApplicationTag.tag_id)
    statement = statement.where(ApplicationTag.application_id.in_(ids)).order_by(Tag.key)
    for application_id, tag in session().execute(statement.execution_options(scope=f"person {person.id}")):
        found.setdefault(application_id, []).append(tag)
    return found


def assignees_of(ids: Sequence[int]) -> dict[int, list[Person]]:
    """Who looks after applications that somebody may see."""
    if not ids:
        return {}
    found: dict[int, list[Person]] = {}
    statement = sa.select(ApplicationAssignee.application_id, Person).join(
        Person, Person.id == ApplicationAssignee.person_id
    )
    statement = statement.where(ApplicationAssignee.application_id.in_(ids), Person.left_at.is_(None))
    for application_id, person in session().execute(
        statement.order_by(Person.name).execution_options(scope="ids of a list")
    ):
        found.setdefault(application_id, []).append(person)
    return found


def neighbours(row: Application, inbox: Inbox, person: Person, now: dt.datetime) -> tuple[int | None, int | None]:
    """(previous, next) of an application in the list somebody came from, also when it is no longer in it."""
    chosen = chosen_by(inbox, person, now).with_only_columns(Application.id)
    here = sa.tuple_(sa.literal(row.received_at, Application.received_at.type), sa.literal(row.id))
    place = sa.tuple_(Application.received_at, Application.id)
    later = chosen.where(place > here).order_by(*order_of(Sort.waiting)).limit(1)
    earlier = chosen.where(place < here).order_by(*order_of(Sort.newest)).limit(1)
    around = (later, earlier) if inbox.sort is Sort.newest else (earlier, later)
    previous_id, next_id = (session().execute(one).scalar_one_or_none() for one in around)
    return previous_id, next_id


def columns_of(inbox: Inbox, person: Person, now: dt.datetime, most: dict[Stage, int]) -> list[Listed]:
    """The cards of the board's columns, who waits longest first; of each stage so many as `most` says. One statement."""
    number = sa.func.row_number().over(partition_by=Application.stage, order_by=order_of(Sort.waiting))
    chosen = chosen_by(inbox.but(stage=None), person, now).where(Application.stage.in_(OPEN_STAGES))
    ranked = chosen.with_only_columns(Application.id, Application.stage, number.label("number")).subquery()
    top = sa.or_(*(sa.and_(ranked.c.stage == stage, ranked.c.number <= count) for stage, count in most.items()))
    same = aliased(Application)
    wanted = sa.select(same.id).join(ranked, ranked.c.id == same.id).where(top)
    return with_marks(visible_to(person).where(Application.id.in_(wanted)).order_by(*order_of(Sort.waiting)), person)


def all_tags() -> list[Tag]:
    """Every tag there is, by name."""
    return list(session().execute(sa.select(Tag).order_by(Tag.key)).scalars())


def tag_is_known(key: str) -> bool:
    """Whether there is a tag of this key."""
    return session().execute(sa.select(Tag.id).where(Tag.key == key)).first() is not None


def saved_filters(person: Person) -> list[SavedFilter]:
    """The filters a person kept, then those that others share with all who hire."""
    is_seen = SavedFilter.person_id == person.id
    if person.role in HIRING:
        is_seen = sa.or_(is_seen, SavedFilter.is_shared)
    statement = sa.select(SavedFilter).where(is_seen).options(selectinload(SavedFilter.person))
    order = (SavedFilter.person_id != person.id, SavedFilter.name)
    return list(session().execute(statement.order_by(*order)).scalars())


def mentions(person: Person) -> sa.Select[Mention]:
    """Where a person is called by name, the new ones first; only in applications they may see."""
    seen = visible_to(person).with_only_columns(Application.id)
    statement = sa.select(Mention).where(Mention.person_id == person.id, Mention.application_id.in_(seen))
    return statement.execution_options(scope=f"person {person.id}")


def count_of_new_mentions(person: Person) -> int:
    """How often a person was called by name and has not looked yet."""
    counted = mentions(person).where(Mention.read_at.is_(None)).with_only_columns(sa.func.count())
    return int(session().execute(counted).scalar_one())
