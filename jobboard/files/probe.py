"""Parses one untrusted document in a process of its own and says what it is. Run by path: no package, no settings.

`probe.py KIND FILE` prints one word: "ok" or the name of what is wrong. Time and memory are limited before anything
is parsed; whoever calls it also limits the wall clock.
"""

import resource
import sys
import zipfile
from pathlib import Path

CPU_SECONDS, MEMORY = 5, 512 * 1024 * 1024
MOST_PAGES = 100
MOST_ENTRIES, MOST_UNPACKED, HIGHEST_RATIO = 2000, 200_000_000, 200
#: A part each format must have, and parts that hold programs.
PARTS = {"docx": "word/document.xml", "odt": "content.xml"}
PROGRAMS = ("vbaproject.bin", "vbadata.xml", "basic/", "scripts/")


def pdf(path: Path) -> str:
    """Whether pypdf can read every page's dictionary, and how many there are."""
    from pypdf import PdfReader  # slow import
    from pypdf.errors import PyPdfError  # slow import

    try:
        reader = PdfReader(path)
        if reader.is_encrypted:
            return "encrypted"
        count = len(reader.pages)
        if not count:
            return "broken"
        if count > MOST_PAGES:
            return "too_many_pages"
        _ = reader.pages[0].mediabox
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, RecursionError):
        return "broken"
    return "ok"


def office(path: Path, kind: str) -> str:
    """Whether a zip is the document it says it is, judged by its directory before anything is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            packed = sum(entry.compress_size for entry in entries) or 1
            if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or unpacked / packed > HIGHEST_RATIO:
                return "bomb"
            names = {entry.filename.lower() for entry in entries}
            if any(entry.flag_bits & 1 for entry in entries) or "encryptedpackage" in names:
                return "encrypted"
            if PARTS[kind] not in names:
                return "broken"
            if any(name.endswith(PROGRAMS[:2]) or name.startswith(PROGRAMS[2:]) for name in names):
                return "macros"
            with archive.open(next(entry for entry in entries if entry.filename.lower() == PARTS[kind])) as part:
                if b"<" not in part.read(4096):
                    return "broken"
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError):
        return "broken"
    return "ok"


def text(path: Path) -> str:
    """Whether it is text: UTF-8 or Latin-1 without NUL and with few controls."""
    data = path.read_bytes()
    if b"\0" in data:
        return "not_text"
    controls = sum(byte < 32 and byte not in b"\t\n\r\f" for byte in data)
    return "ok" if controls <= len(data) // 1000 else "not_text"


def main() -> None:
    """Limit this process, then look."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    kind, path = sys.argv[1], Path(sys.argv[2])
    try:
        answer = pdf(path) if kind == "pdf" else text(path) if kind == "txt" else office(path, kind)
    except MemoryError:
        answer = "too_large"
    sys.stdout.write(answer)


if __name__ == "__main__":
    main()
