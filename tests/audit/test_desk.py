"""What staff leave in the audit log by looking and by doing, and the page on which admins read it."""

import csv
import datetime as dt
import io

import pytest
import sqlalchemy as sa

from jobboard.applications.actions_reviewers import set_reviewers
from jobboard.audit.actions import record
from jobboard.audit.markup_chain import looked_over
from jobboard.audit.models import ACTIONS, AuditEntry
from jobboard.audit.views import ONE_LOOK
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session, writing
from jobboard.mail.actions import queue
from tests.applications.test_views_private import with_document
from tests.factories import application_link, make_application, make_offer, make_person, today
from tests.files.documents import cv
from tests.pages import form_of, page_of, words_of


def log():
    """(action, about, details) of every entry, the oldest first."""
    rows = session().execute(sa.select(AuditEntry).order_by(AuditEntry.number)).scalars()
    return [(row.action, row.about_id, row.details) for row in rows]


def actions():
    return [action for action, _about, _details in log()]


@pytest.fixture
def row(app):
    return make_application(make_offer("Editor"), name="Ada One")


def url(row, more=""):
    return f"/desk/applications/{row.id}/{more}"


def test_looking_again_within_a_quarter_of_an_hour_is_one_look(client, sign_in, row):
    person = sign_in("recruiter")
    now = clock.now()
    for minutes, looks in ((0, 1), (14, 1), (16, 2), (29, 2), (32, 3)):
        with clock.at(now + dt.timedelta(minutes=minutes)):
            assert client.get(url(row)).status_code == 200
        assert actions() == ["application.viewed"] * looks, minutes
    assert set(session().execute(sa.select(AuditEntry.by_id)).scalars()) == {person.id}
    sign_in("recruiter")
    client.get(url(row))
    assert actions() == ["application.viewed"] * 4, "somebody else's look is another one"
    assert dt.timedelta(minutes=15) == ONE_LOOK


def test_documents_are_recorded_each_when_read_and_when_saved(client, sign_in, row):
    with_document(row, cv(), "cv.pdf")
    with_document(row, b"A letter.\n", "letter.txt")
    first, second = row.documents
    sign_in("recruiter")
    for _again in range(2):
        client.get(url(row, f"documents/{first.id}/pages/1/"))
        client.get(url(row, f"documents/{first.id}/"))
        client.get(url(row, f"documents/{second.id}/"))
    assert log() == [
        ("document.viewed", row.id, {"document": first.id}),
        ("document.downloaded", row.id, {"document": first.id}),
        ("document.downloaded", row.id, {"document": second.id}),
    ]
    client.get(url(row, "documents/99999/"))
    assert len(log()) == 3, "what is not there was not read"


def test_mail_that_was_read_belongs_to_its_application(client, sign_in, row):
    about = ("application", row.id)
    words = {"title": "Editor", "link": "", "response_days": 14}
    mail = queue("applications/received", to_address=row.email, to_name=row.name, locale="en", about=about, **words)
    session().commit()
    sign_in("recruiter")
    assert client.get(f"/desk/mail/{mail.id}/").status_code == 200
    assert log() == [("mail.viewed", row.id, {"mail": mail.id})]


@pytest.mark.parametrize("role", ["reviewer", "author"])
def test_who_may_not_see_an_application_is_refused_and_recorded(client, sign_in, row, role):
    person = sign_in(role)
    assert client.get(url(row)).status_code in {403, 404}
    assert client.post(url(row, "note/"), data={}).status_code in {403, 404}
    assert client.get(url(row, "documents/1/")).status_code in {403, 404}
    pages = ["show", "note_application", "document"]
    assert log() == [("access.refused", row.id, {"page": f"desk.applications.{page}"}) for page in pages]
    assert set(session().execute(sa.select(AuditEntry.by_id)).scalars()) == {person.id}


def test_asking_for_an_unknown_number_is_recorded_too_and_answered_alike(client, sign_in, row, queries):
    sign_in("reviewer")
    answers = []
    for number in (row.id, 99_999):
        with queries() as statements:
            response = client.get(f"/desk/applications/{number}/")
        answers.append((response.status_code, words_of(page_of(response)), len(statements)))
    assert answers[0] == answers[1], "neither words nor work tell whether there is one"
    assert [about for _action, about, _details in log()] == [row.id, None]


def test_strangers_and_pages_that_may_be_seen_leave_no_refusal(client, sign_in, row):
    client.get(url(row))
    sign_in("recruiter")
    client.get("/desk/applications/")
    client.get("/en/")
    client.get(f"/en/applications/{application_link(row)}/")
    assert log() == []


def test_look_that_cannot_be_recorded_shows_nothing(client, sign_in, row, monkeypatch):
    sign_in("recruiter")
    error = sa.exc.OperationalError("INSERT", {}, Exception("database is locked"))

    def busy(*_arguments, **_details):
        raise error

    monkeypatch.setattr("jobboard.audit.views.record_once", busy)
    with pytest.raises(sa.exc.OperationalError):
        client.get(url(row))


def test_screen_takes_the_same_statements_after_the_first_look(client, sign_in, row, queries):
    sign_in("recruiter")
    counts = []
    for _look in range(3):
        session().expire_all()
        with queries() as statements:
            client.get(url(row))
        counts.append(len(statements))
    assert counts[0] == counts[1] + 13, (
        "the entry with its head and check, what was seen, and who it is, read anew in each new transaction"
    )
    assert counts[1] == counts[2]


