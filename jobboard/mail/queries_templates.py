"""Templates of mails: those people choose by name, and those that stand in for the product's words."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask import current_app, has_request_context
from sqlalchemy.orm import Session

from jobboard.core.db import session
from jobboard.core.kept import kept, loading
from jobboard.mail.models_templates import MailTemplate


@dataclasses.dataclass(frozen=True)
class StandardMail:
    """A mail the product writes by itself and staff may word otherwise."""

    #: What it is called, lazily in the reader's language.
    label: Any
    #: Whether it is the only way for its recipient to what it links to.
    needs_link: bool = False


def standard_kinds() -> Mapping[str, StandardMail]:
    """The standard mails whose words can be replaced, by kind; the rooms they belong to name them."""
    kinds: Mapping[str, StandardMail] = current_app.extensions["mail_standard"]
    return kinds


def named_templates() -> list[MailTemplate]:
    """The templates people choose, by name."""
    statement = sa.select(MailTemplate).where(MailTemplate.name.is_not(None)).order_by(MailTemplate.name)
    return list(session().execute(statement).scalars())


def template_named(template_id: int) -> MailTemplate | None:
    """The template people chose, or None."""
    statement = sa.select(MailTemplate).where(MailTemplate.id == template_id, MailTemplate.name.is_not(None))
    return session().execute(statement).scalar_one_or_none()


def standard_templates() -> dict[str, MailTemplate]:
    """What stands in for the product's words, by kind of mail."""
    rows = session().execute(sa.select(MailTemplate).where(MailTemplate.kind.is_not(None))).scalars()
    return {str(row.kind): row for row in rows}


def own_words(kind: str, language: str) -> tuple[str, str] | None:
    """The subject and text that staff wrote for a standard mail in a language; None where the product's words hold.

    A request asks memory: each application that arrives would ask the database for what hardly ever changes.
    """
    if kind not in standard_kinds():
        return None
    rows = kept("words of standard mails", "", _loaded_words) if has_request_context() else _words(session())
    return rows.get((kind, language))


def _loaded_words() -> dict[tuple[str, str], tuple[str, str]]:
    with loading() as own:
        return _words(own)


def _words(current: Session) -> dict[tuple[str, str], tuple[str, str]]:
    """By kind and language what staff wrote."""
    statement = sa.select(MailTemplate.kind, MailTemplate.subject, MailTemplate.body)
    rows = current.execute(statement.where(MailTemplate.kind.is_not(None)))
    return {(str(kind), code): (subject[code], body[code]) for kind, subject, body in rows for code in body}
