"""Applying through the front door: one form, sent once, with nothing lost on the way."""

import datetime as dt
import io

import pytest
import sqlalchemy as sa
import time_machine
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from jobboard.applications.models import Application, DocumentKind, EventKind, Stage
from jobboard.core import clock
from jobboard.core.db import db, session
from jobboard.files.storage import open_storage
from jobboard.transfer.exports_pdf import pdf_of
from tests.applying import again, apply, send
from tests.factories import application_link, make_offer
from tests.pages import errors_of, form_of, head_of, kept_of

PDF = pdf_of("Curriculum vitae", ["2010 until today: operations"])
GOOD = {"name": "Nour Haddad", "email": "Nour@Example.org", "text": "I keep servers running."}
QUESTIONS = [
    {"key": "start", "kind": "date", "label": {"en": "When could you start?"}, "is_required": True},
    {"key": "on_call", "kind": "yes_no", "label": {"en": "On call?", "de": "Rufbereitschaft?"}, "knockout": ["no"]},
    {"key": "hours", "kind": "number", "label": {"en": "Hours a week"}},
    {
        "key": "tools",
        "kind": "several_of",
        "label": {"en": "Tools"},
        "choices": [{"value": "k8s", "label": {"en": "Kubernetes"}}, {"value": "tf", "label": {"en": "Terraform"}}],
    },
    {"key": "site", "kind": "url", "label": {"en": "Your site"}},
    {"key": "sample", "kind": "file", "label": {"en": "A sample of your work"}},
]


@pytest.fixture
def offer(app):
    found = make_offer("Operator", slug="operator", texts={"de": {"title": "Betrieb", "slug": "betrieb"}})
    session().commit()
    return found


def rows():
    session().rollback()
    statement = sa.select(Application).order_by(Application.id).execution_options(scope="test")
    return list(session().execute(statement).scalars())


def upload(data, name):
    return (io.BytesIO(data), name)


def test_application_arrives_whole_and_is_confirmed(client, offer, outbox):
    response = apply(client, {**GOOD, "cv": upload(PDF, "cv.pdf")})
    assert (response.status_code, response.location) == (303, "/en/jobs/operator/apply/sent/")
    assert head_of(client.get(response.location), "h1") == "Thank you. Your application has arrived."
    [row] = rows()
    assert (row.name, row.email, row.email_key) == ("Nour Haddad", "Nour@Example.org", "nour@example.org")
    assert (row.text, row.locale, row.stage, row.told_stage) == (GOOD["text"], "en", Stage.received, Stage.received)
    assert [event.kind for event in row.events] == [EventKind.received, EventKind.mailed]
    [document] = row.documents
    assert (document.kind, document.file.name, document.file.size) == (DocumentKind.cv, "cv.pdf", len(PDF))
    assert document.file.staged_until is None
    [mail] = outbox()
    assert (mail.kind, mail.to_address, mail.about_id) == ("applications/received", "Nour@Example.org", row.id)


def test_mail_is_in_the_language_of_the_form_and_leads_to_the_applicants_page(client, offer, outbox):
    assert apply(client, GOOD, "de", "betrieb").status_code == 303
    [mail] = outbox()
    assert (mail.locale, rows()[0].locale) == ("de", "de")
    assert "„Betrieb (m/w/d)“" in mail.subject + mail.text
    assert "applications/" not in mail.text, "the link is written when the mail leaves"


def test_applicant_gets_no_cookie_and_leaves_no_trace_of_where_they_were(client, offer):
    trace = {"REMOTE_ADDR": "203.0.113.77", "HTTP_USER_AGENT": "Traceable/1.0"}
    address = "/en/jobs/operator/apply/"
    page = client.get(address, environ_overrides=trace)
    sent = client.post(address, data={**form_of(page, "/apply/"), **GOOD}, environ_overrides=trace)
    sent = send(client, sent)
    assert (sent.status_code, sent.location) == (303, "/en/jobs/operator/apply/sent/")
    assert "Set-Cookie" not in page.headers
    assert "Set-Cookie" not in sent.headers
    assert page.headers["Cache-Control"] == "private, no-store"
    stored = repr([tuple(row) for table in db.metadata.sorted_tables for row in everything(table)])
    assert GOOD["text"] in stored
    assert "203.0.113.77" not in stored
    assert "Traceable" not in stored


