"""Applications leave the house: as CSV, Excel and JSON, only those one may see, and recorded before they do."""

import csv
import datetime as dt
import io
import json
import re
import zipfile
from xml.etree import ElementTree as ET

import pytest
import sqlalchemy as sa

from jobboard.applications.actions import join_pool, note
from jobboard.applications.models import Answer, Application, Stage
from jobboard.applications.queries_export import AT_ONCE
from jobboard.audit.models import AuditEntry
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.openings.models import QuestionKind
from tests.applications.test_views_private import with_document
from tests.factories import make_application, make_offer, make_person
from tests.pages import errors_of, form_of, page_of, words_of

URL = "/desk/applications/export/"
CELL = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def offer(app):
    question = {"kind": "yes_no", "label": {"en": "Shifts?", "de": "Schichtdienst?"}}
    return make_offer("Editor", questions=[question, {"kind": "text", "label": {"en": "Why?", "de": "Warum?"}}])


def answered(row, **answers):
    for position, question in enumerate(row.opening.questions):
        label = question.label[row.locale]
        value = answers.get(question.key, "")
        row.answers.append(
            Answer(
                question_id=question.id, position=position, kind=question.kind, label=label, value=value, shown=value
            )
        )
    session().flush()
    return row


def save(client, kind="csv", query="", **fields):
    """Open the page, choose the kind of file, save it."""
    form = form_of(client.get(f"{URL}?{query}"), "/export/")
    return client.post(URL, data={**form, "format": kind, **fields})


def table(response):
    assert response.status_code == 200, response.text
    return list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"), newline="")))


def columns(response, *names):
    head, *rows = table(response)
    return [tuple(row[head.index(name)] for name in names) for row in rows]


def cells(response):
    """The rows of an Excel file's first sheet: (kind, content) of every cell."""
    archive = zipfile.ZipFile(io.BytesIO(response.data))
    sheet = ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    assert not list(sheet.iter(f"{CELL}f")), "no formula"
    assert "hyperlink" not in archive.read("xl/worksheets/sheet1.xml").decode()
    return [
        [(cell.get("t", "n"), "".join(cell.itertext())) for cell in row.iter(f"{CELL}c")]
        for row in sheet.iter(f"{CELL}row")
    ]


def test_csv_holds_one_row_each_and_one_column_per_question_whatever_its_language(client, sign_in, offer):
    first = answered(make_application(offer, name="Ada One"), question1="Yes", question2="=1+1")
    second = answered(make_application(offer, name="Bea Two", locale="de"), question1="Nein", question2="Darum")
    second.received_at = clock.now() - dt.timedelta(days=1)
    other = make_application(make_offer("Operator"), name="Cem Three", received_at=clock.now() - dt.timedelta(days=2))
    sign_in("recruiter")
    response = save(client)
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="applications.csv"'
    assert response.headers["Cache-Control"] == "private, no-store"
    assert columns(response, "Name", "Opening", "Number", "Shifts?", "Why?") == [
        ("Ada One", "Editor", str(first.id), "Yes", "'=1+1"),
        ("Bea Two", "Editor", str(second.id), "Nein", "Darum"),
        ("Cem Three", "Operator", str(other.id), "", ""),
    ]


def test_everything_that_is_shown_of_an_application_is_there(client, sign_in, offer):
    person = sign_in("recruiter", name="Thilo Brandt")
    row = make_application(offer, name="Ada One", email="ada@example.org", phone="+494615550123", text='Line\n"two"')
    with_document(row, name="cv.txt")
    note(row, "Strong; ask about on-call.", person)
    join_pool(row, "I agree")
    session().commit()
    names = ("E-mail address", "Telephone", "Language", "Stage", "Message", "Documents", "Told on")
    [found] = columns(save(client), *names)
    assert found == ("ada@example.org", "'+49 461 5550123", "en", "Received", 'Line\n"two"', "cv.txt", "")
    [(notes, until, page)] = columns(save(client), "Notes", "In the talent pool until", "Address of the page")
    assert notes.startswith("Thilo Brandt, ")
    assert notes.endswith(":\nStrong; ask about on-call.")
    assert dt.datetime.fromisoformat(until) == row.consent.until.replace(microsecond=0)
    assert page == f"http://127.0.0.1:8000/desk/applications/{row.id}/"


def test_two_questions_in_the_same_words_are_two_columns(client, sign_in):
    for title, answer in (("Editor", "Yes"), ("Operator", "No")):
        asked = [{"kind": "text", "label": {"en": "Why?"}}]
        answered(make_application(make_offer(title, questions=asked)), question1=answer)
    sign_in("recruiter")
    assert set(columns(save(client), "Why?", "Why? (2)")) == {("Yes", ""), ("", "No")}


