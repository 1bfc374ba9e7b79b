"""The inbox by its address: filters, what is unread, kept filters, tags, who looks after one, mentions, the way on."""

import datetime as dt

import pytest
import sqlalchemy as sa
import time_machine

from jobboard.applications.actions import move, note
from jobboard.applications.actions_organise import mentioned_in, set_assignees, set_tags
from jobboard.applications.actions_reviewers import set_reviewers
from jobboard.applications.models import Answer, Event, EventKind, Stage
from jobboard.applications.models_desk import ApplicationTag, Mention, SavedFilter, Tag
from jobboard.applications.queries_inbox import Inbox, Sort, inbox_at, inbox_of
from jobboard.applications.tasks_desk import tidy_desk
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.openings.models import QuestionKind
from jobboard.site.queries import current_site
from tests.factories import copy_application, make_application, make_offer, make_person
from tests.pages import form_of, page_of, words_of

INBOX = "/desk/applications/"


@pytest.fixture
def offer(app):
    return make_offer("System administrator", response_days=7)


def main_of(response):
    return words_of(next(page_of(response).iter("main")))


def names_of(response):
    """The names in the list, in order; one that is unread ends with "*"."""
    rows = [one for one in page_of(response).iter("tr") if "data-row" in one.attrib]
    marks = ["*" if "is-unread" in one.get("class", "") else "" for one in rows]
    return [words_of(next(row.iter("a"))) + mark for row, mark in zip(rows, marks, strict=True)]


def links_of(response, **attributes):
    wanted = {name.replace("_", "-"): value for name, value in attributes.items()}
    links = page_of(response).iter("a")
    return [one.get("href") for one in links if all(one.get(name) == value for name, value in wanted.items())]


def scoped(model):
    session().expire_all()
    return session().execute(sa.select(model).execution_options(scope="test")).scalars().all()


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("", ""),
        ("page=1&sort=newest&opening=&q=+", ""),
        ("q=%20a%20%20b%20&stage=offer&opening=7", "opening=7&stage=offer&q=a+b"),
        ("unread=1&flagged=yes&overdue=1&sort=waiting&page=3", "unread=1&overdue=1&sort=waiting&page=3"),
        ("stage=promoted&opening=-1&assignee=everybody&tag=a--b&page=x", ""),
        ("assignee=me&tag=zweites-gesprach", "tag=zweites-gesprach&assignee=me"),
        ("assignee=12&opening=9999999999", "assignee=12"),
    ],
)
def test_address_is_read_once_and_written_one_way(query, canonical):
    inbox = inbox_at(query)
    assert inbox.address == canonical
    assert inbox_at(inbox.address) == inbox


def test_change_of_a_filter_begins_at_the_first_page():
    inbox = Inbox(page=4, sort=Sort.waiting, text="x")
    assert inbox.but(text="").address == "sort=waiting"
    assert inbox_of({"page": "4"}).but().page == 1


def test_filters_and_their_chips_and_counts(client, sign_in, offer):
    person = sign_in("recruiter", name="Thilo Brandt")
    ada, bea = make_application(offer, name="Ada One"), make_application(offer, name="Bea Two", stage=Stage.reviewing)
    make_application(make_offer("Editor"), name="Cem Three")
    ada.answers.append(Answer(position=0, kind=QuestionKind.text, label="?", value="No", shown="No", is_flagged=True))
    bea.received_at -= dt.timedelta(days=8)
    set_tags(bea, ["Zweites Gespräch"], person)
    set_assignees(ada, [person], person)
    session().commit()
    assert names_of(client.get(INBOX)) == ["Cem Three*", "Ada One*", "Bea Two*"]
    assert names_of(client.get(f"{INBOX}?sort=waiting")) == ["Bea Two*", "Ada One*", "Cem Three*"]
    for query, name, chip in [
        ("flagged=1", "Ada One*", "Answer to look at"),
        ("overdue=1", "Bea Two*", "Answer overdue"),
        ("tag=zweites-gesprach", "Bea Two*", "Tag: Zweites Gespräch"),
        ("assignee=me", "Ada One*", "Looked after by: Me"),
        (f"assignee={person.id}", "Ada One*", "Looked after by: Thilo Brandt"),
    ]:
        page = client.get(f"{INBOX}?{query}")
        assert names_of(page) == [name], query
        assert f"Remove this filter: {chip}" in main_of(page)
        assert "All 1" in main_of(page), "tabs count what is asked for"
    assert names_of(client.get(f"{INBOX}?assignee=nobody&opening={offer.id}")) == ["Bea Two*"]
    nothing = client.get(f"{INBOX}?flagged=1&overdue=1")
    assert "Nothing fits all of these filters at once." in main_of(nothing)


