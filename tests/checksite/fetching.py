"""Asking a server on this machine: one kept connection per thread, no redirect followed, no cookie kept."""

import dataclasses
import http.client
import threading
from urllib.parse import urlsplit

TIMEOUT = 60


@dataclasses.dataclass(frozen=True)
class Answer:
    """What the server said to a GET."""

    path: str
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        """The first header of this name, or ""."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def kind(self) -> str:
        """The media type without its parameters."""
        return self.header("Content-Type").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """The body as text; bytes that are none stay visible."""
        return self.body.decode("utf-8", "replace")


class Fetcher:
    """Asks the server at an address such as http://127.0.0.1:8000. Raises `OSError` or `HTTPException` when it is away."""

    def __init__(self, origin: str) -> None:
        parts = urlsplit(origin)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 80
        self._own = threading.local()

    def get(self, path: str, language: str = "en") -> Answer:
        """The answer to a GET; a kept connection the server has closed meanwhile is opened anew."""
        for is_last in (False, True):
            connection = self._connection()
            try:
                connection.request("GET", path, headers={"Accept-Language": language})
                response = connection.getresponse()
                return Answer(path, response.status, response.getheaders(), response.read())
            except (OSError, http.client.HTTPException):
                self.close()
                if is_last:
                    raise
        raise AssertionError("the second try answers or raises")

    def close(self) -> None:
        """Close this thread's connection."""
        if (connection := getattr(self._own, "connection", None)) is not None:
            connection.close()
            self._own.connection = None

    def _connection(self) -> http.client.HTTPConnection:
        if getattr(self._own, "connection", None) is None:
            self._own.connection = http.client.HTTPConnection(self.host, self.port, timeout=TIMEOUT)
        connection: http.client.HTTPConnection = self._own.connection
        return connection