@pytest.fixture
def filled(app, row):
    """Sixty entries of two people about two applications, one of them in May."""
    ada, bo = make_person("Ada Lind", Role.recruiter), make_person("Bo Yilmaz", Role.reviewer)
    session().commit()
    with clock.at(dt.datetime(2026, 5, 4, 22, 30, tzinfo=dt.UTC)), writing():  # half past midnight in Berlin
        record("application.moved", ("application", row.id), bo, **{"from": "received", "to": "offer"})
    with writing():
        for number in range(59):
            record("application.viewed", ("application", row.id + number % 2), ada)
    return ada, bo


def rows_of(response):
    return [words_of(one) for table in page_of(response).iter("tbody") for one in table.iter("tr")]


def test_page_shows_the_newest_first_in_pages(client, sign_in, filled):
    sign_in("admin")
    first, second = client.get("/desk/audit/"), client.get("/desk/audit/?page=2")
    assert (len(rows_of(first)), len(rows_of(second))) == (50, 10)
    assert "Ada Lind Read an application" in rows_of(first)[0]
    assert "Bo Yilmaz Moved an application" in rows_of(second)[-1]
    assert "from: Received, to: Offer" in rows_of(second)[-1]


def test_page_is_filtered_by_who_what_about_and_day(client, sign_in, filled, row):
    ada, bo = filled
    sign_in("admin")

    def count(query):
        page = client.get(f"/desk/audit/?{query}")
        assert page.status_code == 200
        pager = [words_of(one) for one in page_of(page).iter("nav") if one.get("class") == "pager"]
        return int(pager[0].split(" of ")[1].split()[0]) if pager else 0

    assert count("") == 60
    assert (count(f"person={ada.id}"), count(f"person={bo.id}")) == (59, 1)
    assert count("action=application.moved") == 1
    assert count(f"about=application&number={row.id + 1}") == 29
    assert (count("since=2026-05-05&until=2026-05-05"), count("until=2026-05-04")) == (1, 0), "days of the site's zone"
    assert count(f"person={ada.id}&action=application.moved") == 0
    for nonsense in ("person=x", "action=nothing", "about=x&number=1", "since=yesterday", "until=0001-01-01", "page=x"):
        assert count(nonsense) == 60, nonsense


def test_filter_survives_turning_the_page_and_saving(client, sign_in, filled):
    sign_in("admin")
    page = client.get("/desk/audit/?action=application.viewed")
    links = {one.get("href") for one in page_of(page).iter("a")}
    assert "/desk/audit/?action=application.viewed&page=2" in links
    assert "/desk/audit/export/?action=application.viewed" in links


def test_page_takes_the_same_number_of_statements_for_one_and_for_fifty(client, sign_in, row, queries):
    person = sign_in("admin")
    counts = []
    for number in (1, 2, 47):
        with writing():
            for _one in range(number):
                record("application.viewed", ("application", row.id), person)
        session().expire_all()
        with queries() as statements:
            client.get("/desk/audit/")
        counts.append(len(statements))
    assert counts[0] == counts[1] == counts[2] <= 9


def test_export_is_a_csv_of_what_was_asked_for_and_is_recorded(client, sign_in, filled):
    bo = filled[1]
    bo.name = "=HYPERLINK(1)"
    session().commit()
    sign_in("admin")
    response = client.get("/desk/audit/export/")
    rows = list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"))))
    assert response.data.startswith(b"\xef\xbb\xbf")
    assert response.headers["Content-Disposition"] == 'attachment; filename="audit-log.csv"'
    assert len(rows) == 62, "the heading, sixty, and that it was exported"
    assert rows[2][3] == "Read an application"
    assert rows[-1][2] == "'=HYPERLINK(1)"
    assert (log()[-1][0], log()[-1][2]) == ("audit.exported", {"count": 60})
    assert len(list(csv.reader(io.StringIO(client.get("/desk/audit/export/?action=application.moved").text)))) == 2


def test_only_admins_read_it(client, sign_in):
    for role in ("recruiter", "reviewer", "author"):
        sign_in(role)
        assert client.get("/desk/audit/").status_code == 403
        assert client.get("/desk/audit/export/").status_code == 403
        assert "/desk/audit/" not in client.get("/desk/account/").text


def test_reviewers_changed_only_when_they_do(client, sign_in):
    offer, reviewer = make_offer("Editor"), make_person(role=Role.reviewer)
    sign_in("recruiter")
    address = f"/desk/openings/{offer.id}/reviewers/"
    form = form_of(client.get(address))
    for chosen in ([str(reviewer.id)], [str(reviewer.id)], []):
        assert client.post(address, data={"csrf_token": form["csrf_token"], "people": chosen}).status_code == 303
    assert log() == [
        ("reviewers.changed", offer.id, {"people": [reviewer.id]}),
        ("reviewers.changed", offer.id, {"people": []}),
    ]


def test_whole_day_at_the_desk_leaves_a_chain_that_holds(client, sign_in, row):
    reviewer = make_person(role=Role.reviewer)
    set_reviewers(row.opening_id, [reviewer])
    session().commit()
    sign_in("recruiter")
    token = form_of(client.get(url(row)), "/note/")["csrf_token"]
    client.post(url(row, "note/"), data={"csrf_token": token, "text": "Strong."})
    for stage in ("interview", "rejected"):
        form = form_of(client.get(url(row)), "/move/")
        client.post(url(row, "move/"), data={**form, "to_stage": stage})
    client.post(url(row, "told/"), data={"csrf_token": token, "on": today().isoformat()})
    wanted = ["application.viewed", "application.noted", "application.moved", "application.moved", "application.told"]
    assert actions() == ["reviewers.changed", *wanted]
    assert looked_over(clock.now()).problem == ""
    assert set(actions()) <= ACTIONS.keys()
