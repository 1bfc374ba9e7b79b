"""`python -m tests.faults`: rounds on both engines, then the controls; one table, exit code 1 on any violation.

ROUNDS=n chooses how many on each engine, SECONDS how long each, SEED which random moments.
"""

import dataclasses
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.faults.account import Account, account
from tests.faults.controls import controls
from tests.faults.ground import Site
from tests.faults.rounds import run
from tests.twins.postgres import Postgres, Unavailable
from tests.twins.smtp import Mailbox

COUNTS = [field.name for field in dataclasses.fields(Account)]


def main() -> int:
    """Run and print."""
    rounds, seconds = int(os.environ.get("ROUNDS") or 40), float(os.environ.get("SECONDS") or 1.5)
    seed = int(os.environ.get("SEED") or random.randrange(10**6))
    began, failed, columns = time.monotonic(), False, {}
    with tempfile.TemporaryDirectory() as scratch:
        for engine, site in _sites(Path(scratch)):
            random.seed(seed)
            again = run(site, rounds, seconds, random.Random(seed))
            found = account(site)
            head = {"rounds": rounds, "server kills": site.kills.servers, "worker kills": site.kills.workers}
            columns[engine] = {**head, "sent again": again, **dataclasses.asdict(found)}
            failed = failed or bool(found.violations)
            if engine == "sqlite":
                lines = [(one.plant, one.check, one.is_found) for one in controls(site)]
    _print(columns, lines)
    failed = failed or not all(is_found for *_names, is_found in lines)
    print(f"\n{'VIOLATED' if failed else 'kept'}; seed {seed}, {time.monotonic() - began:.0f} s")  # noqa: T201
    return int(failed)


def _sites(scratch: Path) -> Iterator[tuple[str, Site]]:
    """A site on each engine there is, closed when the next one is asked for."""
    with Mailbox() as mailbox:
        yield from _site("sqlite", scratch, "", mailbox)
        try:
            with Postgres() as postgres:
                yield from _site("postgresql", scratch, postgres.create_database("faults"), mailbox)
        except Unavailable as reason:
            sys.stderr.write(f"PostgreSQL is left out: {reason}\n")


def _site(engine: str, scratch: Path, url: str, mailbox: Mailbox) -> Iterator[tuple[str, Site]]:
    site = Site(engine, scratch / engine, url, mailbox)
    try:
        yield engine, site
    finally:
        site.close()


def _print(columns: dict[str, dict[str, int]], controls_found: list[tuple[str, str, bool]]) -> None:
    rows = [("", *columns)]
    for name in next(iter(columns.values())):
        must = " (must be 0)" if name in COUNTS[3:] else ""
        rows.append((name.replace("_", " ") + must, *(f"{one[name]:,}" for one in columns.values())))
    for plant, check, is_found in controls_found:
        words = f"control: {plant.replace('_', ' ')} is seen in {check.replace('_', ' ')}"
        rows.append((words, "yes" if is_found else "NO", *("" for _other in list(columns)[1:])))
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        print("  ".join(cells))  # noqa: T201


if __name__ == "__main__":
    raise SystemExit(main())
