"""An application arrives: everything of one form, in one transaction."""

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from jobboard.applications.actions import add_event, confirm, join_pool, set_link
from jobboard.applications.models import (
    Answer,
    Application,
    Document,
    DocumentKind,
    EventKind,
    Stage,
)
from jobboard.applications.queries import first_by
from jobboard.core import clock, i18n
from jobboard.core.db import session, write_new
from jobboard.core.faults import failpoint
from jobboard.files.actions import claim
from jobboard.files.models import StoredFile
from jobboard.openings.models import JobOffer, Question


@dataclasses.dataclass(frozen=True)
class GivenAnswer:
    """An answer as it was given: the stored value, its words, and the file for a question that asks for one."""

    question: Question
    value: Any
    shown: str
    file: StoredFile | None = None


@dataclasses.dataclass(frozen=True)
class Sending:
    """Everything somebody sends with one form."""

    name: str
    email: str
    phone: str
    text: str
    locale: str
    nonce: str
    draft_hash: str | None
    digest: str
    privacy_version: int | None
    cv: StoredFile | None
    answers: Sequence[GivenAnswer]
    #: What they agreed to for the talent pool, in the words they read; "" when they did not.
    pool_words: str = ""
    source_id: int | None = None
    #: Values of `Suspicion`: then it waits apart, and nothing is mailed until a person says that it is real.
    suspicions: Sequence[str] = ()


def digest_of(values: dict[str, Any], hashes: Sequence[str]) -> str:
    """SHA-256 of what a form holds, so that the same form with other content is recognised."""
    text = json.dumps([values, sorted(hashes)], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def submit(offer: JobOffer, sending: Sending) -> int:
    """An application arrives: its row, answers, documents, event and confirmation mail, all in the caller's transaction.

    Its files were stored durably before. A second one by the same address to the same opening is kept and linked to
    the first; only the mail says so (decision 13). Returns its number. Raises `IntegrityError` when the form was sent before.
    """
    now = clock.now()
    failpoint("before-row")
    row = Application(
        opening_id=offer.id,
        first_id=first_by(sending.email, offer.id),
        name=sending.name,
        email=sending.email,
        email_key=sending.email.lower(),
        phone=sending.phone,
        text=sending.text,
        locale=sending.locale,
        stage=Stage.received,
        told_stage=Stage.received,
        received_at=now,
        stage_since=now,
        form_nonce=sending.nonce,
        draft_hash=sending.draft_hash,
        form_digest=sending.digest,
        privacy_version=sending.privacy_version,
        source_id=sending.source_id,
        is_suspect=bool(sending.suspicions),
        suspicions=list(sending.suspicions),
        version=1,
        # Not 1: SQLite gives the id of a deleted application to another one, whose link must not be the old one.
        link_epoch=int(hashlib.sha256(sending.nonce.encode()).hexdigest()[:7], 16),
        **{name: [] for name in ("answers", "documents", "events", "notes", "consents")},  # nothing to ask for
    )
    if sending.cv is not None:
        row.documents.append(Document(file=claim(sending.cv), kind=DocumentKind.cv))
    for position, given in enumerate(sending.answers):
        _add_answer(row, position, given)
    if sending.pool_words:
        join_pool(row, sending.pool_words)
    add_event(row, EventKind.received, to_stage=Stage.received)
    write_new(row)
    set_link(row)
    session().connection().execute(_LINK, {"number": row.id, "link_hash": row.link_hash})
    if not row.is_suspect:
        confirm(row, offer)
    _write_parts(row)
    failpoint("before-commit")
    return row.id


_LINK = (
    sa.update(Application).where(Application.id == sa.bindparam("number")).values(link_hash=sa.bindparam("link_hash"))
)


def _write_parts(row: Application) -> None:
    """Write everything that belongs to a new application."""
    parts = (row.answers, row.documents, row.consents, row.events)
    for one in row.documents:
        one.file_id = one.file.id
    for rows in parts:
        for part in rows:
            part.application_id = row.id
        write_new(*rows)


def _add_answer(row: Application, position: int, given: GivenAnswer) -> None:
    question = given.question
    chosen = given.value if isinstance(given.value, list) else [given.value]
    label = i18n.pick(question.label, row.locale)
    row.answers.append(
        Answer(
            question_id=question.id,
            position=position,
            kind=question.kind,
            label=label,
            value=given.value,
            shown=given.shown,
            is_flagged=any(_plain(one) in question.knockout for one in chosen if one is not None),
        )
    )
    if given.file is not None:
        row.documents.append(Document(file=claim(given.file), kind=DocumentKind.answer, label=label))


def _plain(value: Any) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
