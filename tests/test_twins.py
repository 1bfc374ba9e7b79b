"""The twins do what tests rely on: they are real, they refuse what the real ones refuse, and they leave nothing behind."""

import datetime as dt
import io
import os
import smtplib
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from obstore.exceptions import PermissionDeniedError

from jobboard.core import clock
from jobboard.files.storage import StorageError, open_storage
from tests.twins import found
from tests.twins.child import Unavailable
from tests.twins.chromium import PHONE, axe
from tests.twins.postgres import Postgres
from tests.twins.s3 import S3
from tests.twins.server import Server
from tests.twins.smtp import Mailbox

pytest_plugins = ["tests.twins.fixtures"]

#: What the site answers with (docs/operate.md), so that the browser twin is tried under it.
POLICY = "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; require-trusted-types-for 'script'"


def send(mailbox: Mailbox, *recipients: str, subject: str = "Hello") -> dict[str, tuple[int, bytes]]:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "jobs@example.org", ", ".join(recipients)
    message.set_content("Schöne Grüße")
    with smtplib.SMTP("127.0.0.1", mailbox.port, timeout=60) as client:
        if mailbox.user:
            client.login(mailbox.user, "right")
        return client.send_message(message)


# --- PostgreSQL


def test_postgres_database_is_a_copy_of_its_template(postgres):
    engine = sa.create_engine(postgres.create_database("first"))
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE word AS SELECT 'Ärger' AS text"))
    engine.dispose()
    engine = sa.create_engine(postgres.create_database("second", template="first"))
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT lower(text) FROM word")).scalar_one() == "ärger"
    postgres.drop_database("second")
    with engine.connect() as other, pytest.raises(sa.exc.OperationalError):
        other.execute(sa.text("SELECT 1"))
    engine.dispose()


def test_postgres_folder_is_gone_and_nobody_listens_when_stopped(postgres, monkeypatch):
    monkeypatch.delenv(found.POSTGRES, raising=False)
    with Postgres() as server:
        url = sa.make_url(server.url)
        folder = Path(url.query["host"])
        assert folder.exists()
    assert not folder.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url.set(drivername="postgresql").render_as_string())


def test_postgres_of_a_url_is_used_and_given_back_clean(postgres, monkeypatch):
    monkeypatch.setenv(found.POSTGRES, postgres.url.replace("+psycopg", ""))
    with Postgres() as guest:
        url = guest.create_database("tests")
        assert sa.make_url(url).database == f"jobboard_test_{os.environ.get('PYTEST_XDIST_WORKER', 'gw')}_tests"
        count = "SELECT count(*) FROM pg_database WHERE datname LIKE 'jobboard\\_test\\_%'"
        assert guest._execute(count) == "1"
    assert postgres._execute(count) == "0"


def test_postgres_says_how_to_get_one_when_there_is_none(monkeypatch, tmp_path):
    monkeypatch.setenv(found.POSTGRES, str(tmp_path))
    with pytest.raises(Unavailable, match="apt-get install postgresql"):
        Postgres().start()


def test_postgres_that_cannot_be_run_is_passed_over(monkeypatch, tmp_path):
    for name in ("initdb", "postgres"):
        (tmp_path / name).write_text("#!/bin/sh\necho 'no such library' >&2; exit 127\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setattr(found, "_system_folders", lambda: iter([tmp_path]))
    monkeypatch.delenv(found.POSTGRES, raising=False)
    assert tmp_path in found.postgres_binaries()
    assert tmp_path not in found.usable_postgres()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can end a child with its parent")
def test_postgres_ends_when_the_test_process_is_killed(tmp_path, postgres, monkeypatch):
    """A killed run must not leave servers behind; the half-second it takes them is waited for."""
    if postgres.given:
        pytest.skip("a server of its own is not started when one is given")
    code = """
import sys
from tests.twins.postgres import Postgres
server = Postgres()
server.start()
print(server._process.pid, server._folder, flush=True)
sys.stdin.read()
"""
    command = [sys.executable, "-c", code]
    run = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]
    )
    pid, folder = run.stdout.readline().split()
    run.kill()
    run.communicate()
    until = time.monotonic() + 10
    while (Path(folder) / "data" / "postmaster.pid").exists() and time.monotonic() < until:
        time.sleep(0.02)
    assert not (Path(folder) / "data" / "postmaster.pid").exists(), f"process {pid} still runs"
    subprocess.run(["rm", "-r", folder], check=True)


