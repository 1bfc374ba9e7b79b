"""Due work is a column and a sweep: a worker runs every sweep in turn, again and again."""

import dataclasses
import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Sequence

from flask import Flask

from jobboard.core.db import db

log = logging.getLogger("jobboard.worker")

#: Runs of one sweep in `run_once`, so that a sweep that always finds something ends too.
MOST_RUNS = 1000

#: The longest time between two tries of what did not work.
LONGEST_WAIT = dt.timedelta(hours=4)


def wait_after(tries: int) -> dt.timedelta:
    """How long to wait after so many tries in a row: 1, 2, 4, … minutes, at most four hours."""
    return min(dt.timedelta(minutes=2 ** min(tries - 1, 10)), LONGEST_WAIT)


@dataclasses.dataclass(frozen=True)
class Sweep:
    """One kind of due work: its name, seconds between two runs, and a function that does what is due and returns how much."""

    name: str
    every: float
    run: Callable[[], int]


class Worker:
    """Runs sweeps until told to stop. A sweep that fails is logged and tried again at its next turn."""

    def __init__(self, app: Flask, sweeps: Sequence[Sweep]) -> None:
        self.app, self.sweeps = app, sweeps
        self._stop = threading.Event()

    def run_once(self) -> int:
        """Run every sweep until it finds nothing more to do; the number of things done."""
        done = 0
        for sweep in self.sweeps:
            for _run in range(MOST_RUNS):
                count = self._run(sweep)
                done += count
                if not count or self._stop.is_set():
                    break
        return done

    def run(self) -> None:
        """Run the sweeps by their intervals until `stop`; one that did something has its next turn at once.

        Intervals go by the monotonic clock: a machine whose time is set back does not stop working.
        """
        due = [0.0] * len(self.sweeps)
        while not self._stop.is_set():
            for index, sweep in enumerate(self.sweeps):
                if time.monotonic() >= due[index] and not self._stop.is_set():
                    done = self._run(sweep)
                    due[index] = time.monotonic() + (0 if done else sweep.every)
            self._stop.wait(max(0.0, min(due, default=0.5) - time.monotonic()))

    def start(self) -> threading.Thread:
        """Run in a thread of this process; who stops it waits for it, but a process that must end is not held up."""
        thread = threading.Thread(target=self.run, name="jobboard-worker", daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        """Ask the worker to end after the thing it is doing."""
        self._stop.set()

    def _run(self, sweep: Sweep) -> int:
        try:
            with self.app.app_context():
                try:
                    return sweep.run()
                finally:
                    db.session.remove()
        except Exception:
            log.exception("sweep %s failed", sweep.name)
            return 0
