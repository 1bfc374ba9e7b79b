"""`python -m bench`: how fast the list of openings is, from a thousand posts to a million, compared inside one run; and
how many applications are kept in a second, compared with what the disk takes.

SIZES=1k,10k ENGINES=sqlite choose what is measured, ROUNDS and SECONDS how long. `./dev bench imports` measures the
import of a blog instead (POSTS=1200).
"""

import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench import applying, imports, report
from bench.measure import ROOT, Item, NoClient, client, free_port, rounds, server
from bench.sites import Site, filtered_paths, sites

BUILD = ROOT / "build"
SIZES = {"1k": 1_000, "10k": 10_000, "100k": 100_000, "1m": 1_000_000}
#: The size whose figures are compared with other ways of doing it.
REFERENCE = 100_000
PLAIN = "/plain/?hours=part_time&workplace=remote&speaks=en:B2"
NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{ access_log off; sendfile on; keepalive_requests 1000000; default_type text/html;
  server {{ listen 127.0.0.1:{port}; root {folder}/www; }} }}
"""


def main() -> int:
    try:
        client()
        sizes = chosen_sizes(os.environ.get("SIZES") or "1k,10k,100k,1M")
    except (NoClient, ValueError) as reason:
        print(reason, file=sys.stderr)
        return 2
    engines = os.environ.get("ENGINES", "sqlite,postgresql").split(",")
    is_quick = max(sizes) < REFERENCE
    count = int(os.environ.get("ROUNDS", "1" if is_quick else "5"))
    seconds = float(os.environ.get("SECONDS", "1" if is_quick else "2"))
    began = time.monotonic()
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, contextlib.ExitStack() as stack:
        folder = Path(scratch)
        folder.chmod(0o755)  # nginx reads its page as another account
        found = stack.enter_context(sites(sizes, engines, BUILD / "bench"))
        items = list(_items(found, folder, stack, is_quick=is_quick))
        results = rounds(items, folder, count=count, seconds=seconds)
        if not is_quick:  # every application is a process that looks at its file: nothing that is measured in a minute
            results |= applying.measure(BUILD / "bench" / "applying", engines, count=count, seconds=seconds)
        run = report.Run(found, results, reference=_reference(found).size, rounds=count, seconds=seconds)
    report.write(run, BUILD)
    print(report.as_text(run))
    print(f"\n{time.monotonic() - began:.0f} s; figures in {(BUILD / 'bench.json').relative_to(ROOT)}", file=sys.stderr)
    return 0


def chosen_sizes(text: str) -> list[int]:
    """Sizes from words like "1k,10k". Raises `ValueError` for others."""
    names = [name.strip().lower() for name in text.split(",")]
    unknown = [name for name in names if name not in SIZES]
    if unknown:
        raise ValueError(f"SIZES={text}: {', '.join(unknown)} is none of {', '.join(SIZES)}; for example SIZES=1k,10k")
    return sorted(SIZES[name] for name in names)


def _reference(found: list[Site]) -> Site:
    return max((site for site in found if site.size <= REFERENCE), key=lambda one: (one.size, one.engine == "sqlite"))


def _items(found: list[Site], folder: Path, stack: contextlib.ExitStack, *, is_quick: bool) -> Iterator[Item]:
    reference = _reference(found)
    paths = filtered_paths(min(found, key=lambda site: site.size))
    for site in found:
        name = f"{site.engine} {report.short(site.size)}"
        url, process = stack.enter_context(_granian(site, folder))
        if site is reference:
            yield Item("constant", url, ("/constants/constant",), process=process)
            yield Item("bare Flask", url, ("/bare/",), process=process)
            yield Item("jinja20", url, ("/constants/jinja20",), process=process)
            yield from list(_compared(site, url, process))[: 2 if is_quick else None]
        yield Item(f"hit {name}", url, ("/en/jobs/",), process=process)
        yield Item(f"miss {name}", url, ("/made/en/jobs/",), process=process)
        yield Item(f"filtered {name}", url, tuple(f"/made{path}" for path in paths), process=process)
        if site is reference or (site.size == reference.size and not is_quick):
            yield Item(f"plain {name}", url, (PLAIN,), process=process, connections=2, longer=2)
    yield from _nginx(reference, folder, stack)
    if not is_quick:
        yield from _other_servers(reference, paths, folder, stack)


def _compared(site: Site, url: str, process: int) -> Iterator[Item]:
    """What only the reference shows: other ways of asking for the list."""
    etag = _answer(f"{url}/en/jobs/")[1]
    last = site.openings // 20
    yield Item("not modified", url, ("/en/jobs/",), (("If-None-Match", etag),), process)
    yield Item("hit, gzip", url, ("/en/jobs/",), (("Accept-Encoding", "gzip"),), process)
    yield Item("miss, gzip", url, ("/made/en/jobs/",), (("Accept-Encoding", "gzip"),), process)
    yield Item("miss, deep page", url, (f"/made/en/jobs/?page={last}",), process=process)
    yield Item("miss, by pay", url, ("/made/en/jobs/?sort=pay",), process=process)


@contextlib.contextmanager
def _granian(site: Site, folder: Path) -> Iterator[tuple[str, int]]:
    port = free_port()
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1", "--host", "127.0.0.1", "--port", str(port),
        "--no-log", "--http", "1", "--no-ws", "--factory", "bench.apps:bench_app",
    ]  # fmt: skip
    with server(command, port, site.environment, folder / f"{site.engine}-{site.size}.log") as process:
        yield f"http://127.0.0.1:{port}", process


def _other_servers(site: Site, paths: list[str], folder: Path, stack: contextlib.ExitStack) -> Iterator[Item]:
    """The same on gunicorn, and on the server that `jobboard run` starts."""
    for name, command in (
        (
            "gunicorn",
            ["gunicorn", "--worker-class", "gthread", "--workers", "1", "--threads", "4", "bench.apps:bench_app()"],
        ),
        ("waitress", ["bench.waitress_server"]),
    ):
        port = free_port()
        place = ["--bind", f"127.0.0.1:{port}"] if name == "gunicorn" else [str(port)]
        whole = [sys.executable, "-m", *command, *place]
        process = stack.enter_context(server(whole, port, site.environment, folder / f"{name}.log"))
        url = f"http://127.0.0.1:{port}"
        yield Item(f"{name}: constant", url, ("/constants/constant",), process=process)
        yield Item(f"{name}: hit", url, ("/en/jobs/",), process=process)
        yield Item(f"{name}: filtered", url, tuple(f"/made{path}" for path in paths), process=process)


def _nginx(site: Site, folder: Path, stack: contextlib.ExitStack) -> Iterator[Item]:
    """The same page as a file, where nginx is installed."""
    program = shutil.which("nginx")
    if not program:
        print("nginx is left out: apt-get install nginx-light", file=sys.stderr)
        return
    port = free_port()
    (folder / "www").mkdir()
    with _granian(site, folder) as (url, _process):
        (folder / "www" / "page.html").write_bytes(_answer(f"{url}/en/jobs/")[0])
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port), encoding="utf-8")
    command = [program, "-c", str(folder / "nginx.conf"), "-p", str(folder)]
    process = stack.enter_context(server(command, port, {}, folder / "nginx.out"))
    yield Item("nginx", f"http://127.0.0.1:{port}", ("/page.html",), process=process)


def _answer(url: str) -> tuple[bytes, str]:
    """The body and the ETag."""
    import urllib.request

    with urllib.request.urlopen(url, timeout=60) as answer:
        return answer.read(), answer.headers.get("ETag", "")


if __name__ == "__main__":
    raise SystemExit(imports.main() if sys.argv[1:] == ["imports"] else main())
