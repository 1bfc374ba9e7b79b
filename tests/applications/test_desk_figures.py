"""Figures and what is overdue, by the people who may see them; their numbers, tables, files and empty states."""

import csv
import datetime as dt
import io
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
import time_machine

from jobboard.applications.actions import move, tell_otherwise
from jobboard.applications.actions_organise import set_assignees
from jobboard.applications.actions_reviewers import set_reviewers
from jobboard.applications.models import Application, Event, EventKind, Stage
from jobboard.applications.models_desk import ApplicationAssignee
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.posts.actions import close
from jobboard.site.queries import current_site
from jobboard.stats.actions import Row, put, save_source
from jobboard.stats.models import JOBS, SourceCode
from tests.applying import apply
from tests.factories import make_application, make_article, make_offer, make_person, today
from tests.pages import errors_of, form_of, page_of, words_of

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def offer(app):
    made = make_offer("System administrator", slug="operator", response_days=7)
    session().commit()
    return made


def main_of(response):
    return words_of(next(page_of(response).iter("main")))


def box_of(response, name):
    return next(one for one in page_of(response).iter("section") if one.get("id") == name)


def table_of(response, name):
    """The rows of a picture's table as words."""
    rows = [[words_of(cell) for cell in row] for row in box_of(response, name).iter("tr")]
    return rows[1:]


def file_of(client, address):
    response = client.get(address)
    assert response.mimetype == "text/csv"
    assert "attachment" in response.headers["Content-Disposition"]
    return list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"), newline="")))


def views(offer, number, days_ago=0, host="", source=""):
    put(session(), {Row(today(-days_ago), str(offer.id), host, source): number})


def test_empty_figures_teach(client, sign_in, offer):
    sign_in("recruiter")
    words = main_of(client.get("/desk/figures/"))
    for sentence in (
        "No views in this time yet",
        "No applications in this time",
        "No source of yours has led anybody here",
    ):
        assert sentence in words
    assert '<svg class="chart"' not in client.get("/desk/figures/").text
    assert "Nothing was viewed in this time" in main_of(client.get("/desk/figures/posts/"))
    assert "No sources yet" in main_of(client.get("/desk/sources/"))
    assert "Nobody waits for longer than promised" in main_of(client.get("/desk/overdue/"))


def test_dashboard_counts_what_happened(client, sign_in, offer):
    recruiter = sign_in("recruiter")
    source = save_source(None, "fair", "Career fair", is_active=True)
    session().flush()
    views(offer, 30, host="news.example.com")
    views(offer, 5, days_ago=3, source="fair")
    views(offer, 7, days_ago=200)
    put(session(), {Row(today(), JOBS, "", ""): 4})
    for number in range(6):
        row = make_application(offer, source_id=source.id if number < 2 else None)
        if number < 3:
            move(row, Stage.interview, recruiter)
        if number == 5:
            move(row, Stage.rejected, recruiter)
            tell_otherwise(row, clock.now(), recruiter)
    make_application(offer, is_suspect=True)
    session().commit()
    response = client.get("/desk/figures/")
    words = main_of(response)
    assert next(page_of(response).iter("dd")).text == "35"
    assert "4 of 4 promises" in words
    assert table_of(response, "funnel")[0] == ["Received", "6", "100%", "1", "0", "0", "2"]
    assert table_of(response, "funnel")[2][:3] == ["Interview", "3", "50%"]
    assert table_of(response, "hosts") == [["news.example.com", "30"], ["None told", "5"]]
    assert table_of(response, "sources") == [["Career fair", "5", "2", "2", "0"], ["No code", "–", "4", "1", "0"]]
    assert table_of(response, "exits")[0] == ["Rejected", "1"]
    assert "the list of openings was viewed 4 times" in words
    year = client.get("/desk/figures/?period=365")
    assert next(page_of(year).iter("dd")).text == "42"
    other = make_offer("Editor")
    session().commit()
    assert "No applications in this time" in main_of(client.get(f"/desk/figures/?opening={other.id}"))


