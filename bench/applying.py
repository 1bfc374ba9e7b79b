"""Durable applications per second: a form's token, its fields and a 300 kB PDF, everything on the disk before the answer.

Compared with what the disk itself takes in the same round: a file of that size written, synced, renamed, its folder synced.
"""

import contextlib
import dataclasses
import datetime as dt
import itertools
import os
import re
import secrets
import shutil
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from bench.apps import product
from bench.measure import Result, free_port, server
from jobboard.core import clock
from jobboard.core.db import db, session
from jobboard.core.tokens import issue_form_token
from jobboard.migrations import upgrade
from jobboard.transfer.exports_pdf import pdf_file
from tests.factories import make_offer
from tests.submitting import open_form
from tests.twins.postgres import Postgres, Unavailable

ADDRESS = "/en/jobs/operator/apply/"
SIZE = 300_000
#: People who send at the same time: enough for two workers to have something to do while the disk works.
PEOPLE = 8
BOUNDARY = b"a-boundary-that-is-in-no-file"
#: One worker has a core of its own; two share both with the client.
CORES = {1: "0", 2: "0,1"}


@dataclasses.dataclass(frozen=True)
class Place:
    """A site with one opening, and the fields its form holds."""

    engine: str
    folder: Path
    database_url: str
    form: dict[str, str]
    #: Made ahead: a form is opened minutes before it is sent.
    tokens: list[str]

    @property
    def environment(self) -> dict[str, str]:
        return {"BENCH_FOLDER": str(self.folder), "BENCH_DATABASE": self.database_url}


