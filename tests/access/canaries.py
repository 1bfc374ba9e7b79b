"""A world with a mark of its own in every personal text of every application, and who may read which.

The marks are planted by what the columns say about themselves, so that a new table of applicants is planted without a word.
"""

import dataclasses
import datetime as dt
import enum
import itertools
import re
from typing import Any

import sqlalchemy as sa

from jobboard.applications.actions import join_pool, note
from jobboard.applications.actions_reviewers import set_reviewers
from jobboard.applications.models import Application, Document, DocumentKind
from jobboard.applications.models_draft import Draft
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.base import Base, Data, UtcDateTime
from jobboard.core.db import scoped_tables, session
from jobboard.core.tokens import link_token, token_hash
from jobboard.files.models import StoredFile
from jobboard.interviews.models import InterviewState
from jobboard.mail.models import OutboxMail
from jobboard.openings.models import JobOffer
from jobboard.people.models import Person
from jobboard.talents.models import PoolContact
from tests.applications.test_views_private import with_document
from tests.factories import make_application, make_category, make_offer, make_person

#: A word of every application, for searches that find all of them.
COMMON = "quokka"
MARK = re.compile(r"zq[a-z]+\d{3}zq")
#: Tables whose marks applicants find on their own page: what they sent, and what was written to them.
SENT = {
    *("application", "answer", "document", "stored_file", "outbox_mail", "pool_consent"),
    *("interview", "interview_slot"),
}
#: Values of columns that are read as more than text.
VALUES: dict[str, Any] = {
    "rating.stars": 4,
    "criterion.label": {"en": "Skills"},
    # The words to choose from are one list for everybody who hires; which of them an application has is not.
    "tag.name": lambda world: f"Word {next(world.numbers)}",
    "review.earlier": lambda world: [
        {
            "at": clock.now().isoformat(),
            "stars": {"1": 3},
            "comment": world.mark(list(world.applications)[-1], "review.earlier"),
        }
    ],
    "application.phone": lambda world: f"+49461555{next(world.numbers):04}",
    "application.locale": "en",
    "pool_consent.until": lambda _world: clock.now() + dt.timedelta(days=200),
    "pool_consent.asked_at": None,
    "pool_consent.withdrawn_at": None,
    "interview.state": InterviewState.planned,
    "interview.cancelled_at": None,
}
#: Tables that the world fills by hand.
BY_HAND = {"application", "document", "pool_consent", "pool_contact", "draft"}


@dataclasses.dataclass
class World:
    """Applications by name, everybody of the staff, and whose mark is whose."""

    applications: dict[str, Application] = dataclasses.field(default_factory=dict)
    drafts: dict[str, Draft] = dataclasses.field(default_factory=dict)
    people: dict[str, Person] = dataclasses.field(default_factory=dict)
    mails: dict[str, OutboxMail] = dataclasses.field(default_factory=dict)
    contacts: dict[str, PoolContact] = dataclasses.field(default_factory=dict)
    #: (name of the application, table.column) by mark.
    marks: dict[str, tuple[str, str]] = dataclasses.field(default_factory=dict)
    #: By application and table the id of its row.
    planted: dict[str, dict[str, int]] = dataclasses.field(default_factory=dict)
    numbers: Any = dataclasses.field(default_factory=lambda: itertools.count(1))

    def mark(self, owner: str, column: str) -> str:
        """A mark of its own for one column of one application."""
        text = f"zq{owner}{next(self.numbers):03}zq"
        self.marks[text] = (owner, column)
        return text


def build() -> World:
    """Two applications, one for each of two openings, one that waits apart, one that is locked, and one not sent."""
    world = World()
    offers = {
        "one": make_offer("Editor", slug="an-opening", categories=[make_category("technology")]),
        "two": make_offer("Operator", slug="another-opening"),
    }
    for role in Role:
        world.people[role.value] = make_person(f"Staff {role.value}", role)
    world.people["other"] = make_person("Staff other", Role.reviewer)
    world.people["unassigned"] = make_person("Staff unassigned", Role.reviewer)
    set_reviewers(offers["one"].id, [world.people["reviewer"]])
    set_reviewers(offers["two"].id, [world.people["other"]])
    session().commit()
    _apply(world, "x", offers["one"])
    _apply(world, "y", offers["two"])
    _apply(world, "apart", offers["one"], is_suspect=True, suspicions=["trap"])
    _apply(world, "locked", offers["one"], locked_at=clock.now())
    _begin(world, "begun", offers["one"])
    session().commit()
    return world


def _apply(world: World, owner: str, offer: JobOffer, **columns: Any) -> None:
    """One application with a row in every table of applicants, each personal text marked."""
    row = make_application(offer, **columns)
    world.applications[owner] = row
    plant(world, owner, row)
    row.email = f"{world.mark(owner, 'application.email')}@example.org"
    row.email_key, row.text = row.email, f"{COMMON} {row.text}"
    row.new_email_hash = token_hash(f"new address of {row.id}")
    with_document(row, world.mark(owner, "content").encode(), f"{world.mark(owner, 'stored_file.name')}.txt")
    row.documents.append(Document(file=_file(world, owner), kind=DocumentKind.answer, label="Reference"))
    join_pool(row, world.mark(owner, "pool_consent.words"))
    note(row, world.mark(owner, "note.text"), world.people["recruiter"])
    session().flush()
    _write(world, owner, row)
    planted = {"application": row.id, "document": row.documents[0].id, "pool_consent": row.consents[0].id}
    world.planted[owner] = planted
    for table in Base.metadata.sorted_tables:
        if table.name in scoped_tables() - BY_HAND:
            planted[table.name] = _insert(world, owner, table, planted, offer)
    session().commit()


