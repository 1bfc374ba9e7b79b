"""Whole pages kept in memory and answered before Flask; none is served after its content or its time has passed.

A page is kept for one state of the site: a content version, until the next moment at which a post appears or closes. Only what
a view made with `web.public_page` is kept. Compressed once; asked for with the ETag it has, it is a 304 without any work.

Views are counted here, as most of them never reach the application (decision 25): `counts_as` says what a page is.
"""

import dataclasses
import datetime as dt
import gzip
import re
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, current_app, has_app_context, has_request_context, request
from sqlalchemy import event
from sqlalchemy.orm import Session

from jobboard.core import clock
from jobboard.core.db import RAISED, content_version
from jobboard.core.tally import Tally

#: Seconds for which the content version is not asked for again. Processes agree within this time; a process's own
#: writes are seen at once.
TRUSTED_FOR = 0.2
#: Bytes of all kept pages together, and of the smallest text worth compressing.
MOST_BYTES, WORTH_PACKING = 64_000_000, 500
#: A larger answer is not kept, so that a few of them do not drive all pages out.
LARGEST_KEPT = 1_000_000
KEPT_STATUSES = ("200", "404", "410")
#: Of each answer alone, so they do not belong to a kept one.
OWN_HEADERS = frozenset({"x-request-id", "content-length", "date"})
#: What a 304 repeats (RFC 9110 §15.4.5).
NOT_MODIFIED_HEADERS = frozenset({"Cache-Control", "ETag", "Vary"})
#: And what a browser asks of every answer to a page of another site (Fetch standard, CORS check).
CROSS_ORIGIN_HEADERS = ("Access-Control-", "Cross-Origin-Resource-Policy")
NO_GZIP = re.compile(r"gzip\s*;\s*q=0(?:\.0*)?\s*(?:,|$)")
#: In the environment of a request whose whole answer will be kept: for which state. The reader's ETag is compared here then.
ASKED_WHOLE = "jobboard.asked_whole"
#: In the environment: what the page counts as, and the code of ours in the address that led there.
COUNTS_AS, SOURCE = "jobboard.counts_as", "jobboard.source"
#: The parameter of an address that says where its reader found it.
PARAMETER = "src="

Headers = list[tuple[str, str]]


@dataclasses.dataclass(frozen=True, slots=True)
class State:
    """What everything public depends on: the content version, and the moment at which the clock changes something.

    `sources` are the codes that addresses may carry.
    """

    version: int
    until: dt.datetime | None
    sources: frozenset[str] = frozenset()


class SiteState:
    """What this process knows of the site's state; asks the database at most every `TRUSTED_FOR` seconds."""

    def __init__(
        self,
        app: Flask,
        next_change: Callable[[dt.datetime], dt.datetime | None],
        sources: Callable[[], frozenset[str]] = frozenset,
    ) -> None:
        self._app, self._next_change, self._sources = app, next_change, sources
        self._state: State | None = None
        self._due = 0.0

    def state(self) -> State:
        """The state of this moment."""
        known = self._state
        if known is not None and time.monotonic() < self._due and (known.until is None or clock.now() < known.until):
            return known
        return self._asked(known)

    def forget(self) -> None:
        """Ask again: this process has written."""
        self._due = 0.0

    def _asked(self, known: State | None) -> State:
        now = clock.now()
        due = time.monotonic() + TRUSTED_FOR  # counted from before the question: a write after it is seen in time
        with self._app.app_context():
            version = content_version()
            if known is None or known.version != version or (known.until is not None and known.until <= now):
                known = State(version, self._next_change(now), self._sources())
        self._state, self._due = known, due
        return known


def site_state() -> State:
    """The state of the site at this moment."""
    found: SiteState = current_app.extensions["site_state"]
    return found.state()


def known_version() -> int | None:
    """The content version this request is answered for, when the layer has asked for it already."""
    if not has_request_context():
        return None
    state: State | None = request.environ.get(ASKED_WHOLE)
    return None if state is None else state.version


