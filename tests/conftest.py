"""The test ground: one app per engine, each test inside a transaction that is rolled back, twins instead of mocks."""

import atexit
import contextlib
import functools
import gc
import os
import shutil
import sqlite3
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask, g, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import event

from jobboard import create_app, people
from jobboard.config import settings_from
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import db, session
from jobboard.files.storage import DiskStorage
from jobboard.mail.models import OutboxMail
from jobboard.migrations import upgrade
from jobboard.people.actions import begin_session
from jobboard.people.models import Person
from tests.factories import make_person
from tests.twins.postgres import Postgres

pytest_plugins = ["tests.sharing", "tests.twins.fixtures"]

# The machine's own time zone must decide nothing: while tests run, its date is never the one of the site (Europe/Berlin).
os.environ["TZ"] = "Pacific/Kiritimati" if 10 <= clock.now().hour < 22 else "Etc/GMT+12"
time.tzset()


def pytest_collection_finish() -> None:
    """What is there before the first test stays: the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=64)
#: An empty database in `data_dir`, and the name of the one that others are copies of.
SQLITE_FILE, TEMPLATE = "jobboard.sqlite3", "newest_migration"
#: Each site has an identity of its own, which a copy would share.
NEW_SITE = "UPDATE site SET uid = :uid"
SECRET = "a secret key for tests only, long enough"


class Browser(FlaskClient):
    """A client whose requests share nothing: with the test's app context pushed, Flask would hand `g` on to the next one."""

    def open(self, *args, **kwargs):
        if has_app_context():
            for name in list(g):
                g.pop(name)
        return super().open(*args, **kwargs)


def make_app(data_dir: Path, database_url: str = "", **settings: str) -> Flask:
    """An app with an own data folder, at the newest migration."""
    data_dir.mkdir(parents=True, exist_ok=True)
    if not database_url and not (data_dir / SQLITE_FILE).exists():
        shutil.copy(_empty_file(), data_dir / SQLITE_FILE)
        with contextlib.closing(sqlite3.connect(data_dir / SQLITE_FILE)) as connection, connection:
            connection.execute(NEW_SITE, {"uid": str(uuid.uuid4())})
    environment = {"DATA_DIR": str(data_dir), "SECRET_KEY": SECRET, "DATABASE_URL": database_url, "FORM_SECONDS": "0"}
    environment |= settings  # a test fills in a form faster than any person
    app = create_app(settings_from({f"JOBBOARD_{name}": value for name, value in environment.items()}), testing=True)
    app.test_client_class = Browser
    with app.app_context():
        upgrade(db.engine)
    return app


@functools.cache
def _empty_file() -> Path:
    """An SQLite file at the newest migration: a copy of it is there in a seventh of the time."""
    folder = Path(tempfile.mkdtemp(prefix="jobboard-tests-"))
    atexit.register(shutil.rmtree, folder)
    _make_newest(f"sqlite:///{folder / SQLITE_FILE}")
    return folder / SQLITE_FILE


def _make_newest(url: str) -> None:
    engine = sa.create_engine(url)
    upgrade(engine)
    engine.dispose()


def empty_database(postgres: Postgres, name: str) -> str:
    """The URL of a new PostgreSQL database at the newest migration."""
    if not postgres.has_database(TEMPLATE):
        _make_newest(postgres.create_database(TEMPLATE))
    url = postgres.create_database(name, template=TEMPLATE)
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text(NEW_SITE), {"uid": str(uuid.uuid4())})
    engine.dispose()
    return url


def own_database(request: pytest.FixtureRequest, name: str) -> str:
    """For `make_app`, of a fixture with the parameters "sqlite" and "postgresql": the URL of a database nobody shares."""
    return "" if request.param == "sqlite" else empty_database(request.getfixturevalue("postgres"), name)


def dispose(app: Flask) -> None:
    """Close an app's database connections."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def engine_app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The app of one engine, shared by all tests of this process."""
    folder = tmp_path_factory.mktemp(request.param)
    app = make_app(folder, own_database(request, "tests"))
    yield app
    dispose(app)


@pytest.fixture
def app(engine_app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """The app inside an app context and one outer transaction: whatever a test commits is gone after it."""
    with on_one_connection(engine_app, tmp_path / "files"):
        yield engine_app


@contextlib.contextmanager
def on_one_connection(app: Flask, files: Path) -> Iterator[None]:
    """An app context in which everything happens in one transaction that is undone at its end."""
    app.extensions["storage"] = DiskStorage(files)
    for name in ("facet_index", "kept"):  # content versions begin anew in each test
        app.extensions.pop(name, None)
    app.extensions["pages"].is_on = False  # it asks over a connection of its own, which sees nothing of a test
    with app.app_context():
        engine = db.engine
        connection = engine.connect()
        transaction = connection.begin()
        engines = db._app_engines[app]
        engines[None] = connection
        db.session.session_factory.configure(join_transaction_mode="create_savepoint")
        try:
            yield
        finally:
            db.session.remove()
            transaction.rollback()
            connection.close()
            engines[None] = engine
            db.session.session_factory.configure(join_transaction_mode="conditional_savepoint")
            app.extensions["limiter"].storage.reset()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript: it sends what a browser sends about where a request comes from."""
    client = app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


@pytest.fixture(autouse=True)
def quick_hashing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Passwords cost little to hash here; a test marked `real_hashing` pays what the product pays."""
    is_real = "real_hashing" in request.keywords
    if is_real:
        people.actions._nobodys_hash.cache_clear()
    else:
        monkeypatch.setattr(people.actions, "_hasher", QUICK_HASHER)
    yield
    if is_real:
        people.actions._nobodys_hash.cache_clear()


@pytest.fixture
def sign_in(client: FlaskClient) -> Callable[..., Person]:
    """Sign the client in as a new person of a role."""

    def signed_in(role: str = "recruiter", **columns: object) -> Person:
        person = columns.pop("person", None) or make_person(role=Role(role), **columns)
        token = begin_session(person, "Firefox (Linux)", clock.now())
        session().commit()
        with client.session_transaction() as cookie:
            cookie["token"] = token
        return person

    return signed_in


@pytest.fixture
def outbox(app: Flask) -> Callable[[], list[OutboxMail]]:
    """The queued mails, oldest first."""
    return lambda: list(session().execute(sa.select(OutboxMail).order_by(OutboxMail.id)).scalars())


@pytest.fixture
def queries(app: Flask) -> Callable[[], contextlib.AbstractContextManager[list[str]]]:
    """Count statements: `with queries() as log: …; assert len(log) == 3`. Savepoints do not count."""

    @contextlib.contextmanager
    def counting() -> Iterator[list[str]]:
        log: list[str] = []

        def note(_conn, _cursor, statement, _parameters, _context, _many) -> None:
            if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")):
                log.append(statement)

        event.listen(sa.Engine, "before_cursor_execute", note)
        try:
            yield log
        finally:
            event.remove(sa.Engine, "before_cursor_execute", note)

    return counting


@pytest.fixture
def own_app(tmp_path: Path) -> Iterator[Flask]:
    """An app with a SQLite file of its own, really committing: for threads, servers and the worker."""
    app = make_app(tmp_path)
    with app.app_context():
        yield app
    dispose(app)
