"""Correcting an applicant's address on the desk: the old link ends at once, the new one opens nothing until it is proved."""

import pytest
import sqlalchemy as sa

from jobboard.applications.actions import move, tell
from jobboard.applications.models import Application, Event, EventKind, Stage
from jobboard.applications.tasks import mail_lost_links
from jobboard.audit.models import AuditEntry
from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.mail.actions import LinkWaits, fill_links
from jobboard.mail.models import MailState, Problem
from jobboard.mail.tasks import deliver
from jobboard.mail.transport import FolderTransport
from tests.applications.test_views_own import link_in
from tests.factories import application_link, make_application, make_offer, make_person
from tests.pages import errors_of, form_of, page_of, words_of

OLD, NEW = "robin@exmaple.org", "robin@example.org"


@pytest.fixture
def row(app):
    found = make_application(make_offer("System administrator", slug="system-administrator"), email=OLD)
    session().commit()
    return found


def correct(client, row, **given):
    address = f"/desk/applications/{row.id}/address/"
    words = {"email": NEW, "reason": "In a call.", **given}
    return client.post(address, data={**form_of(client.get(address), having="email"), **words})


def again(row):
    session().rollback()
    session().expire_all()
    statement = sa.select(Application).where(Application.id == row.id).execution_options(scope="test")
    return session().execute(statement).scalar_one()


def own_page(row):
    return f"/en/applications/{application_link(row)}/"


def test_the_old_link_ends_and_its_reader_is_told_without_a_link(client, sign_in, row, outbox):
    old = own_page(row)
    assert client.get(old).status_code == 200
    person = sign_in("recruiter")
    answer = correct(client, row)
    assert "The old link has ended." in client.get(answer.location).text
    assert client.get(old).status_code == 404
    told, asked = outbox()
    assert (told.kind, told.to_address) == ("applications/address_left", OLD)
    assert "private-link" not in told.text
    assert NEW not in told.text
    assert (asked.kind, asked.to_address, asked.to_name) == ("applications/address_new", NEW, "")
    assert again(row).email == NEW
    statement = sa.select(Event).where(Event.kind == EventKind.address_corrected).execution_options(scope="test")
    [event] = session().execute(statement).scalars()
    assert (event.by_id, event.detail) == (person.id, "In a call.")
    corrected = sa.select(AuditEntry.about_id).where(AuditEntry.action == "application.address_corrected")
    assert session().execute(corrected).scalars().all() == [row.id]
    assert "not confirmed yet" in words_of(page_of(client.get(f"/desk/applications/{row.id}/")))


def test_nothing_opens_the_page_before_the_new_address_is_proved(client, sign_in, row, outbox):
    sign_in("recruiter")
    recruiter = make_person(role=Role.recruiter)
    move(row, Stage.rejected, recruiter)
    answer = tell(row, row.opening, recruiter)
    session().commit()
    correct(client, row)
    session().refresh(answer)
    assert answer.to_address == NEW, "what has not left follows"
    with pytest.raises(LinkWaits):
        fill_links(answer.text, NEW)
    for email in (OLD, NEW):
        client.post("/en/applications/lost/", data={"email": email})
    mail_lost_links()
    assert [mail.kind for mail in outbox() if mail.kind == "applications/links"] == []
    asked = next(mail for mail in outbox() if mail.kind == "applications/address_new")
    client.post(link_in(asked))
    session().refresh(answer)
    found = again(row)
    assert (found.email, found.new_email) == (NEW, None)
    assert own_page(found).removeprefix("/en") in fill_links(answer.text, NEW)
    assert client.get(own_page(found)).status_code == 200
    assert [mail.kind for mail in outbox()].count("applications/address_left") == 1, "told once"


def test_mails_with_the_link_wait_in_the_outbox(app, client, sign_in, row, outbox, tmp_path, monkeypatch):
    monkeypatch.setitem(app.extensions, "mail_transport", FolderTransport(tmp_path))
    sign_in("recruiter")
    recruiter = make_person(role=Role.recruiter)
    move(row, Stage.rejected, recruiter)
    answer = tell(row, row.opening, recruiter)
    session().commit()
    correct(client, row)
    while deliver():
        pass
    session().refresh(answer)
    assert (answer.state, answer.last_error) == (MailState.queued, Problem.unproved)
    assert {mail.kind for mail in outbox() if mail.state is MailState.sent} == {
        "applications/address_left",
        "applications/address_new",
    }


def test_it_can_be_corrected_again_before_it_is_proved(client, sign_in, row, outbox):
    sign_in("recruiter")
    correct(client, row, email="robin@stranger.example")
    first = link_in(outbox()[-1])
    correct(client, row)
    assert client.get(first).status_code == 404, "the first link leads nowhere"
    kinds = [(mail.kind, mail.to_address) for mail in outbox()]
    assert ("applications/address_left", "robin@stranger.example") not in kinds, "who never proved it is told nothing"
    client.post(link_in(outbox()[-1]))
    assert again(row).email == NEW


def test_the_same_address_again_sends_the_mail_again(client, sign_in, row, outbox):
    sign_in("recruiter")
    correct(client, row)
    correct(client, row)
    asked = [mail for mail in outbox() if mail.kind == "applications/address_new"]
    assert len(asked) == 2
    client.post(link_in(asked[-1]))
    assert again(row).new_email is None


def test_another_spelling_of_the_same_address_changes_no_link(client, sign_in, row, outbox):
    link = own_page(row)
    sign_in("recruiter")
    correct(client, row, email=OLD.title())
    assert outbox() == []
    assert again(row).email == OLD.title()
    assert client.get(link).status_code == 200


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"email": "robin@"}, "This is not an e-mail address."),
        ({"email": "a@example.org\nBcc: b@example.org"}, "This is not an e-mail address."),
        ({"email": ""}, "Please give an e-mail address."),
        ({"reason": " "}, "Please say how that is known."),
    ],
)
def test_what_is_wrong_is_said(client, sign_in, row, outbox, given, error):
    sign_in("recruiter")
    answer = correct(client, row, **given)
    assert answer.status_code == 422
    assert error in errors_of(answer)[0]
    assert (again(row).email, outbox()) == (OLD, [])


def test_reviewers_correct_nothing(client, sign_in, row):
    sign_in("reviewer")
    assert client.get(f"/desk/applications/{row.id}/address/").status_code == 403
