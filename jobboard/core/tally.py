"""Counting views in this process: what was looked at, when, and which host or which code of ours led there. Nothing about who.

No cookie, address or user agent is kept, not even in memory: a request is looked at once and leaves a number.
"""

import datetime as dt
import logging
import re
import threading
from collections.abc import Callable, Mapping
from multiprocessing.util import Finalize
from typing import NamedTuple
from wsgiref.types import WSGIEnvironment

from jobboard.core import clock

log = logging.getLogger("jobboard.views")

#: Seconds between two hand-overs; what was counted since is lost when a process is killed.
EVERY = 60.0
#: Seconds of a slot. Every zone's midnight is at the edge of one, so days are found when views are handed over.
SLOT = 900
#: Numbers kept at a time; beyond them hosts count as `OTHERS`.
MOST_COUNTS = 10_000
#: Stands for all hosts beyond the most that are kept apart.
OTHERS = "*"
#: Every browser says so, and most programs do not.
BROWSER = "Mozilla/5.0 ("

_REFERRER = re.compile(
    r"https?://(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*)\.?(?::\d+)?(?:[/?#]|$)",
    re.ASCII | re.IGNORECASE,
)

_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


class Seen(NamedTuple):
    """What is counted: a thing that was looked at, the host and the code that led there ("": none), and the slot."""

    subject: str
    host: str
    source: str
    slot: int


class Tally:
    """Counts in memory and hands the numbers over each minute and at the process's end."""

    def __init__(
        self, own_hosts: frozenset[str], hand_over: Callable[[Mapping[Seen, int]], None], *, is_automatic: bool
    ) -> None:
        self._own_hosts, self._hand_over, self._is_automatic = own_hosts, hand_over, is_automatic
        self._counts: dict[tuple[str, str, str, int], int] = {}
        self._slot = (_NEVER, _NEVER, 0)
        self._counting, self._handing = threading.Lock(), threading.Lock()

    def count(self, subject: str, source: str, environ: WSGIEnvironment) -> None:
        """Count one view, unless a program or a browser that looks ahead asked."""
        agent = environ.get("HTTP_USER_AGENT", "")
        if not agent.startswith(BROWSER) or is_program(agent) or is_ahead(environ):
            return
        referrer = environ.get("HTTP_REFERER")
        host = referring_host(referrer, self._own_hosts) if referrer else ""
        key = (subject, host, source, self._slot_now())
        with self._counting:
            counts = self._counts
            if host and len(counts) >= MOST_COUNTS and key not in counts:
                key = (subject, OTHERS, source, key[3])
            counts[key] = counts.get(key, 0) + 1
        if self._is_automatic:
            self._begin()

    def _slot_now(self) -> int:
        now, (begin, end, slot) = clock.now(), self._slot
        if not begin <= now < end:
            slot = int(now.timestamp()) // SLOT
            begin = dt.datetime.fromtimestamp(slot * SLOT, dt.UTC)
            self._slot = (begin, begin + dt.timedelta(seconds=SLOT), slot)
        return slot

    def flush(self) -> None:
        """Hand over what was counted. What cannot be handed over now is kept for the next time."""
        with self._handing:
            with self._counting:
                counts, self._counts = self._counts, {}
            if not counts:
                return
            try:
                self._hand_over({Seen(*key): number for key, number in counts.items()})
            except Exception:
                log.exception("%d views could not be stored; they are kept", sum(counts.values()))
                with self._counting:
                    for key, number in counts.items():
                        self._counts[key] = self._counts.get(key, 0) + number

    def _begin(self) -> None:
        """From the first view on: a thread of this process, made here because servers fork before they serve."""
        with self._counting:
            if not self._is_automatic:
                return
            self._is_automatic = False
        Finalize(
            None, self.flush, exitpriority=1
        )  # runs at the end of main programs and of `multiprocessing`'s children
        threading.Thread(target=self._run, name="jobboard-views", daemon=True).start()

    def _run(self) -> None:
        pause = threading.Event()
        while not pause.wait(EVERY):
            self.flush()


def is_program(agent: str) -> bool:
    """Whether a user agent is one of the programs that call themselves browsers. No browser names an address or a mailbox.

    Written out, because each view of each reader comes by here.
    """
    name = agent.lower()
    return (
        "http" in name
        or ("bot" in name and "cubot" not in name)  # a maker of telephones
        or "crawl" in name
        or "spider" in name
        or "compatible;" in name
        or "headless" in name
        or "preview" in name
        or "lighthouse" in name
        or "monitor" in name
        or "@" in name
    )


def is_ahead(environ: WSGIEnvironment) -> bool:
    """Whether a browser fetches what nobody has asked to see, or a part of another page."""
    return (
        environ.get("HTTP_SEC_FETCH_DEST", "document") != "document"
        or "HTTP_SEC_PURPOSE" in environ
        or "HTTP_PURPOSE" in environ
        or "HTTP_X_MOZ" in environ
    )


def referring_host(referrer: str, own_hosts: frozenset[str]) -> str:
    """The host of a `Referer`, lower case, without "www."; "" for one of ours, an address in numbers, or what is none."""
    found = _REFERRER.match(referrer[:400])
    host = found[1].lower() if found else ""
    return "" if host in own_hosts or len(host) > 253 else host
