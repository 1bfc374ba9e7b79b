"""Everything of one application as a ZIP, for its applicant; its documents alone, for staff."""

import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from flask import current_app

from jobboard.applications.actions import ANSWER
from jobboard.applications.markup import steps
from jobboard.applications.markup_names import Face
from jobboard.applications.models import STAGE_LABELS, Application
from jobboard.core.db import session
from jobboard.core.web import site_url
from jobboard.files.markup import may_open
from jobboard.files.storage import CHUNK, StorageError, storage
from jobboard.mail.actions import mask_links
from jobboard.mail.models import MailState
from jobboard.mail.queries import mails_about
from jobboard.openings.models import JobOffer
from jobboard.posts.markup import canonical_url

#: Bytes of an archive that are made in memory; a larger one is made on disk.
IN_MEMORY = 4_000_000


def archive_of(row: Application, offer: JobOffer) -> Iterator[bytes]:
    """A ZIP with `application.json` and the documents as they were sent, in chunks."""
    target = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed when the last chunk was read
    names = {one.id: f"documents/{number:02d} {one.file.name}" for number, one in enumerate(row.documents, 1)}
    with zipfile.ZipFile(target, "w") as archive:
        content = json.dumps(content_of(row, offer, names), ensure_ascii=False, indent=2)
        archive.writestr("application.json", content + "\n")
        _put_documents(archive, row, names)
    target.seek(0)
    return _chunks(target)


def documents_of(row: Application, face: Face) -> Iterator[bytes]:
    """A ZIP with the documents alone, for staff, named as this person may know them."""
    target = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed when the last chunk was read
    names = {one.id: f"{number:02d} {face.document(one)}" for number, one in enumerate(row.documents, 1)}
    with zipfile.ZipFile(target, "w") as archive:
        _put_documents(archive, row, names)
    target.seek(0)
    return _chunks(target)


def _put_documents(archive: zipfile.ZipFile, row: Application, names: dict[int, str]) -> None:
    """Write the documents under these names; for one that cannot be handed out a text says so."""
    for document in row.documents:
        if not may_open(document.file):
            words = "This file has not passed the virus scanner and is not handed out.\n"
            archive.writestr(f"{names[document.id]} - missing.txt", words)
            continue
        try:
            chunks = storage().read(document.file.key)
            with archive.open(names[document.id], "w") as part:
                for chunk in chunks:
                    part.write(chunk)
        except (FileNotFoundError, StorageError):
            archive.writestr(f"{names[document.id]} - missing.txt", "This file could not be read.\n")


def _chunks(target: Any) -> Iterator[bytes]:
    with target:
        while chunk := target.read(CHUNK):
            yield chunk


def content_of(row: Application, offer: JobOffer, names: dict[int, str]) -> dict[str, Any]:
    """What an application holds of its applicant, as JSON can hold it; stages as they were told (decision 11)."""
    text = offer.text(row.locale)
    parts: dict[str, Callable[[Application], Any]] = current_app.extensions["application_parts"]
    return {
        "opening": {"title": text.title, "url": site_url(canonical_url(text))},
        "received_at": row.received_at.isoformat(),
        "stage": {"value": row.told_stage.value, "label": str(STAGE_LABELS[row.told_stage])},
        "stages": [{"label": one.text, "at": one.at.isoformat()} for one in steps(row) if one.at is not None],
        "name": row.name,
        "email": row.email,
        "phone": row.phone,
        "language": row.locale,
        "message": row.text,
        "answers": [{"question": one.label, "answer": one.value} for one in row.answers if one.kind.value != "file"],
        "documents": [
            {
                "path": names[one.id],
                "name": one.file.name,
                "sent_as": one.kind.value,
                "question": one.label or None,
                "type": one.file.content_type,
                "bytes": one.file.size,
                "sha256": one.file.sha256,
            }
            for one in row.documents
        ],
        "mails": [
            {"subject": mail.subject, "written_at": mail.queued_at.isoformat(), "text": mask_links(mail.text, "…")}
            for mail in session().execute(mails_about("application", row.id)).scalars()
            # What waits may still be taken back; nobody was told of it.
            if mail.state is MailState.sent and (mail.kind != ANSWER or row.told_at is not None)
        ],
        "talent_pool": [
            {
                "consent": one.words,
                "given_at": one.given_at.isoformat(),
                "until": one.until.isoformat(),
                "withdrawn_at": one.withdrawn_at and one.withdrawn_at.isoformat(),
            }
            for one in row.consents
        ],
        "privacy_notice_version": row.privacy_version,
        "withdraw_reason": row.withdraw_reason and row.withdraw_reason.value,
        **{name: part(row) for name, part in parts.items()},
    }
