"""Searching applications for words. The person's scope is the caller's statement; here is only what their words must hold."""

import sqlalchemy as sa

from jobboard.applications.models import Application, Event
from jobboard.applications.models_desk import ApplicationTag, ApplicationWords, Tag
from jobboard.applications.queries_names import name_is_shown
from jobboard.core.access import HIRING
from jobboard.core.db import session
from jobboard.people.models import Person
from jobboard.search.words import Term, made_by, query_terms


def holds_words(query: str, person: Person | None) -> sa.ColumnElement[bool]:
    """Whether an application holds everything that is asked for, in any column; tags count for those who see them.

    Words are found in any of their forms and as beginnings; what stands in quotes as it stands (`search.words`). Without a
    person, for the software itself, everything counts.
    """
    terms = query_terms(query)
    if not terms:
        return sa.true() if not query else sa.false()
    return sa.and_(*(_holds(term, person) for term in terms))


def _holds(term: Term, person: Person | None) -> sa.ColumnElement[bool]:
    # Words hold letters and digits only (they were cut), so nothing of them is a pattern.
    who, written = (
        sa.or_(*(column.contains(part) for part in _parts(term)))
        for column in (ApplicationWords.who, ApplicationWords.words)
    )
    words = sa.exists().where(ApplicationWords.application_id == Application.id)
    # Who it is from finds nothing where it must not be known yet: that would tell.
    has_words = sa.or_(words.where(written), sa.and_(words.where(who), name_is_shown(person) if person else sa.true()))
    if person is not None and person.role not in HIRING:
        return has_words
    has_tag = sa.exists().where(
        ApplicationTag.application_id == Application.id,
        Tag.id == ApplicationTag.tag_id,
        Tag.key.startswith(term.words[0]),
    )
    return sa.or_(has_words, has_tag)


def _parts(term: Term) -> list[str]:
    """What stands in a column where the term is found: the first word as a beginning, other forms whole."""
    if term.is_phrase:
        return [f" {' '.join(term.words)} "]
    return [f" {term.words[0]}", *(f" {word} " for word in term.words[1:])]


def is_in_any(query: str) -> bool:
    """Whether any application at all holds what is asked for."""
    statement = sa.select(Application.id).where(holds_words(query, None)).limit(1)
    return session().execute(statement.execution_options(scope="words")).first() is not None


def out_of_date(limit: int) -> sa.Select[int, int]:
    """(application, last event) of those whose words have to be cut anew; what is locked is not searched by anybody."""
    last = sa.select(sa.func.coalesce(sa.func.max(Event.id), 0)).where(Event.application_id == Application.id)
    is_new = sa.or_(
        ApplicationWords.application_id.is_(None),
        ApplicationWords.cut_by != made_by(),
        sa.exists().where(Event.application_id == Application.id, Event.id > ApplicationWords.event_id),
    )
    return (
        sa.select(Application.id, last.scalar_subquery())
        .outerjoin(ApplicationWords, ApplicationWords.application_id == Application.id)
        .where(Application.locked_at.is_(None), is_new)
        .order_by(Application.id.desc())
        .limit(limit)
        .execution_options(scope="words")
    )
