"""Telling a WebSub hub by HTTP that a feed has changed: one short POST, bounded in time, led nowhere else."""

import contextlib
import dataclasses
import http.client
import socket
import threading
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlencode, urlsplit

#: Seconds for connecting and for each answer, and for everything together: an answer could drip in for ever.
TIMEOUT, LONGEST_TELL = 10.0, 20.0
#: Seconds that a hub may ask us to wait at most (Retry-After).
LONGEST_RETRY_AFTER = 24 * 3600
#: This machine.
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
#: Answers that are no judgement of the one address: too slow, too early, too many.
NOT_NOW = frozenset({408, 425, 429})


class NotTold(Exception):
    """The hub took nothing and may take it another time. The text is for operators; `wait` is what it asked for, in seconds."""

    def __init__(self, words: str, wait: float = 0) -> None:
        super().__init__(words[:300])
        self.wait = wait


class Refused(Exception):
    """The hub answers, and wants nothing to do with this address. The text is for operators."""


@dataclasses.dataclass(frozen=True)
class HubClient:
    """The hub at an address. Proxies of the environment are used, as by other programs of the machine."""

    url: str

    def tell(self, topic: str) -> None:
        """Say that the feed at an absolute address has changed (`hub.mode=publish`). Raises `NotTold` or `Refused`."""
        body = urlencode({"hub.mode": "publish", "hub.url": topic}).encode()
        question = urllib.request.Request(self.url, body, {"User-Agent": "Jobboard"}, method="POST")  # noqa: S310 - the start checked the scheme
        try:
            with _opener(urlsplit(self.url).hostname or "").open(question, timeout=TIMEOUT):
                return  # any 2xx; nothing of the answer is of use, so nothing of it is read
        except urllib.error.HTTPError as error:
            with error:
                _judge(error)
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            raise NotTold(f"{type(reason).__name__}: {reason}") from error


def _judge(error: urllib.error.HTTPError) -> None:
    """What an answer other than 2xx means: for this address alone, or for all."""
    words = f"HTTP {error.code} {error.reason}"
    if 300 <= error.code < 400:
        raise NotTold(f"{words}: it leads to {error.headers.get('Location', '')}, where nothing is sent")
    if 400 <= error.code < 500 and error.code not in NOT_NOW and error.code not in {401, 404, 405}:
        raise Refused(words[:300])
    # 401, 404 and 405 say that there is no hub for us at this address: every feed would get the same answer.
    after = error.headers.get("Retry-After", "")
    raise NotTold(words, min(int(after[:9]), LONGEST_RETRY_AFTER) if after.isascii() and after.isdecimal() else 0)


class _NoWayOn(urllib.request.HTTPRedirectHandler):
    """A hub that moved is a setting to change: nothing is sent where nobody chose to send it."""

    def redirect_request(self, *_args: Any) -> None:
        """Nowhere; then the answer is an `HTTPError`."""


def _opener(host: str) -> urllib.request.OpenerDirector:
    """What asks. A hub on this machine is asked without the proxy that leads out of it."""
    proxies = [urllib.request.ProxyHandler({})] if host in LOOPBACK else []
    return urllib.request.build_opener(_NoWayOn, _Http, _Https, *proxies)


class _Watched(http.client.HTTPConnection):
    """A connection that is cut when everything together takes too long."""

    _watchdog: threading.Timer | None = None

    def connect(self) -> None:
        """As always, with the time running from here."""
        self._watchdog = threading.Timer(LONGEST_TELL, self._cut)
        self._watchdog.daemon = True
        self._watchdog.start()
        super().connect()

    def getresponse(self) -> http.client.HTTPResponse:
        """As always; after the answer's head there is nothing to watch."""
        try:
            return super().getresponse()
        finally:
            self._unwatch()

    def close(self) -> None:
        """Close the connection, and watch it no longer."""
        self._unwatch()
        super().close()

    def _unwatch(self) -> None:
        if self._watchdog is not None:
            self._watchdog.cancel()

    def _cut(self) -> None:
        """Whoever waits for an answer gets none."""
        with contextlib.suppress(OSError):
            if self.sock is not None:
                self.sock.shutdown(socket.SHUT_RDWR)


class _WatchedTls(_Watched, http.client.HTTPSConnection):
    """The same, encrypted."""


class _Http(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> Any:
        """Open over a connection that is watched."""
        return self.do_open(_Watched, req)


class _Https(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> Any:
        """Open over an encrypted connection that is watched."""
        return self.do_open(_WatchedTls, req)
