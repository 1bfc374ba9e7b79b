"""A page rendered once with holes in it: what is the same for every reader is not rendered for every reader."""

import re
from collections.abc import Mapping, Sequence

from markupsafe import Markup

#: Controls that no text of ours holds (`core.forms` takes them out of everything typed).
_OPEN, _CLOSE = "\x02", "\x03"
_HOLE = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")


def hole(name: str) -> Markup:
    """What a template puts where something will be filled in."""
    return Markup(f"{_OPEN}{name}{_CLOSE}")  # noqa: S704 - our own name


class Skeleton:
    """The text between the holes, and the holes' names."""

    def __init__(self, rendered: str) -> None:
        self._parts = _HOLE.split(rendered)
        self.names = self._parts[1::2]

    def fill(self, values: Mapping[str, str]) -> str:
        """The page; values are HTML. Raises `KeyError` for a hole nobody filled."""
        parts = self._parts[:]
        parts[1::2] = [values[name] for name in self.names]
        return "".join(parts)

    def fill_in_order(self, values: Sequence[str]) -> str:
        """The page; one value for each hole, in the order they stand in. Raises `ValueError` for more or fewer."""
        parts = self._parts[:]
        parts[1::2] = values
        return "".join(parts)