def test_few_cases_are_numbers_without_shares(client, sign_in, offer):
    sign_in("recruiter")
    for _number in range(4):
        make_application(offer, received_at=clock.now() - dt.timedelta(days=20))
    views(offer, 3, host="news.example.com")
    session().commit()
    response = client.get("/desk/figures/")
    assert [row[2] for row in table_of(response, "funnel")] == [""] * 5
    assert "%" not in main_of(response)
    assert "0 of 4" in main_of(response)


@pytest.mark.parametrize("locale", ["en", "de"])
def test_every_picture_has_a_table_and_a_file_with_the_same_rows(client, sign_in, offer, locale):
    recruiter = sign_in("recruiter", locale=locale)
    source = save_source(None, "fair", '=HYPERLINK("https://evil.example")', is_active=True)
    session().flush()
    views(offer, 3, host="news.example.com", source="fair")
    row = make_application(offer, source_id=source.id)
    row.events.append(Event(kind=EventKind.received, at=row.received_at, to_stage=Stage.received))
    move(row, Stage.rejected, recruiter)
    session().commit()
    response = client.get("/desk/figures/")
    for name in ("views", "hosts", "applications", "sources", "funnel", "exits", "times"):
        box = box_of(response, name)
        assert [one.get("role") for one in box.iter() if one.get("class") == "chart"] == ["img"]
        rows = file_of(client, next(one.get("href") for one in box.iter("a")))
        assert rows[0] == [words_of(cell) for cell in box.iter("th") if cell.get("scope") == "col"]
        assert len(rows) - 1 == len(table_of(response, name)) > 0
        if name == "sources":
            assert rows[1][0] == "'" + source.name
        if name == "views":
            assert dt.date.fromisoformat(rows[1][0])


def test_file_with_a_name_nobody_gave_is_not_found(client, sign_in, offer):
    sign_in("recruiter")
    assert client.get("/desk/figures/nothing.csv").status_code == 404
    assert client.get("/desk/figures/posts/funnel.csv").status_code == 404


def test_views_of_posts_are_for_those_who_write_and_nothing_else_is(client, sign_in, offer):
    article = make_article("An outage")
    views(offer, 2)
    views(article, 5, host="news.example.com")
    make_application(offer)
    session().commit()
    sign_in("author")
    response = client.get("/desk/figures/posts/")
    words = main_of(response)
    assert words.index("An outage") < words.index("System administrator")
    assert table_of(response, "hosts") == [["news.example.com", "5"], ["None told", "2"]]
    one = client.get(f"/desk/figures/posts/?post={article.id}&period=30")
    assert table_of(one, "hosts") == [["news.example.com", "5"]]
    assert file_of(client, f"/desk/figures/posts/hosts.csv?post={article.id}") == [
        ["Site", "Views"],
        ["news.example.com", "5"],
    ]
    assert "pplication" not in words
    for address in ("/desk/figures/", "/desk/figures/funnel.csv", "/desk/sources/", "/desk/overdue/"):
        assert client.get(address).status_code == 403
        assert f'href="{address}"' not in response.text


@pytest.mark.parametrize(
    "query", ["period=x", "period=99999999999", "opening=x", "opening=0", "post=x", "post=-1", "post=٣", "page=9"]
)
def test_figures_take_any_address(client, sign_in, offer, query):
    sign_in("recruiter")
    assert client.get(f"/desk/figures/?{query}").status_code == 200
    assert client.get(f"/desk/figures/posts/?{query}").status_code == 200


def test_drafts_are_no_posts_to_look_at(client, sign_in, app):
    draft = make_article("Secret plans", draft=True)
    session().commit()
    sign_in("author")
    assert "Secret plans" not in client.get(f"/desk/figures/posts/?post={draft.id}").text


@pytest.mark.parametrize(
    ("make", "role"), [(make_article, "author"), (make_offer, "author"), (make_offer, "recruiter")]
)
def test_nobody_reads_the_title_of_what_is_scheduled_in_the_figures(client, sign_in, app, make, role):
    post = make("Secret plans", publish_at=clock.now() + dt.timedelta(hours=1))
    session().commit()
    sign_in(role)
    pages = [f"/desk/figures/posts/?post={post.id}", f"/desk/figures/?opening={post.id}"]
    for address in pages if role == "recruiter" else pages[:1]:
        assert "Secret plans" not in client.get(address).text
    post.publish_at = clock.now()
    session().commit()
    assert "Secret plans" in client.get(pages[0]).text


