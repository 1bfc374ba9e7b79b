"""What a mail server may do wrong, and what people may be called: a mail arrives once, or staff know why not."""

import datetime as dt
import re
import ssl
from email import message_from_string, policy

import pytest
import time_machine
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jobboard.core import clock
from jobboard.mail import transport
from jobboard.mail.actions import checked_address
from jobboard.mail.models import MailState, OutboxMail
from jobboard.mail.tasks import deliver
from jobboard.mail.transport import GiveUp, ascii_domain, compose, envelope_id, header_words, open_transport
from tests.mail.test_tasks import put, row
from tests.twins.smtp import ANYONE, Mailbox

ROBIN = "robin@example.org"


def later(**delta):
    return time_machine.travel(clock.now() + dt.timedelta(**delta))


#: What goes wrong once, by name; each of them mends itself, and the mail arrives.
FOR_NOW = {
    "451 at RCPT": lambda server: server.refuse(ROBIN, "451 4.7.1 greylisted"),
    "421 at RCPT": lambda server: server.refuse(ROBIN, "421 4.3.2 shutting down"),
    "421 at DATA": lambda server: server.refuse(ROBIN, "421 4.3.2 shutting down", at="DATA"),
    "452 at DATA": lambda server: server.refuse(ROBIN, "452 4.2.2 mailbox full", at="DATA"),
    "hangs up at RCPT": lambda server: server.hang_up(ROBIN, at="RCPT"),
    "hangs up at DATA": lambda server: server.hang_up(ROBIN),
    "refuses our address": lambda server: server.refuse(ANYONE, "553 5.7.1 sender not allowed", at="MAIL"),
    "wants a sign-in": lambda server: server.refuse(ANYONE, "530 5.7.0 authentication required", at="MAIL"),
    "is down": lambda server: server.stop(),
}


@pytest.mark.parametrize("fault", FOR_NOW)
def test_mail_arrives_once_after_a_fault_that_passes(post_office, fault):
    FOR_NOW[fault](post_office)
    mail_id = put(ROBIN)
    deliver()
    post_office.start()
    assert (row(mail_id).state, row(mail_id).tries, row(mail_id).leased_until) == (MailState.queued, 1, None)
    assert row(mail_id).last_error
    assert post_office.messages == []
    with later(minutes=2):
        deliver()
    assert (row(mail_id).state, row(mail_id).last_error) == (MailState.sent, None)
    assert [message["Message-ID"] for message in post_office.messages] == [row(mail_id).message_id]


def test_connection_lost_after_the_last_line_sends_the_same_mail_again(post_office):
    post_office.hang_up(ROBIN, keep=True)
    mail_id = put(ROBIN)
    deliver()
    with later(minutes=2):
        deliver()
    assert [message["Message-ID"] for message in post_office.messages] == [row(mail_id).message_id] * 2
    assert row(mail_id).state is MailState.sent


def test_bad_encryption_is_no_reason_to_go_without(app, monkeypatch, post_office):
    broken = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)  # without a certificate no handshake succeeds
    with Mailbox(tls=broken) as careless:
        monkeypatch.setitem(app.extensions, "mail_transport", open_transport(careless.url))
        mail_id = put(ROBIN)
        deliver()
        assert (row(mail_id).state, careless.attempts) == (MailState.queued, [])
        assert "SSL" in row(mail_id).last_error
    monkeypatch.setitem(app.extensions, "mail_transport", open_transport(post_office.url))
    with later(minutes=2):
        deliver()
    assert row(mail_id).state is MailState.sent


def test_server_that_does_not_speak_tls_is_told_as_such(app, monkeypatch, post_office):
    monkeypatch.setitem(app.extensions, "mail_transport", open_transport(post_office.url.replace("smtp:", "smtps:")))
    mail_id = put(ROBIN)
    deliver()
    assert (row(mail_id).state, post_office.attempts) == (MailState.queued, [])
    assert "SSL" in row(mail_id).last_error


def test_server_without_encryption_gets_nothing_when_it_is_required(app, monkeypatch, post_office):
    monkeypatch.setitem(app.extensions, "mail_transport", open_transport(f"{post_office.url}?starttls=required"))
    mail_id = put(ROBIN)
    deliver()
    assert "offers no STARTTLS" in row(mail_id).error_words
    assert post_office.attempts == []


@pytest.mark.parametrize("name", ["TIMEOUT", "BEFORE_LAST_LINE"])
def test_server_that_is_slow_before_it_has_the_mail_is_left(post_office, monkeypatch, name):
    monkeypatch.setattr(transport, name, 0.2)
    post_office.delay(ROBIN, 0.6, at="RCPT")
    mail_id = put(ROBIN)
    deliver()
    assert (row(mail_id).state, row(mail_id).tries) == (MailState.queued, 1)


def test_server_that_is_slow_when_it_has_the_mail_is_waited_for(post_office, monkeypatch):
    """Whoever leaves too early here gets the mail delivered again with every try."""
    waits, real = [], transport._Watched.send

    def send(self, data):
        waits.append((data[:3] == b".\r\n", self.sock.gettimeout(), self._watchdog.interval))
        real(self, data)

    monkeypatch.setattr(transport._Watched, "send", send)
    mail_id = put(ROBIN)
    deliver()
    assert row(mail_id).state is MailState.sent
    times = {is_last: {(one, whole) for last, one, whole in waits if last is is_last} for is_last in (True, False)}
    assert times[True] == {(transport.LAST_ANSWER, transport.LAST_ANSWER)}
    assert (transport.TIMEOUT, transport.BEFORE_LAST_LINE) in times[False]


