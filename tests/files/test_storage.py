"""Where files live: on a disk or in an S3-compatible store, alike for whoever keeps something in it."""

import datetime as dt
import errno
import io
import itertools
import os
import re
import stat
import types
from pathlib import Path

import obstore.exceptions
import pytest
import sqlalchemy as sa
import time_machine

from jobboard.core import clock
from jobboard.core.db import db, session
from jobboard.files.actions import claim, keep_staged, receive
from jobboard.files.models import StoredFile
from jobboard.files.storage import CHUNK, DiskStorage, StorageError, new_key, open_storage, origin_of
from jobboard.files.tasks import drop_orphans, drop_staged
from tests.applications.test_views_private import with_document
from tests.conftest import dispose, empty_database, make_app
from tests.factories import application_link, make_application, make_offer

folders = itertools.count(1)


@pytest.fixture(params=["disk", pytest.param("s3", marks=pytest.mark.s3)])
def store(request, tmp_path):
    """An empty store; keys of other tests are not in it."""
    if request.param == "disk":
        return open_storage(f"file://{tmp_path}/files%20of%20mine")
    return open_storage(request.getfixturevalue("s3").storage_url(f"storage/{os.getpid()}/{next(folders)}"))


def later(**delta):
    return clock.now() + dt.timedelta(**delta)


@pytest.mark.parametrize("size", [0, 1, 300_000, 6_000_000])
def test_what_was_put_comes_back_whole(store, size):
    data, key = os.urandom(size), new_key()
    store.put(key, io.BytesIO(data))
    assert b"".join(store.read(key)) == data


def test_unknown_key_is_not_found_and_deleting_it_is_no_error(store):
    with pytest.raises(FileNotFoundError):
        store.read(new_key())
    store.delete(new_key())


def test_deleted_file_is_gone(store):
    key = new_key()
    store.put(key, io.BytesIO(b"x"))
    store.delete(key)
    with pytest.raises(FileNotFoundError):
        store.read(key)
    assert [*store.keys_older_than(later(hours=1))] == []


def test_old_keys_are_those_from_before_the_moment(store):
    keys = {new_key() for _number in range(3)}
    for key in keys:
        store.put(key, io.BytesIO(b"x"))
    assert {*store.keys_older_than(later(hours=1))} == keys
    assert [*store.keys_older_than(later(hours=-1))] == []


class Broken(io.BytesIO):
    """An upload whose line breaks after a while."""

    def read(self, _size=-1):
        if self.tell():
            raise OSError("the line broke")
        return super().read(100_000)

    def readinto(self, _buffer):
        raise OSError("the line broke")


def test_upload_that_breaks_off_leaves_nothing(store):
    with pytest.raises(StorageError):
        store.put("ab/abcdef", Broken(b"a" * 200_000))
    with pytest.raises(FileNotFoundError):
        store.read("ab/abcdef")
    assert [*store.keys_older_than(later(hours=1))] == []


def test_files_on_disk_are_for_this_user_only(tmp_path):
    store, key = DiskStorage(tmp_path / "files"), new_key()
    store.put(key, io.BytesIO(b"private"))
    path = tmp_path / "files" / key
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)) == (0o600, 0o700)


@pytest.mark.parametrize("key", ["", "a", "../etc/passwd", "ab/../../x", "/etc/passwd", "ab/", "./x", "ab/.."])
def test_key_cannot_leave_its_folder(tmp_path, key):
    store = DiskStorage(tmp_path / "files")
    with pytest.raises(ValueError, match="not a key"):
        store.read(key)
    with pytest.raises(ValueError, match="not a key"):
        store.put(key, io.BytesIO(b"x"))


def test_disk_that_is_full_or_gone_is_told_as_such(tmp_path):
    blocked = tmp_path / "files"
    blocked.write_text("a file where the folder should be")
    with pytest.raises(StorageError):
        DiskStorage(blocked).put(new_key(), io.BytesIO(b"x"))


def failing_stream(error):
    yield b"a" * 10
    raise error


@pytest.mark.parametrize("error", [OSError(errno.EIO, "the disk broke"), obstore.exceptions.GenericError("reset")])
def test_object_that_breaks_off_in_the_middle_is_told_as_such(error, monkeypatch):
    bucket = open_storage("s3://bucket?endpoint=http://127.0.0.1:1&key=a&secret=b&region=c")
    found = types.SimpleNamespace(stream=lambda **_given: failing_stream(error))
    monkeypatch.setattr(bucket, "store", types.SimpleNamespace(get=lambda _key: found))
    chunks = bucket.read("ab/abcdef")
    assert next(chunks) == b"a" * 10
    with pytest.raises(StorageError):
        next(chunks)


class BrokenDisk(io.BytesIO):
    """A file whose disk fails behind so many bytes."""

    def __init__(self, good):
        super().__init__(b"a" * good)

    def read(self, size=-1):
        if found := super().read(size):
            return found
        raise OSError(errno.EIO, "Input/output error")


def test_file_that_breaks_off_in_the_middle_is_told_as_such(tmp_path, monkeypatch):
    store = DiskStorage(tmp_path)
    monkeypatch.setattr(Path, "open", lambda _path, _mode: BrokenDisk(CHUNK))
    chunks = store.read("ab/abcdef")
    assert next(chunks) == b"a" * CHUNK
    with pytest.raises(StorageError):
        next(chunks)


