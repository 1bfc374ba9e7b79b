"""PDFs: whether one is whole and how it looks, by PDFium; and what it would do when opened. Runs in the checking process."""

import ctypes
import re
import zlib
from collections.abc import Iterator

import pypdfium2_raw as pdfium
from PIL import Image

from jobboard.files.answers import MOST_SHOWN, Answer, fitted
from jobboard.files.probe_picture import encoded
from jobboard.files.probe_text import is_second_thing

MOST_PAGES = 100
#: Acrobat looks for the end of a PDF in its last 1,024 bytes; what has more behind it than that is something else as well.
MOST_BEHIND = 1024
#: Unpacked bytes of all object streams; a hundred pages have less than a tenth.
MOST_UNPACKED = 50_000_000

_SPACE = rb"(?:[\0\t\n\f\r ]|%[^\r\n]*[\r\n])*"


def _pattern(before: bytes, after: bytes) -> re.Pattern[bytes]:
    """Two names in a row. They begin with fixed bytes, by which an expression is found at the speed of memory."""
    return re.compile(before + _SPACE + after)


#: What to look for in the objects of a document, once escapes in names are resolved: each group is a flag.
SIGNS = (
    _pattern(
        rb"/S",
        rb"/(?:(?P<script>JavaScript|Rendition)|(?P<launch>Launch)|(?P<remote>SubmitForm|ImportData|GoToR|GoToE))\b",
    ),
    _pattern(rb"/OpenAction", rb"<<[^>]{0,300}/S" + _SPACE + rb"(?P<remote>/URI)\b"),
    _pattern(rb"/Type", rb"(?P<attachments>/EmbeddedFile)\b"),
    _pattern(rb"/Subtype", rb"(?P<attachments>/(?:FileAttachment|RichMedia|3D|Movie|Sound))\b"),
)
_ADDRESS = _pattern(rb"/S", rb"/URI\b")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_OBJECTS = re.compile(rb"/Type" + _SPACE + rb"/ObjStm\b[^>]{0,500}>>" + _SPACE + rb"stream\r?\n")
_OPEN_ACTION = re.compile(rb"/OpenAction\s+(\d{1,9})\s+(\d{1,5})\s+R\b")
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
    """The picture of one page, counted from 1, with the notes and filled-in fields on it."""
    document = _opened(data)
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
        plain = _ESCAPE.sub(_unescaped, objects)
        yield from (str(found.lastgroup) for sign in SIGNS for found in sign.finditer(plain))
        if any(_opens_address(plain, one) for one in _OPEN_ACTION.finditer(plain)):
            yield "remote"


def _unescaped(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16)])


def _opens_address(objects: bytes, reference: re.Match[bytes]) -> bool:
    """Whether the object that is done at opening leads to an address."""
    action = re.search(rb"\b%b\s+%b\s+obj\b(.{0,300})" % (reference[1], reference[2]), objects, re.DOTALL)
    return bool(action and _ADDRESS.search(action[1]))


def _packed_objects(data: bytes) -> tuple[bytes, bool]:
    """The objects that stand in compressed streams, and whether all of those streams could be read."""
    parts: list[bytes] = []
    is_whole, left = True, MOST_UNPACKED
    for found in _OBJECTS.finditer(data):
        unpacking = zlib.decompressobj()
        try:
            part = unpacking.decompress(data[found.end() : data.find(b"endstream", found.end())], left)
        except zlib.error:  # encrypted, or packed in another way
            is_whole = False
            continue
        left -= len(part)
        if left <= 0 or unpacking.unconsumed_tail:
            raise OverflowError
        parts.append(part)
    return b"\n".join(parts), is_whole
