"""Keeping order: tags, who looks after an application, what somebody has seen, mentions, filters."""

import re
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from jobboard.applications.actions import PURPOSE
from jobboard.applications.models import Application, Note
from jobboard.applications.models_desk import (
    ApplicationAssignee,
    ApplicationSeen,
    ApplicationTag,
    Mention,
    SavedFilter,
    Tag,
)
from jobboard.applications.queries_inbox import inbox_at
from jobboard.applications.queries_list import tag_is_known
from jobboard.applications.queries_people import readers_of
from jobboard.applications.queries_words import is_in_any
from jobboard.audit.actions import record
from jobboard.core import clock, i18n
from jobboard.core.db import insert_into, session
from jobboard.mail.actions import queue
from jobboard.people.models import Person
from jobboard.search.words import fold

_CALL = re.compile(r"(?<!\w)@")
_WORD = re.compile(r"[^\W_]+")


def tag_key(name: str) -> str:
    """How a tag is recognised: "Zweites Gespräch" and "zweites gesprach" are one. "" for a name without a letter."""
    return "-".join(filter(None, (fold(word) for word in _WORD.findall(name.lower()))))[:120]


def ensure_tags(names: Iterable[str]) -> list[Tag]:
    """The tags of these names; one that is there keeps the name it was given first.

    They stay locked, so that nobody drops them as unused before they are put on something. In one order: of two who write
    the same, one waits for the other.
    """
    wanted = {tag_key(name): name for name in names if tag_key(name)}
    if not wanted:
        return []
    insert = insert_into(Tag).values([{"name": wanted[key], "key": key} for key in sorted(wanted)])
    session().execute(insert.on_conflict_do_update(index_elements=[Tag.key], set_={"key": insert.excluded.key}))
    return list(session().execute(sa.select(Tag).where(Tag.key.in_(wanted)).order_by(Tag.key)).scalars())


def _lock(row: Application) -> None:
    """Of two who write down the same about an application the second sees what the first wrote."""
    lock = sa.select(Application.id).where(Application.id == row.id).with_for_update()
    session().execute(lock.execution_options(scope="desk"))


def set_tags(row: Application, names: Iterable[str], by: Person) -> None:
    """Exactly these tags are on an application."""
    _lock(row)
    wanted = {tag.id for tag in ensure_tags(names)}
    there = sa.select(ApplicationTag).where(ApplicationTag.application_id == row.id)
    rows = {one.tag_id: one for one in session().execute(there.execution_options(scope="desk")).scalars()}
    for tag_id in rows.keys() - wanted:
        session().delete(rows[tag_id])
    session().add_all(ApplicationTag(application_id=row.id, tag_id=one) for one in sorted(wanted - rows.keys()))
    session().flush()
    if rows.keys() != wanted:
        record("application.tagged", (PURPOSE, row.id), by)
    drop_unused_tags()


def add_tags(rows: Sequence[Application], names: Iterable[str], by: Person) -> None:
    """Put tags on applications that have them not yet."""
    ids, tags = [row.id for row in rows], [tag.id for tag in ensure_tags(names)]
    there = sa.select(ApplicationTag.application_id, ApplicationTag.tag_id).where(
        ApplicationTag.application_id.in_(ids)
    )
    known = {(one, tag) for one, tag in session().execute(there.execution_options(scope="desk"))}
    new = [(one, tag) for one in ids for tag in tags if (one, tag) not in known]
    session().add_all(ApplicationTag(application_id=one, tag_id=tag) for one, tag in new)
    session().flush()
    for application_id in sorted({one for one, _tag in new}):
        record("application.tagged", (PURPOSE, application_id), by)


def drop_unused_tags() -> int:
    """Delete the tags that no application has; a word about one person must not outlive them. How many."""
    unused = ~sa.select(ApplicationTag.tag_id).where(ApplicationTag.tag_id == Tag.id).exists()
    # Somebody may be putting one on an application at this moment: theirs is locked, or was used before we had the lock.
    free = sa.select(Tag.id).where(unused).with_for_update(skip_locked=True).execution_options(scope="desk")
    ids = list(session().execute(free).scalars())
    if not ids:
        return 0
    statement = sa.delete(Tag).where(Tag.id.in_(ids), unused).returning(Tag.id)
    return len(session().execute(statement.execution_options(scope="desk", synchronize_session=False)).all())


