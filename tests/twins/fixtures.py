"""The twins as fixtures, started when the first test asks. `pytest_plugins = ["tests.twins.fixtures"]` in conftest.py."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pytest

from tests.twins.child import Unavailable
from tests.twins.chromium import Chromium, Window
from tests.twins.postgres import Postgres
from tests.twins.s3 import S3
from tests.twins.server import Server
from tests.twins.smtp import Mailbox

Twin = TypeVar("Twin", Postgres, S3, Chromium)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL, or a skip that says how to get one."""
    yield from _running(Postgres())


@pytest.fixture(scope="session")
def s3() -> Iterator[S3]:
    """A real S3-compatible server; mark tests that use it with `s3`."""
    yield from _running(S3())


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """A real browser; mark tests that use it with `browser`."""
    yield from _running(Chromium())


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A real SMTP server of this test's own."""
    with Mailbox() as server:
        yield server


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """`serve(app)` serves an app by HTTP until the test ends; `serve()` only reserves the address, `.start(app)` later."""
    servers: list[Server] = []

    def served(app: Any = None, **options: Any) -> Server:
        servers.append(Server(app, **options))
        return servers[-1].start() if app else servers[-1]

    yield served
    for server in servers:
        server.stop()


@pytest.fixture
def visitor(chromium: Chromium, serve: Callable[..., Server]) -> Iterator[Callable[..., Window]]:
    """`visitor(server.url, "de-DE", javascript=False)` opens a window; at the end of the test it must be clean.

    What a test provokes on purpose it names in `window.expected` (a regular expression). Servers stop after the windows are
    closed: a page that still loads something must not miss them.
    """
    assert serve
    windows: list[Window] = []

    def opened(base_url: str, locale: str = "en-GB", **options: Any) -> Window:
        windows.append(chromium.new_context(locale, base_url=base_url, **options))
        return windows[-1]

    yield opened
    try:
        for window in windows:
            window.assert_clean()
    finally:
        for window in windows:
            window.close()


def _running(twin: Twin) -> Iterator[Twin]:
    try:
        twin.start()
    except Unavailable as reason:
        pytest.skip(str(reason))
    yield twin
    twin.stop()
