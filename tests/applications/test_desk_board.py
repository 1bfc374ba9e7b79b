"""The board: who stands where, only moves there are, and of two people who move one card the second overwrites nothing."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa

from jobboard.applications.actions import move
from jobboard.applications.actions_reviewers import set_reviewers
from jobboard.applications.models import Application, EventKind, Stage
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session
from tests.factories import copy_application, make_application, make_offer, make_person
from tests.pages import form_of, page_of, words_of

BOARD = "/desk/applications/board/"


@pytest.fixture
def offer(app):
    return make_offer("System administrator")


def columns_of(response):
    """The names in each column."""
    sections = [one for one in page_of(response).iter("section") if "data-stage" in one.attrib]
    return {
        one.get("data-stage"): [words_of(link) for link in one.iter("a") if "data-open" in link.attrib]
        for one in sections
    }


def moves_of(response, row):
    """The values of the buttons that move a card, by stage."""
    values = [one.get("value") for one in page_of(response).iter("button") if one.get("name") == "move"]
    return {one.split(":")[2]: one for one in values if one.startswith(f"{row.id}:")}


def main_of(response):
    return words_of(next(page_of(response).iter("main")))


def row_again(row):
    session().rollback()
    session().expire_all()
    statement = sa.select(Application).where(Application.id == row.id).execution_options(scope="test")
    return session().execute(statement).scalar_one()


def send(client, page, value, url=BOARD):
    return client.post(url, data={"csrf_token": form_of(page, having="csrf_token")["csrf_token"], "move": value})


def test_cards_stand_in_the_column_of_their_stage_and_closed_ones_are_counted(client, sign_in, offer):
    for name, stage in [("Ada", Stage.received), ("Bea", Stage.offer), ("Cem", Stage.rejected), ("Dia", Stage.hired)]:
        make_application(offer, name=name, stage=stage)
    make_application(make_offer("Editor"), name="Eli")
    sign_in("recruiter")
    page = client.get(f"{BOARD}?opening={offer.id}")
    assert columns_of(page) == {"received": ["Ada"], "reviewing": [], "interview": [], "offer": ["Bea"]}
    assert "Hired 1" in main_of(page)
    assert "Rejected 1" in main_of(page)
    assert columns_of(client.get(BOARD))["received"] == ["Ada", "Eli"]
    assert columns_of(client.get(f"{BOARD}?stage=offer&apart=1&page=7"))["received"] == ["Ada", "Eli"]


def test_only_moves_there_are_are_offered_and_rejecting_asks_when_the_answer_leaves(client, sign_in, offer):
    row = make_application(offer, stage=Stage.offer)
    sign_in("recruiter")
    page = client.get(BOARD)
    assert set(moves_of(page, row)) == {"hired", "declined"}
    link = next(one.get("href") for one in page_of(page).iter("a") if "do=move-rejected" in one.get("href", ""))
    assert "When do the applicants get the answer?" in main_of(client.get(link))


def test_move_is_an_event_with_who_and_leads_back_to_the_same_board(client, sign_in, offer):
    row = make_application(offer, name="Ada One")
    person = sign_in("recruiter")
    url = f"{BOARD}?opening={offer.id}&more=received-100"
    page = client.get(url)
    answer = send(client, page, moves_of(page, row)["interview"], form_action(page))
    assert (answer.status_code, answer.location) == (303, url)
    assert "Ada One: moved to “Interview”." in main_of(client.get(answer.location))
    event = row_again(row).events[-1]
    assert (event.kind, event.by_id, event.from_stage, event.to_stage) == (
        EventKind.moved,
        person.id,
        Stage.received,
        Stage.interview,
    )


def form_action(page):
    return next(one.get("action") for one in page_of(page).iter("form") if "data-board" in one.attrib)


def test_card_somebody_else_moved_is_told_where_it_is_and_stays_there(client, sign_in, offer):
    row = make_application(offer, name="Ada One")
    sign_in("recruiter")
    page = client.get(BOARD)
    move(row, Stage.interview, make_person(role=Role.recruiter))
    session().commit()
    answer = send(client, page, moves_of(page, row)["reviewing"])
    assert answer.status_code == 409
    assert "Ada One is at “Interview” now; you wanted “In review”. Nothing was overwritten." in main_of(answer)
    assert columns_of(answer)["interview"] == ["Ada One"]
    assert row_again(row).stage is Stage.interview


@pytest.mark.parametrize("value", ["", "x", "1:1:promoted", "1:1", "1:1:interview:1", "-1:1:interview"])
def test_move_that_is_none_is_refused(client, sign_in, offer, value):
    make_application(offer)
    sign_in("recruiter")
    assert send(client, client.get(BOARD), value).status_code == 400


def test_illegal_move_is_told_and_changes_nothing(client, sign_in, offer):
    row = make_application(offer)
    sign_in("recruiter")
    answer = send(client, client.get(BOARD), f"{row.id}:{row.version}:hired")
    assert answer.status_code == 409
    assert row_again(row).stage is Stage.received


def test_reviewer_sees_the_cards_of_their_openings_and_moves_none(client, sign_in, offer):
    row = make_application(offer, name="Ada One")
    other = make_application(make_offer("Editor"), name="Bea Two")
    reviewer = make_person(role=Role.reviewer)
    set_reviewers(offer.id, [reviewer])
    session().commit()
    sign_in(person=reviewer)
    page = client.get(BOARD)
    assert columns_of(page)["received"] == ["Ada One"]
    assert moves_of(page, row) == {}
    assert "data-moves" not in page.text
    for one in (row, other):
        assert send(client, page, f"{one.id}:{one.version}:interview").status_code == 403
    sign_in("recruiter")
    page = client.get(BOARD)
    unknown = send(client, page, "999999:1:interview")
    assert unknown.status_code == 404


def test_column_shows_fifty_who_wait_longest_and_fifty_more_when_asked(client, sign_in, offer):
    longest = make_application(offer, name="Waits longest", received_at=clock.now() - dt.timedelta(days=9))
    copy_application(make_application(offer), 118)
    make_application(offer, name="Last", stage=Stage.offer)
    sign_in("recruiter")
    page = client.get(BOARD)
    first = columns_of(page)["received"]
    assert len(first) == 50
    assert first[0] == longest.name
    assert re.search(r"Received 120\b", main_of(page)), "the count is of all"
    more = next(one.get("href") for one in page_of(page).iter("a") if words_of(one) == "Show 50 more")
    second = columns_of(client.get(more))["received"]
    assert second[:50] == first
    assert len(second) == 100
    assert columns_of(client.get(f"{BOARD}?more=received-9999&more=offer-x&more=hired-100"))["received"][:100] == second


def test_board_without_applications_says_what_it_will_be(client, sign_in):
    sign_in("recruiter", locale="en")
    assert "Each application becomes a card here." in main_of(client.get(BOARD))