# --- SMTP


def test_smtp_message_arrives_whole(mailbox):
    send(mailbox, "ada@example.org", "bob@example.org")
    (message,) = mailbox.wait_for(1)
    assert message["Subject"] == "Hello"
    assert message.get_body(("plain",)).get_content() == "Schöne Grüße\n"
    assert mailbox.deliveries[0].recipients == ("ada@example.org", "bob@example.org")
    assert mailbox.to("bob@example.org") == [message]


def test_smtp_refuses_a_recipient_once_then_takes_it(mailbox):
    mailbox.refuse("ada@example.org", "451 4.3.0 try later")
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(mailbox, "ada@example.org")
    assert refused.value.recipients["ada@example.org"] == (451, b"4.3.0 try later")
    assert mailbox.messages == []
    send(mailbox, "ada@example.org")
    assert len(mailbox.wait_for_attempts(2)) == 2
    assert len(mailbox.messages) == 1


def test_smtp_refuses_one_of_two_recipients_for_ever(mailbox):
    mailbox.refuse("bob@example.org", "550 5.1.1 no such user", times=None)
    for _ in range(2):
        assert send(mailbox, "ada@example.org", "bob@example.org") == {"bob@example.org": (550, b"5.1.1 no such user")}
    assert [item.recipients for item in mailbox.deliveries] == [("ada@example.org",)] * 2


def test_smtp_refuses_the_message_after_data(mailbox):
    mailbox.refuse("*", "552 5.3.4 too big", at="DATA")
    with pytest.raises(smtplib.SMTPDataError, match="too big"):
        send(mailbox, "ada@example.org")
    assert mailbox.messages == []


@pytest.mark.parametrize("keep", [True, False])
def test_smtp_hangs_up_after_data(mailbox, keep):
    mailbox.hang_up("ada@example.org", keep=keep)
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionResetError)):
        send(mailbox, "ada@example.org")
    assert len(mailbox.messages) == keep
    send(mailbox, "ada@example.org")
    assert len(mailbox.messages) == keep + 1


def test_smtp_is_slow_when_told(mailbox):
    mailbox.delay("ada@example.org", 0.2)
    start = time.monotonic()
    send(mailbox, "ada@example.org")
    assert time.monotonic() - start >= 0.2


def test_smtp_wait_fails_with_what_came(mailbox):
    send(mailbox, "ada@example.org")
    with pytest.raises(AssertionError, match="1 of 2 messages"):
        mailbox.wait_for(2, timeout=0.05)


def test_smtp_is_down_and_comes_back_at_the_same_address(mailbox):
    mailbox.stop()
    with pytest.raises(ConnectionRefusedError):
        send(mailbox, "ada@example.org")
    mailbox.start()
    send(mailbox, "ada@example.org")
    mailbox.clear()
    assert mailbox.messages == []


@pytest.mark.parametrize(("password", "is_let_in"), [("right", True), ("other", False)])
def test_smtp_checks_the_password(password, is_let_in):
    with Mailbox(user="site", password=password) as mailbox:
        try:
            send(mailbox, "ada@example.org")
        except smtplib.SMTPAuthenticationError:
            assert not is_let_in
        assert len(mailbox.messages) == is_let_in
        assert mailbox.url == f"smtp://site:{password}@127.0.0.1:{mailbox.port}"


# --- the app's server and the browser


def hello(environ, start_response):
    """Pages of a site that keeps its policy, and of one that does not."""
    path = environ["PATH_INFO"]
    pages: dict[str, Callable[[], tuple[str, str, str]]] = {
        "/": lambda: ("200 OK", "text/html", "<html lang=en><title>Hi</title><main><h1>Hi</h1></main>"),
        "/inline": lambda: ("200 OK", "text/html", "<html lang=en><title>Hi</title><h1 style='color:red'>Hi</h1>"),
        "/far": lambda: ("200 OK", "text/html", "<html lang=en><title>Hi</title><img src='https://example.org/x.png'>"),
        "/scripted": lambda: (
            "200 OK",
            "text/html",
            "<html lang=en><title>Hi</title><p>Hi</p><script src=/sink.js></script>",
        ),
        "/sink.js": lambda: ("200 OK", "text/javascript", "document.body.innerHTML = '<b>Hi</b>'"),
        "/lacking": lambda: ("200 OK", "text/html", "<html lang=en><title>Hi</title><img src=/none.png>"),
        "/broken": lambda: ("500 Internal Server Error", "text/html", "<html lang=en><title>Oh</title>"),
    }
    status, kind, body = pages.get(path, lambda: ("404 Not Found", "text/html", "<html lang=en><title>No</title>"))()
    start_response(status, [("Content-Type", kind), ("Content-Security-Policy", POLICY)])
    return [f"<!doctype html>{body}".encode() if kind == "text/html" else body.encode()]


