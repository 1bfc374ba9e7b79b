"""Where files live: on a disk or in an S3-compatible store, alike for whoever keeps something in it."""

import datetime as dt
import io
import itertools
import os
import stat
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine

from jobboard.core import clock
from jobboard.core.db import session
from jobboard.files.actions import claim, keep_staged, receive
from jobboard.files.models import StoredFile
from jobboard.files.storage import DiskStorage, StorageError, new_key, open_storage
from jobboard.files.tasks import drop_orphans, drop_staged

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


def test_file_and_everything_that_leads_to_it_reach_the_disk_before_put_returns(tmp_path, monkeypatch):
    """Bytes, then the name, then the folders' entries: in another order a power cut leaves an empty or a missing file."""
    done = []
    real = {"fsync": os.fsync, "rename": Path.rename}

    def fsync(handle):
        done.append(str(Path(f"/proc/self/fd/{handle}").readlink()).removeprefix(f"{tmp_path}/"))
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
