"""A site under test: its data, its processes, the mail server it uses, and the account of what it promised."""

import contextlib
import dataclasses
import hashlib
import http.client
import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from jobboard.core import clock
from jobboard.core.base import Base
from jobboard.core.db import session, writing
from jobboard.files.storage import storage
from jobboard.mail.models import MailState, OutboxMail
from tests.conftest import dispose, make_app
from tests.factories import make_offer
from tests.submitting import Http, is_sent, open_form, submit
from tests.twins.child import tail
from tests.twins.smtp import ANYONE, Mailbox

ADDRESS = "/en/jobs/operator/apply/"
#: Seconds something may take that takes a fraction of one on an idle machine.
PATIENCE = 60.0
BROKEN = (OSError, http.client.HTTPException)


@dataclasses.dataclass
class Entry:
    """One application as whoever sent it knows it: which form, which file, and what was answered last."""

    number: int
    form: dict[str, Any]
    content: bytes = dataclasses.field(repr=False)
    status: str = "unanswered"

    @property
    def email(self) -> str:
        return f"person{self.number}@example.org"

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def given(self) -> dict[str, Any]:
        return {"name": f"Person {self.number}", "email": self.email, "text": "Hello.", "cv": (self.content, "cv.txt")}


class Ledger:
    """Every application that was sent, kept outside of what is killed; each line of its file is one change."""

    def __init__(self, path: Path) -> None:
        self.entries: list[Entry] = []
        self._numbers = iter(range(1, 10**9))
        self._file = path.open("w", encoding="utf-8")
        self._lock = threading.Lock()

    def begin(self, form: dict[str, Any]) -> Entry:
        """An application is about to be sent with this form."""
        with self._lock:
            number = next(self._numbers)
            size = random.choice((500, 20_000, 200_000))
            entry = Entry(number, form, f"Person {number}\n".encode() + os.urandom(size // 2).hex().encode())
            self.entries.append(entry)
        self.note(entry, "unanswered")
        return entry

    def note(self, entry: Entry, status: str) -> None:
        """What the site answered."""
        entry.status = status
        line = {"token": entry.form.get("token"), "email": entry.email, "sha256": entry.sha256, "status": status}
        with self._lock:
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()

    def close(self) -> None:
        self._file.close()


@dataclasses.dataclass
class Kills:
    """How often what was killed."""

    servers: int = 0
    workers: int = 0


class Site:
    """One site on one engine, with processes that can be started and killed."""

    def __init__(self, engine: str, folder: Path, database_url: str, mailbox: Mailbox) -> None:
        self.engine, self.folder, self.mailbox = engine, folder, mailbox
        self.port, self.kills = _port(), Kills()
        self.app = make_app(folder, database_url, SMTP_URL=mailbox.url, TRUSTED_PROXIES="1")
        with self.app.app_context():
            make_offer("Operator", slug="operator")
            session().commit()
            self._empty = [table for table in Base.metadata.sorted_tables if not _count(table)]
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"],
            env={**os.environ, **_environment(self.app)},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
        )  # fmt: skip
        self.running: dict[str, int] = {}
        self.reset()

    def reset(self) -> None:
        """As new: no application, no file, no mail, nothing running, nothing promised."""
        for name in list(self.running):
            self.kill(name)
        with self.app.app_context(), writing() as current:
            for table in reversed(self._empty):
                current.connection().execute(table.delete())
            for key in storage().keys_older_than(clock.now()):
                storage().delete(key)
        self.mailbox.clear()
        self.mailbox.delay(ANYONE, 0.01, times=None)
        self.kills = Kills()
        if hasattr(self, "ledger"):
            self.ledger.close()
        self.ledger = Ledger(self.folder / "ledger.jsonl")

    def close(self) -> None:
        """End every process of this site."""
        self._nursery.communicate()
        self.ledger.close()
        dispose(self.app)

    def start(self, name: str, plant: str | None = None) -> None:
        """Start "server", or a worker of any other name."""
        kind = "server" if name == "server" else "worker"
        self.running[name] = self._order(start=kind, port=self.port, plant=plant)
        if kind == "server":
            wait_for(self._answers, lambda: f"the server does not answer: {tail(self.folder / 'log')}")

    def kill(self, name: str) -> int:
        """kill -9; how it ended: -9."""
        ended = self._order(kill=self.running.pop(name))
        if name == "server":
            self.kills.servers += 1
        else:
            self.kills.workers += 1
        return ended

    def _order(self, **order: Any) -> int:
        assert self._nursery.stdin
        assert self._nursery.stdout
        self._nursery.stdin.write(f"{json.dumps(order)}\n")
        self._nursery.stdin.flush()
        return int(self._nursery.stdout.readline())

    def _answers(self) -> bool:
        try:
            return Http(self.port).get("/health/live").status_code == 200
        except BROKEN:
            return False

    def send(self, entry: Entry) -> None:
        """Send an application's form once more, and note what was answered."""
        browser = Http(self.port, host=f"10.{entry.number >> 16 & 255}.{entry.number >> 8 & 255}.{entry.number & 255}")
        try:
            answer = submit(browser, ADDRESS, entry.given, entry.form)
        except BROKEN:
            return
        self.ledger.note(entry, "acknowledged" if is_sent(answer) else f"answered {answer.status_code}")

    def apply(self) -> Entry | None:
        """Open the form and send it; None when there was no server to open it."""
        try:
            entry = self.ledger.begin(open_form(Http(self.port), ADDRESS))
        except (*BROKEN, StopIteration):
            return None
        self.send(entry)
        return entry

    @contextlib.contextmanager
    def people(self, count: int) -> Iterator[None]:
        """So many people apply without a pause until the end of the block."""
        stopping = threading.Event()

        def go_on() -> None:
            while not stopping.is_set():
                if self.apply() is None:
                    time.sleep(0.01)

        threads = [threading.Thread(target=go_on) for _person in range(count)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stopping.set()
            for thread in threads:
                thread.join()

    def settle(self) -> int:
        """Everybody who got no answer sends the same form again; mails leave. How many had to send again."""
        if "server" not in self.running:
            self.start("server")
        again = [entry for entry in self.ledger.entries if entry.status != "acknowledged"]
        for entry in again:
            self.send(entry)
        for name in [name for name in self.running if name != "server"]:
            self.kill(name)
        with self.app.app_context(), writing() as current:
            # No worker lives, so nothing sends what they leased. Waiting for the end of the leases would show the same.
            current.execute(sa.update(OutboxMail).values(leased_until=None, due_at=clock.now()))
        self.start("last worker")
        wait_for(self.has_sent_everything, lambda: f"mails are left: {tail(self.folder / 'log')}")
        return len(again)

    def has_sent_everything(self) -> bool:
        """Whether no mail waits any more."""
        with self.app.app_context():
            waiting = sa.select(OutboxMail.id).where(OutboxMail.state == MailState.queued).limit(1)
            return session().execute(waiting).first() is None


def _count(table: sa.Table) -> int:
    return int(session().connection().execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def _environment(app: Flask) -> dict[str, str]:
    """The settings of an app, for another process of the same site."""
    settings = dataclasses.asdict(app.config["SETTINGS"])
    words = {name: str(int(value) if isinstance(value, bool) else value) for name, value in settings.items()}
    return {f"JOBBOARD_{name.upper()}": value for name, value in words.items()}


def _port() -> int:
    """A free port that no client gets by chance: one that connects while nobody listens could meet itself there."""
    for port in random.sample(range(20_000, 30_000), 100):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("no port is free")


def wait_for(condition: Callable[[], bool], problem: Callable[[], str]) -> None:
    """Ask until it is so; raises `AssertionError` after a time in which it should have been long ago."""
    until = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > until:
            raise AssertionError(f"after {PATIENCE:.0f} s {problem()}")
        time.sleep(0.02)
