"""Keeping words for mails. Nothing here commits."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm.exc import StaleDataError

from jobboard.core import clock, i18n
from jobboard.core.db import session
from jobboard.mail.actions import product_parts, tidy
from jobboard.mail.models_templates import MailTemplate

#: What a standard mail is rendered with to show its words: each placeholder stands for itself.
_AS_PLACEHOLDERS = {
    "to_name": "{{ name }}",
    "title": "{{ opening }}",
    "link": "{{ page_link }}",
    "response_days": None,
}


def save_template(
    row: MailTemplate | None,
    *,
    kind: str | None = None,
    name: str | None = None,
    words: Mapping[str, tuple[str, str]],
    by_id: int | None,
    version: str = "",
) -> MailTemplate:
    """Keep a template's (subject, text) by language; a standard mail's kind, or a name, says what it is.

    Raises `StaleDataError` when somebody else saved it since `version`.
    """
    if row is None:
        row = MailTemplate(kind=kind, subject={}, body={})
        session().add(row)
    elif str(row.version) != version:
        raise StaleDataError
    row.name = name
    row.subject = {code: subject for code, (subject, _body) in words.items()}
    row.body = {code: body for code, (_subject, body) in words.items()}
    row.changed_at, row.changed_by_id = clock.now(), by_id
    return row


def reset_words(row: MailTemplate, language: str) -> None:
    """Let the product's words hold again in a language; without any of its own the row goes."""
    row.subject = {code: text for code, text in row.subject.items() if code != language}
    row.body = {code: text for code, text in row.body.items() if code != language}
    if not row.body:
        session().delete(row)


def product_words(kind: str, language: str) -> tuple[str, str]:
    """The product's own subject and text of a standard mail, with placeholders, as something to start from."""
    with i18n.force_locale(language):
        words: dict[str, Any] = {**_AS_PLACEHOLDERS, "language": language}
        subject, text, _html = product_parts(kind, words)
    return subject.strip(), tidy(text).partition("\n-- \n")[0].strip()
