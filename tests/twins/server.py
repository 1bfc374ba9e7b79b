"""Serves an app over real HTTP from a thread: for browsers, sockets and everything a test client cannot show."""

import contextlib
import socket
import threading
from typing import Any, Self

from waitress import wasyncore
from waitress.server import create_server


class Served:
    """A twin that has a server of its own, `_server`: it runs inside a `with`."""

    _server: "Server"

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Be away."""
        self._server.stop()


class Server:
    """A waitress server on 127.0.0.1. Its address is known before the app is: settings can contain it.

    `with Server(app) as server: requests to server.url`, or `server = Server(); server.start(make_app(server.url))`.
    """

    def __init__(self, app: Any = None, *, threads: int = 4, host: str = "127.0.0.1") -> None:
        self.app = app
        self.threads = threads
        self._socket = socket.create_server((host, 0))
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://{host}:{self.port}"
        self._sockets: dict[int, Any] = {}
        self._stopping = threading.Event()
        self._server: Any = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        if self._thread is None:
            self.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    def start(self, app: Any = None) -> Self:
        """Serve; connections that came since the address was known are answered now."""
        self._server = create_server(
            app or self.app,
            map=self._sockets,
            sockets=[self._socket],
            threads=self.threads,
            asyncore_use_poll=True,
            ident="",
        )
        self._thread = threading.Thread(target=self._loop, name=f"server {self.url}", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Finish running requests, close every connection, and wait for the thread: nothing is left open."""
        self._stopping.set()
        if self._thread:
            self._server.pull_trigger()
            self._thread.join()
            self._server.task_dispatcher.shutdown(timeout=10)
            wasyncore.close_all(self._sockets, ignore_all=True)
            self._thread = None
        with contextlib.suppress(OSError):
            self._socket.close()

    def _loop(self) -> None:
        while not self._stopping.is_set():
            wasyncore.loop(timeout=30, map=self._sockets, use_poll=True, count=1)
