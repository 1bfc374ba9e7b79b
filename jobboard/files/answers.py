"""What the checking process is asked and what it answers: the one thing both sides know. Nothing of the site in here."""

import json
import struct
from typing import NamedTuple

#: An order: the name of the job and a number (which page). With it travel two open files: the document, and the socket
#: for the answer.
ORDER = struct.Struct("!16sI")
#: The first byte of an answer, sent when the limits are in force and before anything is parsed.
STARTED = b"+"
LENGTH = struct.Struct("!I")
#: Bytes of one file (decision 26).
LARGEST_FILE = 10_000_000
#: Seconds and bytes one file may take.
SECONDS, MEMORY = 5.0, 256 * 1024 * 1024
#: The pages that are shown, of documents that may have more.
MOST_SHOWN = 20
#: The box that the picture of a page fits in: A4 at 150 dots per inch.
BOX = (1240, 1754)


class Size(NamedTuple):
    """A copy that is made of a public picture: at most this many pixels wide, whole or a square out of its middle."""

    name: str
    width: int
    is_square: bool
    kind: str


#: A job is told the place of its size in here.
SIZES = (
    *(
        Size(f"{width}.{kind}", width, is_square=False, kind=kind)
        for width in (480, 960, 1440)
        for kind in ("webp", "avif")
    ),
    *(Size(f"square-{width}.webp", width, is_square=True, kind="webp") for width in (96, 192)),
)


class Answer(NamedTuple):
    """One answer: "ok" or the name of a `Refusal`, what is known of the document, and bytes when some were asked for."""

    word: str = "ok"
    flags: tuple[str, ...] = ()
    #: (width, height) of the picture of each shown page; None for one that has no size.
    pages: tuple[tuple[int, int] | None, ...] = ()
    page_count: int | None = None
    data: bytes = b""


def written(answer: Answer) -> bytes:
    """An answer as bytes."""
    head = json.dumps(answer[:-1]).encode()
    return LENGTH.pack(len(head)) + head + answer.data


def read(raw: bytes) -> Answer:
    """An answer from bytes. They come from a process that looked at hostile content, so every value is checked.

    Raises `ValueError` for what is no answer.
    """
    if len(raw) < LENGTH.size:
        raise ValueError("too short")
    end = LENGTH.size + LENGTH.unpack_from(raw)[0]
    if end > len(raw):
        raise ValueError("cut off")
    found = json.loads(raw[LENGTH.size : end])
    if not isinstance(found, list) or len(found) != 4:
        raise ValueError("not an answer")
    word, flags, pages, count = found
    if not isinstance(word, str) or not isinstance(flags, list) or not isinstance(pages, list):
        raise ValueError("not an answer")
    sizes = tuple(None if page is None else _size(page) for page in pages[:MOST_SHOWN])
    return Answer(word, tuple(map(str, flags)), sizes, None if count is None else int(count), raw[end:])


def _size(page: list[int]) -> tuple[int, int]:
    width, height = (int(number) for number in page)
    if not (0 < width <= max(BOX) and 0 < height <= max(BOX)):
        raise ValueError("not a size")
    return width, height


def fitted(width: float, height: float) -> tuple[int, int] | None:
    """The size of a picture in the box with these proportions; None for a page without an area, or nearly without."""
    if not (0 < width < 1e7 and 0 < height < 1e7):  # "not a number" is no number between
        return None
    scale = min(BOX[0] / width, BOX[1] / height)
    return max(1, round(width * scale)), max(1, round(height * scale))
