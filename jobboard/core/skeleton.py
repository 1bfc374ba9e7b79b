"""A page rendered once with holes in it: what is the same for every reader is neither rendered nor encoded for every reader."""

import re
from collections.abc import Iterable, Mapping

from markupsafe import Markup

_SPACES = re.compile(r"[ \t\n]+")

#: Controls that no text of ours holds (`core.forms` takes them out of everything typed).
_OPEN, _CLOSE = "\x02", "\x03"
_HOLE = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")


def hole(name: str) -> Markup:
    """What a template puts where something will be filled in."""
    return Markup(f"{_OPEN}{name}{_CLOSE}")  # noqa: S704 - our own name


def without_layout(html: str) -> str:
    """HTML without the line breaks and indents of its templates: a tenth of it. Not for what holds `pre` or `textarea`."""
    return _SPACES.sub(" ", html)


class Skeleton:
    """The text between the holes as UTF-8, and the holes' names. What fills them is HTML, as UTF-8 too."""

    def __init__(self, rendered: str) -> None:
        parts = _HOLE.split(without_layout(rendered))
        self.names = parts[1::2]
        self._parts = [part.encode() for part in parts]

    def fill(self, values: Mapping[str, bytes]) -> bytes:
        """The page. Raises `KeyError` for a hole nobody filled."""
        return self.fill_in_order([values[name] for name in self.names])

    def fill_in_order(self, values: Iterable[bytes]) -> bytes:
        """The page; one value for each hole, in the order they stand in. Raises `ValueError` for more or fewer."""
        parts = self._parts[:]
        parts[1::2] = values
        return b"".join(parts)