def test_answer_to_a_question_that_is_gone_keeps_its_words(client, sign_in, offer):
    row = make_application(offer)
    row.answers.append(Answer(position=0, kind=QuestionKind.text, label="Old one?", value="Yes", shown="Yes"))
    sign_in("recruiter")
    assert columns(save(client), "Old one?") == [("Yes",)]


def test_excel_file_holds_the_same_with_dates_as_dates_and_no_formula(client, sign_in, offer):
    hostile = "=cmd|' /C calc'!A0"
    row = answered(
        make_application(offer, name=hostile, text="https://evil.example"), question1="42", question2="x" * 40_000
    )
    row.received_at = dt.datetime(2026, 5, 4, 8, tzinfo=dt.UTC)
    session().commit()
    sign_in("recruiter")
    response = save(client, "xlsx")
    assert response.headers["Content-Type"].endswith("spreadsheetml.sheet")
    head, found = cells(response)
    by_name = {name: found[number] for number, (_kind, name) in enumerate(head) if number < 3}
    assert by_name == {"Number": ("n", str(row.id)), "Opening": ("inlineStr", "Editor"), "Name": ("inlineStr", hostile)}
    assert ("inlineStr", "https://evil.example") in found
    assert ("inlineStr", "42") in found, "a text stays one"
    moments = [float(content) for kind, content in found if kind == "n" and "." in content]
    assert round((moments[0] - 46146) * 24, 6) == 10, "4 May 2026, ten o'clock in Berlin"
    assert max(len(content) for _kind, content in found) <= 32_767


def test_json_holds_everything_with_moments_in_utc(client, sign_in, offer):
    person = sign_in("recruiter", name="Thilo Brandt")
    row = answered(
        make_application(offer, name="Zoë 🎈 \u202ex", stage=Stage.interview), question1="Yes", question2="ü"
    )
    row.received_at = dt.datetime(2026, 5, 4, 8, 30, tzinfo=dt.UTC)
    note(row, "Strong.", person)
    session().commit()
    response = save(client, "json")
    found = json.loads(response.data)
    assert (found["format"], found["version"]) == ("jobboard-applications", 1)
    [one] = found["applications"]
    assert (one["id"], one["name"], one["stage"], one["received_at"]) == (
        row.id,
        "Zoë 🎈 \u202ex",
        "interview",
        "2026-05-04T08:30:00+00:00",
    )
    assert [(answer["question"], answer["value"]) for answer in one["answers"]] == [("Shifts?", "Yes"), ("Why?", "ü")]
    assert [(written["by"], written["text"]) for written in one["notes"]] == [("Thilo Brandt", "Strong.")]
    assert [event["kind"] for event in one["events"]] == ["noted"]
    assert "link" not in response.text, "no secret of the applicant's leaves"
    assert not re.search(r"nonce|hash|digest", response.text.replace("sha256", ""))


def test_json_of_nothing_is_json(client, sign_in, offer):
    sign_in("recruiter")
    token = form_of(client.get("/desk/account/"))["csrf_token"]
    response = client.post(URL, data={"csrf_token": token, "format": "json"})
    assert json.loads(response.data)["applications"] == []


def test_what_the_inbox_shows_is_exported_or_the_chosen_ones(client, sign_in, offer):
    ada = make_application(offer, name="Ada One")
    bea = make_application(offer, name="Bea Two", stage=Stage.interview)
    cem = make_application(make_offer("Operator"), name="Cem Three", stage=Stage.interview)
    apart = make_application(offer, name="Dan Four", is_suspect=True)
    sign_in("recruiter")

    def names(query):
        return {name for (name,) in columns(save(client, query=query), "Name")}

    assert names("") == {ada.name, bea.name, cem.name}
    assert names(f"opening={offer.id}") == {ada.name, bea.name}
    assert names(f"opening={offer.id}&stage=interview") == {bea.name}
    assert names("apart=1") == {apart.name}
    assert names(f"ids={ada.id}&ids={cem.id}") == {ada.name, cem.name}
    assert names(f"ids={ada.id}&ids=x&ids=99999") == {ada.name}
    page = client.get("/desk/applications/?stage=interview")
    assert f"{URL}?stage=interview" in {one.get("href") for one in page_of(page).iter("a")}


@pytest.mark.parametrize("query", ["opening=99999", "ids=99999", "ids=x"])
def test_choice_that_finds_nothing_is_never_everything(client, sign_in, offer, query):
    make_application(offer)
    sign_in("recruiter")
    page = client.get(f"{URL}?{query}")
    assert page.status_code == 200
    assert "There is nothing to export" in words_of(page_of(page))


