"""PDFs: whether one is whole and how it looks, by PDFium; and what it would do when opened. Runs in the checking process."""

import ctypes
import itertools
import re
import zlib
from collections.abc import Iterator

import pypdfium2_raw as pdfium
from PIL import Image

from jobboard.files.answers import MOST_SHOWN, Answer, fitted
from jobboard.files.probe_picture import encoded
from jobboard.files.probe_text import MOST_TEXT, is_second_thing

MOST_PAGES = 100
#: Acrobat looks for the end of a PDF in its last 1,024 bytes; what has more behind it than that is something else as well.
MOST_BEHIND = 1024
#: Unpacked bytes of all object streams; a hundred pages have less than a quarter.
MOST_UNPACKED = 20_000_000
#: Places of one kind, and escaped letters, that are looked at; a document with more says that not all of it was.
MOST_PLACES, MOST_ESCAPES = 10_000, 100_000
#: A document has one thing that is done at opening, and one more with each time it was saved on top of itself.
MOST_OPENINGS, MOST_REFERENCES = 100, 10
#: How far the keys of a dictionary may be apart.
NEAR = 400
#: Bytes of an object stream that are unpacked in one go, before and after.
PIECE, PART = 1 << 12, 1 << 16

_WHITE = rb"[\0\t\n\f\r ]*+"
_REMARKS = rb"(?:" + _WHITE + rb"%[^\r\n]*+)++" + _WHITE
#: Both, for the few bytes of a place; over a whole file it would read the same remarks again and again.
_GAP = rb"(?:[\0\t\n\f\r ]|%[^\r\n]*+[\r\n])*+"


def _patterns(before: bytes, after: bytes) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """Two names in a row: with white space between them, and with remarks. Only a place that has both is in a group.

    They begin with fixed bytes, by which an expression is found at the speed of memory. The second keeps the remarks it
    has read whether or not the name follows, so that a file costs its length and never the square of it.
    """
    return re.compile(before + _WHITE + after), re.compile(before + _REMARKS + b"(?:" + after + b")?+")


#: What to look for in the objects of a document, once escapes in names are resolved: each group is a flag.
SIGNS = (
    *_patterns(
        rb"/S",
        rb"/(?:(?P<script>JavaScript|Rendition)|(?P<launch>Launch)|(?P<remote>SubmitForm|ImportData|GoToR|GoToE))\b",
    ),
    *_patterns(rb"/Type", rb"(?P<attachments>/EmbeddedFile)\b"),
    *_patterns(rb"/Subtype", rb"(?P<attachments>/(?:FileAttachment|RichMedia|3D|Movie|Sound))\b"),
)
_ADDRESS = re.compile(rb"/S" + _GAP + rb"/URI\b")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_OBJECT_STREAMS = _patterns(rb"/Type", rb"(?P<packed>/ObjStm)\b")
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_OPENING = re.compile(rb"/OpenAction\b")
_OPENING_ADDRESS = re.compile(_GAP + rb"<<[^>]*?/S" + _GAP + rb"/URI\b")
_REFERENCE = re.compile(_GAP + rb"(\d{1,9})" + _GAP + rb"(\d{1,5})" + _GAP + rb"R\b")
_PASSWORD = 4

pdfium.FPDF_InitLibrary()


class Unreadable(Exception):
    """PDFium cannot open it. `args[0]` is the word for it."""


def check_pdf(data: bytes, _number: int) -> Answer:
    """Whether it is a PDF and nothing else, can be opened without a password, and has a first page and not too many."""
    end = data.rfind(b"%%EOF")
    if end < 0:
        return Answer("broken")
    if len(data[end + 5 :].strip(b"\0\t\n\f\r ")) > MOST_BEHIND or is_second_thing(data, "pdf"):
        return Answer("not_what_it_says")
    try:
        document = _opened(data)
    except Unreadable as reason:
        return Answer(str(reason))
    count = pdfium.FPDF_GetPageCount(document)
    if count > MOST_PAGES:
        return Answer("too_many_pages")
    if count < 1 or not pdfium.FPDF_LoadPage(document, 0):
        return Answer("broken")
    try:
        flags = frozenset(_flags(document, data))
    except OverflowError:
        return Answer("bomb")
    sizes = tuple(_size(document, index) for index in range(min(count, MOST_SHOWN)))
    return Answer(flags=tuple(sorted(flags)), pages=sizes, page_count=count)


def show_pdf(data: bytes, number: int) -> Answer:
    """The picture of one page, counted from 1, with the notes and filled-in fields on it; of 0 the document's words."""
    document = _opened(data)
    if number == 0:
        return Answer(data=_words(document).encode("utf-8", "replace"))
    size, page = _size(document, number - 1), pdfium.FPDF_LoadPage(document, number - 1)
    if size is None or not page:
        return Answer("broken")
    width, height = size
    bitmap = pdfium.FPDFBitmap_CreateEx(width, height, pdfium.FPDFBitmap_BGRx, None, 0)
    if not bitmap:
        return Answer("bomb")
    pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
    pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, pdfium.FPDF_ANNOT)
    stride = pdfium.FPDFBitmap_GetStride(bitmap)
    raw = ctypes.string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), stride * height)
    return Answer(data=encoded(Image.frombuffer("RGB", size, raw, "raw", "BGRX", stride, 1)))


