"""Pictures that staff put into texts: looked at by the checking process, written anew, stored; owned once a text shows them."""

import datetime as dt
import io
from typing import IO

import sqlalchemy as sa

from jobboard.core import clock
from jobboard.core.db import session
from jobboard.files.actions import Picture, keep_picture, read_picture, store_picture
from jobboard.files.answers import LARGEST_FILE
from jobboard.files.checker import checker
from jobboard.files.checks import MAGIC, PictureRefused
from jobboard.files.models import StoredFile
from jobboard.files.queries import is_owned

#: How long a picture waits for a text that shows it: longer than unsaved words are kept.
UNSHOWN_FOR = dt.timedelta(days=40)
#: A picture is written anew, so that what hangs behind it (some telephones' short films) does no harm.
FINE = {"ok", "not_what_it_says"}


def receive_picture(stream: IO[bytes], name: str, *, is_square: bool = False) -> Picture:
    """An uploaded picture (or the square in its middle), written anew and stored; slow, so before `writing()`.

    Raises `PictureRefused` and `StorageError`.
    """
    data = stream.read(LARGEST_FILE + 1)
    kind = next((kind for kind in ("png", "jpeg") if data.startswith(MAGIC[kind])), None)
    if (
        kind is not None
        and len(data) <= LARGEST_FILE
        and checker().ask(f"check {kind}", io.BytesIO(data)).word not in FINE
    ):
        raise PictureRefused
    picture = read_picture(data, name, is_square=is_square)
    store_picture(picture)
    return picture


def keep_unshown(picture: Picture) -> StoredFile:
    """The row of a received picture that no text shows yet; it waits for `UNSHOWN_FOR`."""
    row = keep_picture(picture, is_stored=True)
    owned = sa.select(StoredFile.id).where(StoredFile.id == row.id, is_owned())
    if session().execute(owned, execution_options={"scope": "owners of files"}).first() is None:
        row.staged_until = clock.now() + UNSHOWN_FOR
    return row