def test_answer_that_was_given_is_not_overdue_and_one_only_decided_is(client, sign_in, offer):
    sign_in("recruiter")
    late = clock.now() - dt.timedelta(days=9)
    make_application(offer, name="Told", stage=Stage.interview, received_at=late)
    make_application(offer, name="Decided", stage=Stage.rejected, received_at=late)
    make_application(offer, name="Gone", stage=Stage.withdrawn, told_stage=Stage.received, received_at=late)
    make_application(make_offer("Promises nothing"), name="Free", received_at=late)
    assert names_of(client.get(f"{INBOX}?overdue=1")) == ["Decided"]


def test_overdue_is_what_the_list_of_the_overdue_names(client, sign_in, offer):
    """By the site's promise where an opening has none of its own, and from the site's midnight on."""
    current_site().response_days = 5
    offer.response_days = None
    now = dt.datetime(2026, 6, 10, 12, tzinfo=dt.UTC)
    for name, days, hours in (("Late", 6, 0), ("Today", 5, 5), ("Tomorrow", 4, 0)):
        make_application(offer, name=name, received_at=now - dt.timedelta(days=days, hours=hours))
    session().commit()
    with time_machine.travel(now, tick=False):
        sign_in("recruiter")
        page = client.get(f"{INBOX}?overdue=1")
        assert [name.rstrip("*") for name in names_of(page)] == ["Late"]
        assert "Late" in main_of(client.get("/desk/overdue/"))
        assert client.get(INBOX).text.count("row-marks") == 1, "only Late is marked"


def test_filter_form_leads_to_the_one_address_of_what_it_asks_for(client, sign_in, offer):
    sign_in("recruiter")
    answer = client.get(f"{INBOX}go/?view=inbox&q=&opening={offer.id}&assignee=&unread=1")
    assert (answer.status_code, answer.location) == (302, f"{INBOX}?opening={offer.id}&unread=1")
    assert client.get(f"{INBOX}go/?view=board&tag=x").location == f"{INBOX}board/?tag=x"


def test_unread_ends_with_looking_and_begins_with_news_of_others(client, sign_in, offer):
    row = make_application(offer, name="Ada One")
    make_application(offer, name="Long ago", stage=Stage.hired)
    person, other = sign_in("recruiter"), make_person(role=Role.recruiter)
    session().commit()
    assert names_of(client.get(f"{INBOX}?unread=1")) == ["Ada One*"], "what was over before one came is no news"
    client.get(f"{INBOX}{row.id}/")
    assert names_of(client.get(f"{INBOX}?unread=1")) == []
    note(row, "Mine.", person)
    move(row, Stage.reviewing, other)
    session().commit()
    assert names_of(client.get(f"{INBOX}?unread=1")) == [], "neither one's own note nor a move"
    note(row, "Theirs.", other)
    session().commit()
    assert names_of(client.get(f"{INBOX}?unread=1")) == ["Ada One*"]
    client.get(f"{INBOX}{row.id}/")
    row.events.append(Event(kind=EventKind.document_added, at=clock.now(), detail="cv.pdf"))
    session().commit()
    assert names_of(client.get(f"{INBOX}?unread=1")) == ["Ada One*"]


def test_looking_again_writes_nothing(client, sign_in, offer, queries):
    row = make_application(offer)
    sign_in("recruiter")
    client.get(f"{INBOX}{row.id}/")
    with queries() as log:
        client.get(f"{INBOX}{row.id}/")
    assert not [one for one in log if one.startswith(("INSERT", "UPDATE", "DELETE"))]


