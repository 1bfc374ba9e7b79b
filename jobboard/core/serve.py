"""The web server of `jobboard run`: takes whole requests before a thread works on them, and ends without cutting any off."""

import logging
import os
import resource
import socket
import threading
import time
from typing import Any
from wsgiref.types import WSGIApplication

from waitress import wasyncore
from waitress.server import create_server

log = logging.getLogger("jobboard.server")

THREADS = 8
#: Slow clients wait in here without a thread; waitress' own limit of 100 lets a hundred of them stop the site (decision 31).
CONNECTIONS = 4000
#: Somewhat above Flask's MAX_CONTENT_LENGTH, so that a body that is too large gets a page that says so.
LARGEST_BODY = 50_000_000
#: Seconds that running requests have to finish when the server is asked to end.
PATIENCE = 30.0


class PortBusy(Exception):
    """Somebody else listens at this address already, or it is not ours to listen at. The text says which."""


class WebServer:
    """Listens from the start; `run` serves until `stop`."""

    def __init__(self, app: WSGIApplication, host: str, port: int, *, trusts_proxy: bool = False) -> None:
        self._socket = _listening(host, port)
        self._sockets: dict[int, Any] = {}
        self._stopping = threading.Event()
        raise_file_limit(CONNECTIONS + 200)
        self._server: Any = create_server(
            app,
            map=self._sockets,
            sockets=[self._socket],
            threads=THREADS,
            connection_limit=CONNECTIONS,
            asyncore_use_poll=True,
            max_request_body_size=LARGEST_BODY,
            clear_untrusted_proxy_headers=not trusts_proxy,
            ident="",
        )

    @property
    def url(self) -> str:
        """Where it listens."""
        host, port = self._socket.getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def run(self) -> None:
        """Serve until `stop`, then finish what is running, at most `PATIENCE` seconds."""
        while not self._stopping.is_set():
            self._turn(30)
        self._server.del_channel()
        self._socket.close()  # from here on new connections are refused, and a proxy tries another process
        until = time.monotonic() + PATIENCE
        while self._is_busy() and time.monotonic() < until:
            self._turn(0.1)
        self._server.task_dispatcher.shutdown(timeout=1)
        wasyncore.close_all(self._sockets, ignore_all=True)

    def stop(self) -> None:
        """Ask the server to end. May be called from a signal handler or another thread."""
        self._stopping.set()
        self._server.pull_trigger()

    def _turn(self, seconds: float) -> None:
        wasyncore.loop(timeout=seconds, map=self._sockets, use_poll=True, count=1)

    def _is_busy(self) -> bool:
        """Whether a request is being received, worked on, or answered."""
        channels = list(self._server.active_channels.values())
        return any(channel.request or channel.requests or channel.total_outbufs_len for channel in channels)


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)  # negative: no such host
        raise PortBusy(f"cannot listen at {host}, port {port}: {reason}") from error


def raise_file_limit(wanted: int) -> None:
    """Let this process have `wanted` open files, or as many as the system allows: a connection is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if allowed < wanted:
        log.warning("only %d files may be open: raise the limit (ulimit -n) to %d", allowed, wanted)
