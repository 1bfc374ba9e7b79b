"""Applications somebody may see. Every statement here carries its scope; one without raises `UnscopedQuery`."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from jobboard.applications.models import Application, Document, Stage
from jobboard.applications.models_reviewers import ReviewerAssignment
from jobboard.core.access import HIRING, Role
from jobboard.core.db import session
from jobboard.core.tokens import token_hash
from jobboard.mail.models import OutboxMail
from jobboard.openings.models import JobOffer
from jobboard.people.models import Person
from jobboard.posts.models import Post

PER_PAGE = 30
#: The way of an application that goes well; the other stages end it.
WAY = (Stage.received, Stage.reviewing, Stage.interview, Stage.offer, Stage.hired)
#: Stages in which an applicant has not heard anything yet; those of `ANSWERS` are told at once.
WAITING, ANSWERS = (Stage.received, Stage.reviewing), (Stage.interview, Stage.offer, Stage.hired)
#: Applications of one address whose links are mailed at once.
MOST_LINKS = 10


def visible_to(person: Person) -> sa.Select[Application]:
    """The applications a person may see: all for those who hire, assigned openings' for reviewers, none for others.

    What is locked for claims is seen by nobody (GDPR Art. 18); what looks like a program's only by those who hire.
    """
    statement = sa.select(Application).where(Application.locked_at.is_(None))
    statement = statement.execution_options(scope=f"person {person.id}")
    if person.role in HIRING:
        return statement
    if person.role is Role.reviewer:
        return statement.where(Application.opening_id.in_(_assigned(person)), Application.is_suspect.is_(False))
    return statement.where(sa.false())


def _assigned(person: Person) -> sa.Select[int]:
    return sa.select(ReviewerAssignment.offer_id).where(ReviewerAssignment.person_id == person.id)


def reviewers_of(offer_id: int) -> list[Person]:
    """Who was chosen to read the applications of an opening, by name."""
    statement = sa.select(Person).join(ReviewerAssignment, ReviewerAssignment.person_id == Person.id)
    rows = session().execute(statement.where(ReviewerAssignment.offer_id == offer_id).order_by(Person.name))
    return list(rows.scalars())


def whole() -> list[Any]:
    """Loader options for the one screen of an application."""
    return [
        selectinload(Application.answers),
        selectinload(Application.documents),
        selectinload(Application.events),
        selectinload(Application.notes),
        selectinload(Application.consents),
        selectinload(Application.opening).selectinload(Post.texts),
    ]


def application_of(person: Person, application_id: int) -> Application | None:
    """One application with everything, if this person may see it; else None, as if there were none."""
    statement = visible_to(person).where(Application.id == application_id).options(*whole())
    return session().execute(statement).scalar_one_or_none()


def may_see(person: Person, application_id: int) -> bool:
    """Whether a person may see an application, without loading it."""
    statement = visible_to(person).where(Application.id == application_id).with_only_columns(Application.id)
    return session().execute(statement).first() is not None


def refused_about(values: Mapping[str, Any]) -> tuple[str, int] | None:
    """What a refused address is about, for the audit log: an application that is there."""
    row = by_id(values["application_id"]) if "application_id" in values else None
    return ("application", row.id) if row is not None else None


def application_by_link(token: str, *, lock: bool = False) -> Application | None:
    """The application whose applicant holds this link; locked for changing it.

    The look-up is by hash, so it tells nothing by its time.
    """
    statement = sa.select(Application).where(Application.link_hash == token_hash(token)).options(*whole())
    statement = statement.execution_options(scope="link")
    return session().execute(statement.with_for_update() if lock else statement).scalar_one_or_none()


def application_by_new_address(token: str, *, lock: bool = False) -> Application | None:
    """The application that asks the holder of this link whether it may be moved to their address."""
    statement = sa.select(Application).where(Application.new_email_hash == token_hash(token)).options(*whole())
    statement = statement.execution_options(scope="link")
    return session().execute(statement.with_for_update() if lock else statement).scalar_one_or_none()


_DIGEST_SENT = (
    sa.select(Application.form_digest)
    .where(Application.form_nonce == sa.bindparam("nonce"))
    .execution_options(scope="form")
)


def digest_sent_with(nonce: str) -> str | None:
    """The SHA-256 of what was sent with this form; None when nothing was."""
    return session().execute(_DIGEST_SENT, {"nonce": nonce}).scalar_one_or_none()


def is_sent_from(draft_token: str) -> bool:
    """Whether an application was sent from the draft with this link."""
    statement = sa.select(Application.id).where(Application.draft_hash == token_hash(draft_token))
    return session().execute(statement.execution_options(scope="form")).first() is not None


_FIRST_BY = (
    sa.select(sa.func.min(Application.id))
    .where(Application.email_key == sa.bindparam("email_key"), Application.opening_id == sa.bindparam("opening_id"))
    .execution_options(scope="form")
)


def first_by(email: str, opening_id: int) -> int | None:
    """The id of the first application by this address to this opening, whatever its language (decision 13)."""
    return session().execute(_FIRST_BY, {"email_key": email.lower(), "opening_id": opening_id}).scalar_one_or_none()


def hidden_mails() -> sa.ColumnElement[bool]:
    """The mails that staff may not read: about forms nobody sent, and about what is locked for claims (GDPR Art. 18)."""
    locked = sa.select(Application.id).where(Application.locked_at.is_not(None))
    is_locked = sa.and_(OutboxMail.about_kind == "application", OutboxMail.about_id.in_(locked))
    return sa.and_(OutboxMail.about_kind.is_not(None), sa.or_(OutboxMail.about_kind == "draft", is_locked))


def sent_from(email: str) -> list[Application]:
    """The applications of one address whose pages can be opened, the newest first; for mailing their links to it."""
    statement = (
        sa.select(Application)
        .where(Application.email_key == email.lower(), Application.is_suspect.is_(False))
        .order_by(Application.id.desc())
        .limit(MOST_LINKS)
        .execution_options(scope="mail")
    )
    return [row for row in session().execute(statement).scalars() if not awaits_proof(row)]


def awaits_proof(row: Application) -> bool:
    """Whether somebody of the staff gave the address and its owner has not said yes: its page stays closed to it."""
    return row.new_email is not None and row.new_email.lower() == row.email_key


def by_id(application_id: int) -> Application | None:
    """One application for the software itself: the link in a mail, the mail that was accepted."""
    statement = sa.select(Application).where(Application.id == application_id).execution_options(scope="mail")
    return session().execute(statement).scalar_one_or_none()


def counts_by_opening(person: Person) -> dict[int, dict[Stage, int]]:
    """How many applications each opening has in each stage, of those the person may see."""
    seen = (
        visible_to(person)
        .where(Application.is_suspect.is_(False))
        .with_only_columns(Application.opening_id, Application.stage, sa.func.count())
    )
    counts: dict[int, dict[Stage, int]] = {}
    for opening_id, stage, count in session().execute(seen.group_by(Application.opening_id, Application.stage)):
        counts.setdefault(opening_id, {})[stage] = count
    return counts


def count_of_suspects(person: Person) -> int:
    """How many applications wait apart as a program's."""
    seen = visible_to(person).where(Application.is_suspect.is_(True)).with_only_columns(sa.func.count())
    return int(session().execute(seen).scalar_one())


def openings_with_titles(ids: list[int]) -> list[JobOffer]:
    """These openings with their titles, the newest first."""
    rows = session().execute(
        sa.select(JobOffer)
        .where(JobOffer.id.in_(ids))
        .options(selectinload(Post.texts))
        .order_by(JobOffer.publish_at.desc())
    )
    return list(rows.scalars())


def others_by(application: Application, person: Person) -> list[Application]:
    """Other applications by the same address to the same opening that this person may see."""
    statement = visible_to(person).where(
        Application.email_key == application.email_key,
        Application.opening_id == application.opening_id,
        Application.id != application.id,
    )
    return list(session().execute(statement.order_by(Application.id)).scalars())


def document_of(application: Application, document_id: int) -> Document | None:
    """A document of an application that was loaded within somebody's scope."""
    return next((document for document in application.documents if document.id == document_id), None)
