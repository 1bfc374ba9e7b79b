"""What SQLite keeps of deleted rows, and until when."""

import contextlib
import sqlite3

import pytest

from jobboard.core.db import db, scrub, writing
from jobboard.files.tasks import SWEEPS, cut_log
from jobboard.people.models import Person
from tests.conftest import dispose, make_app

CANARY = "Kanarienvogel-73af"


@pytest.fixture
def database(tmp_path):
    """The file of an app that really commits, in which a person was written and deleted."""
    app = make_app(tmp_path)
    with app.app_context():
        with writing() as current:
            person = Person(name=CANARY, slug="canary")
            current.add(person)
        with writing() as current:
            current.delete(person)
        yield tmp_path / "jobboard.sqlite3"
        db.session.remove()
    dispose(app)


def log_of(database):
    return database.with_name(f"{database.name}-wal")


def is_left(database):
    return any(CANARY.encode() in one.read_bytes() for one in (database, log_of(database)))


def test_what_was_deleted_while_somebody_read_leaves_the_log_with_the_next_sweep(database):
    with contextlib.closing(sqlite3.connect(database)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM person").fetchone()
        scrub()
        assert is_left(database), "the log cannot be cut under a reader, and nobody waits for that"
        reader.execute("ROLLBACK")
        assert cut_log() == 0
    assert not is_left(database)
    assert log_of(database).stat().st_size == 0


def test_worker_cuts_the_log_every_hour_even_when_it_is_reading_itself(database):
    [sweep] = [one for one in SWEEPS if one.run is cut_log]
    assert sweep.every == 3600
    db.session().connection().exec_driver_sql("SELECT count(*) FROM person")
    assert sweep.run() == 0
    assert not is_left(database)
