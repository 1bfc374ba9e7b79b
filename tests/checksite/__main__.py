"""`python -m tests.checksite`: makes a site, serves it, looks at all of it; one table, exit code 1 on any fault.

`--url` looks at a site that runs already on this machine. ALL=1 looks at every page in a browser, POSTS=n chooses how long the
imported blog is, WORKERS=n how many processes look at once.
"""

import argparse
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import click

from tests.checksite.account import Account, Fault
from tests.checksite.addresses import Place
from tests.checksite.crawl import Progress
from tests.checksite.ground import Site, expectations, expected_faults, route_of, routes_without_a_page
from tests.checksite.rules import pattern_of
from tests.checksite.run import browsed, combined, crawled, place_at
from tests.twins import found

POSTS, WORKERS = 1_100, 2
LOCAL = {"127.0.0.1", "localhost"}


def main() -> int:
    """Run and print."""
    options, account, began = _options(), Account(), time.monotonic()
    with contextlib.ExitStack() as stack:
        site = None if options.url else _own_site(stack, int(os.environ.get("POSTS") or POSTS))
        place = place_at(options.url) if options.url else Place(site.url, site.url)
        workers = int(os.environ.get("WORKERS") or WORKERS)
        kind_of = (lambda path: route_of(site.app, path)) if site else pattern_of
        with _bar("Asking for every address") as progress:
            crawl = crawled(place, account, workers=workers, progress=progress, leaves_out=combined(kind_of))
        _say(f"Left out: {len(crawl.left_out):,} lists of several choices, alike to others.")
        if site is not None:
            _ask_the_database(site, set(crawl.visits), account)
        if found.chromium() is None:
            _say(f"No Chromium: axe and the browser are left out. To get it: {found.HOW_TO_GET_CHROMIUM}")
        else:
            everything = bool(os.environ.get("ALL"))
            with _bar("Looking at pages in a browser") as progress:
                browsed(crawl, account, workers=workers, everything=everything, progress=progress, route_of=kind_of)
    _print(account, time.monotonic() - began, workers)
    return int(bool(account.faults))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("check-site", description="Look at every public page of a served site.")
    parser.add_argument("--url", help="a site that runs on this machine, such as http://127.0.0.1:8000")
    options = parser.parse_args()
    if options.url:
        parts = urlsplit(options.url)
        if parts.scheme != "http" or parts.hostname not in LOCAL or parts.path.strip("/"):
            parser.error("--url is a site on this machine, such as http://127.0.0.1:8000")
    return options


def _own_site(stack: contextlib.ExitStack, posts: int) -> Site:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jobboard-check-")))
    site, began = stack.enter_context(Site(folder, posts)), time.monotonic()
    _say(f"Loading the demo and importing a blog of {posts:,} posts ...")
    said = site.fill()
    _say(said.strip().splitlines()[-1])
    site.start()
    _say(f"The site is served at {site.url} after {time.monotonic() - began:.0f} s.")
    return site


def _ask_the_database(site: Site, paths: set[str], account: Account) -> None:
    wanted = expectations(site.app)
    account.looked_at["pages"] += len(wanted)
    account.add(expected_faults(site.url, wanted))
    for endpoint in routes_without_a_page(site.app, paths):
        account.add([Fault("pages", endpoint, "the map of addresses", "no page of this route was looked at",
                           "link to it, or name one of its pages in tests/checksite/run.py")])  # fmt: skip


@contextlib.contextmanager
def _bar(label: str) -> Iterator[Progress]:
    """A bar where somebody looks, a line at the end elsewhere."""
    began = time.monotonic()
    with click.progressbar(length=1, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def step(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield step
    _say(f"{label}: {bar.pos:,} in {time.monotonic() - began:.0f} s.")


def _print(account: Account, seconds: float, workers: int) -> None:
    for line in account.lines():
        _say(line)
    _say("")
    for line in account.table():
        _say(line)
    count = len(account.faults)
    state = f"{count:,} fault{'s' if count > 1 else ''}" if count else "No fault"
    _say(
        f"\n{state}; {seconds:.0f} s. {workers} processes looked side by side: the seconds of the table are theirs together."
    )


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
