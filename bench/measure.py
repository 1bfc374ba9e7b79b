"""Servers pinned to one core, the client to the other; items in interleaved rounds, each server drained before the next."""

import contextlib
import dataclasses
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

CONNECTIONS = 64
SERVER_CORE, CLIENT_CORE = "0", "1"
ROOT = Path(__file__).resolve().parent.parent
#: Prints what the client found; with several paths it also asks for one after the other (making each request in Lua costs
#: the client a third of its speed, so a single path goes without).
DONE = """
done = function(summary, latency)
  io.write(string.format("BENCH %d %d %f %f %d\\n", summary.requests, summary.duration,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout))
end
"""
CYCLE = """
local paths = {{{paths}}}
local at = 0
request = function()
  at = at + 1
  if at > #paths then at = 1 end
  return wrk.format("GET", paths[at])
end
"""


class NoClient(Exception):
    """There is no wrk to measure with. The text says how to get it."""


@dataclasses.dataclass(frozen=True)
class Item:
    """One thing that is measured: paths asked for in turn at a server."""

    name: str
    url: str
    paths: tuple[str, ...]
    headers: tuple[tuple[str, str], ...] = ()
    process: int = 0
    connections: int = CONNECTIONS
    #: Measured so many times longer than others: what takes seconds would not finish once.
    longer: int = 1


@dataclasses.dataclass
class Result:
    """Requests per second, milliseconds, and the server's processor time of one request in microseconds, of each round."""

    rates: list[float] = dataclasses.field(default_factory=list)
    p50: list[float] = dataclasses.field(default_factory=list)
    p99: list[float] = dataclasses.field(default_factory=list)
    costs: list[float] = dataclasses.field(default_factory=list)

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)

    @property
    def cost(self) -> float | None:
        """What a request takes of the server; the client, which may be what limits the rate, is not in it."""
        return statistics.median(self.costs) if self.costs else None

    @property
    def median(self) -> float:
        return statistics.median(self.p50)

    @property
    def slow(self) -> float:
        return statistics.median(self.p99)


def client() -> str:
    found = shutil.which("wrk")
    if not found:
        raise NoClient("wrk is not installed: apt-get install wrk")
    return found


@contextlib.contextmanager
def server(
    command: Sequence[str], port: int, environment: dict[str, str], log: Path, core: str = SERVER_CORE
) -> Iterator[int]:
    """A server on one core (or those of `core`) until the end of the block; its process id."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            pinned(core, command), env={**os.environ, **environment}, stdout=output, stderr=output,
            cwd=ROOT, start_new_session=True,
        )  # fmt: skip
    try:
        _wait_for(port, process, log)
        yield process.pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def pinned(core: str, command: Sequence[str]) -> list[str]:
    taskset = shutil.which("taskset")
    return [taskset, "-c", core, *command] if taskset and (os.cpu_count() or 1) > 1 else list(command)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def rounds(items: Sequence[Item], folder: Path, *, count: int, seconds: float) -> dict[str, Result]:
    """Every item once a round, in an order that alternates; the medians are what counts."""
    found = {item.name: Result() for item in items}
    for item in items:
        _warm(item)
    for number in range(count):
        for item in items if number % 2 == 0 else reversed(items):
            before = _used(item.process)
            requests, rate, p50, p99 = run(item, folder, seconds)
            drain(item.process)
            result = found[item.name]
            result.rates.append(rate)
            result.p50.append(p50)
            result.p99.append(p99)
            result.costs.append((_used(item.process) - before) / os.sysconf("SC_CLK_TCK") / requests * 1e6)
        print(f"  round {number + 1} of {count}", file=sys.stderr, flush=True)
    return found


def _warm(item: Item) -> None:
    """Every path once, and its answer looked at: nobody measures errors."""
    for path in item.paths:
        request = urllib.request.Request(item.url + path, headers=dict(item.headers))
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                status, length = answer.status, len(answer.read())
        except urllib.error.HTTPError as error:
            status, length = error.code, 0
        if status != (304 if dict(item.headers).get("If-None-Match") else 200):
            raise RuntimeError(f"{item.name}: {path} answers {status} with {length} bytes")


def run(item: Item, folder: Path, seconds: float) -> tuple[float, float, float, float]:
    """Requests, requests per second, and milliseconds of the median and of the slowest hundredth."""
    script = folder / "wrk.lua"
    paths = ", ".join(f'"{path}"' for path in item.paths)
    script.write_text(DONE + (CYCLE.format(paths=paths) if len(item.paths) > 1 else ""), encoding="utf-8")
    headers = [part for name, value in item.headers for part in ("-H", f"{name}: {value}")]
    length = ["-t1", f"-c{item.connections}", f"-d{max(1, round(seconds * item.longer))}s", "--timeout", "30s"]
    command = [client(), *length, "-s", str(script), *headers, item.url + item.paths[0]]
    output = subprocess.run(pinned(CLIENT_CORE, command), capture_output=True, text=True, check=True).stdout
    match = re.search(r"BENCH (\d+) (\d+) ([\d.]+) ([\d.]+) (\d+)", output)
    if not match:
        raise RuntimeError(f"{item.name}: {output}")
    requests, microseconds, p50, p99, errors = (float(value) for value in match.groups())
    if errors:
        raise RuntimeError(f"{item.name}: {errors:.0f} errors of {requests:.0f}")
    return requests, requests / microseconds * 1e6, p50, p99


def drain(process: int) -> None:
    """Wait until a server has worked off what the client no longer waits for: else the next item pays for it."""
    before = _used(process)
    for _turn in range(100):
        time.sleep(0.05)
        now = _used(process)
        if now - before <= 1:
            return
        before = now


def _used(process: int) -> int:
    """Processor time of a process and those it started, in clock ticks."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            if int(fields[2]) == process:  # of its process group
                total += int(fields[11]) + int(fields[12])
    return total


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")