@pytest.mark.parametrize(
    "address", ["/desk/figures/", "/desk/figures/posts/", "/desk/overdue/", "/desk/overdue/?mine=1"]
)
def test_pages_ask_as_often_for_many_applications_as_for_few(client, sign_in, offer, queries, address):
    recruiter = sign_in("recruiter")
    source = save_source(None, "fair", "Career fair", is_active=True)
    session().flush()
    asked = []
    for number in (10, 300 if "overdue" in address else 1000):
        many(offer, number, source.id)
        views(offer, number, days_ago=number % 50, host=f"site{number}.example.com", source="fair")
        session().commit()
        with queries() as log:
            assert client.get(address).status_code == 200
        asked.append(len(log))
    assert asked[0] == asked[1] <= 25, asked
    assert recruiter.id


def many(offer, number, source_id):
    """Applications with histories, by two statements."""
    at = clock.now() - dt.timedelta(days=20)
    newest = sa.select(sa.func.coalesce(sa.func.max(Application.id), 0)).execution_options(scope="test")
    start = session().execute(newest).scalar_one() + 1
    names = {"name": "Robin Okafor", "text": "", "locale": "en", "form_digest": "", "phone": "", "suspicions": []}
    plain = {
        "opening_id": offer.id,
        "received_at": at,
        "stage_since": at,
        "link_epoch": 1,
        "version": 1,
        "is_suspect": False,
    }
    rows = [
        {
            **names,
            **plain,
            "id": start + place,
            "email": f"a{start + place}@example.org",
            "email_key": f"a{start + place}@example.org",
            "form_nonce": f"many{start + place}",
            "stage": Stage.interview if place % 3 else Stage.received,
            "told_stage": Stage.interview if place % 3 else Stage.received,
            "source_id": source_id if place % 2 else None,
        }
        for place in range(number)
    ]
    session().execute(sa.insert(Application).execution_options(scope="test"), rows)
    moves = [
        {
            "application_id": row["id"],
            "at": at + dt.timedelta(hours=place),
            "kind": EventKind.moved,
            "detail": "",
            "from_stage": Stage.received,
            "to_stage": Stage.interview,
        }
        for place, row in enumerate(rows)
        if row["stage"] is Stage.interview
    ]
    session().execute(sa.insert(Event).execution_options(scope="test"), moves)


def test_thousand_applications_are_added_up(client, sign_in, offer):
    sign_in("recruiter")
    many(offer, 1000, None)
    session().commit()
    response = client.get("/desk/figures/")
    assert table_of(response, "funnel")[0][1] == "1,000"
    assert table_of(response, "funnel")[2][1] == "666"
    assert len(session().identity_map) < 100, "no application was loaded"


# --- overdue


def rows_of(response):
    return [[words_of(cell) for cell in row] for row in page_of(response).iter("tr") if row.find("td") is not None]


def test_overdue_names_the_oldest_first_with_days_late(client, sign_in, offer):
    sign_in("recruiter", locale="en")
    with time_machine.travel(dt.datetime(2027, 3, 10, 12, tzinfo=BERLIN), tick=False):
        sign_in("recruiter", locale="en")
        now = clock.now()
        make_application(offer, name="Ada One", received_at=now - dt.timedelta(days=9))
        make_application(offer, name="Bea Two", received_at=now - dt.timedelta(days=8), stage=Stage.reviewing)
        make_application(
            offer,
            name="Cem Three",
            received_at=now - dt.timedelta(days=12),
            stage=Stage.rejected,
            told_stage=Stage.received,
        )
        make_application(offer, name="Dan Today", received_at=now - dt.timedelta(days=7))
        make_application(offer, name="Eva Soon", received_at=now - dt.timedelta(days=4))
        make_application(offer, name="Fay Later", received_at=now - dt.timedelta(days=3))
        make_application(offer, name="Gus Told", received_at=now - dt.timedelta(days=30), stage=Stage.interview)
        make_application(offer, name="Hal Left", received_at=now - dt.timedelta(days=30), stage=Stage.withdrawn)
        make_application(offer, name="Ida Suspect", received_at=now - dt.timedelta(days=30), is_suspect=True)
        make_application(offer, name="Jan Locked", received_at=now - dt.timedelta(days=30), locked_at=now)
        session().commit()
        response = client.get("/desk/overdue/")
    assert [(row[0], row[5]) for row in rows_of(response)] == [
        ("Cem Three", "5 days late"),
        ("Ada One", "2 days late"),
        ("Bea Two", "one day late"),
        ("Dan Today", "due today"),
        ("Eva Soon", "due in 3 days"),
    ]
    assert rows_of(response)[0][2:5] == ["Rejected not told yet", "–", "Mar 5, 2027"]
    assert "Overdue 3" in words_of(next(page_of(response).iter("nav")))


