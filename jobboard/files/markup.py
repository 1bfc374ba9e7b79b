"""How a file is named to people: its address, its size in words, its name in a header; and how a document is read."""

import dataclasses
import re
from urllib.parse import quote

from flask import url_for

from jobboard.core import i18n
from jobboard.core.forms import clean_line
from jobboard.core.i18n import _
from jobboard.files.answers import MOST_SHOWN, SIZES
from jobboard.files.clamd import scanner
from jobboard.files.models import FLAG_LABELS, SCAN_LABELS, Flag, ScanState, StoredFile

#: Longest name that is kept; file systems allow 255 bytes, people's programs sometimes more.
LONGEST_NAME = 300


def picture_path(key: str, name: str) -> str:
    """The address of a public picture; it changes with the content, so it may be kept for ever."""
    return url_for("files.picture", key=key, name=name)


def size_path(key: str, name: str) -> str:
    """The address of a smaller copy of a public picture; until it is made it leads to the picture itself."""
    return url_for("files.size", key=key, size=name)


def face_sizes(key: str) -> str:
    """The `srcset` of a face: the square copies of the picture."""
    return ", ".join(f"{size_path(key, one.name)} {one.width}w" for one in SIZES if one.is_square)


def shown_name(name: str) -> str:
    """A file's name as its owner knows it, in any script, but without paths, controls and direction marks."""
    last = re.split(r"[/\\]", clean_line(name))[-1].strip(". ")
    if len(last) > LONGEST_NAME:
        stem, dot, ending = last.rpartition(".")
        last = (
            f"{stem[: LONGEST_NAME - len(ending) - 1]}{dot}{ending}"
            if dot and len(ending) < 10
            else last[:LONGEST_NAME]
        )
    return last or _("file")


def size_in_words(size: int) -> str:
    """A number of bytes as people read it: "340 kB", "1.2 MB" (decimal units, as file managers show)."""
    if size < 1_000_000:
        return _("%(number)s kB", number=i18n.number(max(1, round(size / 1000))))
    return _("%(number)s MB", number=i18n.number(round(size / 1_000_000, 1)))


def attachment(name: str) -> str:
    """A Content-Disposition header that saves under this name (RFC 6266, RFC 8187)."""
    plain = re.sub(r'[^A-Za-z0-9._ -]|["\\]', "_", name)[:100] or "file"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


@dataclasses.dataclass(frozen=True)
class PagePicture:
    """The picture of a page; without a size it cannot be shown."""

    number: int
    alt: str
    width: int | None
    height: int | None


@dataclasses.dataclass(frozen=True)
class Reading:
    """A document as people read it without opening it: what is known of it, and its pages or its words."""

    size: str
    scan: str
    #: The kind of badge.
    scan_kind: str
    may_open: bool
    warnings: list[str]
    pages: list[PagePicture]
    words: str | None
    #: What is not shown here, as a sentence; empty when everything is.
    rest: str


SCAN_KINDS = {ScanState.clean: "good", ScanState.infected: "bad", ScanState.error: "warn", ScanState.pending: "warn"}


def scan_state(row: StoredFile) -> ScanState:
    """What the virus scanner said, as far as it counts: without a scanner only what one has found before does."""
    if scanner() is not None:
        return ScanState.pending if row.scan_state is ScanState.not_scanned else row.scan_state
    is_judged = row.scan_state in {ScanState.clean, ScanState.infected}
    return row.scan_state if is_judged else ScanState.not_scanned


def may_open(row: StoredFile) -> bool:
    """Whether a document may leave the storage: where there is a virus scanner, only when it found none."""
    return scan_state(row) in {ScanState.clean, ScanState.not_scanned}


def reading_of(row: StoredFile, words: str | None, name: str | None = None) -> Reading:
    """How a document is read. `words` are those of a text, None for what has pages; `name` is what it is called here."""
    state, is_open = scan_state(row), may_open(row)
    pages = _pages(row, name or row.name) if is_open else []
    return Reading(
        size=size_in_words(row.size),
        scan=_scan_in_words(state, row.scan_finding),
        scan_kind=SCAN_KINDS.get(state, "neutral"),
        may_open=is_open,
        warnings=[str(FLAG_LABELS[flag]) for flag in Flag if flag.value in row.flags],
        pages=pages,
        words=words,
        rest=_rest(row, words) if is_open else _why_closed(state),
    )


def _pages(row: StoredFile, name: str) -> list[PagePicture]:
    count = row.page_count or 0
    return [
        PagePicture(
            number,
            _("Page %(number)d of %(count)d of %(name)s", number=number, count=count, name=name),
            *(page or (None, None)),
        )
        for number, page in enumerate(row.pages or (), start=1)
    ]


def _scan_in_words(state: ScanState, finding: str) -> str:
    if state is ScanState.infected and finding:
        return _("a virus was found: %(name)s", name=finding)
    return str(SCAN_LABELS[state])


def _why_closed(state: ScanState) -> str:
    if state is ScanState.infected:
        return _("It stays closed. The applicant can be asked for another copy.")
    return _("It can be opened once it was scanned and nothing was found.")


def _rest(row: StoredFile, words: str | None) -> str:
    if words is not None:
        return ""
    if row.pages is None:
        return _("The pages are being prepared; they are here in a moment.")
    if not row.pages:
        return _("This document cannot be shown here. The original can be downloaded.")
    if (row.page_count or 0) > MOST_SHOWN:
        count, shown = row.page_count, MOST_SHOWN
        return _("The first %(shown)d of %(count)d pages; the others are in the original.", shown=shown, count=count)
    return ""
