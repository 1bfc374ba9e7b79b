"""Reports of mails that were taken and came back: the right mail is marked, once, and nothing else is believed."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobboard.core.db import writing
from jobboard.mail.actions import retry
from jobboard.mail.actions_reports import Outcome, Report, read_report, take_report
from jobboard.mail.models import MailState
from jobboard.mail.tasks import deliver
from tests.mail.reports import report_of
from tests.mail.test_tasks import put, row

WORDS = "550 5.1.1 <robin@example.org>: Recipient address rejected: User unknown in local recipient table"


@pytest.fixture
def sent(post_office):
    """A mail that was taken, and its delivery."""
    mail_id = put(about=("application", 987654))
    deliver()
    return mail_id, post_office.deliveries[0]


def take(data):
    with writing():
        return take_report(read_report(data))


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"names_envelope": False},
        {"names_envelope": False, "kind": "message/rfc822"},
        {"kind": "text/plain"},
        {"action": "Failed"},
    ],
    ids=str,
)
def test_report_marks_its_mail_with_the_servers_words_once(sent, how):
    mail_id, delivery = sent
    other = put("kim@example.org")
    deliver()
    data = report_of(delivery, **how)
    assert take(data) is Outcome.marked
    assert (row(mail_id).state, row(mail_id).last_error) == (MailState.failed, WORDS)
    assert row(other).state is MailState.sent
    assert take(data) is Outcome.known
    assert deliver() == 0, "what was refused for good is not tried again by itself"


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_report_of_no_failure_changes_nothing(sent, action):
    mail_id, delivery = sent
    assert take(report_of(delivery, action=action)) is Outcome.no_failure
    assert row(mail_id).state is MailState.sent


def test_mail_that_came_back_can_be_sent_again_and_come_back_again(sent, post_office):
    mail_id, delivery = sent
    take(report_of(delivery))
    with writing():
        retry(row(mail_id))
    deliver()
    assert (row(mail_id).state, row(mail_id).last_error) == (MailState.sent, None)
    assert take(report_of(post_office.deliveries[1])) is Outcome.marked


def test_report_about_somebody_elses_mail_is_not_ours(sent):
    mail_id, delivery = sent
    strange = report_of(delivery).replace(row(mail_id).message_id.strip("<>").encode(), b"other@example.net")
    assert take(strange) is Outcome.not_ours
    assert row(mail_id).state is MailState.sent


def test_report_with_packed_parts_and_escaped_id_is_read():
    headers = base64.b64encode(b"Subject: x\r\nMessage-ID:\r\n <a+b@c>\r\n").decode()
    report = read_report(
        f"""Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x
Content-Type: message/delivery-status

Original-Envelope-Id: a+2Bb@c

Final-Recipient: rfc822; r@example.org
Status: 5.7.1

--x
Content-Type: text/rfc822-headers
Content-Transfer-Encoding: base64

{headers}
--x--
""".encode()
    )
    assert report == Report(("<a+b@c>",), "5.7.1")


@pytest.mark.parametrize("words", ["550\x00 \x1b[31mno", "5.0.0 \udcff", "x" * 4000])
def test_servers_words_are_kept_as_one_short_line(words):
    data = f"""Content-Type: multipart/report; boundary=x

--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx

Action: failed
Diagnostic-Code: smtp; {words}

--x--
""".encode(errors="surrogateescape")
    found = read_report(data).words
    assert found
    assert len(found) <= 500
    assert found.isprintable()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"From: robin@example.org\nSubject: Re: Your application\nIn-Reply-To: <a@b>\n\nThank you!\n",
        b"Subject: Out of office\nAuto-Submitted: auto-replied\nContent-Type: multipart/mixed; boundary=x\n\n--x--\n",
    ],
)
def test_what_is_no_report_is_told_apart(data):
    assert read_report(data) is None


@given(st.one_of(st.binary(), st.lists(st.sampled_from([
    b"Content-Type: multipart/report; boundary=x\n", b"Content-Type: message/delivery-status\n", b"\n", b"--x\n", b"--x--\n",
    b"Content-Type: message/rfc822\n", b"Content-Type: text/rfc822-headers\n", b"Action: failed\n", b"Message-ID: <a@b>\n",
    b"Original-Envelope-Id: +\xff+3\n", b"Content-Transfer-Encoding: base64\n", b"Status: 5.1.1\n", b"\xff: \xfe\n",
])).map(b"".join)))  # fmt: skip
def test_no_bytes_break_the_reader(data):
    report = read_report(data)
    assert report is None or all(isinstance(one, str) for one in report.message_ids)
