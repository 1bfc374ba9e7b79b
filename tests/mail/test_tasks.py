"""The outbox is delivered to a real SMTP server: later, never, and never twice."""

import contextlib
import datetime as dt
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from jobboard.core import clock
from jobboard.core.db import db, session, writing
from jobboard.core.work import Worker
from jobboard.mail import tasks, transport
from jobboard.mail.actions import private_link, queue
from jobboard.mail.models import MailState, OutboxMail, Problem
from jobboard.mail.tasks import MOST_TRIES, SWEEPS, deliver, forget_old, wait_after
from jobboard.mail.transport import FolderTransport, GiveUp, TryLater, open_transport
from tests.conftest import dispose, make_app, own_database
from tests.mail.test_actions import with_letter
from tests.twins.smtp import ANYONE, Mailbox


def put(to: str = "robin@example.org", **given) -> int:
    words = {"to_name": "Robin Öztürk", "locale": "de", "words": "Grüße ✓", "link": "-", **given}
    with writing():
        mail = queue("test/hello", to_address=to, **words)
    return mail.id


def row(mail_id: int) -> OutboxMail:
    return session().get_one(OutboxMail, mail_id)


def test_mail_arrives_with_everything_a_mail_needs(post_office):
    mail_id = put(link=private_link("test", 7), reply_to="alma@example.org", in_reply_to="<first@example.org>")
    assert deliver() == 1
    [delivery] = post_office.deliveries
    message = delivery.message
    assert (delivery.sender, delivery.recipients) == ("jobs@127.0.0.1", ("robin@example.org",))
    assert message["From"] == "Jobboard <jobs@127.0.0.1>"
    assert message["To"].addresses[0].display_name == "Robin Öztürk"
    assert message["Message-ID"] == row(mail_id).message_id
    assert message["In-Reply-To"] == message["References"] == "<first@example.org>"
    assert message["Reply-To"] == "alma@example.org"
    assert (message["Content-Language"], message["Auto-Submitted"]) == ("de", "auto-generated")
    assert abs(message["Date"].datetime - clock.now()) < dt.timedelta(minutes=1)
    for kind in ("plain", "html"):
        content = message.get_body((kind,)).get_content()
        assert "Grüße ✓" in content
        assert "https://jobs.test/a/7-secret" in content
    assert all(len(line) <= 998 for line in delivery.raw.split(b"\r\n"))
    assert row(mail_id).state is MailState.sent
    assert row(mail_id).sent_at is not None
    assert "secret" not in row(mail_id).text
    assert deliver() == 0


def test_mail_waits_for_its_moment(post_office):
    put(send_after=clock.now() + dt.timedelta(minutes=10))
    assert deliver() == 0
    with time_machine.travel(clock.now() + dt.timedelta(minutes=11)):
        assert deliver() == 1
    assert len(post_office.messages) == 1


def test_refused_for_now_is_tried_again_with_the_same_message_id(post_office):
    post_office.refuse("robin@example.org", "451 4.7.1 greylisted, try again", times=2)
    mail_id = put()
    deliver()
    assert (row(mail_id).state, row(mail_id).tries) == (MailState.queued, 1)
    assert row(mail_id).last_error == "451 4.7.1 greylisted, try again"
    assert deliver() == 0, "it waits a minute first"
    for minutes in (2, 5):
        with time_machine.travel(clock.now() + dt.timedelta(minutes=minutes)):
            deliver()
    assert row(mail_id).state is MailState.sent
    assert row(mail_id).last_error is None
    assert [message["Message-ID"] for message in post_office.messages] == [row(mail_id).message_id]


@pytest.mark.parametrize("at", ["RCPT", "DATA"])
def test_refused_for_good_is_given_up_with_the_servers_words(post_office, at):
    post_office.refuse("robin@example.org", "550 5.1.1 no such user here", at=at)
    mail_id, other = put(), put("kim@example.org")
    assert deliver() == 2
    assert (row(mail_id).state, row(mail_id).last_error) == (MailState.failed, "550 5.1.1 no such user here")
    assert row(other).state is MailState.sent
    with time_machine.travel(clock.now() + dt.timedelta(days=1)):
        assert deliver() == 0