def everything(table):
    return session().connection().execute(sa.select(table))


def test_answers_are_kept_with_their_words(client):
    make_offer("Operator", slug="operator", questions=QUESTIONS)
    session().commit()
    given = {
        "q_start": "2027-01-02",
        "q_on_call": "no",
        "q_hours": "32.5",
        "q_tools": ["k8s", "tf"],
        "q_site": "https://example.org/nour",
        "q_sample": upload(b"A paragraph.\n", "sample.txt"),
    }
    assert apply(client, {**GOOD, **given}).status_code == 303
    [row] = rows()
    assert [(answer.value, answer.shown, answer.is_flagged) for answer in row.answers] == [
        ("2027-01-02", "January 2, 2027", False),
        (False, "No", True),
        ("32.5", "32.5", False),
        (["k8s", "tf"], "Kubernetes and Terraform", False),
        ("https://example.org/nour", "https://example.org/nour", False),
        (None, "", False),
    ]
    assert [(one.kind, one.label) for one in row.documents] == [(DocumentKind.answer, "A sample of your work")]


def test_answers_that_make_no_sense_are_told_at_their_fields(client):
    make_offer("Operator", slug="operator", questions=QUESTIONS)
    session().commit()
    nonsense = {
        "q_start": "soon",
        "q_on_call": "maybe",
        "q_hours": "many",
        "q_tools": ["vim"],
        "q_site": "javascript:1",
    }
    response = apply(client, {**GOOD, **nonsense})
    assert response.status_code == 422
    assert len(errors_of(response)) == 5
    kept = form_of(response, having="token")
    assert (kept["q_start"], kept["q_hours"], kept["q_site"]) == ("soon", "many", "javascript:1")
    assert rows() == []


def test_same_form_sent_twice_is_one_application_and_the_same_page(client, offer, outbox):
    form = form_of(client.get("/en/jobs/operator/apply/"), "/apply/")
    filled = [
        client.post("/en/jobs/operator/apply/", data={**form, **GOOD, "cv": upload(PDF, "cv.pdf")}) for _twice in (1, 2)
    ]
    assert filled[0].location == filled[1].location
    sending = form_of(client.get(filled[0].location), having="content")
    answers = [client.post(filled[0].location, data=sending) for _twice in (1, 2)]
    late = client.post("/en/jobs/operator/apply/", data={**form, **GOOD, "cv": upload(PDF, "cv.pdf")})
    assert [(one.status_code, one.location) for one in (*answers, late)] == [(303, "/en/jobs/operator/apply/sent/")] * 3
    assert (len(rows()), len(outbox())) == (1, 1)
    for address in (filled[0].location, filled[0].location.removesuffix("review/")):
        assert client.get(address).location == "/en/jobs/operator/apply/sent/", "the draft has ended"


def test_same_form_with_other_content_is_told_and_can_be_sent(client, offer):
    form = form_of(client.get("/en/jobs/operator/apply/"), "/apply/")
    send(client, client.post("/en/jobs/operator/apply/", data={**form, **GOOD}))
    response = client.post("/en/jobs/operator/apply/", data={**form, **GOOD, "text": "A better version."})
    assert response.status_code == 409
    assert "This form was sent before with other content" in errors_of(response)[0]
    assert form_of(response, having="token")["text"] == "A better version."
    assert len(rows()) == 1
    assert again(client, response, {}).status_code == 303
    assert [row.text for row in rows()] == [GOOD["text"], "A better version."]


def test_second_application_of_an_address_is_linked_and_only_the_mail_says_so(client, offer, outbox):
    pages = []
    for fields in (GOOD, {**GOOD, "name": "N. Haddad", "email": "NOUR@example.org"}):
        response = apply(client, fields)
        pages.append(client.get(response.location).text)
    first, second = rows()
    assert (first.first_id, second.first_id) == (None, first.id)
    assert pages[0] == pages[1]
    assert [mail.kind for mail in outbox()] == ["applications/received", "applications/received_again"]


