"""Is an upload what it says it is? Name, first bytes and a real parse must agree; every refusal says what to do."""

import dataclasses
import enum
import io
from typing import Any, BinaryIO

import flask_babel
from flask import current_app
from PIL import Image, ImageOps

from jobboard.core.i18n import _, lazy
from jobboard.files.answers import LARGEST_FILE, Answer
from jobboard.files.checker import CheckerGone, checker
from jobboard.files.models import Flag

DOCUMENTS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "txt": "text/plain",
}
#: Taken where JOBBOARD_ACCEPT_PICTURES says so.
PICTURES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg"}
#: By content type: what the checking process calls it.
KINDS = {content_type: kind for kind, content_type in (*DOCUMENTS.items(), *PICTURES.items())}
#: The first bytes of each kind; a text has none. An encrypted Word document looks like an old one.
MAGIC = {
    "pdf": (b"%PDF-",),
    "docx": (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"),
    "odt": (b"PK\x03\x04",),
    "txt": (b"",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpeg": (b"\xff\xd8\xff",),
}


class Refusal(enum.Enum):
    """Why a file is not taken."""

    empty = "empty"
    too_large = "too_large"
    ending = "ending"
    not_what_it_says = "not_what_it_says"
    broken = "broken"
    encrypted = "encrypted"
    too_many_pages = "too_many_pages"
    too_many_pixels = "too_many_pixels"
    bomb = "bomb"
    not_text = "not_text"
    too_slow = "too_slow"
    unchecked = "unchecked"
    too_often = "too_often"


SENTENCES = {
    Refusal.empty: lazy("This file is empty. Please choose another one."),
    Refusal.too_large: lazy("This file is too large: one file may have 10 MB. A PDF saved for the screen is smaller."),
    Refusal.ending: lazy("This kind of file cannot be taken. Please choose a PDF, Word, OpenDocument or text file."),
    Refusal.not_what_it_says: lazy(
        "The content of this file is not what its name says. Please open it and save it as a PDF."
    ),
    Refusal.broken: lazy("This file cannot be opened; it may be damaged. Please save it as a PDF once more."),
    Refusal.encrypted: lazy("This file is protected by a password. Please choose a copy without a password."),
    Refusal.too_many_pages: lazy("This document has more than 100 pages. Please choose a shorter one."),
    Refusal.too_many_pixels: lazy("This picture has too many pixels. Please choose a smaller one, or a PDF."),
    Refusal.bomb: lazy("This file would become far too large when opened. Please save it as a PDF."),
    Refusal.not_text: lazy("This is not a text file. Please choose a PDF, Word, OpenDocument or text file."),
    Refusal.too_slow: lazy("This file could not be checked in time. Please save it as a PDF once more."),
    Refusal.unchecked: lazy("This file could not be checked just now. Please try again in a few minutes."),
    Refusal.too_often: lazy("Too many files from this connection could not be opened. Please try again in an hour."),
}
WITH_PICTURES = lazy(
    "This kind of file cannot be taken. Please choose a PDF, Word, OpenDocument or text file, or a PNG or JPEG picture."
)


class FileRefused(ValueError):
    """An upload that is not taken; `str()` is the sentence for the person."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal

    def __str__(self) -> str:
        if self.refusal is Refusal.ending and takes_pictures():
            return str(WITH_PICTURES)
        return str(SENTENCES[self.refusal])


def takes_pictures() -> bool:
    """Whether this site takes pictures as documents."""
    return bool(current_app.config["SETTINGS"].accept_pictures)


def taken_types() -> dict[str, str]:
    """The content type of each ending that is taken."""
    return DOCUMENTS | PICTURES if takes_pictures() else DOCUMENTS


def _accept() -> str:
    return ",".join(f".{ending}" for ending in taken_types())


def _hint() -> str:
    if takes_pictures():
        return _("PDF, Word, OpenDocument, text, PNG or JPEG, up to 10 MB.")
    return _("PDF, Word, OpenDocument or text, up to 10 MB.")


#: What a file field says to browsers and to people; made into words when a form is shown, as it depends on the site.
ACCEPT: Any = flask_babel.LazyString(_accept)
HINT: Any = flask_babel.LazyString(_hint)


@dataclasses.dataclass(frozen=True)
class Checked:
    """What is known of a document that may be kept."""

    content_type: str
    size: int
    flags: tuple[Flag, ...] = ()
    pages: tuple[tuple[int, int] | None, ...] = ()
    page_count: int | None = None


def check_document(stream: BinaryIO, name: str) -> Checked:
    """What an upload is, if it may be kept; the stream ends rewound. Raises `FileRefused`."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    types, ending = taken_types(), name.rpartition(".")[2].lower()
    if not size:
        raise FileRefused(Refusal.empty)
    if size > LARGEST_FILE:
        raise FileRefused(Refusal.too_large)
    if ending not in types or "." not in name:
        raise FileRefused(Refusal.ending)
    head = stream.read(8)
    stream.seek(0)
    if not head.startswith(MAGIC[KINDS[types[ending]]]):
        raise FileRefused(Refusal.not_what_it_says)
    try:
        return inspect(stream, types[ending], size)
    except CheckerGone as gone:
        raise FileRefused(Refusal.unchecked) from gone


def inspect(stream: BinaryIO, content_type: str, size: int) -> Checked:
    """Parse a document in the checking process; the stream ends rewound. Raises `FileRefused` and `CheckerGone`."""
    answer = checker().ask(f"check {KINDS[content_type]}", stream)
    stream.seek(0)
    refuse_by(answer)
    known = {flag.value: flag for flag in Flag}
    flags = tuple(known[name] for name in answer.flags if name in known)
    return Checked(content_type, size, flags, answer.pages, answer.page_count)


def refuse_by(answer: Answer) -> None:
    """Raises `FileRefused` when the checking process did not say "ok"; a word nobody knows is a broken file."""
    if answer.word != "ok":
        known = {refusal.value: refusal for refusal in Refusal}
        raise FileRefused(known.get(answer.word, Refusal.broken))


class PictureRefused(ValueError):
    """A picture that is not taken; `str()` is the sentence for the person."""

    def __str__(self) -> str:
        return str(PICTURE_SENTENCE)


PICTURE_SENTENCE = lazy(
    "This is not a picture that can be shown. Please choose a PNG, JPEG or WebP file of up to 10 MB."
)
PICTURE_FORMATS = {"PNG": ("image/png", "png"), "JPEG": ("image/jpeg", "jpg"), "WEBP": ("image/webp", "webp")}
MOST_PIXELS = 40_000_000


def clean_picture(data: bytes, *, is_square: bool = False) -> tuple[bytes, str, str, int, int]:
    """(bytes, content type, ending, width, height) of a picture written anew: nothing hidden leaves with it.

    Position and camera data (EXIF) are gone, the rotation they asked for is done. `is_square`: only the middle is kept.
    Raises `PictureRefused`.
    """
    if not data or len(data) > LARGEST_FILE:
        raise PictureRefused
    try:
        with Image.open(io.BytesIO(data), formats=list(PICTURE_FORMATS)) as found:
            if found.width * found.height > MOST_PIXELS:
                raise PictureRefused
            kind = found.format or ""
            picture = ImageOps.exif_transpose(found)
            picture.load()
            picture = _middle(picture) if is_square else picture
            target = io.BytesIO()
            options = (
                {"quality": 88, "optimize": True} if kind == "JPEG" else {"optimize": True} if kind == "PNG" else {}
            )
            picture.info = {}
            picture.save(target, kind, **options)
    except Exception as error:  # on damaged files Pillow raises nearly anything: struct.error, TypeError, …
        raise PictureRefused from error
    content_type, ending = PICTURE_FORMATS[kind]
    return target.getvalue(), content_type, ending, picture.width, picture.height


def _middle(picture: Image.Image) -> Image.Image:
    """The largest square in the middle of a picture."""
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    return picture.crop((left, top, left + side, top + side))
