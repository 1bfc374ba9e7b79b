"""Word and OpenDocument texts: zips of XML, judged by their directory before anything is unpacked. In the checking process."""

import io
import re
import zipfile
from collections.abc import Iterator
from xml.parsers import expat

from jobboard.files.answers import Answer
from jobboard.files.probe_text import MOST_TEXT, is_second_thing, shown

MOST_ENTRIES, MOST_UNPACKED, HIGHEST_RATIO = 2000, 200_000_000, 200
#: Unpacked bytes of one XML part that is read.
LARGEST_PART = 20_000_000
#: A part each format must have, and the name of its outermost element.
PARTS = {"docx": ("word/document.xml", "document"), "odt": ("content.xml", "document-content")}
#: An old Word file, or one that Office has encrypted, is such a container.
CONTAINER, ENCRYPTED = b"\xd0\xcf\x11\xe0", "EncryptedPackage".encode("utf-16-le")
_MACROS = re.compile(r"(?:^|/)vba(?:project\.bin|data\.xml)$|^basic/|^scripts/|/activex/")
_ATTACHED = re.compile(r"(?:^|/)embeddings/|^object ?\d+$|\.(?:exe|dll|scr|js|vbs|ps1|bat|cmd|jar|class|lnk|zip)$")
#: Tags are looked at up to the next "<": a file of beginnings without an end costs its length, not the square of it.
_EXTERNAL = re.compile(rb"<Relationship\b[^<>]*\bTargetMode\s*=\s*[\"']External[\"'][^<>]*>", re.IGNORECASE)
_HYPERLINK = re.compile(rb"\bType\s*=\s*[\"'][^\"']*/hyperlink[\"']", re.IGNORECASE)
_FOREIGN_LINK = re.compile(
    rb"<(?:draw:(?:image|object|object-ole|plugin|floating-frame)|text:section-source)\b[^<>]*"
    rb"xlink:href\s*=\s*[\"'](?:https?:|ftp:|file:|smb:|\\\\|//)",
    re.IGNORECASE,
)
_FIELD_LAUNCH = re.compile(rb"\bDDE(?:AUTO)?\b")
_MACRO_CALL = re.compile(rb"<script:event-listener\b|vnd\.sun\.star\.script:", re.IGNORECASE)
#: Elements whose end is a new line, and those that are white space themselves.
_LINES = {"p", "h", "br", "line-break", "tr", "table-row", "cr"}
_SPACES = {"tab": "\t", "s": " "}
#: What stands a second time for older programs, or is not there any more.
_SKIPPED = {"Fallback", "instrText", "delText", "tracked-changes", "annotation"}

ERRORS = (
    zipfile.BadZipFile,
    OSError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    EOFError,
    KeyError,
    expat.ExpatError,
)


class Refused(Exception):
    """The document is not taken; `args[0]` is the word for it."""


def check_docx(data: bytes, _number: int) -> Answer:
    """Whether it is a Word document and nothing else."""
    return _check(data, "docx")


def check_odt(data: bytes, _number: int) -> Answer:
    """Whether it is an OpenDocument text and nothing else."""
    return _check(data, "odt")


def show_docx(data: bytes, _number: int) -> Answer:
    """Its words: what stands in the head of the page first, then the text."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        heads = sorted(name for name in archive.namelist() if re.fullmatch(r"word/header\d*\.xml", name.lower()))
        texts = [words_of(_part(archive, name)) for name in [*heads, _named(archive, PARTS["docx"][0])]]
    return Answer(data=shown("\n".join(text.strip() for text in dict.fromkeys(texts) if text.strip())))


def show_odt(data: bytes, _number: int) -> Answer:
    """Its words."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return Answer(data=shown(words_of(_part(archive, PARTS["odt"][0]))))


def _check(data: bytes, kind: str) -> Answer:
    if data.startswith(CONTAINER):
        return Answer("encrypted" if ENCRYPTED in data else "not_what_it_says")
    if is_second_thing(data, kind):
        return Answer("not_what_it_says")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_by_directory(archive, data, kind)
            main = _part(archive, _named(archive, PARTS[kind][0]))
            _refuse_other_root(main, PARTS[kind][1])
            return Answer(flags=tuple(sorted(set(_flags(archive, main)))))
    except Refused as refused:
        return Answer(str(refused))
    except ERRORS:
        return Answer("broken")


