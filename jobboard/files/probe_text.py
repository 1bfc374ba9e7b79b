"""Plain texts: whether it is one, and its words. Runs in the checking process. Also what every kind of file must not be."""

import codecs
import io
import re
import zipfile

from jobboard.files.answers import Answer

#: Characters of a document that are shown; the rest is in the original.
MOST_TEXT = 100_000
#: First bytes of what is no text, whatever it is named.
BINARIES = (
    b"%PDF-",
    b"PK\x03\x04",
    b"MZ",
    b"\x7fELF",
    b"GIF8",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"{\\rtf",
    b"\xd0\xcf\x11\xe0",
)
_MARKUP = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|script|iframe|svg|\?php|\?xml-stylesheet)\b|<\?php", re.IGNORECASE
)
#: Loaded now: a process with limits cannot load anything any more. Names in zips are written in the first.
CODECS = [codecs.lookup(name) for name in ("cp437", "cp1252", "latin-1", "utf-8-sig", "utf-16", "ascii")]
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def is_second_thing(data: bytes, kind: str) -> bool:
    """Whether a file is something else too: readers look for a PDF and for HTML near the beginning, for a zip at the end."""
    head = data[:1024]
    if kind != "pdf" and b"%PDF-" in head:
        return True
    if _MARKUP.search(head) and kind != "txt":
        return True
    return kind not in {"docx", "odt"} and _is_zip(data)


def _is_zip(data: bytes) -> bool:
    """Whether programs that unpack archives would find something in it."""
    if b"PK\x05\x06" not in data[-66_000:]:
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return bool(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False


def check_txt(data: bytes, _number: int) -> Answer:
    """Text is UTF-8 or Windows-1252 without NUL and with few controls, and neither a web page nor a program."""
    if data.startswith(BINARIES) or is_second_thing(data, "txt"):
        return Answer("not_what_it_says")
    if _MARKUP.match(data[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()) or data.startswith(b"#!"):
        return Answer("not_what_it_says")
    controls = sum(data.count(byte) for byte in range(32) if byte not in b"\t\n\r\f")
    if b"\0" in data or controls > len(data) // 1000:
        return Answer("not_text")
    return Answer()


def show_txt(data: bytes, _number: int) -> Answer:
    """The words, as UTF-8."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    return Answer(data=shown(text))


def shown(text: str) -> bytes:
    """Words as they may be shown: without controls, with single line ends, and not endless."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    return _CONTROLS.sub("", text)[:MOST_TEXT].strip("\n").encode("utf-8", "replace")