@pytest.mark.parametrize(
    ("now", "late"),
    [
        (dt.datetime(2027, 3, 28, 23, 59, 59, tzinfo=BERLIN), None),  # promised for the day on which the clocks go on
        (dt.datetime(2027, 3, 29, 0, 0, 0, tzinfo=BERLIN), "one day late"),
    ],
)
def test_overdue_begins_at_the_sites_midnight(client, sign_in, offer, now, late):
    make_application(offer, received_at=dt.datetime(2027, 3, 21, 1, 0, tzinfo=BERLIN))
    with time_machine.travel(now, tick=False):
        sign_in("recruiter", locale="en")
        found = [row[5] for row in rows_of(client.get("/desk/overdue/"))]
    assert found == ([late] if late else ["due today"])


def test_promise_of_the_site_is_told_and_kept_track_of(client, sign_in, app):
    offer = make_offer("Editor", slug="editor")
    make_application(offer, name="Ada One", received_at=clock.now() - dt.timedelta(days=9))
    session().commit()
    admin = make_person(role=Role.admin)
    sign_in(person=admin)
    assert rows_of(client.get("/desk/overdue/")) == []
    assert "You hear from us" not in client.get("/en/jobs/editor/").text
    form = form_of(client.get("/desk/site/"), having="response_days")
    assert client.post("/desk/site/", data={**form, "response_days": "500"}).status_code == 422
    assert client.post("/desk/site/", data={**form, "response_days": "5"}).status_code == 303
    assert [row[0] for row in rows_of(client.get("/desk/overdue/"))] == ["Ada One"]
    assert "You hear from us within 5 days." in main_of(client.get("/en/jobs/editor/"))
    assert client.post("/desk/site/", data={**form, "response_days": ""}).status_code == 303
    session().expire_all()
    assert current_site().response_days is None


def test_reviewer_sees_the_overdue_of_assigned_openings_only(client, sign_in, offer):
    other = make_offer("Editor", response_days=2)
    for one in (offer, other):
        make_application(one, name=f"Of {one.id}", received_at=clock.now() - dt.timedelta(days=20))
    reviewer = make_person(role=Role.reviewer)
    set_reviewers(offer.id, [reviewer])
    session().commit()
    sign_in(person=reviewer)
    response = client.get("/desk/overdue/")
    assert [row[0] for row in rows_of(response)] == [f"Of {offer.id}"]
    assert "Overdue 1" in words_of(next(page_of(response).iter("nav")))


def test_overdue_names_who_looks_after_it_and_can_be_narrowed_to_ones_own(client, sign_in, offer):
    me, kim = make_person(role=Role.recruiter, locale="en"), make_person("Kim Berg", role=Role.recruiter)
    late, soon = clock.now() - dt.timedelta(days=20), clock.now() - dt.timedelta(days=6)
    mine, both, of_kim, nobodys = (
        make_application(offer, name=name, received_at=at)
        for name, at in (("Ada Mine", late), ("Bea Both", soon), ("Cem Kim", late), ("Dan Nobody", soon))
    )
    for row, people in ((mine, [me]), (both, [me, kim]), (of_kim, [kim])):
        set_assignees(row, people, me)
    session().commit()
    sign_in(person=me)
    everything = client.get("/desk/overdue/")
    found = {row[0]: row[3] for row in rows_of(everything)}
    assert found == {"Ada Mine": me.name, "Bea Both": f"{me.name}, Kim Berg", "Cem Kim": "Kim Berg", nobodys.name: "–"}
    assert "All 2 Mine 1" in main_of(everything)
    assert [row[0] for row in rows_of(client.get("/desk/overdue/?mine=1"))] == ["Ada Mine", "Bea Both"]
    set_assignees(mine, [], me)
    set_assignees(both, [], me)
    session().commit()
    assert "Nobody you look after waits" in main_of(client.get("/desk/overdue/?mine=1"))
    assert len(rows_of(client.get("/desk/overdue/?mine=0"))) == 4


