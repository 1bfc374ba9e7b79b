"""Keeping files: bytes first and durable, then the row; and letting them go, row first, then bytes."""

import dataclasses
import datetime as dt
import hashlib
import io
from collections.abc import Iterable
from typing import Any, BinaryIO

import sqlalchemy as sa
from flask import has_request_context

from jobboard.core import clock
from jobboard.core.db import session
from jobboard.core.limits import caller, is_allowed, is_used_up
from jobboard.core.slugs import slug_of
from jobboard.files.checks import Checked, FileRefused, Refusal, check_document, clean_picture
from jobboard.files.clamd import scanner
from jobboard.files.markup import shown_name
from jobboard.files.models import ScanState, StoredFile
from jobboard.files.storage import CHUNK, made_key, new_key, storage

#: How long an upload waits for its form to be sent.
STAGED_FOR = dt.timedelta(hours=24)
#: Files that nobody could open, from one host; each may have cost seconds. Nobody has as many damaged ones by accident.
FAILED_PER_HOST = "20 per hour"
COSTLY = {Refusal.broken, Refusal.bomb, Refusal.too_slow}


@dataclasses.dataclass(frozen=True)
class Upload:
    """A checked document whose bytes are durably in the storage and whose row is not written yet."""

    key: str
    name: str
    content_type: str
    size: int
    sha256: str
    flags: list[str]
    pages: list[tuple[int, int] | None]
    page_count: int | None


@dataclasses.dataclass(frozen=True)
class Picture:
    """A picture written anew. Its key follows from its content; `size` is in bytes."""

    key: str
    name: str
    content_type: str
    data: bytes
    width: int
    height: int
    size: int


def receive(stream: BinaryIO, name: str) -> Upload:
    """Check an upload and put its bytes into the storage; slow, so before `writing()`.

    Raises `FileRefused` (with a sentence for the person) and `StorageError`.
    """
    name = shown_name(name)
    storage().make_sure_of_room()
    checked = _checked(stream, name)
    key, digest = new_key(), hashlib.sha256()
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
    stream.seek(0)
    storage().put(key, stream)
    flags = [flag.value for flag in checked.flags]
    about: dict[str, Any] = {"flags": flags, "pages": list(checked.pages), "page_count": checked.page_count}
    return Upload(key, name, checked.content_type, checked.size, digest.hexdigest(), **about)


def staged(upload: Upload, until: dt.datetime) -> StoredFile:
    """The row of a received upload that nobody owns until then. Where there is a virus scanner, it waits for that."""
    state = ScanState.pending if scanner() else ScanState.not_scanned
    return StoredFile(**vars(upload), created_at=clock.now(), staged_until=until, scan_state=state)


def _checked(stream: BinaryIO, name: str) -> Checked:
    """What an upload is. A host whose files can often not be opened must wait; what a command loads comes from no host."""
    if not has_request_context():
        return check_document(stream, name)
    limit = (FAILED_PER_HOST, "file-failed", caller())
    if is_used_up(*limit):
        raise FileRefused(Refusal.too_often)
    try:
        return check_document(stream, name)
    except FileRefused as refused:
        if refused.refusal in COSTLY:
            is_allowed(*limit)
        raise


def keep_staged(upload: Upload) -> StoredFile:
    """Write the row of a received upload that nobody owns yet."""
    row = staged(upload, clock.now() + STAGED_FOR)
    session().add(row)
    session().flush()
    return row


def claim(row: StoredFile) -> StoredFile:
    """Somebody owns it now: the sweep leaves it alone."""
    row.staged_until = None
    return row


def let_go(rows: Iterable[StoredFile]) -> list[str]:
    """Delete rows nobody points at any more; the names in the storage to `drop` once that is committed."""
    keys = []
    for row in rows:
        keys += [*made_keys(row), row.key]
        session().delete(row)
    session().flush()
    return keys


def drop(keys: Iterable[str]) -> None:
    """Delete bytes whose rows are gone; what a crash leaves here the sweep finds. Raises `StorageError`."""
    for key in keys:
        storage().delete(key)


def made_keys(row: StoredFile) -> list[str]:
    """The names of everything that may have been made from a file: its pages' pictures and its words."""
    if row.is_public:
        return [made_key(row.key, name) for name in row.sizes or ()]
    numbers = range(1, len(row.pages or ()) + 1)
    return [page_key(row, number) for number in numbers] or [words_key(row)]


def page_key(row: StoredFile, number: int) -> str:
    """The name of a page's picture."""
    return made_key(row.key, f"page-{number}")


def words_key(row: StoredFile) -> str:
    """The name of a document's words."""
    return made_key(row.key, "words")


def read_picture(data: bytes, name: str, *, is_square: bool = False) -> Picture:
    """A picture (or the square in its middle) as it would be kept; slow, so before `writing()`. Raises `PictureRefused`."""
    clean, content_type, ending, width, height = clean_picture(data, is_square=is_square)
    digest = hashlib.sha256(clean).hexdigest()
    stem = slug_of(shown_name(name).rpartition(".")[0], "picture")
    return Picture(f"{digest[:2]}/{digest}", f"{stem}.{ending}", content_type, clean, width, height, len(clean))


def store_picture(picture: Picture) -> None:
    """Put a picture's bytes into the storage; for many of them, before `writing()`. Raises `StorageError`."""
    storage().put(picture.key, io.BytesIO(picture.data))


def keep_picture(picture: Picture, *, is_stored: bool = False) -> StoredFile:
    """The public file of a picture; the same content is stored once. Raises `StorageError`."""
    found = session().execute(sa.select(StoredFile).where(StoredFile.key == picture.key)).scalar_one_or_none()
    if found is not None:
        return found
    if not is_stored:
        store_picture(picture)
    row = StoredFile(
        key=picture.key,
        name=picture.name,
        content_type=picture.content_type,
        size=picture.size,
        sha256=picture.key.rpartition("/")[2],
        width=picture.width,
        height=picture.height,
        is_public=True,
        created_at=clock.now(),
    )
    session().add(row)
    session().flush()
    return row
