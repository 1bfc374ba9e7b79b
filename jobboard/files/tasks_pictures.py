"""Pictures that no text shows any more go."""

import sqlalchemy as sa
from flask import current_app

from jobboard.core.db import session, writing
from jobboard.core.work import Sweep
from jobboard.files.actions import drop, let_go
from jobboard.files.models import StoredFile
from jobboard.files.queries import is_owned

BATCH = 100


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


SWEEPS = [Sweep("pictures nobody shows", 3600, drop_unshown)]
