"""The files of one form: received, kept in its draft, and handed to the application."""

import dataclasses
from typing import BinaryIO, cast

from flask import request
from werkzeug.datastructures import FileStorage
from wtforms import Field

from jobboard.applications.forms import ApplyForm
from jobboard.applications.models_draft import Draft
from jobboard.core.i18n import _
from jobboard.files.actions import Upload, receive
from jobboard.files.checks import FileRefused
from jobboard.files.markup import size_in_words
from jobboard.files.models import StoredFile
from jobboard.files.storage import StorageError


@dataclasses.dataclass(frozen=True)
class Kept:
    """A file that is already here, as the form shows it."""

    name: str
    size: str
    remove_name: str


class NotTaken(ValueError):
    """An upload that is not here; `str()` is the sentence for the person."""


def take_in(upload: FileStorage) -> Upload:
    """Check an upload and store its bytes durably. Raises `NotTaken`."""
    try:
        return receive(cast("BinaryIO", upload.stream), upload.filename or "")
    except FileRefused as refused:
        raise NotTaken(str(refused)) from refused
    except StorageError as error:
        raise NotTaken(_("This file could not be stored just now. Please try again in a few minutes.")) from error
    finally:
        upload.close()  # a large one is a file of the system's


class Files:
    """What a form's file fields hold: new uploads, or files its draft has."""

    def __init__(self, form: ApplyForm, draft: Draft | None) -> None:
        self.form, self.draft = form, draft
        self.uploads: dict[str, Upload] = {}
        self.errors: dict[str, str] = {}
        names = [field.name for field in form.file_fields]
        self.removed = frozenset(name for name in names if f"{name}-remove" in request.form)

    def receive(self) -> None:
        """Check every new upload and store its bytes durably. A refused one leaves an earlier good one in place."""
        for field in self.form.file_fields:
            upload = field.data
            if not upload or not upload.filename:
                continue
            try:
                self.uploads[field.name] = take_in(upload)
            except NotTaken as refused:
                self.errors[field.name] = str(refused)

    def settle(self, draft: Draft) -> None:
        """What was uploaded and removed is the draft's now."""
        self.draft, self.uploads, self.removed = draft, {}, frozenset()

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
        return name in self.uploads or self.file(name) is not None

    def file(self, name: str) -> StoredFile | None:
        """The file the draft has for a field, unless it is to be removed."""
        return None if self.draft is None or name in self.removed else self.draft.file(name)

    def kept(self, field: Field) -> Kept | None:
        """What the form shows of a file that is here."""
        row = None if self.draft is None else self.draft.file(field.name)
        return None if row is None else Kept(row.name, size_in_words(row.size), f"{field.name}-remove")
