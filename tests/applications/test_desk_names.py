"""An opening that hides names until one has rated: the name is nowhere on the desk, and everywhere afterwards."""

import datetime as dt
import io
import re
import zipfile
from urllib.parse import unquote

import pytest
import sqlalchemy as sa

from jobboard.applications.actions import add_event, join_pool, mail_to_applicant, note
from jobboard.applications.actions_review import rate
from jobboard.applications.actions_reviewers import set_reviewers
from jobboard.applications.models import Event, EventKind
from jobboard.applications.tasks_desk import cut_due_words
from jobboard.audit.models import AuditEntry
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.mail.actions import give_up
from jobboard.openings.models import Question, QuestionKind
from tests.applications.test_views_private import with_document
from tests.factories import make_application, make_criteria, make_interview, make_offer, make_person
from tests.files.documents import cv
from tests.pages import errors_of, form_of, head_of, page_of, words_of

NAME, EMAIL, PHONE, FILE = "Robin Xanthou", "robin.xanthou@example.org", "+4930901820", "robin-xanthou-cv.pdf"
#: Everything that says who it is, as it could stand in an answer.
TRACES = re.compile(r"xanthou|\+49\s?30\s?901820", re.IGNORECASE)

#: What is searched for them; archives and documents hold what the applicant wrote.
READABLE = {"text/html", "text/csv", "text/calendar", "application/json"}


@pytest.fixture
def offer(app):
    return make_offer("System administrator", slug="system-administrator")


@pytest.fixture
def criteria(offer):
    return make_criteria(offer, "Skills", "Care", hides_names=True)


@pytest.fixture
def row(offer, criteria):
    """An application whose fields say who it is in every way they can."""
    found = make_application(offer, name=NAME, email=EMAIL, phone=PHONE, text="I keep servers running.")
    with_document(found, cv(), FILE)
    question = Question(offer_id=offer.id, key="q", kind=QuestionKind.text, label={"en": "Why?"}, position=0)
    session().add(question)
    add_event(found, EventKind.document_added, detail=FILE)
    session().flush()
    mail = mail_to_applicant(found, "applications/received", offer)
    mail.subject = f"Hello {NAME}"
    found.events[-1].detail = mail.subject
    session().flush()
    give_up(mail, f"550 <{EMAIL}> unknown user")
    # Overdue, in the talent pool, and with an interview of others: so that every list has it.
    offer.response_days, found.received_at = 3, clock.now() - dt.timedelta(days=9)
    join_pool(found, "I agree")
    make_interview(found, [make_person("Bela", Role.recruiter)], [clock.now() + dt.timedelta(days=2)], planned=True)
    session().commit()
    return found


def desk_answers(app, client, row):
    """(endpoint, words of the answer with its headers) of everything the desk says about an application."""
    document, mail = row.documents[0], 0
    numbers = {
        "application_id": row.id,
        "document_id": document.id,
        "opening_id": row.opening_id,
        "number": 1,
        "interview_id": session()
        .execute(sa.text("SELECT max(id) FROM interview"), execution_options={"scope": "test"})
        .scalar_one(),
        "mail_id": session().execute(sa.text("SELECT max(id) FROM outbox_mail")).scalar_one() or mail,
    }
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or set()) and rule.endpoint.startswith("desk.") and rule.arguments <= numbers.keys():
            with app.test_request_context():
                address = rule.build({name: numbers[name] for name in rule.arguments}, append_unknown=False)[1]
            with client.get(address) as answer:
                headers = " ".join(f"{name}: {unquote(value)}" for name, value in answer.headers)
                body = answer.get_data() if answer.mimetype in READABLE else b""
                yield rule.endpoint, answer, headers + body.decode("utf-8", "replace")


