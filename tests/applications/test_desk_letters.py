"""Mails that staff write: from a template or freely, looked at first, sent after a few minutes, and taken back."""

import datetime as dt
import io
import re

import pytest
import sqlalchemy as sa
import time_machine

from jobboard.applications.actions_erasing import erase
from jobboard.applications.actions_letters import UNDO
from jobboard.applications.models import Event, EventKind, Stage
from jobboard.applications.models_erased import ErasureReason
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session, writing
from jobboard.files.models import StoredFile
from jobboard.files.tasks import drop_staged
from jobboard.mail.actions import fill_links
from jobboard.mail.models import MailState, OutboxMail
from jobboard.mail.tasks import claim
from jobboard.site.queries import current_site
from tests.factories import application_link, make_application, make_offer, make_person, make_template
from tests.files.documents import cv
from tests.pages import errors_of, form_of, head_of, kept_of, page_of, words_of

WORDS = {"subject": "About {{ opening }}", "body": "Hello {{ name }},\n\nplease see {{ page_link }}.\n\n{{ contact }}"}


@pytest.fixture
def offer(app):
    contact = make_person("Thilo Brandt", Role.recruiter, email="thilo@example.org")
    texts = {"de": {"title": "Systemadministration", "slug": "systemadministration"}}
    return make_offer("System administrator", slug="system-administrator", texts=texts, contact_id=contact.id)


@pytest.fixture
def row(offer):
    found = make_application(offer, email="robin@example.org")
    session().commit()
    return found


def address(row, more=""):
    return f"/desk/applications/{row.id}/mail/{more}"


def opened(client, row, query=""):
    return form_of(client.get(address(row) + query), having="subject")


def send(client, row, **words):
    """Write, look, and send, as a person does."""
    look = client.post(address(row), data={**opened(client, row), **WORDS, **words})
    assert look.status_code == 200, errors_of(look)
    return client.post(address(row), data={**form_of(look, having="subject"), "send": "1"})


def events(row):
    statement = sa.select(Event).where(Event.application_id == row.id).order_by(Event.id)
    return list(session().execute(statement.execution_options(scope="test")).scalars())


@pytest.mark.parametrize(
    ("locale", "title"), [("en", "System administrator (m/f/x)"), ("de", "Systemadministration (m/f/x)")]
)
def test_opening_is_called_as_everywhere_else_with_the_sites_gender_marker(
    client, sign_in, offer, outbox, locale, title
):
    current_site().gender_marker = "(m/f/x)"
    row = make_application(offer, locale=locale)
    session().commit()
    sign_in("recruiter")
    send(client, row, body="For {{ opening }}.")
    [mail] = outbox()
    assert (mail.subject, f"For {title}." in mail.text) == (f"About {title}", True)


def test_it_is_looked_at_as_it_will_arrive_and_nothing_leaves_before(client, sign_in, row, outbox):
    sign_in("recruiter")
    look = client.post(address(row), data={**opened(client, row), **WORDS})
    words = words_of(page_of(look))
    assert "About System administrator" in words
    assert "Hello Robin Okafor," in words
    assert "please see (link for the recipient only)." in words
    assert "Answers go to thilo@example.org" in words.replace("Answers go to", "Answers go to ").replace("  ", " ")
    assert application_link(row) not in look.text
    assert outbox() == []


def test_it_leaves_in_five_minutes_in_the_thread_and_is_answered_by_the_contact(client, sign_in, row, outbox):
    person = sign_in("recruiter", name="Alma Berg")
    send(client, row, subject="First")
    assert send(client, row).status_code == 303
    first, mail = outbox()
    assert round((mail.due_at - mail.queued_at).total_seconds()) == UNDO.total_seconds() == 300
    assert (mail.reply_to, mail.to_address, mail.to_name) == ("thilo@example.org", "robin@example.org", "Robin Okafor")
    assert (mail.subject, mail.in_reply_to) == ("About System administrator (m/w/d)", first.message_id)
    assert mail.text.startswith("Hello Robin Okafor,\n\nplease see [[private-link:application:")
    link = f"http://127.0.0.1:8000/en/applications/{application_link(row)}/"
    assert f"please see {link}.\n\nThilo Brandt" in fill_links(mail.text, mail.to_address)
    assert f'<a href="{link}">{link}</a>' in fill_links(mail.html, mail.to_address)
    assert [(event.kind, event.by_id) for event in events(row)] == [(EventKind.mailed, person.id)] * 2
    page = words_of(page_of(client.get(f"/desk/applications/{row.id}/")))
    assert re.search(r"A mail leaves: .* About System administrator \(m/w/d\) Until then it can be taken back", page)
    with time_machine.travel(clock.now() + UNDO - dt.timedelta(seconds=5)):
        assert claim() is None
    with time_machine.travel(clock.now() + UNDO + dt.timedelta(seconds=5)):
        assert claim() is not None