def test_next_and_previous_follow_the_list_one_came_from_also_after_a_move(client, sign_in, offer):
    rows = [
        make_application(offer, name=f"Person {number}", received_at=clock.now() - dt.timedelta(hours=9 - number))
        for number in range(4)
    ]
    make_application(
        make_offer("Editor"), name="Elsewhere", received_at=clock.now() - dt.timedelta(hours=7, minutes=30)
    )
    sign_in("recruiter")
    listed = client.get(f"{INBOX}?opening={offer.id}&stage=received")
    middle = next(one for one in links_of(listed, data_open="") if f"/{rows[2].id}/" in one)
    page = client.get(middle)
    [next_url], [previous_url] = links_of(page, rel="next"), links_of(page, rel="prev")
    assert (f"/{rows[1].id}/" in next_url, f"/{rows[3].id}/" in previous_url) == (True, True)
    action = next(one.get("action") for one in page_of(page).iter("form") if "/move/" in one.get("action", ""))
    moved = client.post(action, data={**form_of(page, having="version"), "to_stage": "interview"})
    assert moved.status_code == 303
    assert "from=" in moved.location
    again = client.get(moved.location)
    assert links_of(again, rel="next") == [next_url], "its place in the list stays"
    assert f"{INBOX}?opening={offer.id}&stage=received" in links_of(again)
    assert links_of(client.get(next_url), rel="next") == [next_url.replace(f"/{rows[1].id}/", f"/{rows[0].id}/")]
    assert links_of(client.get(f"{INBOX}{rows[2].id}/"), rel="next") == [], "who came from nowhere goes nowhere"
    assert links_of(client.get(f"{INBOX}{rows[2].id}/?from=//evil.example?x"), rel="next") == []


def test_waiting_longest_goes_on_in_its_own_order(client, sign_in, offer):
    old, new = (make_application(offer, received_at=clock.now() - dt.timedelta(days=days)) for days in (5, 2))
    sign_in("recruiter")
    page = client.get(f"{INBOX}{old.id}/?from=inbox%3Fsort%3Dwaiting")
    assert [f"/{new.id}/" in one for one in links_of(page, rel="next")] == [True]
    assert links_of(page, rel="prev") == []


def test_kept_filter_is_ones_own_unless_it_is_shared_and_only_its_owner_drops_it(client, sign_in, offer):
    make_application(offer)
    owner = sign_in("recruiter", name="Thilo Brandt")
    page = client.get(f"{INBOX}?opening={offer.id}&unread=1&page=1")
    form = form_of(page, "/filters/")
    assert form["query"] == f"opening={offer.id}&unread=1"
    assert form["name"] == "System administrator, Unread"
    named = form_of(client.get(f"{INBOX}?q=Ada+Canary&unread=1"), "/filters/")
    assert (named["name"], named["query"]) == ("Unread", "unread=1&q=Ada+Canary"), "no name is proposed"
    for name, is_shared in (("Mine", {}), ("Ours", {"is_shared": "y"})):
        answer = client.post(f"{INBOX}filters/", data={**form, "name": name, **is_shared})
        assert answer.location == f"{INBOX}?opening={offer.id}&unread=1"
    assert client.post(f"{INBOX}filters/", data={**form, "name": " "}).status_code == 422
    colleague = make_person(role=Role.recruiter)
    sign_in(person=colleague)
    shown = client.get(INBOX)
    assert "Ours · Thilo Brandt" in main_of(shown)
    assert "Mine" not in main_of(shown)
    kept = {one.name: one.id for one in scoped(SavedFilter)}
    assert client.post(f"{INBOX}filters/{kept['Ours']}/drop/", data={"csrf_token": _token(shown)}).status_code == 404
    reviewer = make_person(role=Role.reviewer)
    set_reviewers(offer.id, [reviewer])
    session().commit()
    sign_in(person=reviewer)
    assert "Ours" not in main_of(client.get(INBOX)), "shared with those who hire"
    sign_in(person=owner)
    page = client.get(f"{INBOX}?opening={offer.id}&unread=1")
    assert client.post(f"{INBOX}filters/{kept['Mine']}/drop/", data=form_of(page, "/drop/")).status_code == 303
    assert [one.name for one in scoped(SavedFilter)] == ["Ours"]


