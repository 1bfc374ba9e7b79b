"""Smaller copies of public pictures, made by the checking process. The original stays as it is, and is what is exported."""

import io

from jobboard.files.answers import SIZES, Size
from jobboard.files.checker import checker
from jobboard.files.models import StoredFile
from jobboard.files.storage import made_key, storage

#: Seconds that the worker waits for a turn of the checking process.
PATIENCE = 5.0


def make_sizes(row: StoredFile) -> list[str]:
    """Make and store the copies of a picture; the names of those there are. What cannot be made is left out.

    Slow, so before `writing()`. Raises `StorageError`, also when no process can look at the picture now.
    """
    try:
        data = b"".join(storage().read(row.key))
    except FileNotFoundError:
        return []
    storage().make_sure_of_room()
    made = []
    for number, size in enumerate(SIZES):
        if not is_useful(size, row.width or 0):
            continue
        answer = checker().ask("resize picture", io.BytesIO(data), number, PATIENCE)
        # What comes out of a hostile picture must at least look like one.
        if answer.word == "ok" and _is_kind(answer.data, size.kind):
            storage().put(made_key(row.key, size.name), io.BytesIO(answer.data))
            made.append(size.name)
    return made


def is_useful(size: Size, width: int) -> bool:
    """Whether a copy is worth having: the first size that a picture fits in is the last one."""
    smaller = [one.width for one in SIZES if not one.is_square and one.width < size.width]
    return size.is_square or width > max(smaller, default=0)


def _is_kind(data: bytes, kind: str) -> bool:
    return data[8:12] == b"WEBP" if kind == "webp" else data[4:12] == b"ftypavif"
