"""The site under test: demo content and an imported blog, served by the server that `jobboard run` starts."""

import dataclasses
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import sqlalchemy as sa
from flask import Flask

from jobboard import create_app
from jobboard.cli import demo_settings, fill_demo
from jobboard.core import clock
from jobboard.core.access import Public, declared
from jobboard.core.db import db, session
from jobboard.files.models import StoredFile
from jobboard.migrations import upgrade
from jobboard.posts.markup import canonical_url
from jobboard.posts.models import Kind, Phase, Post, PostText
from jobboard.posts.models_writing import OldPath
from tests.checksite.account import Fault
from tests.checksite.blog import write_blog
from tests.checksite.fetching import Fetcher
from tests.twins import child

ROOT = Path(__file__).parents[2]
COMMAND = Path(sys.executable).with_name("jobboard")
#: Seconds that the copies of all pictures may take, and the server to answer.
PATIENCE = 180.0
#: Endpoints of no page that readers or machines find: the staff's, the demo's, files, health.
NOT_FOR_READERS = ("desk.", "demo.", "demo_mail.", "static", "site.live", "site.ready")


@dataclasses.dataclass(frozen=True)
class Expected:
    """What an address answers, known from the database and not from the pages."""

    path: str
    status: int
    location: str = ""
    language: str = "en"
    why: str = ""


class Site:
    """A site in a folder of its own. `posts` is the length of the blog that is imported."""

    def __init__(self, folder: Path, posts: int) -> None:
        self.folder, self.posts = folder, posts
        self.url = f"http://127.0.0.1:{_port()}"
        self.app: Flask
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    def fill(self) -> str:
        """Load the demo and import the blog, each as its command does; what the import said."""
        settings = demo_settings(self.folder, int(self.url.rpartition(":")[2]))
        self.app = create_app(settings)
        with self.app.app_context():
            upgrade(db.engine)
            fill_demo()
            db.session.remove()
            db.engine.dispose()
        write_blog(self.folder / "blog", self.posts)
        ended = self._run("import", "posts", str(self.folder / "blog"))
        if ended.returncode:
            raise RuntimeError(f"the blog cannot be imported:\n{ended.stdout}{ended.stderr}")
        return ended.stdout

    def start(self) -> None:
        """Serve it, and wait until the worker has copied every picture."""
        self._server = child.start(
            [COMMAND, "run", "--port", self.url.rpartition(":")[2]],
            self.folder / "log", env=self._environment(), dies_by=signal.SIGTERM, cwd=ROOT,
        )  # fmt: skip
        child.wait_until(self._answers, self._server, self.folder / "log", PATIENCE)
        until = time.monotonic() + PATIENCE
        while self._run("worker", "--once").returncode == 0 and self._uncopied():
            if time.monotonic() > until:
                raise RuntimeError(f"pictures are left to be copied: {child.tail(self.folder / 'log')}")

    def stop(self) -> None:
        """End the server."""
        if self._server is not None:
            child.stop(self._server, signal.SIGTERM)
            self._server = None

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [COMMAND, *arguments],
            env=self._environment(), cwd=ROOT, capture_output=True, text=True, check=False, timeout=600,
        )  # fmt: skip

    def _environment(self) -> dict[str, str]:
        """The settings of a real site: not a demo, so nothing is served that only a demo has."""
        ours = {
            "DATA_DIR": str(self.folder),
            "SECRET_KEY_FILE": str(self.folder / "secret-key"),
            "SITE_URL": self.url,
            "MAIL_FROM": "jobs@example.org",
            "SMTP_URL": (self.folder / "mails").as_uri(),
            "LOG_LEVEL": "WARNING",
        }
        outside = {name: value for name, value in os.environ.items() if not name.startswith("JOBBOARD_")}
        return outside | {f"JOBBOARD_{name}": value for name, value in ours.items()}

    def _answers(self) -> bool:
        fetcher = Fetcher(self.url)
        try:
            return fetcher.get("/health/ready").status == 200
        except OSError:
            return False
        finally:
            fetcher.close()

    def _uncopied(self) -> bool:
        with self.app.app_context():
            statement = sa.select(StoredFile.id).where(StoredFile.is_public, StoredFile.sizes.is_(None)).limit(1)
            found = session().execute(statement, execution_options={"scope": "owners of files"}).first()
            db.session.remove()
            return found is not None


def _port() -> int:
    """A free port that no client gets by chance: one that connects while nobody listens could meet itself there."""
    for port in random.sample(range(20_000, 30_000), 100):
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
    raise RuntimeError("no port is free")


# --- what its database says


def expectations(app: Flask) -> list[Expected]:
    """What every text and every old address must answer, and the addresses people type."""
    with app.app_context(), app.test_request_context():
        languages = app.config["LANGUAGES"]
        found = [
            Expected("/", 302, f"/{code}/", code, "the front page in the browser's language") for code in languages
        ]
        for code in languages:
            found.append(Expected("/impressum", 302, f"/{code}/imprint/", code, "typed by people in Germany"))
            found.append(Expected("/datenschutz", 302, f"/{code}/privacy/", code, "typed by people in Germany"))
        for post in session().execute(sa.select(Post)).scalars():
            found += _of_post(post)
        rows = session().execute(sa.select(OldPath.path, PostText).join(PostText, PostText.id == OldPath.text_id))
        for path, text in rows:
            if text.post.phase(clock.now()) in {Phase.open, Phase.closed}:
                found.append(Expected(path, 301, canonical_url(text), why="stood there on the site it came from"))
        db.session.remove()
    return found


def _of_post(post: Post) -> Iterator[Expected]:
    phase = post.phase(clock.now())
    statuses = {Phase.open: 200, Phase.closed: 410 if post.kind is Kind.opening else 200}
    for text in post.texts:
        yield Expected(canonical_url(text), statuses.get(phase, 404), why=f"is {phase.value}")


def expected_faults(url: str, wanted: list[Expected]) -> Iterator[Fault]:
    """What answers otherwise than the database says."""
    fetcher = Fetcher(url)
    for one in wanted:
        answer = fetcher.get(one.path, one.language)
        location = answer.header("Location").removeprefix(url)
        if answer.status != one.status or (one.location and location != one.location):
            yield Fault("pages", one.path, one.why, f"answers {answer.status} {location}".rstrip(),
                        f"it should answer {one.status} {one.location}".rstrip())  # fmt: skip
    fetcher.close()


def routes_without_a_page(app: Flask, paths: set[str]) -> Iterator[str]:
    """The public routes of the application that none of these addresses belongs to: nobody has looked at them."""
    seen = {route_of(app, path) for path in paths}
    for rule in app.url_map.iter_rules():
        entry = declared(app, rule.endpoint)
        is_public = entry is not None and entry.who is Public.anyone and "GET" in (rule.methods or ())
        if is_public and not rule.endpoint.startswith(NOT_FOR_READERS) and rule.endpoint not in seen:
            yield rule.endpoint


def route_of(app: Flask, path: str) -> str:
    """The endpoint of an address; "" for one that has none."""
    try:
        return str(app.url_map.bind("127.0.0.1").match(path.partition("?")[0])[0])
    except Exception:
        return ""
