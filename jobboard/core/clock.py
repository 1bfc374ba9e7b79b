"""The one clock. Tests travel in time by moving it, and nothing else asks the machine."""

import contextlib
import datetime as dt
from collections.abc import Iterator
from contextvars import ContextVar

_told: ContextVar[dt.datetime | None] = ContextVar("told", default=None)


def now() -> dt.datetime:
    """This moment, aware, in UTC."""
    return _told.get() or dt.datetime.now(dt.UTC)


@contextlib.contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """What is done inside happens at this moment (aware): for loading a history, such as the demo's."""
    token = _told.set(moment.astimezone(dt.UTC))
    try:
        yield
    finally:
        _told.reset(token)