def counts_as(subject: str) -> None:
    """Say that a view of the page this request makes is counted, under this name."""
    request.environ[COUNTS_AS] = subject


def source_of_request() -> str:
    """The code in this request's address that says where its reader found it; "" for none, or one that is not ours."""
    return str(request.environ.get(SOURCE, ""))


@event.listens_for(Session, "after_commit")
def forget_state(current: Session) -> None:
    """What readers see and this process commits is seen by its next request; other commits change nothing for them."""
    if current.info.pop(RAISED, False) and has_app_context() and (site := current_app.extensions.get("site_state")):
        site.forget()


@dataclasses.dataclass(slots=True)
class Page:
    """A kept answer: its state, status and headers, and its body in each encoding."""

    state: State
    status: str
    etag: str
    headers: Headers
    plain: bytes
    may_pack: bool
    #: What a view of it counts as; "": not at all.
    subject: str = ""
    used: int = 0
    _packed: tuple[bytes, Headers] | None = None
    #: The headers of a 304, and of the whole answer: made once, given to every reader.
    known: Headers = dataclasses.field(init=False)
    whole: Headers = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        self.known = [pair for pair in self.headers if pair[0] in NOT_MODIFIED_HEADERS]
        if any(name == "Access-Control-Allow-Origin" for name, _value in self.headers):
            self.known += [pair for pair in self.headers if pair[0].startswith(CROSS_ORIGIN_HEADERS)]
        self.whole = [*self.headers, ("Content-Length", str(len(self.plain)))]

    @property
    def size(self) -> int:
        """Bytes it takes, roughly; text is packed to a fifth or less."""
        return len(self.plain) * 6 // 5 + 2000

    @property
    def packed(self) -> tuple[bytes, Headers]:
        """The body as gzip and its headers, made when they are first asked for."""
        if self._packed is None:
            body = gzip.compress(self.plain, compresslevel=6, mtime=0)
            length = ("Content-Length", str(len(body)))
            self._packed = body, [*self.headers, length, ("Content-Encoding", "gzip")]
        return self._packed


