"""The sites that are measured: every size on both engines, and what can be told of them without a server."""

import contextlib
import dataclasses
import hashlib
import itertools
import shutil
import sys
import time
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from werkzeug.datastructures import MultiDict

from bench import plain, seed
from bench.apps import product
from jobboard.core import clock
from jobboard.core.db import db, session
from jobboard.migrations import upgrade
from jobboard.openings.markup_list import list_url
from jobboard.openings.queries import PER_PAGE, find
from jobboard.openings.queries_facts import facet_index, read
from jobboard.openings.queries_filters import Filters, filters_from
from jobboard.openings.queries_index import FacetIndex
from tests.twins.postgres import Postgres, Unavailable

#: What people choose; combined two at a time, with and without a language.
CHOICES = [
    ("hours", "full_time"), ("hours", "part_time"), ("workplace", "remote"), ("workplace", "hybrid"),
    ("workplace", "on_site"), ("category", "linux"), ("category", "databases"), ("category", "privacy"),
    ("category", "testing"), ("contract", "permanent"), ("contract", "temporary"), ("level", "experienced"),
    ("level", "senior"), ("level", "entry"), ("place", "remote:DE"), ("pay", "60000-EUR-year"),
]  # fmt: skip
SPOKEN = ["", "en:B2", "de:C1"]
MOST_CHOICES = 50


@dataclasses.dataclass(frozen=True)
class Site:
    """One seeded site and its facts."""

    engine: str
    size: int
    folder: Path
    database_url: str
    openings: int
    index_bytes: int
    index_seconds: float
    queries: dict[str, int]

    @property
    def environment(self) -> dict[str, str]:
        return {"BENCH_FOLDER": str(self.folder), "BENCH_DATABASE": self.database_url}


@contextlib.contextmanager
def sites(sizes: Sequence[int], engines: Sequence[str], folder: Path) -> Iterator[list[Site]]:
    """All sites, seeded; what SQLite holds is kept for the next run, PostgreSQL is gone at the end."""
    found: list[Site] = []
    with contextlib.ExitStack() as stack:
        if "sqlite" in engines:
            found += _on_sqlite(sizes, folder)
        if "postgresql" in engines:
            try:
                postgres = stack.enter_context(Postgres())
            except Unavailable as reason:
                print(f"PostgreSQL is left out: {reason}", file=sys.stderr)
            else:
                found += _on_postgresql(sizes, folder, postgres)
        yield found


def _on_sqlite(sizes: Sequence[int], folder: Path) -> list[Site]:
    made = hashlib.sha256(Path(seed.__file__).read_bytes())
    for file in sorted((Path(__file__).parent.parent / "jobboard" / "migrations" / "versions").glob("*.py")):
        made.update(file.read_bytes())
    found, previous = [], None
    for size in sizes:
        home = folder / f"sqlite-{made.hexdigest()[:8]}-{size}"
        if not (home / "seeded").exists():
            shutil.rmtree(home, ignore_errors=True)
            if previous:
                shutil.copytree(previous, home, ignore=shutil.ignore_patterns("seeded"))
            with _said(f"seeding SQLite with {size} posts"):
                _seed(product(home), size, is_new=previous is None)
            (home / "seeded").touch()
        previous = home
        found.append(_looked_at("sqlite", size, home, ""))
    return found


def _on_postgresql(sizes: Sequence[int], folder: Path, postgres: Postgres) -> list[Site]:
    found, previous = [], None
    for size in sizes:
        home = folder / f"postgresql-{size}"
        url = postgres.create_database(f"bench_{size}", template=previous)
        with _said(f"seeding PostgreSQL with {size} posts"):
            _seed(product(home, url), size, is_new=previous is None)
        previous = f"bench_{size}"
        found.append((size, home, url))
    return [_looked_at("postgresql", *one) for one in found]


def _seed(app: Flask, size: int, *, is_new: bool) -> None:
    with app.app_context():
        if is_new:
            upgrade(db.engine)
            seed.fill()
        seed.grow(size)
        db.session.remove()
        db.engine.dispose()


def _looked_at(engine: str, size: int, folder: Path, database_url: str) -> Site:
    """Counts compared with SQL, the index weighed, queries counted."""
    app = product(folder, database_url)
    with app.app_context():
        before = time.perf_counter()
        index = read(clock.now())
        seconds = time.perf_counter() - before
        _compare(app, index)
        queries = _queries(app)
        db.session.remove()
        db.engine.dispose()
    return Site(engine, size, folder, database_url, len(index), weight(index), seconds, queries)


def weight(index: FacetIndex) -> int:
    """Bytes of an index: its columns and its bitsets."""
    columns: list[array[int] | array[float]] = [index.ids, index.published, index.ends, index.pay, index.slot_of]
    sets = [*index.needs.values(), *(bits for values in index.bits.values() for bits in values.values())]
    return sum(sys.getsizeof(one) for one in [*columns, *sets])


def _compare(app: Flask, index: FacetIndex) -> None:
    """The index must count what SQL counts, or there is nothing to measure."""
    for path in ("/?hours=part_time&workplace=remote&speaks=en:B2", "/?contract=permanent", "/"):
        with app.test_request_context(path) as context:
            wanted = plain._wanted()
            counted = (
                session()
                .execute(plain._of(sa.func.count(), [plain.is_open(clock.now()), *wanted.values()]))
                .scalar_one()
            )
            filters = filters_from(context.request.args)
        exact = {"part_time", "full_or_part_time"} & {value for _name, values in filters.chosen for value in values}
        found = find(index, filters).total
        if not exact and found != counted:
            raise RuntimeError(f"{path}: the index finds {found}, SQL {counted}")


def _queries(app: Flask) -> dict[str, int]:
    """Queries of one request of each kind, the second of its kind."""
    found = {}
    statements: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    for name, inner, path in (
        ("miss", True, "/en/jobs/?hours=full_time&speaks=en:B2"),
        ("hit", False, "/en/jobs/"),
    ):
        pages = app.extensions["pages"]
        pages.is_on = not inner
        for _turn in range(2):
            statements.clear()
            app.test_client().get(path)
        found[name] = len(statements)
        pages.is_on = True
    return found


def filtered_paths(site: Site) -> list[str]:
    """Addresses of choices that fill a page even on the smallest site, so that pages are equally long on every one."""
    app = product(site.folder, site.database_url)
    found: list[str] = []
    with app.test_request_context("/en/jobs/"):
        index = facet_index(clock.now())
        for spoken, *pairs in itertools.product(SPOKEN, CHOICES, [("", ""), *CHOICES]):
            filters = _filters(pairs, spoken)
            path = list_url(filters, language="en")
            if path not in found and find(index, filters).total >= PER_PAGE:
                found.append(path)
        db.session.remove()
        db.engine.dispose()
    step = max(1, len(found) // MOST_CHOICES)
    return found[::step][:MOST_CHOICES]


def _filters(pairs: Sequence[tuple[str, str]], spoken: str) -> Filters:
    args = MultiDict([*(pair for pair in pairs if pair[0]), *([("speaks", spoken)] if spoken else [])])
    return filters_from(args)


@contextlib.contextmanager
def _said(what: str) -> Iterator[None]:
    print(f"{what} ...", end=" ", file=sys.stderr, flush=True)
    before = time.perf_counter()
    yield
    print(f"{time.perf_counter() - before:.1f} s", file=sys.stderr, flush=True)