def test_connection_lost_is_tried_again(post_office):
    post_office.hang_up(ANYONE)
    mail_id = put()
    deliver()
    assert (row(mail_id).state, row(mail_id).tries, row(mail_id).leased_until) == (MailState.queued, 1, None)
    with time_machine.travel(clock.now() + dt.timedelta(minutes=2)):
        deliver()
    assert row(mail_id).state is MailState.sent


def test_server_that_is_down_loses_nothing_and_is_given_up_after_three_days(app, monkeypatch):
    with_letter(app, monkeypatch)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        monkeypatch.setitem(
            app.extensions, "mail_transport", open_transport(f"smtp://127.0.0.1:{probe.getsockname()[1]}")
        )
    mail_id = put()
    moment = start = row(mail_id).due_at
    for count in range(1, MOST_TRIES):
        with time_machine.travel(moment, tick=False):
            deliver()
            assert (row(mail_id).state, row(mail_id).tries) == (MailState.queued, count)
            moment = row(mail_id).due_at
    with time_machine.travel(moment, tick=False):
        deliver()
    assert row(mail_id).state is MailState.failed
    assert "refused" in row(mail_id).last_error
    assert dt.timedelta(days=2, hours=12) < moment - start < dt.timedelta(days=4)


def test_waits_double_up_to_four_hours():
    waits = [wait_after(tries).total_seconds() / 60 for tries in (1, 2, 3, 4, 8, 9, 26, 4000)]
    assert waits == [1, 2, 4, 8, 128, 240, 240, 240]


def test_lease_is_longer_than_any_send_and_what_is_done_around_it(monkeypatch):
    monkeypatch.setattr(transport, "LAST_ANSWER", 7.0)
    rest = transport.BEFORE_LAST_LINE + transport.GOODBYE
    assert tasks.lease() == dt.timedelta(seconds=7.0 + rest) + 2 * tasks.SLACK


def test_worker_that_was_held_up_sends_nothing_when_its_lease_may_end_before_it_does(post_office, monkeypatch):
    """Two workers: one claims, sleeps, and wakes up when the other is about to take the mail."""
    mail_id = put()
    late = clock.now() + tasks.SLACK + dt.timedelta(seconds=5)
    real = tasks._letter
    with time_machine.travel(clock.now(), tick=False) as moment:

        def wakes_up_late(claimed_id):
            moment.move_to(late)
            return real(claimed_id)

        monkeypatch.setattr(tasks, "_letter", wakes_up_late)
        deliver()
    assert post_office.attempts == []
    assert (row(mail_id).state, row(mail_id).leased_until) == (MailState.queued, None)


def test_refusal_of_a_worker_that_lost_its_lease_leaves_the_other_ones_alone(post_office):
    mail_id = put()
    first = tasks.claim()
    with time_machine.travel(first.until + dt.timedelta(seconds=1)):
        second = tasks.claim()
        assert second.mail_id == mail_id
        tasks._write_down(first, TryLater("451 too late"))
        assert (row(mail_id).leased_until, row(mail_id).tries) == (second.until, 0)
        tasks._write_down(second, None)
        tasks._write_down(first, GiveUp("550 too late"))
    assert row(mail_id).state is MailState.sent


def test_without_a_server_mails_wait_untouched(app, monkeypatch):
    with_letter(app, monkeypatch)
    monkeypatch.setitem(app.extensions, "mail_transport", None)
    mail_id = put()
    assert deliver() == 0
    assert (row(mail_id).state, row(mail_id).tries, row(mail_id).leased_until) == (MailState.queued, 0, None)


