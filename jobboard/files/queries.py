"""Whose a file is: whatever table points at it owns it."""

import sqlalchemy as sa

from jobboard.core.base import Base
from jobboard.files.models import StoredFile


def is_owned() -> sa.ColumnElement[bool]:
    """Whether some row points at the file, of whatever room: asked of the schema, so that no owner can be forgotten.

    A statement with it names applicants' tables too, so it needs the execution option `scope`.
    """
    columns = [
        key.parent
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column is StoredFile.__table__.c.id
    ]
    return sa.or_(*(sa.exists().where(column == StoredFile.id) for column in columns))