def test_it_can_be_taken_back_until_it_leaves(client, sign_in, row, outbox):
    sign_in("recruiter")
    send(client, row)
    screen = client.get(f"/desk/applications/{row.id}/")
    [mail] = outbox()
    form = form_of(screen, f"/{mail.id}/take-back/")
    answer = client.post(address(row, f"{mail.id}/take-back/"), data=form)
    assert "The mail was taken back." in client.get(answer.location).text
    assert outbox() == []
    assert [event.kind for event in events(row)] == [EventKind.mailed, EventKind.mail_taken_back]
    again = client.post(address(row, f"{mail.id}/take-back/"), data=form)
    assert "This mail has left already." in client.get(again.location).text
    assert len(events(row)) == 2


def test_it_cannot_be_taken_back_while_it_leaves_or_once_it_has(client, sign_in, row, outbox):
    sign_in("recruiter")
    send(client, row)
    form = form_of(client.get(f"/desk/applications/{row.id}/"), "/take-back/")
    [mail] = outbox()
    for values in ({"leased_until": clock.now() + dt.timedelta(minutes=9)}, {"state": MailState.sent}):
        for name, value in values.items():
            setattr(mail, name, value)
        session().commit()
        client.post(address(row, f"{mail.id}/take-back/"), data=form)
        assert outbox() == [mail]


def test_only_letters_of_this_application_can_be_taken_back(client, sign_in, offer, row, outbox):
    sign_in("recruiter")
    other = make_application(offer)
    session().commit()
    send(client, other)
    form = {"csrf_token": opened(client, row)["csrf_token"]}
    client.post(address(row, f"{outbox()[0].id}/take-back/"), data=form)
    assert len(outbox()) == 1


def test_the_same_form_sent_twice_is_one_mail(client, sign_in, row, outbox):
    sign_in("recruiter")
    form = {**opened(client, row), **WORDS, "send": "1"}
    assert [client.post(address(row), data=form).status_code for _time in range(2)] == [303, 303]
    assert len(outbox()) == 1
    assert len(events(row)) == 1


def test_templates_come_in_the_applicants_language(client, sign_in, offer, outbox):
    row = make_application(offer, locale="de", name="Jette Ohlsen")
    template = make_template(
        "Call", en=("A call", "Hello {{ name }}"), de=("Telefonat", "Guten Tag, {{ name }}: {{ opening }}, {{ stage }}")
    )
    make_template("Only English", en=("x", "y"))
    session().commit()
    sign_in("recruiter")
    page = client.get(address(row))
    assert "Only English (not in German)" in words_of(page_of(page))
    form = opened(client, row, f"?template={template.id}")
    assert form["subject"] == "Telefonat"
    look = client.post(address(row), data=form)
    client.post(address(row), data={**form_of(look, having="subject"), "send": "1"})
    [mail] = outbox()
    assert (mail.locale, mail.subject) == ("de", "Telefonat")
    assert "Guten Tag, Jette Ohlsen: Systemadministration (m/w/d), Eingegangen" in mail.text


@pytest.mark.parametrize(
    "query", ["?template=999999", "?template=x", "?template=-1", "?template=", "?template=" + "9" * 40]
)
def test_template_that_is_none_begins_empty(client, sign_in, row, query):
    sign_in("recruiter")
    assert opened(client, row, query)["subject"] == ""