def test_locked_ones_stay(client, sign_in, offer):
    make_application(offer, name="Ada One", locked_at=clock.now())
    kept = make_application(offer, name="Bea Two")
    sign_in("recruiter")
    assert columns(save(client), "Name") == [("Bea Two",)]
    assert columns(save(client, query=f"ids={kept.id - 1}&ids={kept.id}"), "Name") == [("Bea Two",)]


def test_chosen_rows_that_come_without_a_kind_of_file_are_asked_for_one(client, sign_in, offer):
    rows = [make_application(offer, name=name) for name in ("Ada One", "Bea Two", "Cem Three")]
    sign_in("recruiter")
    token = form_of(client.get("/desk/account/"))["csrf_token"]
    page = client.post(URL, data={"csrf_token": token, "ids": [rows[0].id, rows[2].id]})
    assert "2 applications are exported" in words_of(page_of(page))
    assert errors_of(page) == []
    response = client.post(URL, data={**form_of(page, "/export/"), "format": "csv"})
    assert {name for (name,) in columns(response, "Name")} == {"Ada One", "Cem Three"}


def test_kind_of_file_that_there_is_not_is_refused(client, sign_in, offer):
    make_application(offer)
    sign_in("recruiter")
    response = save(client, "pdf")
    assert response.status_code == 422
    assert errors_of(response)
    assert form_of(response, "/export/")["csrf_token"]


def test_every_export_is_recorded_with_its_number_before_it_leaves(client, sign_in, offer):
    make_application(offer)
    make_application(offer)
    person = sign_in("recruiter")
    form = form_of(client.get(URL), "/export/")
    response = client.post(URL, data={**form, "format": "json"}, buffered=False)
    entries = session().execute(sa.select(AuditEntry.by_id, AuditEntry.action, AuditEntry.details)).all()
    assert entries == [(person.id, "applications.exported", {"count": 2, "format": "json"})], "nothing was read yet"
    response.close()


@pytest.mark.parametrize("role", ["reviewer", "author"])
def test_only_those_who_hire_export(client, sign_in, offer, role):
    row = make_application(offer, name="Ada One")
    sign_in(role)
    assert client.get(URL).status_code == 403
    assert client.post(URL, data={"ids": row.id, "format": "csv"}).status_code == 403
    assert "export" not in client.get("/desk/applications/").text


def test_export_takes_as_many_statements_for_one_as_for_many_at_once(client, sign_in, offer, queries):
    person = sign_in("recruiter")
    counts = []
    for number in (1, 2, 20):
        for _one in range(number):
            row = answered(make_application(offer), question1="Yes")
            note(row, "Strong.", person)
            with_document(row)
        session().commit()
        form = form_of(client.get(URL), "/export/")
        for kind in ("csv", "json", "xlsx"):
            session().expire_all()
            with queries() as log:
                assert client.post(URL, data={**form, "format": kind}, buffered=True).status_code == 200
            counts.append((kind, len(log)))
    assert len(set(counts)) == 3, counts
    assert AT_ONCE == 200


def test_more_than_one_batch_keeps_its_order_and_lets_the_database_go(client, sign_in, offer, monkeypatch):
    monkeypatch.setattr("jobboard.applications.queries_export.AT_ONCE", 2)
    now = clock.now()
    for number in range(5):
        make_application(offer, name=f"Name {number}", received_at=now - dt.timedelta(hours=number))
    sign_in("recruiter")
    assert columns(save(client), "Name") == [(f"Name {number}",) for number in range(5)]


def test_one_that_goes_while_it_is_exported_is_left_out(client, sign_in, offer, monkeypatch):
    monkeypatch.setattr("jobboard.applications.queries_export.AT_ONCE", 1)
    rows = [make_application(offer, name=f"Name {number}") for number in range(3)]
    sign_in("recruiter")
    form = form_of(client.get(URL), "/export/")
    response = client.post(URL, data={**form, "format": "csv"}, buffered=False)
    chunks = response.iter_encoded()
    for _begun in range(3):
        next(chunks)
    session().execute(sa.delete(Application).where(Application.id == rows[0].id), execution_options={"scope": "test"})
    session().commit()
    assert b"Name 0" not in b"".join(chunks)


def test_reviewer_of_the_opening_sees_no_export_either(client, sign_in, offer):
    make_person(role=Role.reviewer)
    sign_in("reviewer")
    assert client.get(f"{URL}?opening={offer.id}").status_code == 403
