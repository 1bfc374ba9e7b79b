"""One real PostgreSQL per test process: no service, no account, no network; 0.6 s to start, gone at the end.

`JOBBOARD_TEST_POSTGRES` may name a running server (a URL of a role that may create databases) or a folder of binaries.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Self

import psycopg
import sqlalchemy as sa
from psycopg import sql

from tests.twins import child, found
from tests.twins.child import Unavailable

__all__ = ["Postgres", "Unavailable"]

#: Nothing here outlives the tests, so nothing needs to reach the disk. The zone is not UTC: nobody may rely on that.
SERVER_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "timezone": "Europe/Berlin",
    "lc_messages": "C",
}


class Postgres:
    """A PostgreSQL server on a Unix socket. Raises `Unavailable` from `start()` when there is none to run."""

    def __init__(self, *, is_durable: bool = False) -> None:
        """One that keeps what it acknowledged over a power cut is slower, and for measuring that only."""
        self.is_durable = is_durable
        self.given = os.environ.get(found.POSTGRES, "") if "://" in os.environ.get(found.POSTGRES, "") else ""
        self.version = ""
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._ours: set[str] = set()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """URL of the maintenance database."""
        return self.url_of(sa.make_url(self.given).database or "postgres" if self.given else "postgres")

    def url_of(self, name: str) -> str:
        """SQLAlchemy's URL of a database."""
        if self.given:
            url = sa.make_url(self.given).set(drivername="postgresql+psycopg", database=name)
            return url.render_as_string(hide_password=False)
        return f"postgresql+psycopg://jobboard@/{name}?host={self._folder}"

    def start(self) -> None:
        """Start the first PostgreSQL that really runs here; nothing when it runs."""
        if self.version:
            return
        if self.given:
            self.version = self._execute("SHOW server_version")
            return
        reasons = []
        for folder in found.postgres_binaries():
            try:
                self._start(folder)
            except Unavailable as reason:
                reasons.append(f"{folder}: {reason}")
                self.stop()
            else:
                self.version = self._execute("SHOW server_version")
                return
        why = "; ".join(reasons) or "no PostgreSQL found"
        raise Unavailable(f"{why}. To get one: {found.HOW_TO_GET_POSTGRES}")

    def stop(self) -> None:
        """Stop the server (or give the databases back) and remove its folder."""
        if self.given:
            for name in list(self._ours):
                self._drop(name)
        self.version = ""
        if self._process:
            child.stop(self._process, signal.SIGINT)  # "fast": breaks connections, no waiting for clients
            self._process = None
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def create_database(self, name: str, template: str | None = None) -> str:
        """A new database, empty or a copy of `template` (which nobody may be connected to); returns its URL."""
        name = self._own_name(name)
        self._drop(name)
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template:
            statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(self._own_name(template)))
        self._execute(statement)
        self._ours.add(name)
        return self.url_of(name)

    def has_database(self, name: str) -> bool:
        """Whether `create_database` made one of this name."""
        return self._own_name(name) in self._ours

    def drop_database(self, name: str) -> None:
        """Drop a database, also when somebody is connected."""
        self._drop(self._own_name(name))

    @property
    def _settings(self) -> dict[str, str]:
        unsafe = ("fsync", "synchronous_commit", "full_page_writes") if self.is_durable else ()
        return {name: value for name, value in SERVER_SETTINGS.items() if name not in unsafe}

    def _own_name(self, name: str) -> str:
        """On somebody's server: a name that says whose it is, and one per parallel test process."""
        worker = os.environ.get("PYTEST_XDIST_WORKER", "gw")
        return f"jobboard_test_{worker}_{name}" if self.given else name

    def _drop(self, name: str) -> None:
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        self._ours.discard(name)

    def _execute(self, statement: Any) -> str:
        """Run one statement in the maintenance database; the first value of its answer, if it has one."""
        url = sa.make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)
        try:
            with psycopg.connect(url, autocommit=True) as connection:
                cursor = connection.execute(statement)
                row = cursor.fetchone() if cursor.description else None
        except psycopg.OperationalError as error:
            raise Unavailable(f"PostgreSQL does not answer: {error}") from error
        return str(row[0]) if row else ""

    def _start(self, programs: Path) -> None:
        account = found.postgres_account()
        found.run_for_postgres([programs / "postgres", "--version"], Path("/"), account)
        self._folder = folder = _short_folder(account)
        _init(programs, folder, account)
        options = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        command = [programs / "postgres", "-D", folder / "data", "-k", folder, *options]
        log = folder / "log"
        self._process = child.start(
            command, log, env=found.postgres_environment(), dies_by=signal.SIGINT, cwd=folder, **account
        )
        child.wait_until(lambda: _is_ready(folder / "data" / "postmaster.pid"), self._process, log, seconds=30)


def _short_folder(account: dict[str, Any]) -> Path:
    """A folder of the account that runs it. A socket's path has 107 bytes at most, pytest's own folders are too deep."""
    place = "/tmp" if os.access("/tmp", os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="jobboard-pg-", dir=place))
    if account:
        os.chown(folder, account["user"], account["group"])
    return folder


def _init(programs: Path, folder: Path, account: dict[str, Any]) -> None:
    """A new cluster in UTF-8. C.UTF-8 sorts by code point like SQLite, but knows the capitals of all letters."""
    command = [programs / "initdb", "-D", folder / "data", "-U", "jobboard", "-A", "trust", "-E", "UTF8", "--no-sync"]
    try:
        found.run_for_postgres([*command, "--locale=C.UTF-8"], folder, account)
    except Unavailable:
        found.run_for_postgres([*command, "--locale=C"], folder, account)


def _is_ready(state: Path) -> bool:
    """The eighth line of postmaster.pid says so, which is what pg_ctl looks at too."""
    try:
        lines = state.read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[7].strip() == "ready"