@pytest.mark.parametrize("role", ["recruiter", "reviewer", "admin"])
def test_nothing_on_the_desk_says_who_it_is(app, client, sign_in, offer, row, role):
    person = sign_in(role)
    set_reviewers(offer.id, [person] if role == "reviewer" else [])
    session().commit()
    told = {endpoint: (answer.status_code, words) for endpoint, answer, words in desk_answers(app, client, row)}
    assert told["desk.applications.show"][0] == 200
    assert told["desk.applications.index"][0] == 200
    assert f"Application {row.id}" in told["desk.applications.index"][1]
    assert {
        endpoint: TRACES.search(words)[0] for endpoint, (_code, words) in told.items() if TRACES.search(words)
    } == {}


@pytest.mark.parametrize("address", ["/desk/talents/?q={}", "/desk/applications/?q={}"])
def test_a_hidden_name_is_not_found_by_trying(client, sign_in, row, criteria, address):
    person = sign_in("recruiter")
    while cut_due_words():
        session().rollback()
    number = f"Application {row.id}"
    assert number in words_of(page_of(client.get(address.format("servers"))))
    for word in ("xanthou", "robin.xanthou"):
        assert number not in words_of(page_of(client.get(address.format(word))))
    rate(row, {one.id: 3 for one in criteria}, "", person)
    session().commit()
    assert NAME in words_of(page_of(client.get(address.format("xanthou"))))


def test_the_control_finds_the_name_where_it_is_shown(app, client, sign_in, row, criteria):
    person = sign_in("recruiter")
    rate(row, {one.id: 3 for one in criteria}, "", person)
    session().commit()
    found = {endpoint for endpoint, _answer, words in desk_answers(app, client, row) if TRACES.search(words)}
    assert found >= {
        "desk.applications.index",
        "desk.applications.show",
        "desk.applications.document",
        "desk.applications.archive",
        "desk.address.edit",
        "desk.interviews.cancel",
        "desk.interviews.entry",
        "desk.interviews.index",
        "desk.letters.new",
        "desk.overdue.index",
        "desk.talents.index",
        "desk.talents.write",
        "desk.mail.index",
        "desk.mail.show",
    }


def test_somebody_elses_rating_shows_nothing(client, sign_in, row, criteria):
    rate(row, {one.id: 3 for one in criteria}, "", make_person("Bela", Role.recruiter))
    session().commit()
    sign_in("recruiter")
    assert not TRACES.search(client.get(f"/desk/applications/{row.id}/").text)


def test_the_screen_says_what_is_hidden_and_what_is_not(client, sign_in, row):
    sign_in("recruiter")
    page = client.get(f"/desk/applications/{row.id}/")
    assert head_of(page, "h1") == head_of(page, "title").split(" · ")[0] == f"Application {row.id}"
    words = words_of(page_of(page))
    assert "What documents and message say is not changed: the name usually stands in them." in words
    assert "Document 1.pdf" in words
    assert "Read it; the name may stand in it" in words


def test_files_are_saved_without_their_names(client, sign_in, row):
    sign_in("recruiter")
    document = row.documents[0]
    with client.get(f"/desk/applications/{row.id}/documents/{document.id}/") as answer:
        assert f"Application {row.id} - Document 1.pdf" in unquote(answer.headers["Content-Disposition"])
    with client.get(f"/desk/applications/{row.id}/documents.zip") as answer:
        assert f"Application {row.id} - documents.zip" in unquote(answer.headers["Content-Disposition"])
        with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            assert archive.namelist() == ["01 Document 1.pdf"]
            assert archive.read("01 Document 1.pdf") == cv()


def test_files_have_their_names_where_nothing_is_hidden(client, sign_in):
    row = make_application(make_offer(), name=NAME)
    with_document(row, cv(), FILE)
    session().commit()
    sign_in("recruiter")
    with client.get(f"/desk/applications/{row.id}/documents.zip") as answer:
        assert f"{NAME} - documents.zip" in unquote(answer.headers["Content-Disposition"])
        with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            assert archive.namelist() == [f"01 {FILE}"]


