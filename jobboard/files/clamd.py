"""Asking a virus scanner, ClamAV's clamd, over its socket: one file, one answer (the command INSTREAM, clamd(8))."""

import contextlib
import dataclasses
import re
import socket
import struct
import time
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urlsplit

from flask import current_app

from jobboard.files.models import ScanState
from jobboard.files.storage import StorageError

#: Seconds to reach it, and those one file may take; clamd itself gives up after two minutes.
CONNECT, DEADLINE = 5.0, 60.0
LONGEST_REPLY = 4096
DEFAULT_PORT = 3310
_FOUND = re.compile(r"^(?:stream|instream\(\S*\)): (.+) FOUND$", re.IGNORECASE)
_CLEAN = re.compile(r"^(?:stream|instream\(\S*\)): OK$", re.IGNORECASE)
_LENGTH = struct.Struct("!I")


class ScannerGone(OSError):
    """The scanner cannot be reached, hangs, or broke off: nothing is known about the file."""


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What the scanner said: clean, infected (`finding` names it) or error (`finding` says why)."""

    state: ScanState
    finding: str = ""


@dataclasses.dataclass(frozen=True)
class Scanner:
    """A clamd at an address: the path of its socket, or host and port."""

    address: str | tuple[str, int]
    deadline: float = DEADLINE

    def scan(self, chunks: Iterable[bytes]) -> Verdict:
        """What it says of these bytes. Raises `ScannerGone`, and what reading them raises: that is not its fault."""
        reply = self._asked(b"zINSTREAM\0", chunks)
        if found := _FOUND.match(reply):
            return Verdict(ScanState.infected, found[1][:200])
        if _CLEAN.match(reply):
            return Verdict(ScanState.clean)
        return Verdict(ScanState.error, reply[:200])

    def greet(self) -> str:
        """Its version. Raises `ScannerGone`."""
        return self._asked(b"zVERSION\0")

    def _asked(self, command: bytes, chunks: Iterable[bytes] | None = None) -> str:
        until = time.monotonic() + self.deadline
        try:
            with self._connected() as line:
                line.sendall(command)
                if chunks is not None:
                    # It hangs up on a file that is too large for it, and has said so before.
                    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                        _send(line, chunks, until)
                return _reply(line, until)
        except (ScannerGone, StorageError):
            raise
        except OSError as error:
            raise ScannerGone(str(error) or type(error).__name__) from error

    @contextlib.contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        if isinstance(self.address, str):
            line = socket.socket(socket.AF_UNIX)
            with line:
                line.settimeout(CONNECT)
                line.connect(self.address)
                yield line
        else:
            with socket.create_connection(self.address, CONNECT) as line:
                yield line


def _send(line: socket.socket, chunks: Iterable[bytes], until: float) -> None:
    """Each part behind its length, and a length of zero at the end."""
    for chunk in chunks:
        if chunk:
            line.settimeout(_left(until))
            line.sendall(_LENGTH.pack(len(chunk)) + chunk)
    line.settimeout(_left(until))
    line.sendall(_LENGTH.pack(0))


def _reply(line: socket.socket, until: float) -> str:
    """What it says, up to its NUL; a reply that breaks off is none."""
    reply = b""
    while b"\0" not in reply and len(reply) < LONGEST_REPLY:
        line.settimeout(_left(until))
        part = line.recv(LONGEST_REPLY)
        if not part:
            raise ScannerGone("it hung up")
        reply += part
    return reply.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise ScannerGone("it took too long")
    return left


def open_scanner(url: str) -> Scanner | None:
    """The scanner of a `unix:` or `tcp:` address; None for an empty one."""
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return Scanner(unquote(parts.path))
    return Scanner((parts.hostname or "", parts.port or DEFAULT_PORT))


def scanner() -> Scanner | None:
    """The scanner of the running app, if it has one."""
    found: Scanner | None = current_app.extensions["scanner"]
    return found
