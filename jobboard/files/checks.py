"""Is an upload what it says it is? Name, first bytes and a real parse must agree; every refusal says what to do."""

import enum
import io
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO

from PIL import Image, ImageOps

from jobboard.core.i18n import lazy

#: Decision 26. Bytes of one file.
LARGEST_FILE = 10_000_000
WALL_SECONDS = 10
PROBE = Path(__file__).with_name("probe.py")

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "txt": "text/plain",
}
#: The first bytes of each kind; a text has none.
MAGIC = {"pdf": b"%PDF-", "docx": b"PK\x03\x04", "odt": b"PK\x03\x04", "txt": b""}
ACCEPT = ",".join(f".{ending}" for ending in TYPES)


class Refusal(enum.Enum):
    """Why a file is not taken."""

    empty = "empty"
    too_large = "too_large"
    ending = "ending"
    not_what_it_says = "not_what_it_says"
    broken = "broken"
    encrypted = "encrypted"
    macros = "macros"
    too_many_pages = "too_many_pages"
    bomb = "bomb"
    not_text = "not_text"
    too_slow = "too_slow"


SENTENCES = {
    Refusal.empty: lazy("This file is empty. Please choose another one."),
    Refusal.too_large: lazy("This file is too large: one file may have 10 MB. A PDF saved for the screen is smaller."),
    Refusal.ending: lazy("This kind of file cannot be taken. Please choose a PDF, Word, OpenDocument or text file."),
    Refusal.not_what_it_says: lazy(
        "The content of this file is not what its name says. Please open it and save it as a PDF."
    ),
    Refusal.broken: lazy("This file cannot be opened; it may be damaged. Please save it as a PDF once more."),
    Refusal.encrypted: lazy("This file is protected by a password. Please choose a copy without a password."),
    Refusal.macros: lazy("This document holds macros (small programs). Please save it as a PDF."),
    Refusal.too_many_pages: lazy("This document has more than 100 pages. Please choose a shorter one."),
    Refusal.bomb: lazy("This file would become far too large when opened. Please save it as a PDF."),
    Refusal.not_text: lazy("This is not a text file. Please choose a PDF, Word, OpenDocument or text file."),
    Refusal.too_slow: lazy("This file could not be checked in time. Please save it as a PDF once more."),
}


class FileRefused(ValueError):
    """An upload that is not taken; `str()` is the sentence for the person."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal

    def __str__(self) -> str:
        return str(SENTENCES[self.refusal])


def check_document(stream: BinaryIO, name: str) -> tuple[str, int]:
    """The content type and size of an upload that may be kept; raises `FileRefused`. The stream ends rewound."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    kind = name.rpartition(".")[2].lower()
    if not size:
        raise FileRefused(Refusal.empty)
    if size > LARGEST_FILE:
        raise FileRefused(Refusal.too_large)
    if kind not in TYPES or "." not in name:
        raise FileRefused(Refusal.ending)
    head = stream.read(8)
    stream.seek(0)
    if not head.startswith(MAGIC[kind]) or (
        kind == "txt" and head.startswith((b"%PDF-", b"PK\x03\x04", b"MZ", b"\x7fELF"))
    ):
        raise FileRefused(Refusal.not_what_it_says)
    answer = _probe(kind, stream)
    if answer != "ok":
        raise FileRefused(Refusal(answer))
    return TYPES[kind], size


def _probe(kind: str, stream: BinaryIO) -> str:
    """What the parsing process says; its time and memory are limited, and whatever it does ends as an answer."""
    with tempfile.NamedTemporaryFile(prefix="jobboard-", suffix=f".{kind}") as copy:
        while chunk := stream.read(1 << 18):
            copy.write(chunk)
        copy.flush()
        stream.seek(0)
        command = [sys.executable, "-I", str(PROBE), kind, copy.name]
        try:
            done = subprocess.run(command, capture_output=True, timeout=WALL_SECONDS, check=False)  # noqa: S603 - own file
        except subprocess.TimeoutExpired:
            return Refusal.too_slow.value
    answer = done.stdout.decode("ascii", "replace")
    known = {"ok", *(refusal.value for refusal in Refusal)}
    if answer in known:
        return answer
    return Refusal.too_slow.value if done.returncode < 0 else Refusal.broken.value


class PictureRefused(ValueError):
    """A picture that is not taken; `str()` is the sentence for the person."""

    def __str__(self) -> str:
        return str(PICTURE_SENTENCE)


PICTURE_SENTENCE = lazy(
    "This is not a picture that can be shown. Please choose a PNG, JPEG or WebP file of up to 10 MB."
)
PICTURE_FORMATS = {"PNG": ("image/png", "png"), "JPEG": ("image/jpeg", "jpg"), "WEBP": ("image/webp", "webp")}
MOST_PIXELS = 40_000_000


def clean_picture(data: bytes) -> tuple[bytes, str, str, int, int]:
    """(bytes, content type, ending, width, height) of a picture written anew: nothing hidden leaves with it.

    Position and camera data (EXIF) are gone, the rotation they asked for is done. Raises `PictureRefused`.
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
