"""How a file is named to people: its address, its size in words, its name in a header."""

import re
from urllib.parse import quote

from flask import url_for

from jobboard.core import i18n
from jobboard.core.forms import clean_line
from jobboard.core.i18n import _

#: Longest name that is kept; file systems allow 255 bytes, people's programs sometimes more.
LONGEST_NAME = 300


def picture_path(key: str, name: str) -> str:
    """The address of a public picture; it changes with the content, so it may be kept for ever."""
    return url_for("files.picture", key=key, name=name)


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
