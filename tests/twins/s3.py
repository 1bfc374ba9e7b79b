"""A real S3-compatible server (SeaweedFS) on 127.0.0.1: it checks signatures, so a wrong secret is refused. 2.5 s to start."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

from obstore.exceptions import BaseError
from obstore.store import S3Store

from tests.twins import child, found
from tests.twins.child import Unavailable

__all__ = ["S3", "Unavailable"]

PORTS = ("master", "volume", "filer", "s3")
REGION = "us-east-1"


class S3:
    """One server with one bucket and one key that may do everything in it."""

    bucket = "jobboard-tests"

    def __init__(self) -> None:
        self.access_key = "jobboard"
        self.secret_key = secrets.token_hex(16)
        self.endpoint = ""
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._socket_ports: list[int] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    def storage_url(self, prefix: str = "", *, secret: str | None = None, bucket: str | None = None) -> str:
        """A value for JOBBOARD_STORAGE_URL: keys below `prefix`, so that tests do not meet each other."""
        key = {"endpoint": self.endpoint, "region": REGION, "key": self.access_key, "secret": secret or self.secret_key}
        return f"s3://{bucket or self.bucket}/{prefix}?{urlencode(key)}"

    def store(self, prefix: str | None = None, *, secret: str | None = None) -> S3Store:
        """obstore's client of the bucket; it does not retry, so a refusal is seen at once."""
        return S3Store(
            self.bucket,
            prefix=prefix,
            endpoint=self.endpoint,
            region=REGION,
            access_key_id=self.access_key,
            secret_access_key=secret or self.secret_key,
            client_options={"allow_http": True, "timeout": "60s"},
            retry_config={"max_retries": 0},
        )

    def start(self) -> None:
        """Start the server and wait until it has stored something; raises `Unavailable`. Nothing when it runs."""
        if self._process:
            return
        program = found.weed()
        if program is None:
            raise Unavailable(f"no SeaweedFS found. To get it: {found.HOW_TO_GET_WEED}")
        self._folder = folder = Path(tempfile.mkdtemp(prefix="jobboard-s3-"))
        try:
            self._start(program, folder)
        except Unavailable:
            self.stop()
            raise

    def stop(self) -> None:
        """Kill it (on SIGTERM it waits for more than 10 s) and remove everything it left."""
        if self._process:
            child.stop(self._process, signal.SIGKILL)
            self._process = None
        for port in self._socket_ports:  # the place of these is fixed in its source
            for leftover in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):
                leftover.unlink(missing_ok=True)
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _start(self, program: Path, folder: Path) -> None:
        identity = {
            "name": "tests",
            "credentials": [{"accessKey": self.access_key, "secretKey": self.secret_key}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }
        (folder / "s3.json").write_text(json.dumps({"identities": [identity]}), encoding="utf-8")
        ports = {name: child.free_port() for name in PORTS}
        inner = {name: child.free_port() for name in PORTS}
        self._socket_ports = [*ports.values(), *inner.values()]
        self.endpoint = f"http://127.0.0.1:{ports['s3']}"
        command = [program, "server", *_flags(folder, ports, inner)]
        env = {"PATH": os.defpath, "HOME": str(folder)}
        self._process = child.start(command, folder / "log", env=env, dies_by=signal.SIGKILL, cwd=folder)
        child.wait_until(self._answers, self._process, folder / "log", seconds=60)

    def _answers(self) -> bool:
        """A stored object is the only sure sign: its parts come up one after the other. The first one makes the bucket."""
        try:
            self.store().put("ready", b"1")
            self.store().delete("ready")
        except (BaseError, OSError):
            return False
        return True


def _flags(folder: Path, ports: dict[str, int], inner: dict[str, int]) -> list[str]:
    """Everything on 127.0.0.1 on ports of our own, no report to its makers, one master that waits for no other."""
    return [
        f"-dir={folder}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        "-filer",
        "-s3",
        f"-s3.config={folder}/s3.json",
        "-s3.autoCreateBucket=true",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        f"-s3.localSocket={folder}/s3.sock",
        f"-filer.localSocket={folder}/filer.sock",
        "-master.peers=none",
        "-master.telemetry=false",
        "-master.volumeSizeLimitMB=64",
        "-volume.max=0",
        *(f"-{name}.port={port}" for name, port in ports.items()),
        *(f"-{name}.port.grpc={port}" for name, port in inner.items()),
    ]
