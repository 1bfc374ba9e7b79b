"""Public pictures get smaller copies, and go when no text shows them any more."""

import datetime as dt

import sqlalchemy as sa
from flask import current_app

from jobboard.core import clock
from jobboard.core.db import session, writing
from jobboard.core.work import Sweep
from jobboard.files.actions import drop, let_go
from jobboard.files.actions_sizes import make_sizes
from jobboard.files.models import StoredFile
from jobboard.files.queries import is_owned
from jobboard.files.storage import StorageError

BATCH = 100
#: Pictures copied in one turn: each may take seconds, and mail waits for its own.
FEW_COPIED = 3
#: A picture that cannot be read is tried again after this long, the others meanwhile.
REST = dt.timedelta(minutes=10)


def drop_unshown() -> int:
    """Delete public pictures that nobody owns and no kept text names: the row first, then the bytes.

    `picture_mentions` of the app are the columns of such texts: revisions, unsaved words, templates, legal pages. One that
    was uploaded and never shown has a date of its own (`staged_until`).
    """
    if session().execute(_unshown().with_only_columns(StoredFile.id), execution_options=SCOPE).first() is None:
        session().rollback()
        return 0  # looked without the write lock
    with writing() as current:
        statement = _unshown().with_for_update(of=StoredFile, skip_locked=True)
        rows = current.execute(statement, execution_options=SCOPE).scalars().all()
        keys = let_go(rows)
    drop(keys)
    return len(rows)


SCOPE = {"scope": "owners of files"}


def _unshown() -> sa.Select[StoredFile]:
    columns = current_app.extensions["picture_mentions"]
    mentions = [sa.exists().where(sa.cast(column, sa.Text).contains(StoredFile.key)) for column in columns]
    statement = sa.select(StoredFile).where(StoredFile.is_public, StoredFile.staged_until.is_(None), ~is_owned())
    return statement.where(~sa.or_(sa.false(), *mentions)).order_by(StoredFile.id).limit(BATCH)


def copy_pictures() -> int:
    """Make the smaller copies of a few pictures that have none yet, old ones too; the number of pictures."""
    resting: dict[str, dt.datetime] = current_app.extensions.setdefault("uncopied_rest_until", {})
    for key in [key for key, until in resting.items() if until <= clock.now()]:
        del resting[key]
    uncopied = sa.select(StoredFile).where(StoredFile.is_public, StoredFile.sizes.is_(None))
    rows = session().execute(uncopied.where(StoredFile.key.not_in(resting)).order_by(StoredFile.id).limit(FEW_COPIED))
    found = rows.scalars().all()
    session().expunge_all()
    session().rollback()  # nothing is held open while the pictures are made
    count = 0
    for row in found:
        try:
            made = make_sizes(row)
        except StorageError:
            resting[row.key] = clock.now() + REST
            break
        with writing() as current:
            current.execute(sa.update(StoredFile).where(StoredFile.id == row.id).values(sizes=made))
        count += 1
    return count


SWEEPS = [
    Sweep("copies of pictures", 5, copy_pictures),
    Sweep("pictures nobody shows", 3600, drop_unshown),
]