def _refuse_by_directory(archive: zipfile.ZipFile, data: bytes, kind: str) -> None:
    """What can be seen without unpacking: bombs, overlapping or hidden parts, passwords, other kinds of archive."""
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or unpacked / packed > HIGHEST_RATIO:
        raise Refused("bomb")
    by_place = sorted(entries, key=lambda entry: entry.header_offset)
    ends = [entry.header_offset + 30 + entry.compress_size for entry in by_place]
    if any(end > after.header_offset for end, after in zip(ends, by_place[1:], strict=False)):
        raise Refused("bomb")
    names = {entry.filename.lower() for entry in entries}
    if any(entry.flag_bits & 1 for entry in entries) or "encryptedpackage" in names:
        raise Refused("encrypted")
    if PARTS[kind][0] not in names:
        raise Refused("not_what_it_says")
    if len(names) < len(entries):
        raise Refused("broken")  # two parts of one name: programs disagree about which one counts
    directory_end = data.rfind(b"PK\x05\x06") + 22 + len(archive.comment)
    if by_place[0].header_offset or directory_end < len(data):
        raise Refused("not_what_it_says")
    if "meta-inf/manifest.xml" in names and b"encryption-data" in _part(
        archive, _named(archive, "meta-inf/manifest.xml")
    ):
        raise Refused("encrypted")


def _named(archive: zipfile.ZipFile, lower: str) -> str:
    return next(name for name in archive.namelist() if name.lower() == lower)


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """One part, unpacked up to a limit whatever the directory says of its size. Raises `Refused`."""
    with archive.open(name) as part:
        found = part.read(LARGEST_PART + 1)
    if len(found) > LARGEST_PART:
        raise Refused("bomb")
    return found


def _flags(archive: zipfile.ZipFile, main: bytes) -> Iterator[str]:
    names = [entry.filename.lower() for entry in archive.infolist() if not entry.is_dir()]
    types = _part(archive, "[Content_Types].xml") if "[Content_Types].xml" in archive.namelist() else b""
    if any(_MACROS.search(name) for name in names) or b"macroEnabled" in types or _MACRO_CALL.search(main):
        yield "macros"
    if any(_ATTACHED.search(name) for name in names):
        yield "attachments"
    if _FOREIGN_LINK.search(main):
        yield "remote"
    if any(_FIELD_LAUNCH.search(words) for words in _field_codes(main)):
        yield "launch"
    for name in archive.namelist():
        if name.lower().endswith(".rels") and _has_remote_part(_part(archive, name)):
            yield "remote"


def _has_remote_part(relations: bytes) -> bool:
    """Whether a part comes from elsewhere; a link that somebody may click is none."""
    return any(not _HYPERLINK.search(one[0]) for one in _EXTERNAL.finditer(relations))


def _field_codes(main: bytes) -> Iterator[bytes]:
    yield from re.findall(rb"<w:instrText\b[^<>]*>([^<]*)", main)
    yield from re.findall(rb"\bw:instr\s*=\s*[\"']([^\"']*)", main)


def _parser() -> expat.XMLParserType:
    """A parser that refuses document types: they are where entities come from, and no office program writes one."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def refuse(*_given: object) -> None:
        raise Refused("not_what_it_says")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def _refuse_other_root(main: bytes, root: str) -> None:
    """Parse all of it; raises `Refused` or `ExpatError`."""
    found: list[str] = []
    parser = _parser()

    def start(name: str, _attributes: object) -> None:
        found.append(name)
        parser.StartElementHandler = None

    parser.StartElementHandler = start
    parser.Parse(main, True)
    if found[0].rpartition(" ")[2] != root:
        raise Refused("not_what_it_says")


def words_of(main: bytes) -> str:
    """The words of a part in their order; a paragraph, a break and a row of a table are lines."""
    parts: list[str] = []
    skipping = 0
    parser = _parser()

    def start(full: str, _attributes: object) -> None:
        nonlocal skipping
        skipping += full.rpartition(" ")[2] in _SKIPPED

    def end(full: str) -> None:
        nonlocal skipping
        name = full.rpartition(" ")[2]
        skipping -= name in _SKIPPED
        if name in _LINES:
            parts.append("\n")
        elif name in _SPACES:
            parts.append(_SPACES[name])

    def text(words: str) -> None:
        is_layout = "\n" in words and not words.strip()
        if not skipping and not is_layout and len(parts) < MOST_TEXT:
            parts.append(words)

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.Parse(main, True)
    return _without_gaps("".join(parts))


def _without_gaps(text: str) -> str:
    """The lines with at most one empty one in a row."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.strip() or (lines and lines[-1]):
            lines.append(line.rstrip())
    return "\n".join(lines)