def test_reviewer_narrows_to_own_ones_among_assigned_openings_only(client, sign_in, offer):
    other = make_offer("Editor", response_days=2)
    reviewer = make_person(role=Role.reviewer)
    set_reviewers(offer.id, [reviewer])
    for one in (offer, other):
        row = make_application(one, name=f"Of {one.id}", received_at=clock.now() - dt.timedelta(days=20))
        session().add(ApplicationAssignee(application_id=row.id, person_id=reviewer.id))
    session().commit()
    sign_in(person=reviewer)
    assert [row[0] for row in rows_of(client.get("/desk/overdue/?mine=1"))] == [f"Of {offer.id}"]


def test_overdue_has_pages(client, sign_in, offer):
    for number in range(31):
        make_application(offer, name=f"Person {number:02}", received_at=clock.now() - dt.timedelta(days=60 - number))
    session().commit()
    sign_in("recruiter")
    assert len(rows_of(client.get("/desk/overdue/"))) == 30
    assert [row[0] for row in rows_of(client.get("/desk/overdue/?page=2"))] == ["Person 30"]


# --- sources


def test_source_is_made_renamed_and_switched_off(client, sign_in, app):
    sign_in("recruiter")
    form = form_of(client.get("/desk/sources/new/"))
    assert client.post("/desk/sources/new/", data={**form, "name": "", "code": "Bad Code!"}).status_code == 422
    bad = client.post("/desk/sources/new/", data={**form, "name": "Fair", "code": "Bad Code!"})
    assert "small letters" in " ".join(errors_of(bad))
    assert client.post("/desk/sources/new/", data={**form, "name": "Fair", "code": "fair-27"}).status_code == 303
    again = client.post("/desk/sources/new/", data={**form, "name": "Fair", "code": "fair-27"})
    assert (again.status_code, errors_of(again)) == (422, ["Code – Another source has this code."])
    row = session().execute(sa.select(SourceCode)).scalar_one()
    address = f"/desk/sources/{row.id}/"
    form = {name: value for name, value in form_of(client.get(address)).items() if name != "is_active"}
    assert client.post(address, data={**form, "name": "Fair in Kiel", "code": "other"}).status_code == 303
    session().expire_all()
    assert (row.code, row.name, row.is_active) == ("fair-27", "Fair in Kiel", False)
    assert "switched off" in main_of(client.get("/desk/sources/"))
    assert client.get("/desk/sources/9999/").status_code == 404


@pytest.mark.parametrize(("code", "is_known"), [("fair", True), ("nothing", False), ("", False)])
def test_source_of_the_form_stands_with_the_application(client, sign_in, offer, code, is_known):
    source = save_source(None, "fair", "Career fair", is_active=True)
    session().commit()
    given = {"name": "Nour Haddad", "email": "nour@example.org", "text": "I keep servers running.", "src": code}
    assert apply(client, given).location == "/en/jobs/operator/apply/sent/"
    row = session().execute(sa.select(Application).execution_options(scope="test")).scalar_one()
    assert row.source_id == (source.id if is_known else None)
    sign_in("recruiter")
    assert ("Source Career fair" in main_of(client.get(f"/desk/applications/{row.id}/"))) is is_known


def test_code_of_the_form_is_shown_to_no_applicant(client, offer):
    given = {
        "name": "Nour Haddad",
        "email": "nour@example.org",
        "text": "I keep servers running.",
        "src": "canary-code",
    }
    form = form_of(client.get("/en/jobs/operator/apply/"), "/apply/")
    answer = client.post("/en/jobs/operator/apply/", data={**form, **given})
    assert "canary-code" not in main_of(client.get(answer.location))
    close(offer, clock.now() - dt.timedelta(days=2))
    session().commit()
    late = client.post("/en/jobs/operator/apply/", data={**form, **given})
    assert late.status_code == 410
    assert "canary-code" not in main_of(late)