def _words(document: pdfium.FPDF_DOCUMENT) -> str:
    """The text of the pages that are shown, as far as it is text and no picture."""
    parts: list[str] = []
    for index in range(min(pdfium.FPDF_GetPageCount(document), MOST_SHOWN)):
        page = pdfium.FPDF_LoadPage(document, index)
        text = pdfium.FPDFText_LoadPage(page) if page else None
        count = min(pdfium.FPDFText_CountChars(text), MOST_TEXT) if text else 0
        if count > 0:
            buffer = (ctypes.c_ushort * (2 * count + 1))()  # a character may take two units
            written = pdfium.FPDFText_GetText(text, 0, count, buffer)
            parts.append(ctypes.string_at(buffer, 2 * max(written - 1, 0)).decode("utf-16-le", "replace"))
    return "\n".join(parts)[:MOST_TEXT]


def _opened(data: bytes) -> pdfium.FPDF_DOCUMENT:
    document = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
    if not document:
        raise Unreadable("encrypted" if pdfium.FPDF_GetLastError() == _PASSWORD else "broken")
    return document


def _size(document: pdfium.FPDF_DOCUMENT, index: int) -> tuple[int, int] | None:
    found = pdfium.FS_SIZEF()
    if not pdfium.FPDF_GetPageSizeByIndexF(document, index, ctypes.byref(found)):
        return None
    return fitted(found.width, found.height)


def _flags(document: pdfium.FPDF_DOCUMENT, data: bytes) -> Iterator[str]:
    """What HR should know before opening it. Raises `OverflowError` when its objects unpack to far too much."""
    if pdfium.FPDFDoc_GetJavaScriptActionCount(document) > 0:
        yield "script"
    if pdfium.FPDFDoc_GetAttachmentCount(document) > 0:
        yield "attachments"
    packed, is_whole = _packed_objects(data)
    if not is_whole:
        yield "unreadable"
    for objects in (data, packed):
        plain, escapes = _ESCAPE.subn(_unescaped, objects, MOST_ESCAPES)
        if escapes == MOST_ESCAPES:
            yield "unreadable"
        yield from _signs(plain)
        yield from _opening_signs(plain)


def _unescaped(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16)])


def _first(places: Iterator[re.Match[bytes]], most: int) -> tuple[list[re.Match[bytes]], bool]:
    """The first places, and whether these are all."""
    found = list(itertools.islice(places, most + 1))
    return found[:most], len(found) <= most


def _signs(objects: bytes) -> Iterator[str]:
    for sign in SIGNS:
        places, are_all = _first(sign.finditer(objects), MOST_PLACES)
        yield from {one.lastgroup for one in places if one.lastgroup}
        if not are_all:
            yield "unreadable"


def _opening_signs(objects: bytes) -> Iterator[str]:
    """Whether what is done at opening leads to an address, itself or the object it refers to."""
    places, are_all = _first(_OPENING.finditer(objects), MOST_OPENINGS)
    openings = {objects[one.end() : one.end() + NEAR] for one in places}
    found = (_REFERENCE.match(opening) for opening in openings)
    references = sorted({(int(one[1]), int(one[2])) for one in found if one})
    actions, are_all_found = _numbered(objects, references[:MOST_REFERENCES])
    if not (are_all and are_all_found and len(references) <= MOST_REFERENCES):
        yield "unreadable"
    if any(map(_OPENING_ADDRESS.match, openings)) or any(map(_ADDRESS.search, actions)):
        yield "remote"


def _numbered(objects: bytes, references: list[tuple[int, int]]) -> tuple[set[bytes], bool]:
    """How the objects of these numbers begin, found in one pass, and whether these are all.

    A number may stand several times: in a document that was saved on top of itself the last one counts, elsewhere programs
    disagree.
    """
    if not references:
        return set(), True
    numbers = b"|".join(rb"%d[\0\t\n\f\r ]++0*%d" % reference for reference in references)
    pattern = re.compile(rb"\b0*(?:%b)[\0\t\n\f\r ]++obj\b" % numbers)
    places, are_all = _first(pattern.finditer(objects), MOST_OPENINGS)
    return {objects[one.end() : one.end() + NEAR] for one in places}, are_all


def _packed_objects(data: bytes) -> tuple[bytes, bool]:
    """The objects that stand in compressed streams, and whether all of those streams could be read.

    Raises `OverflowError` when they unpack to far too much.
    """
    parts: list[bytes] = []
    is_whole, left = True, MOST_UNPACKED
    for pattern in _OBJECT_STREAMS:
        places, are_all = _first(pattern.finditer(data), MOST_PLACES)
        is_whole &= are_all
        for place in places:
            if place.lastgroup is None:
                continue
            begin = _STREAM.search(data, place.end(), place.end() + 2 * NEAR)
            part, is_read, cost = _unpacked(data, begin.end(), left) if begin else (b"", False, 0)
            is_whole &= is_read
            left -= cost
            parts.append(part)
    return b"\n".join(parts), is_whole


def _unpacked(data: bytes, at: int, most: int) -> tuple[bytes, bool, int]:
    """What is packed from a place on, whether all of it could be read, and how many bytes were looked at.

    It ends where it says, not at the next "endstream": a file may have thousands of beginnings and one end.
    """
    unpacking, cost, waiting = zlib.decompressobj(), 0, b""
    parts: list[bytes] = []
    while not unpacking.eof and (waiting or at < len(data)):
        if not waiting:
            waiting, at = data[at : at + PIECE], at + PIECE
        try:
            part = unpacking.decompress(waiting, PART)
        except zlib.error:  # encrypted, or packed in another way
            return b"".join(parts), False, cost
        cost += len(part) + len(waiting) - len(unpacking.unconsumed_tail) - len(unpacking.unused_data)
        if cost > most:
            raise OverflowError
        waiting = unpacking.unconsumed_tail
        parts.append(part)
    return b"".join(parts), unpacking.eof, cost