def drop_idle_filters() -> None:
    """Forget kept filters for words or a tag that no application has: after an erasure they may be what is left of somebody."""
    asks = sa.or_(SavedFilter.query.contains("q="), SavedFilter.query.contains("tag="))
    for row in list(session().execute(sa.select(SavedFilter).where(asks)).scalars()):
        inbox = inbox_at(row.query)
        if (inbox.text and not is_in_any(inbox.text)) or (inbox.tag and not tag_is_known(inbox.tag)):
            session().delete(row)


def set_assignees(row: Application, people: Iterable[Person], by: Person) -> None:
    """Exactly these people look after an application; who could not see it is left out."""
    _lock(row)
    may = {person.id for person in readers_of([row.opening_id])}
    wanted = {person.id for person in people} & may
    there = sa.select(ApplicationAssignee).where(ApplicationAssignee.application_id == row.id)
    rows = {one.person_id: one for one in session().execute(there.execution_options(scope="desk")).scalars()}
    for person_id in rows.keys() - wanted:
        session().delete(rows[person_id])
    new = sorted(wanted - rows.keys())
    session().add_all(ApplicationAssignee(application_id=row.id, person_id=one) for one in new)
    session().flush()
    if rows.keys() != wanted:
        record("application.assigned", (PURPOSE, row.id), by, people=sorted(wanted))


def add_assignee(rows: Sequence[Application], person: Person, by: Person) -> None:
    """Let somebody look after applications, beside those who do already."""
    ids = [row.id for row in rows]
    there = sa.select(ApplicationAssignee.application_id).where(
        ApplicationAssignee.application_id.in_(ids), ApplicationAssignee.person_id == person.id
    )
    known = set(session().execute(there.execution_options(scope="desk")).scalars())
    new = [one for one in ids if one not in known]
    session().add_all(ApplicationAssignee(application_id=one, person_id=person.id) for one in new)
    session().flush()
    for application_id in new:
        record("application.assigned", (PURPOSE, application_id), by, added=person.id)


def mark_seen(application_id: int, event_id: int, person: Person) -> None:
    """A person has looked at everything of an application up to this event, mentions of theirs included."""
    seen = session().get(ApplicationSeen, (application_id, person.id), execution_options={"scope": "desk"})
    if seen is None:
        session().add(ApplicationSeen(application_id=application_id, person_id=person.id, event_id=event_id))
    else:
        seen.event_id = max(seen.event_id, event_id)
    new = sa.update(Mention).where(
        Mention.application_id == application_id, Mention.person_id == person.id, Mention.read_at.is_(None)
    )
    session().execute(new.values(read_at=clock.now()), execution_options={"scope": "desk"})


def mention(row: Application, written: Note, by: Person) -> list[Person]:
    """Tell the people whom a note calls by name, of those who may see the application; who they are.

    The mail says only that they were mentioned and where: nothing about the applicant leaves the desk.
    """
    session().flush()
    people = [one for one in mentioned_in(written.text, readers_of([row.opening_id])) if one.id != by.id]
    for person in people:
        session().add(Mention(note_id=written.id, application_id=row.id, person_id=person.id))
        if person.email:
            queue(
                "applications/mentioned",
                to_address=person.email,
                to_name=person.name,
                locale=person.locale or i18n.default_language(),
                by=by.name,
                application_id=row.id,
            )
    return people


def mentioned_in(text: str, people: Sequence[Person]) -> list[Person]:
    """Whom a text calls: "@Alma Berg", or "@Alma" where only one of them is called so. The longest name counts."""
    firsts = [person.name.split()[0].casefold() for person in people]
    names = {person.name.casefold(): person for person in people}
    names |= {first: person for first, person in zip(firsts, people, strict=True) if firsts.count(first) == 1}
    found: dict[int, Person] = {}
    for part in _CALL.split(text.casefold())[1:]:
        fitting = [name for name in names if re.match(rf"{re.escape(name)}(?!\w)", part)]
        if fitting:
            person = names[max(fitting, key=len)]
            found[person.id] = person
    return list(found.values())


def save_filter(person: Person, name: str, query: str, *, is_shared: bool) -> None:
    """Keep a view of the inbox; one of the same name is replaced."""
    content = {"query": query, "is_shared": is_shared}
    insert = insert_into(SavedFilter).values(person_id=person.id, name=name, **content)
    session().execute(
        insert.on_conflict_do_update(index_elements=[SavedFilter.person_id, SavedFilter.name], set_=content)
    )
