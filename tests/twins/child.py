"""Child processes of the twins: start, wait until ready, and never outlive the test process."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

#: `prctl` asks Linux to signal a child when its parent dies, so a killed test run leaves no server behind.
_PR_SET_PDEATHSIG = 1
_PRCTL: Callable[[int, int], int] | None = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


class Unavailable(Exception):
    """A twin cannot run here. The text says why and how to get it; tests skip with it."""


def free_port() -> int:
    """A port of 127.0.0.1 nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start(
    command: Sequence[object], log: Path, *, env: Mapping[str, str], dies_by: int, **options: Any
) -> subprocess.Popen[bytes]:
    """Start a server in a session of its own (Ctrl-C is for the tests), its output in `log`."""
    with log.open("wb") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env),
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(dies_by),  # noqa: PLW1509 - one prepared system call, no lock is taken
            **options,
        )


def die_with_parent(dies_by: int) -> None:
    """Let this process get a signal when the one that started it dies."""
    if _PRCTL:
        _PRCTL(_PR_SET_PDEATHSIG, dies_by)


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path, seconds: float) -> None:
    """Ask until the server is ready; raises `Unavailable` with the end of its log when it ends or takes too long."""
    until = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None:
            raise Unavailable(f"the server ended with {process.returncode}: {tail(log)}")
        if time.monotonic() > until:
            stop(process, signal.SIGKILL)
            raise Unavailable(f"the server was not ready after {seconds:.0f} s: {tail(log)}")
        time.sleep(0.02)


def stop(process: subprocess.Popen[bytes], how: int, seconds: float = 60) -> None:
    """Signal this one process and wait for its end; kill it when it does not listen."""
    if process.poll() is None:
        os.kill(process.pid, how)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def tail(log: Path, lines: int = 5) -> str:
    """The last lines of a log, on one line."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    return " / ".join(text.splitlines()[-lines:]) or "it said nothing"
