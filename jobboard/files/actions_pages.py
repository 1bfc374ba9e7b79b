"""What people see of a document instead of the document: pictures of its pages, or its words. Made once, then kept."""

import contextlib
import dataclasses
import io

from jobboard.files.actions import page_key, words_key
from jobboard.files.checker import checker
from jobboard.files.checks import DOCUMENTS, KINDS, Checked, FileRefused, inspect, refuse_by
from jobboard.files.markup import may_open
from jobboard.files.models import StoredFile
from jobboard.files.storage import StorageError, storage

PICTURE_TYPE = "image/webp"
#: Seconds that somebody waits for a turn of the checking process: a page of many pictures asks for several of them at once.
PATIENCE = 2.0
#: Kinds that are shown as their words.
WORDS = {DOCUMENTS[kind] for kind in ("docx", "odt", "txt")}


class NotShown(Exception):
    """This page or document cannot be shown; the original may still be read."""


@dataclasses.dataclass(frozen=True)
class Shown:
    """What was found out and made of a document: the columns of its row."""

    flags: list[str]
    page_count: int | None
    pages: list[list[int] | None]


def page_picture(row: StoredFile, number: int) -> bytes:
    """The picture of one page, made when it is not there yet. Raises `NotShown` and `StorageError`."""
    return _kept(page_key(row, number)) or _made(row, number, page_key(row, number))


def words_of(row: StoredFile) -> str | None:
    """The words of a document, read out of it when they are not there yet; None for one that is shown as pictures.

    Raises `NotShown` and `StorageError`.
    """
    if row.content_type not in WORDS or not may_open(row):
        return None
    return (_kept(words_key(row)) or _made(row, 0, words_key(row))).decode("utf-8", "replace")


def text_of(row: StoredFile) -> str:
    """The words of a document for searching, whatever it is shown as; "" for one without any, or one nobody may open.

    Those of a PDF are read each time and not kept. Raises `NotShown` and `StorageError`.
    """
    if row.content_type != DOCUMENTS["pdf"]:
        return words_of(row) or ""
    return _asked(row, 0).decode("utf-8", "replace") if may_open(row) else ""


def make_shown(row: StoredFile) -> Shown:
    """Make everything of a document that is shown. What fails is left out; raises `StorageError` when it must wait."""
    known = _known(row)
    row_pages: list[list[int] | None] = [list(page) if page else None for page in known.pages]
    if row.content_type in WORDS:
        with contextlib.suppress(NotShown):
            words_of(row)
    for index, page in enumerate(row_pages):
        try:
            if page is not None:
                page_picture(row, index + 1)
        except NotShown:
            row_pages[index] = None
    return Shown([flag.value for flag in known.flags], known.page_count, row_pages)


def _known(row: StoredFile) -> Checked:
    """What checking finds of a document: one that came before documents had pages has never been asked."""
    try:
        return inspect(_original(row), row.content_type, row.size)
    except (FileRefused, NotShown):  # taken by an older version, or gone
        return Checked(row.content_type, row.size)


def _kept(key: str) -> bytes:
    """What was made before; nothing when it was not."""
    try:
        return b"".join(storage().read(key))
    except FileNotFoundError:
        return b""


def _made(row: StoredFile, number: int, key: str) -> bytes:
    data = _asked(row, number)
    if number and not (data.startswith(b"RIFF") and data[8:12] == b"WEBP"):
        raise NotShown  # what comes out of a hostile document must at least look like a picture
    with contextlib.suppress(StorageError):  # it may be shown though it cannot be kept; somebody else may keep it now
        storage().make_sure_of_room()
        storage().put(key, io.BytesIO(data))
    return data


def _asked(row: StoredFile, number: int) -> bytes:
    kind = KINDS.get(row.content_type)
    if kind is None:
        raise NotShown
    answer = checker().ask(f"show {kind}", _original(row), number, PATIENCE)
    try:
        refuse_by(answer)
    except FileRefused as refused:
        raise NotShown from refused
    return answer.data


def _original(row: StoredFile) -> io.BytesIO:
    try:
        return io.BytesIO(b"".join(storage().read(row.key)))
    except FileNotFoundError as error:
        raise NotShown from error
