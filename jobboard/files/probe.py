"""The process that parses untrusted files. Run by path, with nothing of the site in it: no settings, no open files.

It loads the parsers once. Files come through its standard input, a socket; each is looked at by a process of its own,
forked from this one, whose time, memory and open files are limited before anything is parsed, and what crashes there
crashes alone. It ends when the other end of the socket closes, so it never outlives who started it.
"""

import contextlib
import gc
import os
import resource
import signal
import socket
import sys
import time
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

#: What a process tells the server that forked it: it has a file now, or nobody will ask any more.
TAKEN, OVER = b"+", b"."

Job = Callable[[bytes, int], Any]


def load_jobs() -> tuple[Any, dict[str, Job]]:
    """The room's modules for this side, without the application: its package's door would load and configure all of it."""
    package = types.ModuleType("jobboard")
    package.__path__ = [str(Path(__file__).parent.parent)]
    sys.modules.setdefault("jobboard", package)
    from jobboard.files import answers, probe_drawn, probe_office, probe_pdf, probe_picture, probe_text  # slow import

    jobs: dict[str, Job] = {"limits": limits}
    for kind, module in (("pdf", probe_pdf), ("docx", probe_office), ("odt", probe_office), ("txt", probe_text)):
        jobs |= {f"check {kind}": getattr(module, f"check_{kind}"), f"show {kind}": getattr(module, f"show_{kind}")}
    for kind in ("png", "jpeg"):
        jobs |= {f"check {kind}": getattr(probe_picture, f"check_{kind}"), f"show {kind}": probe_picture.show}
    jobs |= {"resize picture": probe_picture.resize}
    jobs |= {"draw formulas": probe_drawn.formulas, "draw diagram": probe_drawn.diagram}
    return answers, jobs


def limits(_data: bytes, _number: int) -> Any:
    """Answers with the limits that are in force, for those who want to see that they are."""
    from jobboard.files import answers  # slow import

    kinds = (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE)
    words = [str(resource.getrlimit(kind)[1]) for kind in kinds]
    alarm = str(signal.getitimer(signal.ITIMER_REAL)[0])
    return answers.Answer(flags=(*words, alarm, *sorted(os.environ)))


def limit(seconds: float, memory: int) -> None:
    """Bound this process; none of it can be undone by what it parses.

    The alarm and the processor's limit end it from outside. No file may be opened any more, and no socket.
    """
    signal.setitimer(signal.ITIMER_REAL, seconds)
    whole = max(1, int(seconds))
    resource.setrlimit(resource.RLIMIT_CPU, (whole, whole))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    for kind in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE, resource.RLIMIT_NPROC, resource.RLIMIT_NOFILE):
        resource.setrlimit(kind, (0, 0))


def look(answers: Any, job: Job, number: int, source: int, target: int, bounds: tuple[float, int]) -> None:
    """Do one job on one file in this process; whatever happens ends as an answer, or as none."""
    limit(*bounds)
    os.write(target, answers.STARTED)
    try:
        found = job(_whole(source, answers.LARGEST_FILE), number)
    except MemoryError:
        found = answers.Answer("bomb")
    except Exception:  # parsers raise nearly anything on damaged files: struct.error, TypeError, RecursionError, …
        found = answers.Answer("broken")
    rest = memoryview(answers.written(found))
    while rest:
        rest = rest[os.write(target, rest) :]
    os.close(target)  # who waits need not wait until the system has cleared up


def _whole(source: int, most: int) -> bytes:
    """The file from its first byte; by position, as whoever sent it shares the place in it."""
    parts, at, most = [], 0, min(most, os.fstat(source).st_size)
    while at < most and (part := os.pread(source, most - at, at)):
        parts.append(part)
        at += len(part)
    return b"".join(parts)


def serve(control: socket.socket, bounds: tuple[float, int]) -> None:
    """Have one process ready for the next file, always: it is forked before it is needed."""
    answers, jobs = load_jobs()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system clears away who has ended
    gc.collect()
    gc.freeze()
    is_wanted = True
    while is_wanted:
        busy, telling = os.pipe()
        if _forked() == 0:
            os.close(busy)
            _take_one(answers, jobs, control, telling, bounds)
        os.close(telling)
        is_wanted = os.read(busy, 1) != OVER
        os.close(busy)


def _forked() -> int:
    """Fork, now or when the system has a process to spare: who asked meanwhile is told nothing, and that says so."""
    while True:
        try:
            return os.fork()
        except OSError:
            time.sleep(0.1)


def _take_one(
    answers: Any, jobs: dict[str, Job], control: socket.socket, telling: int, bounds: tuple[float, int]
) -> None:
    """In the new process: wait for a file, tell that one was taken, look at it and leave.

    Nothing of the server's own way out may run in here.
    """
    try:
        order, handles, _flags, _address = socket.recv_fds(control, answers.ORDER.size, 2)
        with contextlib.suppress(OSError):  # the server is gone; this file is looked at all the same
            os.write(telling, TAKEN if order else OVER)
        os.close(telling)
        control.close()
        if order:
            name, number = answers.ORDER.unpack(order)
            source, target = handles
            look(answers, jobs[name.rstrip(b"\0").decode()], number, source, target, bounds)
    finally:
        os._exit(0)


def main() -> None:
    """`probe.py SECONDS BYTES`, its standard input one end of a pair of sockets."""
    bounds = float(sys.argv[1]), int(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(fileno=0) as control:
        serve(control, bounds)


if __name__ == "__main__":
    main()
