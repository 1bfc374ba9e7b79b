"""The whole check of one site, part by part."""

import collections
import concurrent.futures
import contextlib
import multiprocessing
import time
from collections.abc import Callable, Hashable, Iterator
from urllib.parse import parse_qs, urlsplit

from tests.checksite.account import Account
from tests.checksite.addresses import Place, language_of
from tests.checksite.browser import Looked, look, sample
from tests.checksite.crawl import Crawl, LeavesOut, Progress, visit
from tests.checksite.fetching import Fetcher
from tests.checksite.reading import Visit
from tests.checksite.rules import (
    feed_faults,
    head_faults,
    image_faults,
    link_faults,
    pattern_of,
    redirect_faults,
    sitemap_faults,
)

#: What nothing needs to lead to.
WELL_KNOWN = ("/robots.txt", "/sitemap.xml", "/jobs.xml", "/rss", "/feed", "/favicon.ico", "/impressum", "/datenschutz")
#: Pages that a form leads to, which nobody sends here.
AFTER_FORMS = ("alerts/asked/", "alerts/ended/", "applications/lost/", "no-such-page/")
#: Pages that one process looks at before it reports.
BATCH = 8
#: Pages looked at without JavaScript, when a sample is taken.
WITHOUT_SCRIPT = 12
#: Addresses asked for of all that combine the same choices on one route in one language: they multiply without end.
COMBINED = 12


def combined(route_of: Callable[[str], str] = pattern_of, most: int = COMBINED) -> LeavesOut:
    """Leaves out lists of several choices beyond so many of a kind; every choice by itself is asked for, and every picture.

    A choice is what the path names (a category, a month) and every parameter of the query, the page too.
    """

    def kind_of(path: str) -> Hashable:
        names = set(parse_qs(urlsplit(path).query, keep_blank_values=True)) - {"v"}  # ?v= is a content's version
        is_alone = not names or (len(names) == 1 and "*" not in pattern_of(path))
        return None if is_alone else (route_of(path), language_of(path), frozenset(names))

    return beyond(most, kind_of)


def beyond(most: int, kind_of: Callable[[str], Hashable]) -> LeavesOut:
    """Leaves out what is beyond so many addresses of one kind; what is of no kind (None) never."""
    counts: collections.Counter[Hashable] = collections.Counter()

    def leaves_out(path: str) -> bool:
        kind = kind_of(path)
        counts[kind] += kind is not None
        return counts[kind] > most

    return leaves_out


def crawled(
    place: Place, account: Account, *, workers: int = 0, progress: Progress | None = None,
    leaves_out: LeavesOut | None = None,
) -> Crawl:  # fmt: skip
    """Go through the site, but for what is left out, and judge everything that needs no browser."""
    crawl = Crawl(place, workers, progress, leaves_out)
    crawl.run(["/"])
    reached = frozenset(crawl.visits)
    languages = sorted({page.language for page in crawl.visits.values() if page.language})
    sent = [f"{path}sent/" for path in sorted(crawl.visits) if path.endswith("/apply/")][:1]
    crawl.run([*WELL_KNOWN, *sent, *(f"/{code}/{path}" for code in languages for path in AFTER_FORMS)])
    while fresh := _unvisited(crawl):
        crawl.run(fresh)
    began = time.perf_counter()
    account.add(crawl.faults())
    for rule in (link_faults, image_faults, head_faults, feed_faults, redirect_faults):
        account.add(rule(crawl))
    account.add(sitemap_faults(crawl, reached))
    account.seconds["links"] += time.perf_counter() - began
    _count(crawl, account)
    return crawl


def _unvisited(crawl: Crawl) -> list[str]:
    """What only feeds, the sitemap and redirects lead to. After a crawl without an end there is no going on."""
    if crawl.endless:
        return []
    found = (step.target.path for step in crawl.steps() if step.target and step.link.kind != "post")
    return [
        path for path in dict.fromkeys(found) if path and path not in crawl.came_from and path not in crawl.left_out
    ]


def _count(crawl: Crawl, account: Account) -> None:
    for found in crawl.visits.values():
        account.looked_at.update(found.counts)
        account.looked_at["pages"] += found.is_page
        account.looked_at["images"] += found.picture is not None
        account.looked_at["links"] += len(found.links)
        account.looked_at["heads"] += len(found.canonicals) + len(found.alternates)
        account.seconds["pages"] += found.fetch_seconds
        account.seconds[_part(found)] += found.read_seconds


def _part(found: Visit) -> str:
    if found.is_page:
        return "HTML"
    if found.picture:
        return "images"
    return next((part for part in ("feeds", "API") if part in found.counts), "files")


def browsed(
    crawl: Crawl, account: Account, *, workers: int, everything: bool, progress: Progress,
    route_of: Callable[[str], str] = pattern_of,
) -> None:  # fmt: skip
    """Look at pages in browsers, so many at a time."""
    pages = [page for page in crawl.visits.values() if page.is_page and page.status in {200, 404, 410}]
    paths = sample(pages, route_of, everything=everything)
    few = paths if everything else paths[:: max(1, len(paths) // WITHOUT_SCRIPT)]
    jobs = [(batch, True) for batch in _batches(paths)] + [(batch, False) for batch in _batches(few)]
    context = multiprocessing.get_context("spawn")
    done = 0
    with concurrent.futures.ProcessPoolExecutor(workers, mp_context=context) as pool:
        running = {
            pool.submit(look, crawl.place.served, batch, with_script=scripted): scripted for batch, scripted in jobs
        }
        for future in concurrent.futures.as_completed(running):
            _take(future.result(), account, with_script=running[future])
            done += 1
            progress(done, len(jobs))


def _take(looked: Looked, account: Account, *, with_script: bool) -> None:
    account.add(looked.faults)
    account.looked_at["browser"] += looked.pages
    account.looked_at["axe"] += looked.axe_runs
    account.seconds["axe" if with_script else "browser"] += looked.seconds


def _batches(paths: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(paths), BATCH):
        yield paths[start : start + BATCH]


def place_at(url: str) -> Place:
    """A site that runs at this address; it may call itself otherwise, and says so in its front page's canonical address."""
    place = Place(url.rstrip("/"), url.rstrip("/"))
    with contextlib.closing(Fetcher(place.served)) as fetcher:
        front = visit("/", place, fetcher)
        if front.location and (target := place.target("/", front.location)) and target.path:
            front = visit(target.path, place, fetcher)
    named = urlsplit(front.canonicals[0] if front.canonicals else place.served)
    return Place(place.served, f"{named.scheme}://{named.netloc}")