def test_server_that_never_answers_the_last_line_is_left_at_last(post_office, monkeypatch):
    monkeypatch.setattr(transport, "LAST_ANSWER", 0.2)
    post_office.delay(ROBIN, 0.6)
    mail_id = put(ROBIN)
    deliver()
    assert row(mail_id).state is MailState.queued


def test_message_is_not_finished_when_the_time_is_over(post_office, monkeypatch):
    """The time went by while nothing could be cut, as when a name is looked up: the last line is not sent any more."""
    monkeypatch.setattr(transport._Watched, "ehlo_or_helo_if_needed", lambda self: (self.ehlo(), self._cut_only())[0])
    monkeypatch.setattr(transport._Watched, "_cut_only", lambda self: setattr(self, "_is_late", True), raising=False)
    mail_id = put(ROBIN)
    deliver()
    assert (post_office.attempts, post_office.messages) == ([ROBIN], [])
    assert row(mail_id).error_words == "The mail server took too long."


def test_unkind_goodbye_changes_nothing(post_office):
    post_office.refuse(ANYONE, "421 4.4.2 you took too long", at="QUIT")
    mail_id = put(ROBIN)
    deliver()
    assert row(mail_id).state is MailState.sent
    with later(minutes=2):
        assert deliver() == 0


def test_server_is_asked_for_reports_that_name_the_mail(post_office):
    mail_id = put(ROBIN)
    deliver()
    [delivery] = post_office.deliveries
    assert delivery.envelope_id == row(mail_id).message_id.strip("<>")


def test_reports_go_to_an_address_of_their_own(app, post_office, monkeypatch):
    monkeypatch.setitem(app.config, "BOUNCE_ADDRESS", "bounces@bücher.example")
    put(ROBIN)
    deliver()
    [delivery] = post_office.deliveries
    assert delivery.sender == "bounces@xn--bcher-kva.example"
    assert delivery.message["From"].addresses[0].addr_spec == "jobs@127.0.0.1"


@pytest.mark.parametrize(("message_id", "text"), [("<a1@b.c>", "a1@b.c"), ("<a+b=c d@e>", "a+2Bb+3Dc+20d@e")])
def test_envelope_id_is_written_as_smtp_wants_it(message_id, text):
    assert envelope_id(message_id) == text


# --- headers

HEADERS = [
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted",
    "MIME-Version", "Content-Type", "Content-Language",
]  # fmt: skip
#: Letters that headers are made of, and everything else there is.
WORDS = st.one_of(st.text(), st.text('\r\n\t :;,<>@"\\()[]=?_.aß\x00\x0b\x85\u2028\u202eBcc'))
LOCAL = st.text("abcXYZ0189!#$%&'*+/=?^_`{|}~.-äßж字", min_size=1, max_size=40)
ADDRESSES = st.builds("{}@{}".format, LOCAL, st.sampled_from(["example.org", "bücher.example", "xn--a.example", "a_b"]))


def written(name: str, title: str, address: str, site: str, reply_to: str | None):
    """The message of a mail with these words, as whoever gets it reads it."""
    mail = OutboxMail(
        message_id="<first@example.org>", in_reply_to="<zero@example.org>", kind="x/y", to_address=address,
        to_name=name, reply_to=reply_to, locale="de", subject=title, text="x", html="<p>x</p>",
    )  # fmt: skip
    message = compose(mail, sender="jobs@example.org", sender_name=site, text="x\n", html="<p>x</p>\n")
    rules = policy.SMTP if message["To"].addresses[0].addr_spec.isascii() else policy.SMTPUTF8
    return message_from_string(message.as_bytes(policy=rules).decode(), policy=policy.default)


@settings(max_examples=100, deadline=None)
@given(name=WORDS, title=WORDS, site=WORDS)
@example(name="Berg, Alma\r\nBcc: all@example.org", title="x\n\nbody", site="A\u2028Cc: b@c")
@example(name='Müller, "Bob" <x@y.z>', title="ä" * 300, site="Ö, GmbH & Co. KG")
@example(name="", title="", site="")
@example(name="=?utf-8?q?=0ABcc=3A_x=40y=2Ez?=", title="=?utf-8?b?DQpCY2M6IHg=?=", site="a@b <c@d>")
def test_whatever_people_are_called_the_headers_are_the_same(name, title, site):
    message = written(name, title, ROBIN, site, "hr@example.org")
    assert sorted(message.keys()) == sorted(HEADERS)
    assert [one.addr_spec for one in message["To"].addresses] == [ROBIN]
    assert [one.addr_spec for one in message["From"].addresses] == ["jobs@example.org"]
    assert [one.addr_spec for one in message["Reply-To"].addresses] == ["hr@example.org"]
    assert message["Message-ID"] == "<first@example.org>"
    assert message["Subject"] == header_words(title)
    # Without spaces: Python's own reader adds one between two encoded words of a name, mail programs (RFC 2047 §6.2) do not.
    assert message["To"].addresses[0].display_name.replace(" ", "") == header_words(name).replace(" ", "")
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_mail_nobody_answers_has_no_place_for_answers():
    assert written("Robin", "Hello", ROBIN, "Jobs", None)["Reply-To"] is None


@settings(max_examples=60, deadline=None)
@given(address=ADDRESSES, reply_to=ADDRESSES)
@example(address="a..b@example.org", reply_to="@")
def test_mail_goes_to_its_address_or_nowhere(address, reply_to):
    try:
        message = written("Robin", "Hello", checked_address(address), "Jobs", reply_to)
    except (ValueError, GiveUp):
        return
    assert [one.addr_spec for one in message["To"].addresses] == [ascii_domain(address)]
    assert set(message.keys()) | {"Reply-To"} == set(HEADERS)
    assert not re.search(r"[\r\n]", "".join(map(str, message.values())))
