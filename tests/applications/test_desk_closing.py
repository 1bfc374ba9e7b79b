"""A closed opening asks for a decision on every open application: by name, all at once, overwriting nothing."""

import datetime as dt

import pytest
import sqlalchemy as sa

from jobboard.applications.actions import join_pool, move, withdraw
from jobboard.applications.actions_closing import Choice, Decision, MovedMeanwhile, decide
from jobboard.applications.models import Application, EventKind, Stage
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session, writing
from tests.factories import make_application, make_offer, make_person
from tests.pages import form_of, html_problems, page_of, words_of

DAY = dt.timedelta(days=1)


@pytest.fixture
def closed(sign_in):
    """A closed opening with a contact, and a recruiter who is signed in."""
    recruiter = sign_in("recruiter", name="Thilo Brandt")
    offer = make_offer(
        "Operator", slug="operator", closed_at=clock.now(), publish_at=clock.now() - 30 * DAY, contact=recruiter
    )
    session().commit()
    return offer


def url_of(offer):
    return f"/desk/openings/{offer.id}/closing/"


def applications(offer, *names, **columns):
    rows = [
        make_application(offer, name=name, received_at=clock.now() - (20 - number) * DAY, **columns)
        for number, name in enumerate(names)
    ]
    session().commit()
    return rows


def stages():
    session().rollback()
    session().expire_all()
    statement = sa.select(Application).order_by(Application.id).execution_options(scope="test")
    return [row.stage for row in session().execute(statement).scalars()]


def chosen(client, offer, *decisions, page=None):
    """What the page sends with these decisions, row by row."""
    data = form_of(page or client.get(url_of(offer)), having="rows-0-version")
    return {**data, **{f"rows-{number}-decision": value for number, value in enumerate(decisions)}}


def review(client, offer, *decisions):
    return client.post(url_of(offer), data={**chosen(client, offer, *decisions), "step": "review"})


def confirm(client, offer, reviewed):
    return client.post(url_of(offer), data={**form_of(reviewed, having="rows-0-version"), "step": "confirm"})


def lines(page):
    return [[words_of(cell) for cell in row if cell.tag in {"th", "td"}] for row in page_of(page).iter("tr")][1:]


def test_names_are_looked_over_and_all_is_done_at_once(client, closed, outbox):
    applications(closed, "Ada", "Ben", "Cem", "Dora")
    page = client.get(url_of(closed))
    assert html_problems(page) == []
    assert "4 applications wait for a decision" in page.text
    assert [line[0] for line in lines(page)] == ["Ada", "Ben", "Cem", "Dora"], "the longest waiting first"
    assert lines(page)[0][2] == "20 days"
    reviewed = review(client, closed, "tell_now", "tell_later", "keep", "tell_now")
    assert html_problems(reviewed) == []
    names = {words_of(part.find("h2")): words_of(part.find("ul")) for part in page_of(reviewed).iter("section")}
    assert names == {"Reject and tell now by mail 2": "AdaDora", "Reject, tell later 1": "Ben"}
    assert "One application stays open." in reviewed.text
    assert stages() == [Stage.received] * 4, "nothing happened yet"
    assert outbox() == []
    done = confirm(client, closed, reviewed)
    assert done.location == url_of(closed)
    assert stages() == [Stage.rejected, Stage.rejected, Stage.received, Stage.rejected]
    assert [(mail.kind, mail.to_name) for mail in outbox()] == [
        ("applications/rejected", "Ada"),
        ("applications/rejected", "Dora"),
    ]
    after = client.get(url_of(closed))
    assert "3 applications were rejected." in after.text
    assert [line[0] for line in lines(after)] == ["Cem"]


def test_decision_and_telling_are_two_things(client, closed):
    now, later = applications(closed, "Ada", "Ben")
    confirm(client, closed, review(client, closed, "tell_now", "tell_later"))
    session().refresh(now)
    session().refresh(later)
    assert now.decided_at
    assert later.decided_at
    assert (now.told_at, later.told_at) == (None, None), "told when the mail server has accepted it"
    assert [event.kind for event in now.events] == [EventKind.moved, EventKind.mailed]
    assert [event.kind for event in later.events] == [EventKind.moved]
    assert {event.by.name for event in (*now.events, *later.events)} == {"Thilo Brandt"}


def test_all_can_be_filled_in_and_changed_again(client, closed):
    applications(closed, "Ada", "Ben", "Cem")
    data = {**chosen(client, closed), "for_all": "tell_later", "step": "fill"}
    page = client.post(url_of(closed), data=data)
    assert [value for name, value in form_of(page, having="rows-0-version").items() if "decision" in name] == [
        "tell_later"
    ] * 3
    reviewed = client.post(url_of(closed), data={**chosen(client, closed, "keep", page=page), "step": "review"})
    changed = client.post(url_of(closed), data={**form_of(reviewed, having="rows-0-version"), "step": "change"})
    assert changed.status_code == 200
    kept = [value for name, value in form_of(changed, having="rows-0-version").items() if "decision" in name]
    assert kept == ["keep", "tell_later", "tell_later"]
    assert stages() == [Stage.received] * 3


