"""What nobody owns goes: uploads whose form was never sent, and bytes without a row."""

import datetime as dt

import sqlalchemy as sa

from jobboard.core import clock
from jobboard.core.db import session, writing
from jobboard.core.work import Sweep
from jobboard.files.models import StoredFile
from jobboard.files.storage import storage

#: Bytes without a row are left alone for this long: their row may be about to be committed.
ORPHAN_AGE = dt.timedelta(hours=1)
BATCH = 100


def drop_staged() -> int:
    """Delete uploads past their time: the row first, then the bytes (a crash between leaves an orphan, found below)."""
    now = clock.now()
    with writing() as current:
        rows = current.execute(
            sa.select(StoredFile.id, StoredFile.key).where(StoredFile.staged_until < now).limit(BATCH)
        ).all()
        current.execute(sa.delete(StoredFile).where(StoredFile.id.in_([row.id for row in rows])))
    for row in rows:
        storage().delete(row.key)
    return len(rows)


def drop_orphans() -> int:
    """Delete stored bytes that no row knows and that are older than an hour, leftovers of a crash included."""
    count = 0
    for key in storage().keys_older_than(clock.now() - ORPHAN_AGE):
        known = session().execute(sa.select(StoredFile.id).where(StoredFile.key == key)).first()
        if known is None:
            storage().delete(key)
            count += 1
    return count


SWEEPS = [Sweep("staged uploads", 300, drop_staged), Sweep("orphaned files", 3600, drop_orphans)]