def test_file_that_cannot_be_opened_is_told_as_such(tmp_path):
    (tmp_path / "ab" / "abcdef").mkdir(parents=True)
    with pytest.raises(StorageError):
        DiskStorage(tmp_path).read("ab/abcdef")


def test_document_that_cannot_be_read_is_no_fault_of_the_site(app, client, monkeypatch):
    row = make_application(make_offer("Operator"))
    document = with_document(row)
    address = f"/en/applications/{application_link(row)}/documents/{document.id}/"
    monkeypatch.setattr(Path, "open", lambda _path, _mode: BrokenDisk(0))
    assert client.get(address).status_code == 503


@pytest.fixture
def stored(app, store):
    """Three uploads in the app's store: claimed, staged, and one whose row was never written."""
    app.extensions["storage"] = store
    claimed, staged, lost = (receive(io.BytesIO(b"Some words.\n"), f"{name}.txt") for name in ("a", "b", "c"))
    claim(keep_staged(claimed))
    keep_staged(staged)
    session().commit()
    return claimed.key, staged.key, lost.key


def test_sweeps_drop_what_nobody_owns_in_its_time_and_nothing_else(store, stored):
    claimed, staged, lost = stored
    assert (drop_staged(), drop_orphans()) == (0, 0)
    with time_machine.travel(later(hours=2)):
        assert (drop_staged(), drop_orphans()) == (0, 1)
        assert {*store.keys_older_than(later(hours=1))} == {claimed, staged}
    with time_machine.travel(later(hours=25)):
        assert (drop_staged(), drop_orphans()) == (1, 0)
        assert [*store.keys_older_than(later(hours=1))] == [claimed]
    assert [*session().execute(sa.select(StoredFile.key)).scalars()] == [claimed]
    assert lost not in {claimed, staged}


def test_no_transaction_is_open_while_all_files_are_gone_through(store, stored, monkeypatch):
    """SQLite's log cannot be cut while somebody reads, and a store may have many thousands of files."""
    delete, open_at = type(store).delete, []

    def watched(self, key):
        open_at.append(session().in_transaction())
        delete(self, key)

    monkeypatch.setattr(type(store), "delete", watched)
    with time_machine.travel(later(hours=2)):
        assert drop_orphans() == 1
    assert open_at == [False]


@pytest.fixture
def shared(request, tmp_path):
    """An app on PostgreSQL that really commits, whose statements wait for no lock."""
    url = empty_database(request.getfixturevalue("postgres"), "staged")
    app = make_app(tmp_path, url)
    with app.app_context():
        with db.engine.begin() as connection:
            connection.execute(sa.text(f"ALTER DATABASE \"{db.engine.url.database}\" SET lock_timeout = '1s'"))
        db.engine.dispose()
        yield app
    dispose(app)


def test_upload_that_is_claimed_at_the_moment_of_the_sweep_stays(shared):
    uploads = [receive(io.BytesIO(b"Some words.\n"), f"{name}.txt") for name in ("claimed", "forgotten")]
    claimed, forgotten = [keep_staged(upload).key for upload in uploads]
    session().commit()
    with db.engine.connect() as other, time_machine.travel(later(hours=25)):
        other.execute(sa.update(StoredFile).where(StoredFile.key == claimed).values(staged_until=None))
        assert drop_staged() == 1
        other.commit()
        assert drop_staged() == 0
    assert [*session().execute(sa.select(StoredFile.key)).scalars()] == [claimed]
    store = shared.extensions["storage"]
    assert b"".join(store.read(claimed)) == b"Some words.\n"
    with pytest.raises(FileNotFoundError):
        store.read(forgotten)


def test_what_one_that_was_killed_left_behind_is_in_nobodys_way(tmp_path):
    store = DiskStorage(tmp_path)

    class Killed(io.BytesIO):
        def read(self, _size=-1):
            raise SystemExit(137)  # the process ends here: nothing is tidied up

    with pytest.raises(SystemExit):
        store.put("ab/one", Killed())
    assert [path.suffix for path in (tmp_path / "ab").iterdir()] == [".part"]
    store.put("ab/one", io.BytesIO(b"x"))
    assert b"".join(store.read("ab/one")) == b"x"
    later = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    assert {origin_of(key) for key in store.keys_older_than(later)} == {"ab/one", "ab/"}


def test_file_and_everything_that_leads_to_it_reach_the_disk_before_put_returns(tmp_path, monkeypatch):
    """Bytes, then the name, then the folders' entries: in another order a power cut leaves an empty or a missing file."""
    done = []
    real = {"fsync": os.fsync, "rename": Path.rename}

    def fsync(handle):
        name = str(Path(f"/proc/self/fd/{handle}").readlink()).removeprefix(f"{tmp_path}/")
        done.append(re.sub(r"\.[0-9a-f]{8}\.part$", ".part", name))
        real["fsync"](handle)

    def rename(path, target):
        done.append("rename")
        return real["rename"](path, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "rename", rename)
    store = DiskStorage(tmp_path / "data" / "files")
    store.put("ab/one", io.BytesIO(b"x"))
    assert done == ["data/files", "data", "data/files/ab/.one.part", "rename", "data/files/ab"]
    done.clear()
    store.put("ab/two", io.BytesIO(b"x"))
    assert done == ["data/files/ab/.two.part", "rename", "data/files/ab"], "the folder is known to be durable"
    done.clear()
    DiskStorage(tmp_path / "data" / "files").put("ab/three", io.BytesIO(b"x"))
    assert done[:2] == ["data/files", "data"], "another process may have died before it made it so"
