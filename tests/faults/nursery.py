"""`python -m tests.faults.nursery`: loads the app once, keeps nothing open, and forks servers and workers of it.

An order is a line of JSON on standard input: {"start": "server", "port": 8000, "plant": null} answers the process's id,
{"kill": 4711} ends it (SIGKILL) and answers how it ended: -9, or what it had ended with by itself.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from flask import Flask

from jobboard import create_app
from jobboard.config import settings_from
from jobboard.core import logs
from jobboard.core.db import db
from jobboard.core.serve import WebServer
from jobboard.core.work import Worker
from tests.faults.plants import PLANTS
from tests.twins.child import die_with_parent


def main() -> None:
    """Take orders until there are no more; what was started ends then too."""
    app = create_app(settings_from(os.environ))
    _warm(app)
    log = os.open(Path(os.environ["JOBBOARD_DATA_DIR"]) / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    running: set[int] = set()
    for line in sys.stdin:
        order = json.loads(line)
        if "start" in order:
            answer = os.fork()
            if answer == 0:
                _be(app, order, log)
            running.add(answer)
        else:
            answer = _end(order["kill"])
            running.discard(order["kill"])
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()
    for process in running:
        _end(process)


def _warm(app: Flask) -> None:
    """Ask for the form once, so that no process has to read templates and catalogs anew; then let go of the database."""
    app.test_client().get("/en/jobs/operator/apply/")
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _end(process: int) -> int:
    os.kill(process, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def _be(app: Flask, order: dict[str, Any], log: int) -> None:
    """Be a server or a worker; this process never takes orders itself."""
    try:
        die_with_parent(signal.SIGKILL)
        for target in (0, 1, 2):
            os.dup2(log, target)
        logs.configure("WARNING")
        if order["plant"]:
            PLANTS[order["plant"]]()
        if order["start"] == "server":
            WebServer(app, "127.0.0.1", order["port"], trusts_proxy=True).run()
        else:
            Worker(app, app.extensions["sweeps"]).run()
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()