def test_what_is_only_decided_is_told_by_no_letter(client, sign_in, offer, outbox):
    row = make_application(offer, stage=Stage.rejected)
    session().commit()
    sign_in("recruiter")
    send(client, row, body="You are at: {{ stage }}")
    assert "You are at: In review" in outbox()[0].text


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ({"subject": ""}, "Please give a subject."),
        ({"body": "  "}, "Please write something."),
        ({"body": "{{ config }}"}, "“{{ config }}” is not known."),
        ({"subject": "{{ salary }}"}, "“{{ salary }}” is not known."),
        ({"subject": "{{ page_link }}"}, "The link to the applicant’s page must not stand in the subject."),
        ({"subject": "x" * 201}, "This is too long"),
        ({"body": "x" * 10_001}, "This is too long"),
        ({"nonce": "x"}, "Please open this form again."),
        ({"nonce": "0" * 31 + "\n"}, "Please open this form again."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_sent(client, sign_in, row, outbox, words, error):
    sign_in("recruiter")
    answer = client.post(address(row), data={**opened(client, row), **WORDS, **words, "send": "1"})
    assert answer.status_code == 422
    assert any(error in line for line in errors_of(answer))
    assert head_of(answer, "title").startswith("Error: ")
    assert outbox() == []


@pytest.mark.parametrize(
    "subject",
    [
        "Hello\r\nBcc: all@example.org",
        "Hello\nX-Evil: 1",
        "Hello\x0bBcc: x",
        "Hello\u2028Bcc: x",
        "=?utf-8?q?=0ABcc=3A x?=",
    ],
)
def test_a_subject_is_one_line(client, sign_in, row, outbox, subject):
    sign_in("recruiter")
    send(client, row, subject=subject)
    assert not re.search(r"[\r\n\x0b\u2028]", outbox()[0].subject)


def test_files_are_checked_kept_and_sent(client, sign_in, row, outbox):
    sign_in("recruiter")
    files = [(io.BytesIO(cv()), "way.pdf"), (io.BytesIO(b"Bus 4"), "bus.txt")]
    look = client.post(address(row), data={**opened(client, row), **WORDS, "files": files})
    assert ["Kept: way.pdf" in kept_of(look)[0], "Kept: bus.txt" in kept_of(look)[1]] == [True, True]
    form = form_of(look, having="subject")
    assert len(form["kept"]) == 2
    client.post(address(row), data={**form, "remove": form["kept"][1], "send": "1"})
    [mail] = outbox()
    assert [one.name for one in mail.attachments] == ["way.pdf"]
    with time_machine.travel(clock.now() + dt.timedelta(days=2)):
        drop_staged()
    assert [one.name for one in session().execute(sa.select(StoredFile)).scalars()] == ["way.pdf"]
    assert "way.pdf" in words_of(page_of(client.get(f"/desk/applications/{row.id}/")))


def test_a_file_that_is_refused_keeps_the_words_and_the_others(client, sign_in, row, outbox):
    sign_in("recruiter")
    files = [(io.BytesIO(b"MZ"), "run.exe"), (io.BytesIO(b"Bus 4"), "bus.txt")]
    answer = client.post(address(row), data={**opened(client, row), **WORDS, "files": files, "send": "1"})
    assert answer.status_code == 422
    assert "run.exe: This kind of file cannot be taken." in errors_of(answer)[0]
    assert len(kept_of(answer)) == 1
    assert form_of(answer, having="subject")["subject"] == WORDS["subject"]
    assert outbox() == []


def test_too_many_files_are_too_many(client, sign_in, row, outbox):
    sign_in("recruiter")
    files = [(io.BytesIO(b"Bus 4"), f"bus{number}.txt") for number in range(6)]
    answer = client.post(address(row), data={**opened(client, row), **WORDS, "files": files, "send": "1"})
    assert answer.status_code == 422
    assert "5 files with 15 MB together" in errors_of(answer)[0]
    assert len(kept_of(answer)) == 5


def test_somebody_elses_file_cannot_be_named(client, sign_in, offer, row, outbox):
    """A kept file's number is signed for one application and one person."""
    other = make_application(offer)
    session().commit()
    sign_in("recruiter")
    look = client.post(address(other), data={**opened(client, other), **WORDS, "files": (io.BytesIO(b"x"), "a.txt")})
    token = form_of(look, having="subject")["kept"]
    for kept in (token, "1", f"{token}x", ""):
        client.post(address(row), data={**opened(client, row), **WORDS, "kept": kept, "send": "1"})
    assert [mail.attachments for mail in outbox()] == [[]] * 4


def test_nobody_is_written_to_who_waits_apart_or_is_locked(client, sign_in, offer, outbox):
    suspect = make_application(offer, is_suspect=True)
    locked = make_application(offer, locked_at=clock.now())
    session().commit()
    sign_in("recruiter")
    token = {"csrf_token": form_of(client.get("/desk/applications/"))["csrf_token"], "nonce": "0" * 32}
    for row in (suspect, locked):
        assert client.get(address(row)).status_code == 404
        assert client.post(address(row), data={**token, **WORDS, "send": "1"}).status_code == 404
    assert address(suspect) not in client.get(f"/desk/applications/{suspect.id}/").text
    assert outbox() == []


def test_reviewers_write_no_mails(client, sign_in, row):
    sign_in("reviewer")
    assert client.get(address(row)).status_code == 403


def test_a_mail_is_erased_with_its_application_and_its_files_go(client, sign_in, row, outbox):
    sign_in("recruiter")
    send(client, row, files=(io.BytesIO(b"Bus 4"), "bus.txt"))
    with writing():
        erase([session().merge(row)], ErasureReason.applicant)
    assert session().execute(sa.select(OutboxMail)).first() is None
    with time_machine.travel(clock.now() + dt.timedelta(days=2)):
        drop_staged()
    assert session().execute(sa.select(StoredFile)).first() is None