def _token(page):
    return next(one.get("value") for one in page_of(page).iter("input") if one.get("name") == "csrf_token")


def test_tag_has_one_name_however_it_is_written_and_goes_with_its_last_use(client, sign_in, offer):
    ada, bea = make_application(offer, name="Ada One"), make_application(offer, name="Bea Two")
    sign_in("recruiter")
    for row, words in ((ada, "Zweites Gespräch, remote"), (bea, " zweites  GESPRÄCH ,")):
        page = client.get(f"{INBOX}{row.id}/")
        assert client.post(f"{INBOX}{row.id}/tags/", data={**form_of(page, "/tags/"), "tags": words}).status_code == 303
    assert sorted(tag.name for tag in scoped(Tag)) == ["Zweites Gespräch", "remote"]
    assert names_of(client.get(f"{INBOX}?tag=zweites-gesprach")) == ["Bea Two", "Ada One"]
    page = client.get(f"{INBOX}{ada.id}/")
    assert form_of(page, "/tags/")["tags"] == "remote, Zweites Gespräch"
    client.post(f"{INBOX}{ada.id}/tags/", data={**form_of(page, "/tags/"), "tags": ""})
    assert [tag.name for tag in scoped(Tag)] == ["Zweites Gespräch"]
    session().delete(bea)
    session().commit()
    assert scoped(ApplicationTag) == []
    assert tidy_desk() == 1
    assert scoped(Tag) == []


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("x" * 41, "A tag has 40 characters at most."),
        (",".join("abcdefghijklm"), "12 tags at most, please."),
        ("!?", "A tag needs a letter or a digit."),
    ],
)
def test_tag_that_is_none_is_told(client, sign_in, offer, words, error):
    row = make_application(offer)
    sign_in("recruiter")
    form = form_of(client.get(f"{INBOX}{row.id}/"), "/tags/")
    answer = client.post(f"{INBOX}{row.id}/tags/", data={**form, "tags": words})
    assert answer.status_code == 422
    assert error in main_of(answer)
    assert scoped(Tag) == []


def test_only_who_may_see_an_application_looks_after_it(client, sign_in, offer):
    row = make_application(offer, name="Ada One")
    other = make_offer("Editor")
    mine, theirs = make_person("Emre Aydın", role=Role.reviewer), make_person("Bo Çelik", role=Role.reviewer)
    author = make_person("Lena Ruh", role=Role.author)
    set_reviewers(offer.id, [mine])
    set_reviewers(other.id, [theirs])
    sign_in("recruiter", name="Thilo Brandt")
    session().commit()
    page = client.get(f"{INBOX}{row.id}/")
    form = form_of(page, "/assignees/")
    offered = [one.get("value") for one in page_of(page).iter("input") if one.get("name") == "people"]
    assert str(mine.id) in offered
    assert not {str(theirs.id), str(author.id)} & set(offered)
    assert client.post(f"{INBOX}{row.id}/assignees/", data={**form, "people": [str(theirs.id)]}).status_code == 422
    assert client.post(f"{INBOX}{row.id}/assignees/", data={**form, "people": [str(mine.id)]}).status_code == 303
    assert "Emre Aydın" in main_of(client.get(INBOX))
    sign_in(person=mine)
    assert names_of(client.get(f"{INBOX}?assignee=me")) == ["Ada One*"]


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("@Alma Berg, what do you think?", ["Alma Berg"]),
        ("@alma berg and (@Emre)", ["Alma Berg", "Emre Aydın"]),
        ("@Alma", []),
        ("@Alma Bergmann", ["Alma Bergmann"]),
        ("@Alma Bergstein", []),
        ("mail alma@emre.example or @Nobody", []),
        ("Alma Berg without a sign", []),
    ],
)
def test_who_is_called_by_name(app, text, called):
    people = [make_person(name, role=Role.recruiter) for name in ("Alma Berg", "Alma Bergmann", "Emre Aydın")]
    assert sorted(one.name for one in mentioned_in(text, people)) == called


