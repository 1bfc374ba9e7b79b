"""Stored files that go with a mail."""

from jobboard.core.db import session
from jobboard.files.markup import may_open, scan_state
from jobboard.files.models import ScanState, StoredFile
from jobboard.files.storage import StorageError, storage
from jobboard.mail.models import Problem
from jobboard.mail.transport import GiveUp, TryLater


def mailed_bytes(file_id: int) -> bytes:
    """The bytes of a file a mail has; where there is a virus scanner only of one it found clean.

    Raises `GiveUp` for a file that must not leave or is not there, and `TryLater` while it is not scanned or not to be read.
    """
    row = session().get_one(StoredFile, file_id)
    if scan_state(row) is ScanState.infected:
        raise GiveUp(Problem.infected)
    if not may_open(row):
        raise TryLater(Problem.not_scanned)
    try:
        return b"".join(storage().read(row.key))
    except FileNotFoundError as error:
        raise GiveUp(Problem.file_gone) from error
    except StorageError as error:
        raise TryLater(Problem.file_unread) from error
