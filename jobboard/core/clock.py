"""The one clock. Tests travel in time by moving it, and nothing else asks the machine."""

import datetime as dt


def now() -> dt.datetime:
    """This moment, aware, in UTC."""
    return dt.datetime.now(dt.UTC)
