"""The checking process: warm, bounded, alone, and never a reason for the site to stop."""

import concurrent.futures
import io
import os
import signal
import subprocess
import sys
import threading
import time
import zlib
from pathlib import Path

import pytest

from jobboard.core.serve import THREADS
from jobboard.files import answers
from jobboard.files.answers import Answer
from jobboard.files.checker import Checker, CheckerGone
from tests.files.documents import cv, pdf_with, png_of

SLOW = pdf_with(content=b"0 0 m 500 800 l S\n" * 500_000)


@pytest.fixture
def own():
    """A checker of this test's own, with bounds: `own(seconds=…, memory=…)`."""
    made = []

    def checker(**bounds):
        made.append(Checker(**bounds))
        return made[-1]

    yield checker
    for one in made:
        one.close()


def ask(checker, job="check pdf", data=None, number=0, **wait):
    return checker.ask(job, io.BytesIO(cv() if data is None else data), number, **wait)


def test_process_is_started_once_and_looks_at_every_file(own):
    checker = own()
    assert ask(checker).page_count == 2
    first = checker.start().pid
    assert ask(checker, data=b"%PDF-").word == "broken"
    assert checker.start().pid == first


def test_process_that_was_killed_is_started_anew_and_the_file_is_answered(own):
    checker = own()
    for _time in range(2):
        process = checker.start()
        os.kill(process.pid, signal.SIGKILL)
        assert ask(checker).word == "ok"
        process.wait(60)  # what it had ready may have answered while it was still ending
        assert checker.start().pid != process.pid


def test_process_that_hangs_is_given_up(own, monkeypatch):
    checker = own()
    ask(checker)
    monkeypatch.setattr("jobboard.files.checker.PATIENCE", 1)
    hanging = checker.start().pid
    os.kill(hanging, signal.SIGSTOP)
    assert [ask(checker).word for _file in range(3)] == ["ok"] * 3, "one was ready, the next ones get a new process"
    assert checker.start().pid != hanging


def test_it_is_said_when_no_process_can_be_had(own, monkeypatch, tmp_path):
    monkeypatch.setattr("jobboard.files.checker.PROBE", tmp_path / "nothing.py")
    with pytest.raises(CheckerGone):
        ask(own())


def test_file_that_takes_too_long_is_ended_and_the_next_one_is_answered(own):
    checker = own(seconds=0.05)
    assert ask(checker, "show pdf", SLOW, 1) == Answer("too_slow")
    assert ask(checker).word == "ok"


def test_file_that_takes_too_much_memory_is_ended_and_the_next_one_is_answered(own):
    checker = own(memory=70 << 20)
    large = png_of(5000, 5000, zlib.compress(b"\0" * 75_005_000, 1))
    assert ask(checker, "check png", large) == Answer("bomb")
    assert ask(checker).word == "ok"


def test_many_threads_ask_at_once(own):
    checker = own()
    files = [cv() if number % 2 else b"%PDF-" for number in range(40)]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda data: ask(checker, data=data, wait=60).word, files))
    assert found == ["broken", "ok"] * 20


class Held(io.BytesIO):
    """A file that has its turn and keeps it until it may go on."""

    def __init__(self, has_turn, may_go_on):
        super().__init__(cv())
        self.has_turn, self.may_go_on = has_turn, may_go_on

    def read(self, size=-1):
        self.has_turn.release()
        assert self.may_go_on.wait(60)
        return super().read(size)


def test_only_half_of_the_threads_wait_and_the_others_are_told_at_once(own):
    checker, half = own(), THREADS // 2
    has_turn, may_go_on = threading.Semaphore(0), threading.Event()
    with concurrent.futures.ThreadPoolExecutor(half) as pool:
        asked = [pool.submit(checker.ask, "check pdf", Held(has_turn, may_go_on)) for _file in range(half)]
        assert all(has_turn.acquire(timeout=60) for _file in range(half))
        with pytest.raises(CheckerGone, match="too many"):
            ask(checker)
        may_go_on.set()
        assert [one.result().word for one in asked] == ["ok"] * half
    assert ask(checker).word == "ok"


def test_forked_process_makes_its_own(own):
    checker = own()
    ask(checker)
    ours = checker.start().pid
    reading, telling = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            word = ask(checker).word
            os.write(telling, f"{word} {checker.start().pid != ours}".encode())
            checker.close()
        finally:
            os._exit(0)
    os.close(telling)
    with os.fdopen(reading) as told:
        assert told.read() == "ok True"
    os.waitpid(child, 0)
    assert ask(checker).word == "ok"
    assert checker.start().pid == ours, "the child's end changed nothing here"


PARENT = """
import io, os, sys
from jobboard.files.checker import checker
os.environ["SECRET"] = "opens everything"
kept = open(sys.argv[1])
assert checker().ask("limits", io.BytesIO()).word == "ok"
print(checker().start().pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("end", ["killed", "as usual"])
def test_process_has_nothing_of_its_parent_and_ends_with_it(end, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", PARENT, str(secret)], **pipes) as parent:
        pid = int(parent.stdout.readline())
        of_it = Path(f"/proc/{pid}")
        # Of the pipe both ends, while the next process is being forked.
        handles = {str(one.readlink()) for one in (of_it / "fd").iterdir()}
        assert not [one for one in handles if str(secret) in one]
        assert len(handles) == 4, "the socket, its output and its errors, and the pipe to the process that is ready"
        assert b"SECRET" not in (of_it / "environ").read_bytes()
        if end == "killed":
            parent.kill()
        parent.stdin.close()
    until = time.monotonic() + 20
    while is_running(pid) and time.monotonic() < until:
        time.sleep(0.01)
    assert not is_running(pid)


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


GOOD = Answer("ok", ("script",), ((1240, 1754), None), 2, b"data")


def test_answer_is_read_as_it_was_written():
    assert answers.read(answers.written(GOOD)) == GOOD
    assert answers.read(answers.written(Answer())) == Answer()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0\0",
        b"\xff\xff\xff\xff[]",
        b"\0\0\0\x02{}",
        b"\0\0\0\x04null",
        answers.written(GOOD)[:20],
        answers.written(Answer(pages=((0, 1),))),
        answers.written(Answer(pages=((1, 99_999),))),
        answers.written(Answer(pages=(("a", "b"),))),
        answers.written(Answer(page_count="many")),
    ],
)
def test_what_is_no_answer_is_not_believed(raw):
    with pytest.raises(ValueError):  # noqa: PT011 - each says something else
        answers.read(raw)


@pytest.mark.parametrize("size", [(0, 1), (-1, 5), (1e9, 1), (float("nan"), 1), (float("inf"), 1)])
def test_page_without_a_size_has_no_picture(size):
    assert answers.fitted(*size) is None


@pytest.mark.parametrize("size", [(595, 842), (842, 595), (1, 100_000), (100_000, 1), (0.001, 0.001)])
def test_picture_of_a_page_fits_in_its_box(size):
    width, height = answers.fitted(*size)
    assert 1 <= width <= 1240
    assert 1 <= height <= 1754
