"""A virus scanner that speaks clamd's protocol on a real socket and does what a test orders: find, hang, hang up, babble."""

import contextlib
import socket
import struct
import threading
from pathlib import Path
from typing import Any, Self

#: What every scanner reports, so that people can see that it works (eicar.org); put together here, not to be found itself.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd:
    """Listens at a path or at a port of this machine. `mode`: "" (works), "hangs", "hangs up", "babbles", "too small"."""

    def __init__(self, path: Path | None = None) -> None:
        if path is not None:
            self._listener = socket.socket(socket.AF_UNIX)
            self._listener.bind(str(path))
            self._listener.listen()
            self.url = f"unix:{path}"
        else:
            self._listener = socket.create_server(("127.0.0.1", 0))
            self.url = f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"
        self.mode = ""
        self.seen: list[bytes] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while not self._over.is_set():
                line, _address = self._listener.accept()
                with line, contextlib.suppress(OSError, struct.error):  # whoever asked may break off at any byte
                    line.settimeout(60)
                    self._answer(line)

    def _answer(self, line: socket.socket) -> None:
        command = _until_nul(line)
        if self.mode == "hangs":
            while self.mode == "hangs" and not self._over.wait(0.01):
                pass
        elif self.mode == "hangs up":
            return
        elif command == b"zVERSION":
            line.sendall(b"ClamAV 1.4.6/27000/Wed Nov 25 08:00:00 2026\0")
        elif command != b"zINSTREAM":
            line.sendall(b"UNKNOWN COMMAND\0")
        elif self.mode == "too small":
            line.recv(1000)
            line.sendall(b"INSTREAM size limit exceeded. ERROR\0")
        else:
            data = _stream(line)
            self.seen.append(data)
            line.sendall(self._judged(data) + b"\0")

    def _judged(self, data: bytes) -> bytes:
        if self.mode == "babbles":
            return b"\xff\xfe what? " + b"x" * 9000
        return b"stream: Eicar-Signature FOUND" if EICAR in data else b"stream: OK"


def _until_nul(line: socket.socket) -> bytes:
    found = b""
    while not found.endswith(b"\0") and (part := line.recv(1)):
        found += part
    return found.rstrip(b"\0")


def _stream(line: socket.socket) -> bytes:
    """Everything between INSTREAM and the length of zero."""
    found = b""
    reader: Any = line.makefile("rb")
    with reader:
        while length := struct.unpack("!I", reader.read(4))[0]:
            found += reader.read(length)
    return found
