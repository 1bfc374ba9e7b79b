"""What follows from the site's content alone: made once for each version of it, kept in this process's memory.

What is kept is never changed: rows are loaded by a session of their own and belong to none afterwards, so writing to them
would change nothing. Who wants to change something loads it again. A newer version begins without anything.
"""

import contextlib
import dataclasses
from collections.abc import Callable, Hashable, Iterator
from typing import Any, TypeVar

from flask import current_app, g
from sqlalchemy.orm import Session

from jobboard.core.db import content_version, session
from jobboard.core.pages import known_version

Thing = TypeVar("Thing")

#: Things of one name, so that memory does not grow with the number of openings.
MOST_KEPT = 500


@dataclasses.dataclass(frozen=True)
class Shelf:
    """The things of one name, made of one content version."""

    version: int
    things: dict[Hashable, Any] = dataclasses.field(default_factory=dict)


def kept(name: str, key: Hashable, make: Callable[[], Thing]) -> Thing:
    """What `make` makes of the content as this request sees it; None is not kept, as anybody may ask for what is not there."""
    shelves: dict[str, Shelf] = current_app.extensions.setdefault("kept", {})
    version, shelf = _version(), shelves.get(name)
    if shelf is None or shelf.version != version:
        shelf = shelves[name] = Shelf(version)
    found: Thing | None = shelf.things.get(key)
    if found is None:
        found = make()
        if len(shelf.things) >= MOST_KEPT:
            shelf.things.clear()
        if found is not None:
            shelf.things[key] = found
    return found


def _version() -> int:
    """The content version of this request, asked for once and before anything is made of it."""
    if "content_version" not in g:
        known = known_version()
        g.content_version = content_version() if known is None else known
    version: int = g.content_version
    return version


@contextlib.contextmanager
def loading() -> Iterator[Session]:
    """A session on the request's connection whose rows belong to none afterwards; what they need is loaded inside."""
    with Session(bind=session().connection(), autoflush=False) as own:
        yield own