@pytest.mark.parametrize(("language", "subject"), [("en", "Thilo Brandt mentioned you"), ("de", None)])
def test_mention_is_listed_until_it_is_opened_and_its_mail_holds_nothing_of_the_applicant(
    client, sign_in, offer, outbox, language, subject
):
    row = make_application(offer, name="Canary Applicant", text="Canary letter")
    emre = make_person("Emre Aydın", role=Role.reviewer, locale=language)
    bo = make_person("Bo Çelik", role=Role.reviewer)
    set_reviewers(offer.id, [emre])
    sign_in("recruiter", name="Thilo Brandt")
    session().commit()
    form = form_of(client.get(f"{INBOX}{row.id}/"), "/note/")
    words = "@Emre Aydın and @Bo Çelik: canary words? @Thilo Brandt"
    client.post(f"{INBOX}{row.id}/note/", data={**form, "text": words})
    [mail] = outbox()
    assert (mail.to_address, mail.about_id) == (emre.email, None)
    assert subject is None or mail.subject == subject
    assert f"/desk/applications/{row.id}/" in mail.text
    for content in (mail.subject, mail.text, mail.html):
        assert "canary" not in content.lower()
        assert offer.texts[0].title not in content
    sign_in(person=bo)
    assert "canary" not in client.get(f"{INBOX}mentions/").text.lower(), "who may not see it is not called"
    sign_in(person=emre)
    assert "canary words?" in main_of(client.get(f"{INBOX}mentions/"))
    [mention] = scoped(Mention)
    assert mention.read_at is None
    client.get(f"{INBOX}{row.id}/")
    [mention] = scoped(Mention)
    assert mention.read_at is not None
    set_reviewers(offer.id, [])
    session().commit()
    assert "canary" not in client.get(f"{INBOX}mentions/").text.lower(), "nor who may not any more"


def test_reviewer_sees_no_tags_and_no_application_of_another_opening(client, sign_in, offer):
    row = make_application(offer, name="Ada One")
    other = make_application(make_offer("Editor"), name="Bea Two")
    recruiter, reviewer = make_person(role=Role.recruiter), make_person(role=Role.reviewer)
    set_reviewers(offer.id, [reviewer])
    for one in (row, other):
        set_tags(one, ["Canary"], recruiter)
        set_assignees(one, [recruiter], recruiter)
    session().commit()
    sign_in(person=reviewer)
    page = client.get(INBOX)
    assert names_of(page) == ["Ada One*"]
    assert "Canary" not in page.text
    assert "Canary" not in client.get(f"{INBOX}{row.id}/").text
    assert names_of(client.get(f"{INBOX}?tag=canary")) == []
    assert names_of(client.get(f"{INBOX}?q=canary")) == []
    unknown, foreign = client.get(f"{INBOX}999999/"), client.get(f"{INBOX}{other.id}/")
    assert (unknown.status_code, foreign.status_code) == (404, 404)
    assert unknown.text == foreign.text


@pytest.mark.parametrize("path", ["", "board/"])
def test_list_and_board_take_the_same_number_of_statements_for_1_and_3_and_300(client, sign_in, offer, queries, path):
    person = sign_in("recruiter")
    counts = []
    for number in (1, 2, 297):
        row = make_application(offer)
        set_tags(row, ["Remote", "Tides"], person)
        set_assignees(row, [person], person)
        copy_application(row, number - 1)
        session().commit()
        session().expire_all()
        with queries() as log:
            assert client.get(INBOX + path).status_code == 200
        counts.append(len(log))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 19


def test_empty_inbox_says_how_it_fills(client, sign_in):
    sign_in("recruiter", locale="en")
    assert "An application arrives when somebody sends the form of an open opening." in main_of(client.get(INBOX))
    assert "@" in main_of(client.get(f"{INBOX}mentions/"))
