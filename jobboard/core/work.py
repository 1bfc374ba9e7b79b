"""Due work is a column and a sweep: a worker runs every sweep in turn, again and again."""

import dataclasses
import logging
import threading
from collections.abc import Callable, Sequence

from flask import Flask

from jobboard.core.db import db

log = logging.getLogger("jobboard.worker")


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
        """Run every sweep once, until nothing is due; the number of things done."""
        return sum(self._run(sweep) for sweep in self.sweeps)

    def run(self) -> None:
        """Run the sweeps by their intervals until `stop`."""
        due = dict.fromkeys(range(len(self.sweeps)), 0.0)
        clock = 0.0
        while not self._stop.is_set():
            for index, sweep in enumerate(self.sweeps):
                if clock >= due[index] and not self._stop.is_set():
                    self._run(sweep)
                    due[index] = clock + sweep.every
            self._stop.wait(0.5)
            clock += 0.5

    def start(self) -> threading.Thread:
        """Run in a thread of this process."""
        thread = threading.Thread(target=self.run, name="jobboard-worker")
        thread.start()
        return thread

    def stop(self) -> None:
        """Ask the worker to end after the thing it is doing."""
        self._stop.set()

    def _run(self, sweep: Sweep) -> int:
        try:
            with self.app.app_context():
                return sweep.run()
        except Exception:
            log.exception("sweep %s failed", sweep.name)
            return 0
        finally:
            with self.app.app_context():
                db.session.remove()
