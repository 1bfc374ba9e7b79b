"""Logs: one line per record, and nothing of it about a person."""

import logging
import re
import sys
import time

from flask.logging import default_handler

#: PostgreSQL repeats the values of a row in these lines of its errors.
_VALUES = re.compile(r"^(DETAIL|CONTEXT): .*$", re.MULTILINE)
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")


class OneLine(logging.Formatter):
    """Time (UTC), level, name and message; a traceback's lines follow behind " | "."""

    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    converter = time.gmtime  # type: ignore[assignment] # typeshed leaves its default argument out

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line, without control characters: nobody can write a second line into it."""
        text = _VALUES.sub(r"\1 left out", super().format(record))
        return " | ".join(_CONTROLS.sub("?", line.rstrip()) for line in text.splitlines() if line.strip())


def configure(level: str) -> None:
    """Send everything to standard error in this form; once per process, by the command that runs it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("jobboard").removeHandler(default_handler)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a short queue is what a queue is for
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.captureWarnings(True)