def test_hiring_lifts_it_for_one_application_with_a_reason(client, sign_in, offer, row):
    other = make_application(offer, name="Kim Xanthou")
    session().commit()
    person = sign_in("recruiter")
    form = form_of(client.get(f"/desk/applications/{row.id}/"), "/name/")
    refused = client.post(f"/desk/applications/{row.id}/name/", data=form)
    assert refused.status_code == 422
    assert errors_of(refused) == ["Reason – Please say why."]
    assert not TRACES.search(refused.text)
    assert client.post(f"/desk/applications/{row.id}/name/", data={**form, "reason": "They called."}).status_code == 303
    page = client.get(f"/desk/applications/{row.id}/")
    assert head_of(page, "h1") == NAME
    assert "They called." in words_of(page_of(page))
    assert head_of(client.get(f"/desk/applications/{other.id}/"), "h1") == f"Application {other.id}"
    statement = sa.select(Event).where(Event.kind == EventKind.names_shown).execution_options(scope="test")
    [event] = session().execute(statement).scalars()
    assert (event.by_id, event.detail) == (person.id, "They called.")
    entries = session().execute(sa.select(AuditEntry).where(AuditEntry.action == "application.name_shown")).scalars()
    assert [(one.about_id, one.by_id) for one in entries] == [(row.id, person.id)]


def test_reviewers_cannot_lift_it(client, sign_in, offer, row):
    person = sign_in("reviewer")
    set_reviewers(offer.id, [person])
    session().commit()
    assert "/name/" not in client.get(f"/desk/applications/{row.id}/").text
    assert client.post(f"/desk/applications/{row.id}/name/", data={"reason": "x"}).status_code == 403


def test_a_mail_can_be_written_without_knowing_to_whom(client, sign_in, offer, row, outbox):
    sign_in("recruiter")
    address = f"/desk/applications/{row.id}/mail/"
    form = form_of(client.get(address), having="subject")
    words = {"subject": "For {{ name }}", "body": "Hello {{ name }}"}
    look = client.post(address, data={**form, **words})
    assert look.status_code == 200
    assert f"Hello Application {row.id}" in words_of(page_of(look))
    assert not TRACES.search(look.text)
    assert client.post(address, data={**form_of(look, having="subject"), "send": "1"}).status_code == 303
    assert (outbox()[-1].to_address, outbox()[-1].subject) == (EMAIL, f"For {NAME}")
    assert not TRACES.search(client.get(f"/desk/applications/{row.id}/").text)


def test_what_colleagues_wrote_is_not_changed(client, sign_in, row):
    note(row, "Xanthou wrote well.", make_person("Bela", Role.recruiter))
    session().commit()
    sign_in("recruiter")
    assert "Xanthou wrote well." in client.get(f"/desk/applications/{row.id}/").text, "hiding is of the fields only"


def test_address_page_is_closed_while_the_address_is_hidden(client, sign_in, row):
    sign_in("recruiter")
    assert client.get(f"/desk/applications/{row.id}/address/").status_code == 404
    assert client.post(f"/desk/applications/{row.id}/address/", data={}).status_code == 404


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_inbox_asks_the_same_number_of_questions(client, sign_in, queries, offer, criteria, count):
    for number in range(count):
        make_application(offer, name=f"Xanthou {number}")
    session().commit()
    sign_in("recruiter")
    with queries() as log:
        page = client.get("/desk/applications/")
    assert not TRACES.search(page.text)
    assert sum("review_rules" in statement for statement in log) == 1


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_exports_hold_no_hidden_name_and_no_rating(client, sign_in, offer, row, criteria, kind):
    rate(row, {one.id: 3 for one in criteria}, "Xanthou is good", make_person("Bela Quint", Role.recruiter))
    session().commit()
    sign_in("recruiter")
    address = f"/desk/applications/export/?ids={row.id}"
    form = form_of(client.get(address), having="format")
    told = client.post(address, data={**form, "format": kind}).get_data(as_text=True)
    assert f"Application {row.id}" in told
    assert not TRACES.search(told)
    assert "Bela Quint" not in told
