"""Goes through the site: every address that anything leads to is asked for once, by several processes at a time."""

import concurrent.futures
import contextlib
import dataclasses
import http.client
import multiprocessing
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from urllib.parse import urlencode

from tests.checksite.account import Fault
from tests.checksite.addresses import Place, Target, without_query
from tests.checksite.fetching import Fetcher
from tests.checksite.links import Link
from tests.checksite.reading import Visit, read

#: More addresses than this have no end: something makes new ones out of old ones.
MOST = 30_000
#: What is never asked for: it would act.
SKIPPED = frozenset(["post"])
Progress = Callable[[int, int], None]
#: Whether an address is left out: asked once for each, so it can count those that are alike.
LeavesOut = Callable[[str], bool]


@dataclasses.dataclass(frozen=True)
class Step:
    """A link with where it stands and where it leads."""

    page: str
    link: Link
    target: Target | None


def visit(path: str, place: Place, fetcher: Fetcher) -> Visit:
    """Ask for an address and read the answer; one that does not come is a fault."""
    began = time.perf_counter()
    try:
        answer = fetcher.get(path)
    except (OSError, http.client.HTTPException) as error:
        lost = Visit(path, 0, "")
        lost.fault("pages", "", f"no answer: {error!r}", "look at the server's log")
        return lost
    fetched = time.perf_counter()
    found = read(answer, place)
    found.fetch_seconds = fetched - began
    return found


class _Here(concurrent.futures.Executor):
    """Does at once, in this thread, what it is given."""

    def submit(self, fn, /, *args, **kwargs):
        done = concurrent.futures.Future()
        done.set_result(fn(*args, **kwargs))
        return done


@cache
def _fetcher(served: str) -> Fetcher:
    """The kept connection of a process that does nothing but this."""
    return Fetcher(served)


def _visit_apart(path: str, place: Place) -> Visit:
    return visit(path, place, _fetcher(place.served))


class Crawl:
    """All visits by their path, who led there first, and every step from one to another."""

    def __init__(
        self, place: Place, workers: int, progress: Progress | None = None, leaves_out: LeavesOut | None = None
    ) -> None:
        self.place, self.workers, self.progress = place, workers, progress
        self._leaves_out = leaves_out
        #: What was not asked for, because a sample is enough.
        self.left_out: set[str] = set()
        self.visits: dict[str, Visit] = {}
        self.came_from: dict[str, str] = {}
        #: The page that led to one address too many, and that address.
        self.endless: tuple[str, str] | None = None

    def run(self, starts: Iterable[str]) -> None:
        """Visit these addresses and all that pages lead to from there."""
        waiting = [path for path in dict.fromkeys(starts) if path not in self.came_from and path not in self.left_out]
        self.came_from.update(dict.fromkeys(waiting, "(a start)"))
        with self._asking() as submit:
            running: set[concurrent.futures.Future[Visit]] = set()
            while waiting or running:
                running |= {submit(path) for path in waiting}
                waiting = []
                done, running = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
                for future in done:
                    found = future.result()
                    self.visits[found.path] = found
                    waiting += self._next(found)
                if self.progress:
                    self.progress(len(self.visits), len(self.came_from))

    @contextlib.contextmanager
    def _asking(self) -> Iterator[Callable[[str], "concurrent.futures.Future[Visit]"]]:
        """What asks for an address: processes of their own, or without workers this thread."""
        if self.workers:
            context = multiprocessing.get_context("spawn")  # a forked child would share what this process has open
            with concurrent.futures.ProcessPoolExecutor(self.workers, mp_context=context) as pool:
                yield lambda path: pool.submit(_visit_apart, path, self.place)
            return
        with contextlib.closing(Fetcher(self.place.served)) as fetcher:
            yield lambda path: _Here().submit(visit, path, self.place, fetcher)

    def _next(self, found: Visit) -> list[str]:
        """The addresses nobody has asked for yet."""
        fresh = []
        for path in self._leads_to(found):
            if path in self.came_from or path in self.left_out:
                continue
            if self._leaves_out and self._leaves_out(path):
                self.left_out.add(path)
                continue
            self.came_from[path] = found.path
            fresh.append(path)
        if len(self.came_from) > MOST:
            self.endless = self.endless or (found.path, list(self.came_from)[-1])
            return []
        return fresh

    def _leads_to(self, found: Visit) -> Iterator[str]:
        if found.location and (target := self.place.target(found.path, found.location)) and target.path:
            yield target.path
        if found.kind == "application/atom+xml" and "feed.atom" in found.path:
            yield found.path.replace("feed.atom", "feed.json")  # each feed has both forms, whichever a page names
        # What a feed or a sitemap names must be there too, but a page only they name is one nobody finds: see `heads`.
        for link in found.links if found.is_page or found.kind in {"text/css", "application/json"} else ():
            target = self.place.target(found.path, link.written, link.base)
            if target is None or not target.path or link.kind in SKIPPED:
                continue
            yield target.path
            if link.kind == "form" and "?" not in found.path:
                yield from (f"{without_query(target.path)}?{urlencode([one])}" for one in link.choices)

    def steps(self) -> Iterator[Step]:
        """Every link of everything visited."""
        for found in self.visits.values():
            for link in found.links:
                yield Step(found.path, link, self.place.target(found.path, link.written, link.base))

    def end_of(self, path: str) -> tuple[Visit | None, int]:
        """The visit at the end of the redirects from an address on this site, and how many there were; -1 when left out."""
        for hops in range(10):
            if path in self.left_out:
                return None, -1
            found = self.visits.get(path)
            if found is None or not 300 <= found.status < 400:
                return found, hops
            target = self.place.target(path, found.location)
            if target is None or not target.path:
                return None, hops + 1
            path = target.path
        return None, 10

    def faults(self) -> Iterator[Fault]:
        """What each answer has by itself, and addresses without an end."""
        for found in self.visits.values():
            yield from found.faults
        if self.endless:
            todo = "find the link that makes a new address out of each one"
            yield Fault("pages", *self.endless, f"more than {MOST:,} addresses", todo)