@pytest.mark.parametrize("token", ["", "nonsense", "WyJhcHBseSIsMSwxLCJ4Il0.c2ln"])
def test_altered_token_costs_one_more_try_and_nothing_typed(client, offer, token):
    response = apply(client, {**GOOD, "cv": upload(PDF, "cv.pdf"), "token": token})
    assert response.status_code == 422
    assert "Nothing is lost" in errors_of(response)[0]
    assert kept_of(response)[0].startswith("Kept: cv.pdf")
    assert again(client, response, {}).status_code == 303
    [row] = rows()
    assert (row.text, row.documents[0].file.name) == (GOOD["text"], "cv.pdf")


def test_token_of_another_opening_is_not_taken(client, offer):
    make_offer("Editor", slug="editor")
    session().commit()
    token = form_of(client.get("/en/jobs/editor/apply/"), "/apply/")["token"]
    assert apply(client, {**GOOD, "token": token}).status_code == 422
    assert rows() == []


def test_kept_file_can_be_removed_or_replaced(client, offer):
    first = apply(client, {"name": "", "cv": upload(PDF, "first.pdf")})
    assert kept_of(first)[0].startswith("Kept: first.pdf")
    replaced = again(client, first, {"cv": upload(b"Second.\n", "second.txt")})
    assert kept_of(replaced)[0].startswith("Kept: second.txt")
    removed = again(client, replaced, {"cv-remove": "1"})
    assert kept_of(removed) == []
    assert again(client, removed, GOOD).status_code == 303
    assert rows()[0].documents == []


@pytest.mark.s3
def test_large_file_goes_to_the_s3_store_and_comes_back_to_the_applicant_and_to_hr(client, offer, s3, sign_in):
    client.application.extensions["storage"] = open_storage(s3.storage_url("applying"))
    data = PDF + b"\n" * 1_500_000  # larger than what is kept in memory
    cv = FileStorage(io.BytesIO(data), "cv.pdf")
    form = form_of(client.get("/en/jobs/operator/apply/"), "/apply/")
    boundary, body = encode_multipart({**form, **GOOD, "cv": cv})
    sent = client.post("/en/jobs/operator/apply/", data=body, content_type=f"multipart/form-data; boundary={boundary}")
    sent = send(client, sent)
    assert sent.status_code == 303
    [row] = rows()
    page = f"/en/applications/{application_link(row)}/documents/{row.documents[0].id}/"
    assert client.get(page).data == data
    sign_in("recruiter")
    assert client.get(f"/desk/applications/{row.id}/documents/{row.documents[0].id}/").data == data


def test_form_from_before_the_deadline_is_taken_for_half_an_hour_more(client, offer):
    opened = clock.now()
    make_offer("Editor")
    offer.closes_at = opened + dt.timedelta(minutes=10)
    session().commit()
    form = form_of(client.get("/en/jobs/operator/apply/"), "/apply/")
    with time_machine.travel(opened + dt.timedelta(minutes=39)):
        sent = send(client, client.post("/en/jobs/operator/apply/", data={**form, **GOOD}))
        assert (sent.status_code, sent.location) == (303, "/en/jobs/operator/apply/sent/")
        assert client.get("/en/jobs/operator/apply/").status_code == 410
    with time_machine.travel(opened + dt.timedelta(minutes=41)):
        late = client.post("/en/jobs/operator/apply/", data={**form, **GOOD})
    assert late.status_code == 410
    assert GOOD["text"] in late.text, "what was written can be copied"
    assert "Editor" in late.text, "what is open is offered"
    assert len(rows()) == 1


def test_opening_that_takes_applications_elsewhere_leads_there(client):
    make_offer("Operator", slug="operator", apply_url="https://jobs.example.org/7")
    session().commit()
    assert client.get("/en/jobs/operator/apply/").location == "https://jobs.example.org/7"


def test_eleventh_application_of_an_address_in_an_hour_is_asked_to_wait_and_keeps_everything(client, offer):
    responses = [apply(client, {**GOOD, "text": f"Number {number}"}) for number in range(11)]
    assert [one.status_code for one in responses] == [303] * 10 + [429]
    assert "Nothing is lost" in responses[-1].text
    assert "Number 10" in responses[-1].text
    other = apply(client, {**GOOD, "email": "somebody@else.example"})
    assert (other.status_code, other.location) == (303, "/en/jobs/operator/apply/sent/")
    assert len(rows()) == 11
