"""`./dev bench imports`: how long a whole blog takes to import on SQLite, and how long others wait to write meanwhile.

POSTS=1200 chooses how many posts. The blog is the same each time; the command is the one people run.
"""

import contextlib
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from bench.apps import product
from bench.blog import write_blog
from jobboard.core.db import db
from jobboard.migrations import upgrade

COMMAND = [sys.executable, "-c", "from jobboard.cli import main; main()", "import", "posts"]
LINE = "{:<34}{:>9}{:>9}{:>12}  {}"


def main() -> int:
    """Import a blog twice, print what it took."""
    posts = int(os.environ.get("POSTS", "1200"))
    with tempfile.TemporaryDirectory() as scratch:
        blog, home = Path(scratch, "blog"), Path(scratch, "site")
        write_blog(blog, posts)
        app = product(home)
        with app.app_context():
            upgrade(db.engine)
            db.session.remove()
            db.engine.dispose()
        print(LINE.format(f"{posts} posts", "wall", "own CPU", "others wait", ""))
        for name, options in (("dry run", ["--dry-run"]), ("import", []), ("the same again", [])):
            with _others(home / "jobboard.sqlite3") as waits:
                wall, own, said = _run([*COMMAND, str(blog), "--quiet", *options], home)
            print(LINE.format(name, f"{wall:.1f} s", f"{own:.1f} s", f"{max(waits, default=0):.2f} s", said))
    return 0


def _run(command: list[str], home: Path) -> tuple[float, float, str]:
    """Seconds on the clock and of processor time (with its subprocesses), and the last line that counts."""
    own = {"JOBBOARD_DATA_DIR": str(home), "JOBBOARD_SECRET_KEY": "of a bench only, and long enough"}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, env=os.environ | own, capture_output=True, text=True, check=True)
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, used, next(line for line in done.stdout.splitlines() if "looked at" in line)


@contextlib.contextmanager
def _others(database: Path) -> Iterator[list[float]]:
    """Somebody else who wants to write all the time; how long they waited each time, in seconds."""
    waits: list[float] = []
    is_over = threading.Event()

    def write() -> None:
        with contextlib.closing(sqlite3.connect(database, timeout=600, isolation_level=None)) as connection:
            while not is_over.wait(0.02):
                began = time.monotonic()
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("ROLLBACK")
                waits.append(time.monotonic() - began)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield waits
    finally:
        is_over.set()
        thread.join()