class PageCache:
    """The WSGI layer around the application."""

    def __init__(self, wsgi: WSGIApplication, site: SiteState, tally: Tally, most_bytes: int = MOST_BYTES) -> None:
        self.inner, self._site, self._tally, self._most_bytes = wsgi, site, tally, most_bytes
        self._pages: dict[tuple[str, str, str], Page] = {}
        self._size = self._uses = 0
        self._lock = threading.Lock()
        self.is_on = True

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from memory, or let the application answer and keep what is for everybody."""
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or not self.is_on or "HTTP_RANGE" in environ:
            return self.inner(environ, start_response)
        query, state, source = environ.get("QUERY_STRING", ""), self._site.state(), ""
        if PARAMETER in query:
            query, source = _without_source(query, state.sources)
            environ["QUERY_STRING"], environ[SOURCE] = query, source
        key = (environ.get("HTTP_HOST", ""), environ["PATH_INFO"], f"{query}#{source}" if source else query)
        page = self._pages.get(key)
        if page is not None and page.state is state:
            self._uses = page.used = self._uses + 1
            if page.subject and environ["REQUEST_METHOD"] == "GET":
                self._tally.count(page.subject, source, environ)
            return _answer(page, environ, start_response)
        if environ["REQUEST_METHOD"] == "HEAD":
            return self.inner(environ, start_response)
        return self._miss(key, state, environ, start_response)

    def clear(self) -> None:
        """Forget all pages."""
        with self._lock:
            self._pages.clear()
            self._size = 0

    def _miss(
        self, key: tuple[str, str, str], state: State, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Let the application answer; a page for everybody is kept, for the state that was known before it was made."""
        kept: list[tuple[str, Headers]] = []

        def begin(status: str, headers: Headers, exc_info: Any = None) -> Any:
            if not _is_for_everybody(status, headers):
                return start_response(status, _with_source(headers, environ.get(SOURCE, "")), exc_info)
            kept.append((status, headers))
            return None

        environ[ASKED_WHOLE] = state
        chunks = self.inner(environ, begin)
        if not kept:
            return chunks
        try:
            page = _page(state, *kept[-1], b"".join(chunks))
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        page.subject = environ.get(COUNTS_AS, "")
        self._keep(key, page)
        if page.subject:
            self._tally.count(page.subject, environ.get(SOURCE, ""), environ)
        return _answer(page, environ, start_response)

    def _keep(self, key: tuple[str, str, str], page: Page) -> None:
        """Keep a page; where there is no more room those of other states go, then the half that was used longest ago."""
        with self._lock:
            if (old := self._pages.pop(key, None)) is not None:
                self._size -= old.size
            if len(page.plain) > LARGEST_KEPT or page.size > self._most_bytes:
                return
            if self._size + page.size > self._most_bytes:
                left = [(one, kept) for one, kept in self._pages.items() if kept.state is page.state]
                left.sort(key=lambda pair: pair[1].used)
                if sum(kept.size for _one, kept in left) + page.size > self._most_bytes:
                    left = left[len(left) // 2 + 1 :]
                self._pages = dict(left)
                self._size = sum(kept.size for kept in self._pages.values())
            self._uses = page.used = self._uses + 1
            self._pages[key] = page
            self._size += page.size


def _without_source(query: str, sources: frozenset[str]) -> tuple[str, str]:
    """A query without its source, and the source where it is one of ours: an unknown one makes no other page."""
    parts = query.split("&")
    codes = [part.removeprefix(PARAMETER) for part in parts if part.startswith(PARAMETER)]
    rest = "&".join(part for part in parts if not part.startswith(PARAMETER))
    return rest, next((code for code in codes if code in sources), "")


def _with_source(headers: Headers, source: str) -> Headers:
    """The headers of an answer that is not kept; one that leads on within the site takes the source along."""
    if not source:
        return headers
    return [(name, with_source(value, source) if name == "Location" else value) for name, value in headers]


def with_source(path: str, source: str) -> str:
    """An address within the site with the code of where its reader came from; other addresses stay as they are."""
    if not source or not path.startswith("/") or path.startswith("//"):
        return path
    address, hash_, fragment = path.partition("#")
    return f"{address}{'&' if '?' in address else '?'}{PARAMETER}{source}{hash_}{fragment}"


def _is_for_everybody(status: str, headers: Headers) -> bool:
    """Whether a view said so: a page as `web.public_page` makes it."""
    return status[:3] in KEPT_STATUSES and ("Cache-Control", "public, no-cache") in headers


def _page(state: State, status: str, headers: Headers, body: bytes) -> Page:
    named = {name.lower(): value for name, value in headers}
    may_pack = len(body) >= WORTH_PACKING and not named.get("content-type", "").startswith("image/")
    own = [(name, value) for name, value in headers if name.lower() not in OWN_HEADERS]
    return Page(state, status, named.get("etag", ""), [*own, ("Vary", "Accept-Encoding")], body, may_pack)


def _takes_gzip(accepted: str) -> bool:
    """Whether a reader takes gzip; "gzip;q=0" says not (RFC 9110 §12.5.3)."""
    return "gzip" in accepted and ("q=0" not in accepted or NO_GZIP.search(accepted) is None)


def _answer(page: Page, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer with a kept page: not at all when the reader has it, packed where that is understood."""
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known is not None and page.status.startswith("200") and (page.etag in known or known == "*"):
        start_response("304 Not Modified", page.known)
        return ()
    is_packed = page.may_pack and _takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
    body, headers = page.packed if is_packed else (page.plain, page.whole)
    start_response(page.status, headers)
    return () if environ["REQUEST_METHOD"] == "HEAD" else (body,)