def measure(folder: Path, engines: list[str], *, count: int, seconds: float) -> dict[str, Result]:
    """Every combination once a round, between two measurements of the disk; the medians are what counts."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    found: dict[str, Result] = {"a file, synced": Result()}
    with contextlib.ExitStack() as stack:
        places = list(_places(folder, engines, stack))
        for number in range(count):
            for place, workers, is_checked in itertools.product(places, CORES, (True, False)):
                _add(found["a file, synced"], *raw(folder, seconds / 4))
                name = f"application {place.engine}, {workers} worker{'s' * (workers > 1)}"
                result = found.setdefault(name if is_checked else f"{name}, unchecked", Result())
                _add(result, *_applications(place, workers, folder, seconds, is_checked=is_checked))
            print(f"  applications: round {number + 1} of {count}", file=sys.stderr, flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    return found


def _add(result: Result, times: list[float], seconds: float) -> None:
    """The milliseconds each took of what was done in one round of so many seconds."""
    times = sorted(times)
    result.rates.append(len(times) / seconds)
    result.p50.append(times[len(times) // 2])
    result.p99.append(times[len(times) * 99 // 100])


def raw(folder: Path, seconds: float) -> tuple[list[float], float]:
    """Milliseconds of every file that this disk makes durable, one after the other; and the seconds of all."""
    place, content = folder / "raw", os.urandom(SIZE)
    place.mkdir(exist_ok=True)
    times: list[float] = []
    start = time.perf_counter()
    while (began := time.perf_counter()) < start + seconds:
        path = place / secrets.token_hex(16)
        with path.with_suffix(".part").open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        path.with_suffix(".part").rename(path)
        handle = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(handle)
        os.close(handle)
        times.append((time.perf_counter() - began) * 1000)
    whole = time.perf_counter() - start
    shutil.rmtree(place)
    return times, whole


def _places(folder: Path, engines: list[str], stack: contextlib.ExitStack) -> Iterator[Place]:
    for engine in engines:
        url = ""
        if engine == "postgresql":
            try:
                url = stack.enter_context(Postgres(is_durable=True)).create_database("applying")
            except Unavailable as reason:
                print(f"PostgreSQL is left out: {reason}", file=sys.stderr)
                continue
        app = product(folder / engine, url)
        with app.app_context():
            upgrade(db.engine)
            offer_id = make_offer("Operator", slug="operator").id
            session().commit()
            with clock.at(clock.now() - dt.timedelta(minutes=5)):
                tokens = [issue_form_token("apply", offer_id) for _one in range(20_000)]
            db.session.remove()
            db.engine.dispose()
        yield Place(engine, folder / engine, url, open_form(app.test_client(), ADDRESS), tokens)


def _applications(
    place: Place, workers: int, folder: Path, seconds: float, *, is_checked: bool
) -> tuple[list[float], float]:
    """Milliseconds of every application that was begun within these seconds; and the seconds until all had ended."""
    port = free_port()
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", str(workers), "--host", "127.0.0.1",
        "--port", str(port), "--no-log", "--http", "1", "--no-ws", "--factory", "bench.apps:applying_app",
    ]  # fmt: skip
    environment = {**place.environment, "BENCH_CHECKS": "1" if is_checked else ""}
    with server(command, port, environment, folder / "server.log", core=CORES[workers]):
        people = [Applicant(place, port) for _person in range(PEOPLE)]
        for person in people:
            person.apply()  # warms every worker, and its answer is looked at
        start = time.perf_counter()
        threads = [threading.Thread(target=person.go_on, args=(start + seconds,)) for person in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        whole = time.perf_counter() - start
    return [moment for person in people for moment in person.times], whole


class Applicant:
    """Sends one application after the other, each over a connection of its own: every one is another browser's.

    Over lasting connections the worker that took them first would serve them all, and the other none.
    """

    _hosts = itertools.count(1)

    def __init__(self, place: Place, port: int) -> None:
        self.place, self.times = place, list[float]()
        self._port, self._file = port, _file_part()

    def go_on(self, until: float) -> None:
        """Apply until then; what was begun in time is brought to its end and counts."""
        while time.perf_counter() < until:
            before = time.perf_counter()
            self.apply()
            self.times.append((time.perf_counter() - before) * 1000)

    def apply(self) -> None:
        """One application to its end. Raises `RuntimeError` when it is not acknowledged: nobody measures errors."""
        with (
            socket.create_connection(("127.0.0.1", self._port)) as self._socket,
            self._socket.makefile("rb") as self._answers,
        ):
            self._apply()

    def _apply(self) -> None:
        fields = {**self.place.form, "token": self.place.tokens.pop(), "name": "Person", "text": "Hello."}
        fields["email"] = f"person-{secrets.token_hex(6)}@example.org"
        host = next(self._hosts)
        address = ADDRESS
        status, location, page = self._ask("POST", address, fields, host, with_file=True)
        for _step in range(4):
            if status == 303 and "/sent/" in location:
                return
            if status in {302, 303}:
                address = urlsplit(urljoin(address, location)).path
                status, location, page = self._ask("GET", address, {}, host)
            elif (found := _form_to_send(page.decode())) is not None:
                address = urljoin(address, found[0])
                status, location, page = self._ask("POST", address, found[1], host)
            else:
                break
        raise RuntimeError(f"an application ended with {status} at {address}: {page[:500]!r}")

    def _ask(
        self, method: str, address: str, fields: dict[str, str], host: int, *, with_file: bool = False
    ) -> tuple[int, str, bytes]:
        """Status, address it leads to, and body of one answer."""
        parts = [
            b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
            % (BOUNDARY, name.encode(), value.encode())
            for name, value in fields.items()
        ]
        body = b"".join([*parts, self._file if with_file else b"", b"--%s--\r\n" % BOUNDARY]) if fields else b""
        head = (
            f"{method} {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
            f"X-Forwarded-For: 10.{host >> 16 & 255}.{host >> 8 & 255}.{host & 255}\r\n"
            f"Content-Type: multipart/form-data; boundary={BOUNDARY.decode()}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._socket.sendall(head.encode() + body)
        status = int(self._answers.readline().split()[1])
        headers: dict[str, str] = {}
        while line := self._answers.readline().decode("latin-1").strip():
            name, _colon, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return status, headers.get("location", ""), self._answers.read(int(headers.get("content-length", 0)))


def _form_to_send(page: str) -> tuple[str, dict[str, str]] | None:
    """Like `tests.submitting`, without building a tree: the client must not be what is measured."""
    for form in re.findall(r"<form\b.*?</form>", page, re.DOTALL):
        if re.search(r'<(button|input)\b[^>]*name="send"', form):
            hidden = re.findall(r'<input\b[^>]*type="hidden"[^>]*>', form)
            fields = {_attribute(one, "name"): _attribute(one, "value") for one in hidden}
            button = re.search(r'<(?:button|input)\b[^>]*name="send"[^>]*>', form)
            return _attribute(form[: form.index(">")], "action"), {
                **fields, "send": _attribute(button[0] if button else "", "value"),
            }  # fmt: skip
    return None


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1].replace("&amp;", "&").replace("&#34;", '"').replace("&#39;", "'") if found else ""


def _file_part() -> bytes:
    """A PDF of one page whose content is as large as a CV with a photograph."""
    content = os.urandom(SIZE)
    pdf = pdf_file(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        ]
    )
    return (
        b'--%s\r\nContent-Disposition: form-data; name="cv"; filename="cv.pdf"\r\nContent-Type: application/pdf\r\n\r\n%s\r\n'
        % (BOUNDARY, pdf)
    )
