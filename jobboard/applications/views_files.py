"""The files of one sending: received, kept over errors, and handed to the application."""

import dataclasses
from typing import Any

import sqlalchemy as sa
from flask import request
from wtforms import Field

from jobboard.applications.actions import GivenAnswer, Sending, digest_of
from jobboard.applications.forms import ApplyForm
from jobboard.applications.markup import value_of
from jobboard.core import clock, i18n
from jobboard.core.db import session, writing
from jobboard.core.i18n import _
from jobboard.core.tokens import sign, unsign
from jobboard.files.actions import Upload, keep_staged, receive
from jobboard.files.checks import FileRefused
from jobboard.files.markup import size_in_words
from jobboard.files.models import StoredFile
from jobboard.files.storage import StorageError
from jobboard.openings.models import JobOffer


@dataclasses.dataclass(frozen=True)
class Kept:
    """A file that is already here, as the form shows it."""

    name: str
    size: str
    reference: str
    remove_name: str


class Files:
    """What a form's file fields hold: new uploads, or files kept from an earlier try."""

    def __init__(self, form: ApplyForm, offer_id: int) -> None:
        self.form, self.offer_id = form, offer_id
        self.uploads: dict[str, Upload] = {}
        self.staged: dict[str, StoredFile] = self._from_earlier()
        self.errors: dict[str, str] = {}

    def _from_earlier(self) -> dict[str, StoredFile]:
        """The files an earlier try left here, named by signed references; removed and expired ones are not among them."""
        found = {}
        for field in self.form.file_fields:
            reference = unsign(self._purpose(field), request.form.get(f"{field.name}-kept"))
            if reference is None or f"{field.name}-remove" in request.form:
                continue
            row = session().execute(
                sa.select(StoredFile).where(StoredFile.key == reference, StoredFile.staged_until > clock.now())
            )
            if (stored := row.scalar_one_or_none()) is not None:
                found[field.name] = stored
        return found

    def _purpose(self, field: Field) -> str:
        return f"staged:{self.offer_id}:{field.name}"

    def receive(self) -> None:
        """Check every new upload and store its bytes durably. A refused one leaves an earlier good one in place."""
        for field in self.form.file_fields:
            upload = field.data
            if not upload or not upload.filename:
                continue
            try:
                self.uploads[field.name] = receive(upload.stream, upload.filename)
                self.staged.pop(field.name, None)
            except FileRefused as refused:
                self.errors[field.name] = str(refused)
            except StorageError:
                self.errors[field.name] = _(
                    "This file could not be stored just now. Please try again in a few minutes."
                )
            finally:
                upload.close()  # a large one is a file of the system's

    def check(self, *, is_valid: bool, has_text: bool) -> bool:
        """Put the files' errors at their fields; whether the whole form is fine."""
        for field in self.form.file_fields:
            if field.name in self.errors:
                field.errors = [*field.errors, self.errors[field.name]]
            elif field.flags.required and not self.has(field.name):
                field.errors = [*field.errors, _("Please choose a file.")]
        if not has_text and not self.has("cv") and "cv" not in self.errors:
            self.form.cv.errors = [_("Please add a file, or write a few words below.")]
        return is_valid and not any(field.errors for field in self.form.file_fields)

    def has(self, name: str) -> bool:
        """Whether there is a good file for a field."""
        return name in self.uploads or name in self.staged

    def stage(self) -> None:
        """Keep new good uploads for the next try."""
        if self.uploads:
            with writing():
                rows = {name: keep_staged(upload) for name, upload in self.uploads.items()}
            self.staged.update(rows)
            self.uploads = {}

    def kept(self, field: Field) -> Kept | None:
        """What the form shows of a file that is here."""
        row = self.staged.get(field.name)
        if row is None:
            return None
        reference = sign(self._purpose(field), row.key)
        return Kept(row.name, size_in_words(row.size), reference, f"{field.name}-remove")

    def take(self, name: str) -> StoredFile | None:
        """The row of a field's file, written in the running transaction when it is new."""
        if name in self.uploads:
            return keep_staged(self.uploads[name])
        staged = self.staged.get(name)
        return session().get(StoredFile, staged.id) if staged is not None else None

    def digest(self) -> str:
        """SHA-256 of everything this form holds."""
        values: dict[str, Any] = {
            field.name: field.data
            for field in self.form
            if field not in self.form.file_fields and field.name not in {"token", "homepage"}
        }
        hashes = [upload.sha256 for upload in self.uploads.values()] + [row.sha256 for row in self.staged.values()]
        return digest_of(values, hashes)


def sending_of(
    offer: JobOffer, form: ApplyForm, files: Files, nonce: str, digest: str, privacy_version: int | None
) -> Sending:
    """What a valid form sends; inside the transaction, as it writes the rows of new files."""
    answers = []
    for question in offer.questions:
        field = form[f"q_{question.key}"]
        value, shown = value_of(question, field.data)
        answers.append(GivenAnswer(question, value, shown, files.take(field.name)))
    return Sending(
        name=form.name.data or "",
        email=form.email.data or "",
        text=form.text.data or "",
        locale=i18n.page_language(),
        nonce=nonce,
        digest=digest,
        privacy_version=privacy_version,
        cv=files.take("cv"),
        answers=answers,
    )
