"""`jobboard bounce` as a mail server calls it: a message on standard input, an exit code it understands."""

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from jobboard.applications.actions import mail_to_applicant
from jobboard.applications.models import Event, EventKind
from jobboard.cli import main
from jobboard.core.db import db, session
from jobboard.mail import commands
from jobboard.mail.models import MailState, OutboxMail
from tests.conftest import SECRET
from tests.factories import make_application, make_offer
from tests.mail.reports import POSTFIX


@pytest.fixture
def bounce(own_app, monkeypatch, tmp_path):
    """`bounce(data)` runs the command on a site of its own; its exit code and what it says."""
    monkeypatch.setenv("JOBBOARD_SECRET_KEY", SECRET)
    monkeypatch.setenv("JOBBOARD_DATA_DIR", str(tmp_path))

    def run(data):
        result = CliRunner().invoke(main, ["bounce"], input=data)
        session().rollback()
        session().expire_all()
        return result.exit_code, result.output.strip()

    return run


def report_about(message_id, action="failed"):
    return POSTFIX.format(
        recipient="robin@example.org", action=action, envelope="", kind="text/rfc822-headers",
        headers=f"Message-ID: {message_id}",
    ).encode()  # fmt: skip


@pytest.fixture
def mail(own_app):
    """A confirmation that was sent."""
    row = make_application(make_offer("Operator"), email="robin@example.org")
    sent = mail_to_applicant(row, "applications/received", row.opening)
    sent.state = MailState.sent
    session().commit()
    return sent


def test_report_marks_the_mail_and_the_application(bounce, mail):
    assert bounce(report_about(mail.message_id)) == (0, "The mail is marked as not delivered.")
    assert mail.state is MailState.failed
    statement = sa.select(Event).order_by(Event.id.desc()).limit(1).execution_options(scope="test")
    event = session().execute(statement).scalar_one()
    assert event.kind is EventKind.bounced
    assert "User unknown" in event.detail
    assert bounce(report_about(mail.message_id)) == (0, "The mail is marked as not delivered already.")


def test_report_of_a_delay_is_taken_and_changes_nothing(bounce, mail):
    assert bounce(report_about(mail.message_id, "delayed"))[0] == 0
    assert mail.state is MailState.sent


def test_what_is_not_for_us_goes_back(bounce, mail):
    assert bounce(report_about("<other@example.net>")) == (65, "Error: The report is about no mail of this site.")
    code, words = bounce(b"From: robin@example.org\n\nHello, who reads this?\n")
    assert (code, words) == (65, "Error: This is no delivery report. Nobody reads what is sent to this address.")


def test_report_is_kept_by_the_mail_server_while_the_database_is_away(bounce, mail, monkeypatch):
    def away(_report):
        raise sa.exc.OperationalError("", {}, Exception("locked"))

    monkeypatch.setattr(commands, "take_report", away)
    assert bounce(report_about(mail.message_id))[0] == 75
    assert session().execute(sa.select(OutboxMail.state)).scalar_one() is MailState.sent
    db.session.remove()
