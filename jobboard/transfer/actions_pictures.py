"""The pictures of an import: each file read, checked and stored once, before the transaction begins."""

import dataclasses
from pathlib import Path

import sqlalchemy as sa

from jobboard.core.db import session
from jobboard.files.actions import Picture, read_picture, store_picture
from jobboard.files.answers import LARGEST_FILE
from jobboard.files.checks import PictureRefused
from jobboard.files.markup import picture_path
from jobboard.files.models import StoredFile


@dataclasses.dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture that a text shows: where it will be found, and what the text called it. Its bytes are stored already."""

    picture: Picture
    address: str
    reference: str


class Album:
    """The pictures of one import by their files."""

    def __init__(self, *, is_stored: bool) -> None:
        self._is_stored = is_stored
        self._found: dict[Path, tuple[Picture, str] | str] = {}
        self._kept = set(session().execute(sa.select(StoredFile.key).where(StoredFile.is_public)).scalars())

    def picture(self, path: Path, reference: str) -> ShownPicture | str:
        """The picture of a file, or the sentence that says why it cannot be shown. Raises `StorageError`."""
        path = path.resolve()
        if path not in self._found:
            self._found[path] = self._read(path)
        found = self._found[path]
        return found if isinstance(found, str) else ShownPicture(*found, reference)

    def has(self, path: Path) -> bool:
        """Whether the file is a picture that some text shows."""
        return not isinstance(self._found.get(path.resolve(), ""), str)

    def _read(self, path: Path) -> tuple[Picture, str] | str:
        try:
            with path.open("rb") as file:
                data = file.read(LARGEST_FILE + 1)
        except OSError as error:
            return error.strerror or str(error)
        try:
            picture = read_picture(data, path.name)
        except PictureRefused as error:
            return str(error)
        if picture.key not in self._kept:
            if self._is_stored:
                store_picture(picture)
            self._kept.add(picture.key)
        # The address names the file as it was first called; the bytes are let go, there may be thousands.
        return dataclasses.replace(picture, data=b""), picture_path(picture.key, picture.name)
