"""The outbox on the desk: what is offered for a mail, and what it says of one that did not arrive."""

import datetime as dt

import pytest
import sqlalchemy as sa

from jobboard.applications.actions import mail_to_applicant
from jobboard.audit.models import AuditEntry
from jobboard.core import clock, i18n
from jobboard.core.db import session
from jobboard.mail.actions import give_up, queue
from jobboard.mail.models import PROBLEM_LABELS, MailState, Problem, problem_words
from jobboard.mail.tasks import mark_refused
from jobboard.mail.transport import GiveUp, TryLater
from tests.factories import make_application, make_offer
from tests.pages import form_of, page_of, words_of


def put(**given):
    words = {"title": "Editor", "link": "", "response_days": 14, **given}
    mail = queue("applications/received", to_address="ada@example.org", to_name="Ada One", locale="en", **words)
    session().commit()
    return mail


def buttons(client, address):
    return [one for one in page_of(client.get(address)).iter("button") if "again" in words_of(one)]


def retried():
    statement = sa.select(sa.func.count()).where(AuditEntry.action == "mail.retried")
    return session().execute(statement).scalar_one()


def again(mail):
    session().rollback()
    session().refresh(mail)
    return mail


def test_mail_that_waits_on_purpose_cannot_be_sent_early(client, sign_in):
    due = clock.now() + dt.timedelta(minutes=5)
    mail = put(send_after=due)
    sign_in("recruiter")
    page = client.get(f"/desk/mail/{mail.id}/")
    assert buttons(client, f"/desk/mail/{mail.id}/") == buttons(client, "/desk/mail/") == []
    token = next(one.get("value") for one in page_of(page).iter("input") if one.get("name") == "csrf_token")
    answer = client.post(f"/desk/mail/{mail.id}/retry/", data={"csrf_token": token})
    assert (answer.status_code, again(mail).due_at) == (303, due)
    assert "was not tried again" in words_of(next(page_of(client.get(answer.location)).iter("body")))
    assert retried() == 0


@pytest.mark.parametrize(
    "refuse", [lambda mail: mark_refused(mail, TryLater("451 later")), lambda mail: give_up(mail, "5")]
)
def test_mail_that_was_tried_can_be_tried_at_once(client, sign_in, refuse):
    mail = put()
    refuse(mail)
    session().commit()
    sign_in("recruiter")
    form = form_of(client.get(f"/desk/mail/{mail.id}/"), "/retry/")
    assert len(buttons(client, "/desk/mail/")) == 1
    client.post(f"/desk/mail/{mail.id}/retry/", data=form)
    assert (again(mail).state, mail.tries) == (MailState.queued, 0)
    assert mail.due_at <= clock.now()
    assert retried() == 1


def main_of(response):
    return words_of(next(page_of(response).iter("main")))


def test_our_own_reason_is_said_in_the_readers_language_and_is_not_the_mail_servers(client, sign_in, monkeypatch):
    words = i18n.lazy("This is not your password.")  # it has its German already
    monkeypatch.setitem(PROBLEM_LABELS, Problem.link_ended, words)
    row = make_application(make_offer("Editor"))
    mark_refused(mail := mail_to_applicant(row, "applications/received", row.opening), GiveUp(Problem.link_ended))
    session().commit()
    assert mail.last_error == "own:link_ended"
    sign_in("recruiter", locale="de")
    for address in (f"/desk/mail/{mail.id}/", "/desk/mail/", f"/desk/applications/{row.id}/"):
        words = main_of(client.get(address))
        assert "Das ist nicht" in words, address
        assert "own:" not in words
        assert "Antwort des Mailservers" not in words, "it said nothing"


def test_reason_of_an_old_event_and_words_of_a_server_are_told_apart(app):
    assert problem_words("Your application: own:infected") == "Your application: A virus was found in an attachment."
    for words in ("599 9.9.9 a code nobody knows", "own:", "", "own:something"):
        assert problem_words(words) == words
    assert set(PROBLEM_LABELS) == set(Problem)
