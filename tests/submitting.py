"""Submitting one application as a browser without JavaScript does: the one place that knows which pages lead to "sent"."""

import dataclasses
import http.client
import io
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.pages import form_of, page_of, sent_of

#: Pages between the form and the end, at most.
MOST_PAGES = 5


class Answer(Protocol):
    """What a page answers; Flask's test response is one."""

    status_code: int
    location: str | None

    @property
    def text(self) -> str: ...


class Browser(Protocol):
    """What is needed of a browser; Flask's test client is one."""

    def get(self, address: str) -> Any: ...

    def post(self, address: str, *, data: dict[str, Any]) -> Any: ...


def is_sent(answer: Answer) -> bool:
    """Whether this answer acknowledges the application: from here on it must not be lost."""
    return answer.status_code == 303 and "/sent/" in (answer.location or "")


def open_form(browser: Browser, address: str) -> dict[str, Any]:
    """The fields of the form at an address, with its token. Raises `StopIteration` where there is none."""
    return form_of(browser.get(address), "/apply/")


def submit(browser: Browser, address: str, given: Mapping[str, Any], form: Mapping[str, Any] | None = None) -> Answer:
    """Fill in the form at `address` (or one opened before), send it, and go on as the pages ask until it is sent.

    Returns the answer that acknowledges the application (`is_sent`), or the one that leads no further. Files in `given`
    are (bytes, name).
    """
    fields = {**(open_form(browser, address) if form is None else form), **given}
    answer: Answer = browser.post(address, data=_with_streams(fields))
    for _page in range(MOST_PAGES):
        if is_sent(answer):
            break
        if answer.status_code in {302, 303}:
            address = urlsplit(urljoin(address, answer.location or "")).path
            answer = browser.get(address)
        elif (found := _form_to_send(answer)) is not None:
            target, fields = found
            address = urljoin(address, target)
            answer = browser.post(address, data=fields)
        else:
            break
    return answer


def _form_to_send(answer: Answer) -> tuple[str, dict[str, Any]] | None:
    """Where a page's form with a button named `send` goes, and what it holds; None for a page without one."""
    if answer.status_code != 200:
        return None
    for form in page_of(answer).iter("form"):
        for button in form.iter():
            if button.tag in {"button", "input"} and button.get("name") == "send":
                target = form.get("action", "")
                return target, {**sent_of(form), "send": button.get("value", "")}
    return None


def _with_streams(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: (io.BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value for name, value in fields.items()
    }


@dataclasses.dataclass(frozen=True)
class Page:
    """An answer that came over a real connection."""

    status_code: int
    location: str | None
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclasses.dataclass(frozen=True)
class Http:
    """A browser over real HTTP, a connection per request, that comes from `host`: a proxy in front would say so."""

    port: int
    host: str = "192.0.2.1"
    timeout: float = 30.0

    def get(self, address: str) -> Page:
        return self._ask("GET", address)

    def post(self, address: str, *, data: dict[str, Any]) -> Page:
        parts = {name: FileStorage(*value) if isinstance(value, tuple) else value for name, value in data.items()}
        boundary, body = encode_multipart(parts)
        return self._ask("POST", address, body, f"multipart/form-data; boundary={boundary}")

    def _ask(self, method: str, address: str, body: bytes | None = None, content_type: str = "") -> Page:
        """Raises `OSError` or `http.client.HTTPException` when the connection breaks."""
        headers = {"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": self.host, "Connection": "close"}
        if content_type:
            headers["Content-Type"] = content_type
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        try:
            connection.request(method, address, body, headers)
            answer = connection.getresponse()
            return Page(answer.status, answer.headers["Location"], answer.read())
        finally:
            connection.close()
