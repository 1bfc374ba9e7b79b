"""The command line as an operator uses it: from an empty folder to a site, and what is said when something is wrong."""

import json
import logging
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from jobboard.cli import demo_settings, main
from jobboard.core.work import Sweep, Worker
from tests.twins.child import free_port
from tests.twins.clamd import Clamd

KEY = "k" * 40
ROOT = Path(__file__).parent.parent


@pytest.fixture
def jobboard(tmp_path, monkeypatch):
    """`jobboard("init")` runs a command with an empty data folder; what a command changes in this process is put back."""
    for name in [name for name in os.environ if name.startswith("JOBBOARD_") and not name.startswith("JOBBOARD_TEST_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("JOBBOARD_SECRET_KEY", KEY)
    monkeypatch.setenv("JOBBOARD_DATA_DIR", str(tmp_path / "data"))
    root = logging.getLogger()
    mask, handlers, level = os.umask(0o077), root.handlers[:], root.level

    def run(*arguments, code=0, **options):
        result = CliRunner().invoke(main, arguments, **options)
        assert result.exit_code == code, (result.output, result.exception)
        return result.output

    yield run
    os.umask(mask)
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(False)


def test_help_works_before_anything_is_set_up(jobboard, monkeypatch):
    monkeypatch.delenv("JOBBOARD_SECRET_KEY")
    words = jobboard("--help")
    assert all(
        f"\n  {name} " in words
        for name in ("init", "run", "worker", "demo", "create-staff", "check", "import", "migrate")
    )
    assert jobboard("--version").startswith("jobboard, version ")


def test_init_makes_a_private_folder_and_says_what_comes_next(jobboard, tmp_path):
    words = jobboard("init")
    assert "jobboard create-staff you@example.org" in words
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "data" / "jobboard.sqlite3").stat().st_mode & 0o777 == 0o600
    assert jobboard("init") == words, "a second time harms nothing"
    assert jobboard("migrate") == "The database is at this version's schema already.\n"


def test_site_that_is_not_set_up_is_told_in_a_sentence(jobboard, tmp_path):
    for command in (("run", "--port", "0"), ("worker", "--once")):
        assert "jobboard init" in jobboard(*command, code=1)
    (tmp_path / "data").write_text("a file where the folder should be")
    assert "cannot make the folder" in jobboard("init", code=1)


def test_wrong_setting_ends_every_command_with_its_name(jobboard, monkeypatch):
    monkeypatch.setenv("JOBBOARD_SITE_URL", "jobs.example.org")
    for command in (["init"], ["run"], ["check"], ["worker", "--once"]):
        words = jobboard(*command, code=2)
        assert "JOBBOARD_SITE_URL must start with one of: http:, https:" in words
        assert "Example: JOBBOARD_SITE_URL=https://jobs.example.org" in words


def test_staff_are_made_with_a_password_of_theirs_or_one_made_here(jobboard):
    jobboard("init")
    staff = ["create-staff", "alma@example.org", "--name", "Alma Berg", "--role", "admin"]
    assert "alma@example.org can sign in as admin." in jobboard(
        *staff, "--password-stdin", input="correct horse battery\n"
    )
    assert "already" in jobboard(*staff, "--generate", code=1)
    made = jobboard("create-staff", "bo@example.org", "--name", "Bo", "--role", "recruiter", "--generate")
    assert "bo@example.org can sign in as recruiter." in made
    other = ["--name", "C", "--role", "admin"]
    assert "This is no e-mail address." in jobboard("create-staff", "bo", *other, "--generate", code=2)
    words = jobboard("create-staff", "c@example.org", *other, "--password-stdin", input="12345\n", code=1)
    assert "12345" not in words
    assert "password" in words


def test_operator_lets_somebody_back_in_who_lost_everything(jobboard, tmp_path):
    jobboard("init")
    staff = ["create-staff", "alma@example.org", "--name", "Alma Berg", "--role", "admin", "--password-stdin"]
    jobboard(*staff, input="correct horse battery\n")
    assert "Nobody of the staff has the address" in jobboard("reset-second-factor", "kim@example.org", code=1)
    assert "had no second factor" in jobboard("reset-second-factor", "alma@example.org")
    database = sqlite3.connect(tmp_path / "data" / "jobboard.sqlite3")
    with database:
        database.execute("INSERT INTO authenticator SELECT id, 'seed', 0, '2026-01-01 00:00:00' FROM person")
    assert "with the password alone now" in jobboard("reset-second-factor", "Alma@example.org")
    assert database.execute("SELECT count(*) FROM authenticator").fetchone() == (0,)
    actions = [row[0] for row in database.execute("SELECT action FROM audit_entry ORDER BY number")]
    assert actions == ["staff.created", "factor.reset", "factor.reset"]
    with database:
        database.execute("UPDATE person SET left_at = '2026-01-01 00:00:00'")
        columns = "email, name, role, locale, sent_at, seed, link_hash"
        values = "'alma@example.org', 'Alma', 'author', 'en', '2026-01-01 00:00:00', 'seed', 'hash'"
        database.execute(f"INSERT INTO invitation ({columns}) VALUES ({values})")
    assert "can sign in as admin" in jobboard(*staff, input="correct horse battery\n"), "who left may come back"
    assert database.execute("SELECT count(*) FROM invitation").fetchone() == (0,), "and needs no invitation any more"
    database.close()


def test_check_looks_at_everything_and_gives_no_secret_away(jobboard, monkeypatch):
    assert "ERROR" in jobboard("check", code=1)
    jobboard("init")
    monkeypatch.setenv("JOBBOARD_SMTP_URL", "smtp://jobs:hush@127.0.0.1:1")
    monkeypatch.setenv("JOBBOARD_REDIS_URL", "redis://:hush@127.0.0.1:1/0")
    words = jobboard("check", code=1)
    assert "ok       database     sqlite, at the newest revision" in words
    assert "ok       storage      stores, reads and deletes" in words
    assert "ok       files        checked in a process of its own: 256 MB, 5 s each" in words
    assert "warning  scanner      no virus scanner: documents are shown as not scanned" in words
    assert "ERROR    mail" in words
    assert "ERROR    legal pages  missing: Imprint, Privacy" in words
    assert "hush" not in words
    assert KEY not in words


def test_check_tells_whether_the_virus_scanner_answers(jobboard, monkeypatch, tmp_path):
    jobboard("init")
    with Clamd(tmp_path / "clamd.sock") as scanner:
        monkeypatch.setenv("JOBBOARD_CLAMD_URL", scanner.url)
        assert "ok       scanner      ClamAV 1.4.6" in jobboard("check", code=1)
    assert "ERROR    scanner" in jobboard("check", code=1)


def test_check_tells_what_the_worker_found_of_the_hub(jobboard, monkeypatch):
    jobboard("init")
    assert "ok       hub          no WebSub hub" in jobboard("check", code=1)
    monkeypatch.setenv("JOBBOARD_WEBSUB_HUB", "https://hub.example.org/")
    assert "warning  hub          no worker has looked for it yet" in jobboard("check", code=1)
    jobboard("worker", "--once")
    assert "ok       hub          never told yet, 0 feeds to tell it of" in jobboard("check", code=1)


def test_worker_does_what_is_due_and_ends(jobboard):
    jobboard("init")
    assert jobboard("worker", "--once") == "0 things done.\n"


def test_data_map_lists_every_column_for_people_and_for_machines(jobboard):
    jobboard("init")
    rows = json.loads(jobboard("data-map", "--json"))
    assert {"application.email", "person.password_hash"} <= {row["column"] for row in rows}
    assert all(row["data"] and row["purpose"] and row["keep"] for row in rows)
    assert len(jobboard("data-map").splitlines()) == len(rows)


def test_port_that_is_taken_is_told_with_what_to_do(jobboard):
    jobboard("init")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        words = jobboard("run", "--port", str(taken.getsockname()[1]), code=1)
    assert "--port" in words


def test_demo_keeps_its_key_and_takes_nothing_from_the_environment(jobboard, tmp_path, monkeypatch):
    monkeypatch.setenv("JOBBOARD_DATABASE_URL", "postgresql://production/jobs")
    folder = tmp_path / "demo"
    first, second = demo_settings(folder, 8000), demo_settings(folder, 8001)
    assert first.secret_key == second.secret_key
    assert first.database_url == f"sqlite:///{folder}/jobboard.sqlite3"
    assert (folder / "secret-key").stat().st_mode & 0o777 == 0o600
    assert second.site_url == "http://127.0.0.1:8001"


def test_demo_serves_and_ends_when_told(tmp_path):
    port = free_port()
    program = "from jobboard.cli import main; main()"
    command = [sys.executable, "-W", "error", "-c", program, "demo", "--port", port, "--folder", tmp_path / "demo"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([str(part) for part in command], cwd=ROOT, **pipes) as process:
        said = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("Listening at"):
                break
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/de/jobs/") as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGTERM)
        rest, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
    assert rest.endswith("Ended.\n")
    words = "".join(said)
    assert f"http://127.0.0.1:{port}/desk/" in words
    assert "(admin)" in words
    assert "(recruiter)" in words


def test_worker_goes_on_after_a_sweep_that_fails(app, caplog):
    done, ended = [], threading.Event()

    def fail():
        raise RuntimeError("broken")

    def work():
        done.append(1)
        if len(done) == 3:
            crew.stop()
            ended.set()
        return 1

    crew = Worker(app, [Sweep("broken", 3600, fail), Sweep("work", 3600, work)])
    thread = crew.start()
    assert ended.wait(60)
    thread.join(60)
    assert not thread.is_alive()
    assert len(done) == 3
    assert [record.message for record in caplog.records if record.name == "jobboard.worker"] == ["sweep broken failed"]
