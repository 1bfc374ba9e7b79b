"""Faults planted in a process, so that a check can be seen finding them: what each of the product's precautions prevents."""

import datetime as dt
import io
import os
import secrets
import signal
import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from jobboard.applications import actions_submit
from jobboard.applications.models import Application
from jobboard.files.storage import DiskStorage
from jobboard.mail import tasks


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def file_after_answer() -> None:
    """The application is acknowledged before its file is on the disk."""
    real = DiskStorage.put

    def put(self: DiskStorage, key: str, source: Any) -> None:
        content = source.read()
        threading.Timer(5.0, real, (self, key, io.BytesIO(content))).start()

    DiskStorage.put = put  # type: ignore[method-assign]


def file_then_death() -> None:
    """The process dies when the file is there and its row is not."""
    real = DiskStorage.put

    def put(self: DiskStorage, key: str, source: Any) -> None:
        real(self, key, source)
        _die()

    DiskStorage.put = put  # type: ignore[method-assign]


def forgotten_nonce() -> None:
    """Nothing of the form is kept by which it could be recognised; and the process dies before it answers."""

    write = actions_submit.write_new

    def forget(*rows: Any) -> None:
        for row in rows:
            if isinstance(row, Application):
                row.form_nonce, row.draft_hash = secrets.token_hex(8), None
                event.listen(Session, "after_commit", lambda _session: _die())
        write(*rows)

    actions_submit.write_new = forget


def marked_before_sent() -> None:
    """The mail is marked as sent, then the worker would send it, and dies."""

    def send(_transport: Any, claimed: tasks.Claim) -> None:
        tasks._write_down(claimed, None)
        _die()

    tasks._send = send  # type: ignore[assignment]


def no_lease() -> None:
    """A mail that is being sent is anybody's."""
    tasks.lease = lambda: dt.timedelta(0)


PLANTS: dict[str, Callable[[], None]] = {
    plant.__name__: plant
    for plant in (file_after_answer, file_then_death, forgotten_nonce, marked_before_sent, no_lease)
}
