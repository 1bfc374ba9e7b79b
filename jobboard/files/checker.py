"""Asking the checking process: one per process of ours, started when first needed, started anew when it dies."""

import atexit
import contextlib
import logging
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from pathlib import Path
from typing import BinaryIO

from jobboard.core.serve import THREADS
from jobboard.files import answers
from jobboard.files.answers import Answer
from jobboard.files.storage import CHUNK, StorageError

log = logging.getLogger("jobboard.files")

PROBE = Path(__file__).with_name("probe.py")
#: Seconds the process has to begin with a file; at its first one it loads the parsers.
PATIENCE = 15.0
#: Seconds after which an answer that was begun is not waited for any more, counted from the limit of the parsing itself.
MARGIN = 5.0
#: Files looked at in the same moment: each may take its whole memory, and the thread of a request waits for it. The other
#: half of the threads has the site to itself, whatever is uploaded.
AT_ONCE = THREADS // 2
#: Seconds to wait for one's turn: most files take hundredths, so that who has none after this waits behind hostile ones.
MOMENT = 0.5
LARGEST_ANSWER = 20_000_000


class CheckerGone(StorageError):
    """No file can be looked at now: the process does not start, or the machine is busy beyond measure."""


class Checker:
    """A server of processes that look at files (`probe.py`). Threads may share it; a forked process makes its own."""

    def __init__(self, seconds: float = answers.SECONDS, memory: int = answers.MEMORY) -> None:
        self.seconds, self.memory = seconds, memory
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._lock, self._turns = threading.Lock(), threading.BoundedSemaphore(AT_ONCE)
        _all.add(self)

    def ask(self, job: str, source: BinaryIO, number: int = 0, wait: float = MOMENT) -> Answer:
        """What the process says of the rest of a stream. A file that is too slow or kills it is answered like any other.

        Raises `CheckerGone` when no process could be made to look, or when there was no turn within `wait` seconds.
        """
        if not self._turns.acquire(timeout=wait):
            raise CheckerGone("too many files at once")
        try:
            with tempfile.TemporaryFile(prefix="jobboard-") as copy:
                shutil.copyfileobj(source, copy, CHUNK)
                copy.flush()
                return self._ask_twice(job, number, copy.fileno())
        except OSError as error:
            if isinstance(error, StorageError):
                raise
            raise CheckerGone(str(error)) from error
        finally:
            self._turns.release()

    def _ask_twice(self, job: str, number: int, handle: int) -> Answer:
        for _try in range(2):
            process = self.start()
            answer = self._ask(job, number, handle)
            if answer is not None:
                return answer
            log.warning("the checking process gave no answer and is started anew")
            self._end(process)
        raise CheckerGone("the checking process does not answer")

    def _ask(self, job: str, number: int, handle: int) -> Answer | None:
        """The answer; None when nobody began with the file, so that it says nothing about it."""
        mine, theirs = socket.socketpair()
        with mine:
            with theirs:
                if not self._send(answers.ORDER.pack(job.encode(), number), [handle, theirs.fileno()]):
                    return None
            mine.settimeout(PATIENCE)
            try:
                if mine.recv(1) != answers.STARTED:
                    return None
            except OSError:
                return None
            return self._received(mine)

    def _send(self, order: bytes, handles: list[int]) -> bool:
        with self._lock, contextlib.suppress(OSError):
            if self._control is not None:
                socket.send_fds(self._control, [order], handles)
                return True
        return False

    def _received(self, mine: socket.socket) -> Answer:
        began, raw = time.monotonic(), bytearray()
        with contextlib.suppress(OSError):  # a timeout is one
            while len(raw) <= LARGEST_ANSWER:
                mine.settimeout(max(0.01, began + self.seconds + MARGIN - time.monotonic()))
                if not (part := mine.recv(CHUNK)):
                    break
                raw += part
        try:
            return answers.read(bytes(raw))
        except (ValueError, TypeError, OverflowError, RecursionError):  # it was ended, crashed, or says nonsense
            return Answer("too_slow" if time.monotonic() - began >= self.seconds * 0.9 else "broken")

    def start(self) -> subprocess.Popen[bytes]:
        """Start the process unless it runs; it gets none of this one's files and nothing of its environment."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._close()
                self._control, theirs = socket.socketpair()
                self._control.settimeout(PATIENCE)
                command = [sys.executable, "-I", str(PROBE), str(self.seconds), str(self.memory)]
                with theirs:
                    self._process = subprocess.Popen(  # noqa: S603 - own file
                        command,
                        stdin=theirs.fileno(),
                        stdout=subprocess.DEVNULL,
                        env={"LANG": "C.UTF-8"},
                        cwd="/",
                        start_new_session=True,  # Ctrl-C is for the web server, which finishes its requests first
                    )
            return self._process

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """End this process, unless another thread has started a new one already."""
        with self._lock:
            if self._process is process:
                self._close()

    def close(self) -> None:
        """End the process; the next file starts one."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        process, self._process = self._process, None
        if self._control is not None:
            self._control.close()  # the process ends by this
            self._control = None
        if process is not None:
            try:
                process.wait(1)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def forget(self) -> None:
        """In a process that was forked from this one: the checking process is its parent's."""
        self._lock, self._turns = threading.Lock(), threading.BoundedSemaphore(AT_ONCE)
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.returncode = 0  # not a child of this process: nothing to wait for
        self._process = self._control = None


_all: weakref.WeakSet[Checker] = weakref.WeakSet()
_checker = Checker()


def checker() -> Checker:
    """The checker of this process."""
    return _checker


def _forget_all() -> None:
    for one in _all:
        one.forget()


os.register_at_fork(after_in_child=_forget_all)
atexit.register(_checker.close)