def test_leased_mail_is_left_alone_until_the_lease_ends(post_office):
    mail_id = put()
    claimed = tasks.claim()
    assert claimed.mail_id == mail_id
    assert tasks.claim() is None
    with time_machine.travel(claimed.until + dt.timedelta(seconds=1)):
        assert tasks.claim().mail_id == mail_id, "the worker that had it died"


def test_sent_hook_runs_with_the_mark_and_cannot_break_it(app, post_office, monkeypatch):
    told = []
    monkeypatch.setitem(app.extensions["mail_sent"], "test/hello", lambda mail: told.append((mail.id, mail.state)))
    mail_id = put()
    deliver()
    assert told == [(mail_id, MailState.sent)]

    def fails(_mail):
        session().execute(sa.text("SELECT 1"))
        raise RuntimeError("the room above is broken")

    monkeypatch.setitem(app.extensions["mail_sent"], "test/hello", fails)
    second = put()
    deliver()
    assert row(second).state is MailState.sent
    assert len(post_office.messages) == 2


def test_mail_that_cannot_be_written_does_not_block_the_others(app, post_office):
    broken, fine = put(link=private_link("nobody_knows", 1)), put("kim@example.org")
    while deliver():
        pass
    assert (row(broken).state, row(broken).last_error) == (MailState.queued, Problem.broken)
    assert row(fine).state is MailState.sent


def test_old_mails_of_nothing_are_deleted_and_others_kept(post_office):
    mine, theirs, waiting = put(), put(about=("application", 1)), put()
    with writing():
        row(mine).state = row(theirs).state = MailState.sent
    with time_machine.travel(clock.now() + dt.timedelta(days=181)):
        assert forget_old() == 1
    assert session().get(OutboxMail, mine) is None
    assert {row(theirs).id, row(waiting).id} == {theirs, waiting}


@contextlib.contextmanager
def workers(app: Flask, count: int) -> Iterator[list[Worker]]:
    crew = [Worker(app, SWEEPS) for _ in range(count)]
    threads = [worker.start() for worker in crew]
    yield crew
    for worker in crew:
        worker.stop()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()


@pytest.fixture(params=["sqlite", "postgresql"])
def busy_app(request: pytest.FixtureRequest, tmp_path: Path, mailbox: Mailbox) -> Iterator[Flask]:
    """An app that really commits, on each engine."""
    url = own_database(request, "busy")
    app = make_app(tmp_path, url, SMTP_URL=mailbox.url)
    with app.app_context():
        yield app
    dispose(app)


def test_two_workers_never_send_a_mail_twice(busy_app, mailbox, monkeypatch):
    with_letter(busy_app, monkeypatch)
    count = 40
    for number in range(count):
        put(f"person{number}@example.org")
    mailbox.refuse("person7@example.org", "550 5.1.1 nobody")
    with workers(busy_app, 2):
        mailbox.wait_for(count - 1, timeout=60)
    assert Worker(busy_app, SWEEPS).run_once() == 0
    ids = [message["Message-ID"] for message in mailbox.messages]
    assert len(ids) == len(set(ids)) == count - 1
    assert len(mailbox.attempts) == count
    with busy_app.app_context():
        found = dict(session().execute(sa.select(OutboxMail.state, sa.func.count()).group_by(OutboxMail.state)).all())
        assert found == {MailState.sent: count - 1, MailState.failed: 1}
    db.session.remove()


def test_folder_keeps_each_mail_once_and_for_the_owner_only(app, tmp_path, monkeypatch):
    with_letter(app, monkeypatch)
    folder = tmp_path / "new" / "mails"
    monkeypatch.setitem(app.extensions, "mail_transport", open_transport(folder.as_uri()))
    put()
    put("../../etc/passwd@example.org", words="a/b")
    while deliver():
        pass
    files = sorted(folder.iterdir())
    assert [path.suffix for path in files] == [".eml", ".eml"]
    assert not list(tmp_path.glob("*.eml"))
    assert all(path.stat().st_mode & 0o077 == 0 for path in [folder, *files])
    assert isinstance(app.extensions["mail_transport"], FolderTransport)