@pytest.fixture(scope="module")
def site() -> Iterator[Server]:
    with Server(hello) as server:
        yield server


def test_server_answers_and_then_listens_no_more():
    server = Server()
    address = server.url
    with server.start(hello), urllib.request.urlopen(address, timeout=60) as answer:
        assert answer.status == 200
    with pytest.raises(urllib.error.URLError, match="refused"):
        urllib.request.urlopen(address, timeout=60)


@pytest.mark.browser
@pytest.mark.parametrize("javascript", [True, False])
def test_window_is_clean_on_good_pages_and_on_a_404(chromium, site, javascript):
    with chromium.new_context("de-DE", javascript=javascript, base_url=site.url) as window:
        window.page.goto("/")
        window.page.goto("/nowhere")
        window.assert_clean()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/inline", r"\[csp\] .*inline style"),
        ("/far", r"\[off-origin\] GET image \(https://example\.org"),
        ("/scripted", r"\[csp\] .*TrustedHTML"),
        ("/lacking", r"\[response\] 404 .*none\.png"),
        ("/broken", r"\[response\] 500 .*broken"),
    ],
)
def test_window_writes_down_what_a_page_does_wrong(chromium, site, path, kind):
    with chromium.new_context(base_url=site.url, size=PHONE) as window:
        window.page.goto(path)
        with pytest.raises(AssertionError, match=kind):
            window.assert_clean()


@pytest.mark.browser
def test_axe_works_under_the_policy(chromium, site):
    with chromium.new_context(base_url=site.url, color_scheme="dark") as window:
        window.page.goto("/")
        assert axe(window.page) == []
        window.page.goto("/lacking")
        assert "critical: image-alt" in axe(window.page, without=["region"])[0]


@pytest.mark.browser
def test_window_tells_its_language(chromium, site):
    with chromium.new_context("de-DE", base_url=site.url) as window:
        with window.page.expect_request("**/") as request:
            window.page.goto("/")
        assert request.value.header_value("accept-language").startswith("de-DE")


# --- S3


@pytest.mark.s3
def test_s3_keeps_and_refuses_like_the_real_one(s3):
    store = s3.store("tests/ä b")
    store.put("cv/Jürgen.pdf", b"hello world")
    assert bytes(store.get("cv/Jürgen.pdf").bytes()) == b"hello world"
    assert bytes(store.get_range("cv/Jürgen.pdf", start=6, end=11)) == b"world"
    assert [item["path"] for batch in store.list() for item in batch] == ["cv/Jürgen.pdf"]
    store.delete("cv/Jürgen.pdf")
    with pytest.raises(FileNotFoundError):
        store.get("cv/Jürgen.pdf")
    with pytest.raises(PermissionDeniedError):
        s3.store(secret="wrong").put("cv/other.pdf", b"hello")


@pytest.mark.s3
def test_s3_is_the_storage_of_its_url(s3):
    storage = open_storage(s3.storage_url("tests/url"))
    storage.put("ab/abcdef", io.BytesIO(b"hello" * 100_000))
    assert b"".join(storage.read("ab/abcdef")) == b"hello" * 100_000
    assert list(storage.keys_older_than(clock.now() + dt.timedelta(hours=1))) == ["ab/abcdef"]
    storage.delete("ab/abcdef")
    assert list(storage.keys_older_than(clock.now() + dt.timedelta(hours=1))) == []
    with pytest.raises(FileNotFoundError):
        storage.read("ab/abcdef")
    with pytest.raises(StorageError):
        open_storage(s3.storage_url("tests/url", secret="wrong")).put("ab/abcdef", io.BytesIO(b"hello"))


def test_s3_says_how_to_get_one_when_there_is_none(monkeypatch):
    monkeypatch.setattr(found, "weed", lambda: None)
    with pytest.raises(Unavailable, match="seaweedfs"):
        S3().start()