def test_nothing_chosen_is_told(client, closed):
    applications(closed, "Ada")
    page = review(client, closed, "keep")
    assert "Please choose a decision for at least one application." in page.text
    assert client.post(url_of(closed), data={**chosen(client, closed, "hire"), "step": "review"}).status_code == 422


@pytest.mark.parametrize("happening", ["moved", "withdrawn", "rejected"])
def test_what_somebody_changed_meanwhile_is_told_and_not_overwritten(client, closed, outbox, happening):
    ada, ben = applications(closed, "Ada", "Ben")
    reviewed = review(client, closed, "tell_now", "tell_now")
    if happening == "withdrawn":
        withdraw(ada, None)
    else:
        move(ada, Stage.interview if happening == "moved" else Stage.rejected, make_person("Jana"))
    session().commit()
    before = len(outbox())
    answer = confirm(client, closed, reviewed)
    assert answer.status_code == 409
    assert "Somebody changed an application in the meantime" in answer.text
    assert "Changed: Ada." in answer.text
    assert stages()[1] is Stage.received, "nobody is rejected where one is not as it was seen"
    assert len(outbox()) == before
    assert html_problems(answer) == []
    again = client.post(url_of(closed), data={**form_of(answer, having="rows-0-version"), "step": "review"})
    assert confirm(client, closed, again).status_code == 303
    assert stages()[1] is Stage.rejected
    assert ben.id


def test_sent_twice_it_happens_once(client, closed, outbox):
    applications(closed, "Ada")
    reviewed = review(client, closed, "tell_now")
    assert confirm(client, closed, reviewed).status_code == 303
    assert confirm(client, closed, reviewed).status_code in {303, 409}
    assert len(outbox()) == 1


def test_negative_control_without_the_version_a_move_is_overwritten(closed):
    """What the version is for: the same decision, made by somebody who claims to have seen the newest one."""
    [ada] = applications(closed, "Ada")
    recruiter, seen = make_person("Jana", role=Role.recruiter), str(ada.version)
    move(ada, Stage.interview, recruiter)
    session().commit()
    with pytest.raises(MovedMeanwhile), writing():
        decide(closed, [Choice(ada.id, seen, Decision.tell_later)], recruiter)
    assert stages() == [Stage.interview]
    with writing():
        decide(closed, [Choice(ada.id, str(ada.version), Decision.tell_later)], recruiter)
    assert stages() == [Stage.rejected]


def test_foreign_applications_cannot_be_decided_here(client, closed):
    other = make_offer("Other", closed_at=clock.now())
    [ada], [ben] = applications(closed, "Ada"), applications(other, "Ben")
    data = chosen(client, closed, "tell_later") | {"rows-0-application_id": str(ben.id), "step": "confirm"}
    client.post(url_of(closed), data=data)
    assert stages() == [Stage.received] * 2
    with pytest.raises(MovedMeanwhile), writing():
        decide(closed, [Choice(ben.id, str(ben.version), Decision.tell_later)], make_person(role=Role.recruiter))
    assert ada.id


def test_talent_pool_is_shown_and_cannot_be_chosen(client, closed):
    [ada, _ben] = applications(closed, "Ada", "Ben")
    join_pool(ada, "Keep my application")
    session().commit()
    page = client.get(url_of(closed))
    assert [line[3][:5] for line in lines(page)] == ["until", "–"]
    choices = {option.get("value") for option in page_of(page).iter("option")}
    assert choices == {"keep", "tell_now", "tell_later"}


def test_page_says_when_the_opening_is_still_open_and_when_nothing_waits(client, sign_in):
    sign_in("recruiter")
    offer = make_offer("Operator")
    session().commit()
    page = client.get(url_of(offer))
    assert "The opening is not closed" in page.text
    assert "No application waits for a decision" in page.text
    assert html_problems(page) == []


def test_suspects_and_decided_ones_are_not_asked_about(client, closed):
    applications(closed, "Robot", is_suspect=True)
    applications(closed, "Gone", stage=Stage.withdrawn)
    applications(closed, "Ada")
    assert [line[0] for line in lines(client.get(url_of(closed)))] == ["Ada"]


@pytest.mark.parametrize("number", [1, 3, 300])
def test_page_takes_the_same_number_of_queries_for_any_number(client, closed, queries, number):
    session().add_all(
        Application(
            opening_id=closed.id, email=f"a{one}@example.org", email_key=f"a{one}@example.org", name=f"A {one}", text="",
            locale="en", form_nonce=str(one), form_digest="0", received_at=clock.now(), stage_since=clock.now(),
            consents=[], version=1, link_hash=str(one),
        )
        for one in range(number)
    )  # fmt: skip
    session().commit()
    client.get(url_of(closed))
    session().expunge_all()
    with queries() as log:
        page = client.get(url_of(closed))
    assert len(lines(page)) == number
    assert len(log) == 15, log


@pytest.mark.parametrize(("language", "words"), [("en", "Open applications"), ("de", 'lang="de"')])
def test_page_speaks_the_persons_language(client, sign_in, language, words):
    sign_in("recruiter", locale=language)
    offer = make_offer("Betrieb", locale="de", closed_at=clock.now())
    applications(offer, "Ada", "Ben")
    page = client.get(url_of(offer))
    assert words in page.text
    assert html_problems(page) == []
