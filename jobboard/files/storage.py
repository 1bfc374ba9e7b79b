"""Where bytes are kept: on this machine's disk or in an S3-compatible store, behind one seam."""

import contextlib
import dataclasses
import datetime as dt
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from flask import current_app

CHUNK = 1 << 18
#: Free bytes of a disk below which no document is taken any more. The database is usually on the same one: it must be able to
#: write for as long as it takes somebody to make room, and on a full disk even deleting fails.
LEAST_FREE = 500_000_000


class StorageError(OSError):
    """The store cannot be reached, is full, or refuses; nothing was acknowledged."""


class Storage(Protocol):
    """What the site needs of a store. Keys are generated here, never a person's file name."""

    def put(self, key: str, source: BinaryIO) -> None:
        """Store everything from `source` durably before returning; raises `StorageError`."""

    def make_sure_of_room(self) -> None:
        """Raises `StorageError` when nothing more should be stored, so that everything else can go on."""

    def read(self, key: str) -> Iterator[bytes]:
        """The bytes in chunks; raises `FileNotFoundError` or `StorageError` before the first one, `StorageError` later."""

    def delete(self, key: str) -> None:
        """Delete; a key that is not there is fine. Raises `StorageError`."""

    def keys_older_than(self, moment: dt.datetime) -> Iterator[str]:
        """Keys stored before a moment, for finding files without a row."""


def new_key() -> str:
    """A name nobody can guess, in one of 256 folders."""
    token = secrets.token_hex(20)
    return f"{token[:2]}/{token}"


def made_key(key: str, what: str) -> str:
    """The name of something that was made from a file and goes with it: the picture of a page, its words."""
    return f"{key}.{what}"


def origin_of(key: str) -> str:
    """The name of the file that something was made from; a file's own name stays as it is."""
    folder, slash, name = key.partition("/")
    return f"{folder}{slash}{name.partition('.')[0]}"


