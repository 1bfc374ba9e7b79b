"""The wheel is the product: installed by pip and started in an empty folder, it has everything it needs."""

import os
import re
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.twins.child import free_port

ROOT = Path(__file__).parent.parent
RUN = "import sys; from jobboard.cli import main; sys.argv[0] = 'jobboard'; main()"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a `pip install` of the wheel alone; what it depends on is there already."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    built = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    [wheel] = folder.glob("*.whl")
    target = folder / "installed"
    with zipfile.ZipFile(wheel) as archive:  # a pure wheel is installed by unpacking it (PEP 427)
        archive.extractall(target)
    return target


@pytest.fixture
def jobboard(installed: Path, tmp_path: Path):
    """`jobboard …` of the installed wheel, run in an empty folder; nothing of the checkout is in sight."""
    folder = tmp_path / "empty"
    folder.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JOBBOARD_")}
    environment |= {"PYTHONPATH": str(installed), "JOBBOARD_SECRET_KEY": "k" * 40, "JOBBOARD_DATA_DIR": "data"}

    def start(*arguments: str, **settings: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-W", "error", "-c", RUN, *arguments]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, cwd=folder, env=environment | settings, **pipes)

    return start


def outcome(process: subprocess.Popen[str]) -> tuple[int, str]:
    out, errors = process.communicate(timeout=60)
    return process.returncode, out + errors


@pytest.fixture
def running(jobboard) -> Iterator[str]:
    """The address of a site set up as the README says."""
    for command in (("init",), ("create-staff", "alma@example.org", "--name", "Alma", "--role", "admin", "--generate")):
        code, words = outcome(jobboard(*command))
        assert code == 0, words
    assert "alma@example.org can sign in as admin." in words
    port = free_port()
    process = jobboard("run", "--port", str(port), JOBBOARD_SITE_URL=f"http://127.0.0.1:{port}")
    assert process.stdout is not None
    assert "Listening" in process.stdout.readline()
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    code, words = outcome(process)
    assert code == 0, words
    assert "Traceback" not in words


def get(url: str) -> str:
    with urllib.request.urlopen(url) as answer:
        return answer.read().decode()


def test_wheel_has_what_is_not_python(installed):
    found = {str(path.relative_to(installed / "jobboard")) for path in (installed / "jobboard").rglob("*")}
    for path in (
        "templates/layout.html",
        "templates/mail/applications/received/body.txt",
        "translations/de/LC_MESSAGES/messages.mo",
        "static/css/main.css",
        "static/js/site.js",
        "migrations/env.py",
        "transfer/demo/site.yaml",
        "people/common_passwords.txt",
    ):
        assert path in found, path
    assert not [name for name in found if name.startswith(("tests", "bench"))]


def test_wheel_serves_both_languages_from_an_empty_folder(running):
    german = get(f"{running}/de/jobs/")
    assert '<html lang="de"' in german
    assert "Stellen" in german, "translations are there"
    style = re.search(r'href="(/static/css/[^"]+)"', german).group(1)
    assert "@layer" in get(running + style)
    assert '<html lang="en"' in get(f"{running}/en/")


def test_wheel_refuses_a_wrong_setting_with_its_name_and_an_example(jobboard):
    code, words = outcome(jobboard("run", JOBBOARD_SITE_URL="nonsense"))
    assert code != 0
    assert "JOBBOARD_SITE_URL" in words
    assert "https://" in words
    assert "Traceback" not in words