def plant(world: World, owner: str, row: Base) -> None:
    """Mark every personal text of a row."""
    for column in row.__table__.columns:
        name = f"{row.__tablename__}.{column.name}"
        if name in VALUES:
            setattr(row, column.name, _given(world, name))
        elif column.info["data"] is Data.PERSONAL and isinstance(column.type, sa.String) and not _is_enum(column):
            setattr(row, column.name, world.mark(owner, name))


def _given(world: World, name: str) -> Any:
    value = VALUES[name]
    return value(world) if callable(value) else value


def _is_enum(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, sa.Enum)


def _insert(world: World, owner: str, table: sa.Table, planted: dict[str, int], offer: JobOffer) -> int:
    """A row of any table of applicants; where it cannot be made by its columns alone, make it by hand in `_apply`."""
    values = {}
    for column in table.columns:
        name = f"{table.name}.{column.name}"
        if column.primary_key and not column.foreign_keys:
            continue
        values[column.name] = _given(world, name) if name in VALUES else _made(world, owner, column, planted, offer)
    result = session().execute(sa.insert(table).values(values), execution_options={"scope": "test"})
    return int((result.inserted_primary_key or (0,))[0] or 0)


def _made(world: World, owner: str, column: sa.Column[Any], planted: dict[str, int], offer: JobOffer) -> Any:
    """A value that a column can hold; a mark when it is a personal text."""
    name = f"{column.table.name}.{column.name}"
    if column.foreign_keys:
        target = next(iter(column.foreign_keys)).column.table.name
        if target in planted:
            return planted[target]
        known = {"person": world.people["recruiter"].id, "job_offer": offer.id, "post": offer.id}
        if target == "stored_file":
            return _file(world, owner).id
        if target in known:
            return known[target]
        if column.nullable:
            return None
        # What several applications share (a tag, a criterion): one of its own, so that nothing is shared here.
        planted[target] = _insert(world, owner, Base.metadata.tables[target], planted, offer)
        return planted[target]
    if isinstance(column.type, sa.Enum):
        first = next(iter(column.type.enum_class))
        return first if isinstance(first, enum.Enum) else column.type.enums[0]
    is_personal = column.info["data"] is Data.PERSONAL
    if isinstance(column.type, sa.String | sa.JSON):
        length = getattr(column.type, "length", None) or 100
        assert not is_personal or length >= 16, f"{name}: give it a value in VALUES"
        return world.mark(owner, name) if is_personal else f"unmarked{next(world.numbers)}"[:length]
    moment = clock.now() + dt.timedelta(days=2)
    if isinstance(column.type, UtcDateTime):
        return moment
    return {dt.date: moment.date(), bool: False}.get(column.type.python_type, next(world.numbers))


def _file(world: World, owner: str) -> StoredFile:
    row = StoredFile(
        key=f"00/{next(world.numbers):032x}",
        name=f"{world.mark(owner, 'stored_file.name')}.txt",
        content_type="text/plain",
        size=3,
        sha256="0" * 64,
        created_at=clock.now(),
        pages=[[620, 877]],  # that cannot be made, which its page says
    )
    session().add(row)
    session().flush()
    return row


def _write(world: World, owner: str, row: Application) -> None:
    """A mail about an application, and one about an opening to somebody of the pool."""
    mail = OutboxMail(
        message_id=f"<{owner}@example.org>",
        kind="applications/received",
        about_kind="application",
        about_id=row.id,
        locale="en",
        queued_at=clock.now(),
        due_at=clock.now() + dt.timedelta(days=1),
        tries=1,
    )
    plant(world, owner, mail)
    mail.to_address, mail.reply_to = row.email, None
    mail.last_error = world.mark(owner, "outbox_mail.last_error")
    offer = make_offer(f"For {owner}")
    contact = PoolContact(
        application_id=row.id,
        opening_id=offer.id,
        address_hash=f"{owner:x<64}",
        by=world.people["recruiter"],
        at=clock.now(),
        link_epoch=7,
    )
    session().add_all([mail, contact])
    session().flush()
    contact.link_hash = token_hash(link_token("pool", contact.id, 7))
    world.mails[owner], world.contacts[owner] = mail, contact


def _begin(world: World, owner: str, offer: JobOffer) -> None:
    """An application that nobody sent."""
    draft = Draft(
        opening_id=offer.id,
        nonce=f"nonce {owner}",
        issued_at=clock.now(),
        locale="en",
        fields={"name": [world.mark(owner, "draft.fields")], "text": [f"{COMMON} {world.mark(owner, 'draft.fields')}"]},
        moment=0,
        suspicions=[],
        expires_at=clock.now() + dt.timedelta(days=1),
    )
    draft.link_hash = token_hash(link_token(f"draft:{draft.nonce}", offer.id, 1))
    session().add(draft)
    session().flush()
    world.drafts[owner] = draft


def draft_token(draft: Draft) -> str:
    """The token of the link to a draft."""
    return link_token(f"draft:{draft.nonce}", draft.opening_id, 1)


def marks_in(data: bytes) -> set[str]:
    """Every mark in some bytes."""
    return set(MARK.findall(data.decode("utf-8", "replace")))