def open_storage(url: str) -> Storage:
    """The store of a `file:` or `s3:` URL (see `JOBBOARD_STORAGE_URL`).

    Raises `ModuleNotFoundError` for `s3:` without the extra `s3`.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return DiskStorage(Path(unquote(parts.path)))
    options = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return S3Storage(bucket=parts.netloc, prefix=parts.path.strip("/"), options=options)


def storage() -> Storage:
    """The store of the running app."""
    store: Storage = current_app.extensions["storage"]
    return store


@dataclasses.dataclass(frozen=True)
class DiskStorage:
    """Files below one folder, only readable by this user (decision 9)."""

    root: Path
    _durable: set[Path] = dataclasses.field(default_factory=set, init=False, repr=False, compare=False)

    def put(self, key: str, source: BinaryIO) -> None:
        """Temporary file 0600, fsync, rename, fsync of the folder: after a power cut it is whole or not there."""
        path = self._path(key)
        # A name of its own: one that died half way must not be in the way of who stores the same content again.
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        try:
            self._make_folder(path.parent)
            with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:  # noqa: PTH123 - mode
                while chunk := source.read(CHUNK):
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            temporary.rename(path)
            self._sync_folder(path.parent)
        except OSError as error:
            with contextlib.suppress(
                OSError
            ):  # what broke may break this too: a folder that is none, a disk that is gone
                temporary.unlink(missing_ok=True)
            raise StorageError(str(error)) from error

    def make_sure_of_room(self) -> None:
        """Ask the disk; the folder itself may not be there before the first file."""
        folder = next(one for one in (self.root, *self.root.parents) if one.exists())
        try:
            free = shutil.disk_usage(folder).free
        except OSError as error:
            raise StorageError(str(error)) from error
        if free < LEAST_FREE:
            raise StorageError(
                f"only {free / 10**6:.0f} MB are free, no document is taken below {LEAST_FREE // 10**6} MB"
            )

    def read(self, key: str) -> Iterator[bytes]:
        """The file in chunks; it is opened before the first one is asked for."""
        path = self._path(key)
        try:
            return _chunks(path.open("rb"))
        except FileNotFoundError:
            raise
        except OSError as error:
            raise StorageError(str(error)) from error

    def delete(self, key: str) -> None:
        """Unlink and make it durable."""
        try:
            self._path(key).unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(str(error)) from error

    def keys_older_than(self, moment: dt.datetime) -> Iterator[str]:
        """Old files, leftovers of a crash (`.part`) included."""
        for path in self.root.glob("*/*"):
            with contextlib.suppress(FileNotFoundError):  # deleted meanwhile
                if path.stat().st_mtime < moment.timestamp():
                    yield f"{path.parent.name}/{path.name}"

    def _path(self, key: str) -> Path:
        folder, _, name = key.partition("/")
        if not name or "/" in name or folder in {".", ".."} or name in {".", ".."}:
            raise ValueError(f"not a key: {key!r}")
        return self.root / folder / name

    def _make_folder(self, folder: Path) -> None:
        """A folder of the store, itself durable. That it is there says nothing: who made it may have died before the sync.

        So each process makes sure once for each of the 256 folders.
        """
        if folder in self._durable and folder.is_dir():
            return
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._sync_folder(self.root)
        self._sync_folder(self.root.parent)
        self._durable.add(folder)

    @staticmethod
    def _sync_folder(folder: Path) -> None:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := _chunk(file):
            yield chunk


def _chunk(file: BinaryIO) -> bytes:
    """A disk may fail in the middle of a file."""
    try:
        return file.read(CHUNK)
    except OSError as error:
        raise StorageError(str(error)) from error


class S3Storage:
    """An S3-compatible bucket. Credentials come from the URL or from the usual AWS_* environment. Needs obstore."""

    def __init__(self, bucket: str, prefix: str, options: dict[str, str]) -> None:
        from obstore.exceptions import BaseError  # optional
        from obstore.store import S3Store  # optional

        self.problems = (BaseError, OSError)
        known = {"endpoint": "endpoint", "region": "region", "key": "access_key_id", "secret": "secret_access_key"}
        config = {known[name]: value for name, value in options.items() if name in known}
        plain_http = config.get("endpoint", "").startswith("http://")
        self.store = S3Store(
            bucket,
            prefix=prefix or None,
            config=config,  # type: ignore[arg-type] # a TypedDict built from the URL
            client_options={"allow_http": plain_http, "timeout": "30s"},
        )

    def put(self, key: str, source: BinaryIO) -> None:
        """S3 acknowledges a whole object or none."""
        try:
            self.store.put(key, source)
        except self.problems as error:
            raise StorageError(str(error)) from error

    def make_sure_of_room(self) -> None:
        """A bucket has no end that could be asked for."""

    def read(self, key: str) -> Iterator[bytes]:
        """The object in chunks."""
        try:
            found = self.store.get(key)
        except FileNotFoundError:
            raise
        except self.problems as error:
            raise StorageError(str(error)) from error
        return _streamed((bytes(chunk) for chunk in found.stream(min_chunk_size=CHUNK)), self.problems)

    def delete(self, key: str) -> None:
        """S3 answers alike whether the object was there."""
        try:
            self.store.delete(key)
        except FileNotFoundError:
            return
        except self.problems as error:
            raise StorageError(str(error)) from error

    def keys_older_than(self, moment: dt.datetime) -> Iterator[str]:
        """Old keys below the prefix."""
        for batch in self.store.list():
            for item in batch:
                if item["last_modified"] < moment:
                    yield str(item["path"])


def _streamed(stream: Iterator[bytes], problems: tuple[type[Exception], ...]) -> Iterator[bytes]:
    """The chunks of an object. The line may break in the middle of it."""
    try:
        yield from stream
    except problems as error:
        raise StorageError(str(error)) from error
