"""Those who agreed to hear of other openings, as long as they do, and what they were told about."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from jobboard.applications.models import Answer, Application, PoolConsent
from jobboard.applications.queries import visible_to
from jobboard.applications.queries_names import name_is_shown
from jobboard.core.db import Page, session
from jobboard.core.tokens import keyed_hashes, token_hash
from jobboard.openings.models import JobOffer
from jobboard.people.models import Person
from jobboard.posts.models import Categorization, Post
from jobboard.posts.queries import is_open
from jobboard.talents.models import PoolContact

PER_PAGE = 30
#: Words of a search that are looked at.
MOST_WORDS = 8


@dataclasses.dataclass(frozen=True)
class Wanted:
    """Whom somebody looks for: every word somewhere in what was sent, and what it was sent for."""

    words: str = ""
    category_id: int | None = None
    opening_id: int | None = None
    #: Language in which somebody applied (BCP 47).
    language: str | None = None


def in_pool(person: Person, now: dt.datetime) -> sa.Select[Application]:
    """The applications whose applicants agreed and still do, of those a person may see; the consent that ends last first."""
    holds = sa.and_(
        PoolConsent.application_id == Application.id, PoolConsent.withdrawn_at.is_(None), PoolConsent.until > now
    )
    statement = visible_to(person).join(PoolConsent, holds).where(Application.is_suspect.is_(False))
    return statement.order_by(PoolConsent.until.desc(), Application.id.desc())


def found_in_pool(person: Person, wanted: Wanted, now: dt.datetime) -> sa.Select[Application]:
    """Those of the pool that somebody looks for."""
    statement = in_pool(person, now)
    for word in wanted.words.split()[:MOST_WORDS]:
        statement = statement.where(_holds(word, person))
    if wanted.category_id is not None:
        about = sa.select(Categorization.post_id).where(Categorization.category_id == wanted.category_id)
        statement = statement.where(Application.opening_id.in_(about))
    if wanted.opening_id is not None:
        statement = statement.where(Application.opening_id == wanted.opening_id)
    return statement.where(Application.locale == wanted.language) if wanted.language else statement


def _holds(word: str, person: Person) -> sa.ColumnElement[bool]:
    """Whether an application has this word in it, in either case: SQLite's own comparison knows that of ASCII only."""
    spellings = {word, word.lower(), word.upper(), word.capitalize()}
    sent = [Application.text.icontains(one, autoescape=True) for one in spellings]
    named = [
        column.icontains(one, autoescape=True) for column in (Application.name, Application.email) for one in spellings
    ]
    answered = sa.or_(*(Answer.shown.icontains(one, autoescape=True) for one in spellings))
    # A name that is hidden until one has rated must not be found by trying.
    return sa.or_(
        sa.and_(sa.or_(*named), name_is_shown(person)),
        *sent,
        sa.exists().where(Answer.application_id == Application.id, answered),
    )


def pool_page(statement: sa.Select[Application], number: int, url: Callable[[int], str]) -> Page[Application]:
    """One page of the pool; the same number of queries for 1 and for 300."""
    options = statement.get_execution_options()
    counted = sa.select(sa.func.count()).select_from(statement.order_by(None).subquery()).execution_options(**options)
    parts = (selectinload(Application.opening).selectinload(Post.texts), selectinload(Application.consents))
    rows = session().execute(statement.options(*parts).offset((number - 1) * PER_PAGE).limit(PER_PAGE)).scalars()
    total = session().execute(counted).scalar_one()
    return Page(list(rows), number, PER_PAGE, total, url)


def choices_in(person: Person, now: dt.datetime) -> tuple[list[int], list[str]]:
    """(ids of the openings, languages) that the people of the pool applied for and in."""
    statement = in_pool(person, now).order_by(None).with_only_columns(Application.opening_id, Application.locale)
    rows = session().execute(statement.distinct()).all()
    return sorted({row[0] for row in rows}), sorted({row[1] for row in rows})


def talent_of(person: Person, application_id: int, now: dt.datetime, *, lock: bool = False) -> Application | None:
    """One of the pool, if this person may see it; locked for writing to them."""
    statement = in_pool(person, now).where(Application.id == application_id)
    statement = statement.options(selectinload(Application.events), selectinload(Application.consents))
    statement = statement.with_for_update(of=Application) if lock else statement
    return session().execute(statement).scalar_one_or_none()


def address_hashes(email_key: str) -> list[str]:
    """What is kept of an address to know it again: by each of the site's keys, the newest first."""
    return keyed_hashes("talent pool", email_key)


def contacts_of(rows: Iterable[Application]) -> dict[int, list[PoolContact]]:
    """What the people of these applications were told about, by application, the newest first."""
    hashes = {row.id: address_hashes(row.email_key) for row in rows}
    statement = (
        sa.select(PoolContact)
        .where(PoolContact.address_hash.in_({one for known in hashes.values() for one in known}))
        .options(selectinload(PoolContact.opening).selectinload(Post.texts))
        .order_by(PoolContact.id.desc())
        .execution_options(scope="talent pool")
    )
    found = list(session().execute(statement).scalars())
    return {number: [one for one in found if one.address_hash in known] for number, known in hashes.items()}


def openings_for(row: Application, now: dt.datetime) -> Sequence[JobOffer]:
    """The open openings that somebody has not applied for and was not told about, the newest first."""
    applied = sa.select(Application.opening_id).where(Application.email_key == row.email_key)
    told = sa.select(PoolContact.opening_id).where(PoolContact.address_hash.in_(address_hashes(row.email_key)))
    statement = (
        sa.select(JobOffer)
        .where(is_open(now), JobOffer.id.not_in(applied), JobOffer.id.not_in(told))
        .options(selectinload(Post.texts))
        .order_by(JobOffer.publish_at.desc())
        .execution_options(scope="talent pool")
    )
    return session().execute(statement).scalars().all()


def contact_by_id(number: int) -> PoolContact | None:
    """One contact for the software itself: the link in its mail."""
    statement = sa.select(PoolContact).where(PoolContact.id == number).execution_options(scope="mail")
    return session().execute(statement).scalar_one_or_none()


def contact_by_link(token: str) -> PoolContact | None:
    """The contact whose recipient has this link."""
    statement = sa.select(PoolContact).where(PoolContact.link_hash == token_hash(token))
    return session().execute(statement.execution_options(scope="link")).scalar_one_or_none()


def agreed_with(email_key: str) -> list[Application]:
    """Every application of an address with a consent that was not taken back, locked."""
    holds = sa.exists().where(PoolConsent.application_id == Application.id, PoolConsent.withdrawn_at.is_(None))
    statement = sa.select(Application).where(Application.email_key == email_key, holds)
    statement = statement.options(selectinload(Application.consents)).execution_options(scope="link")
    return list(session().execute(statement.with_for_update()).scalars())
