"""Who took part left: somebody else learns of what the applicant does, and nothing of theirs stays behind."""

import pytest

from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session, writing
from jobboard.people.actions_staff import end_access
from jobboard.people.models import Person
from tests.factories import make_application, make_interview, make_offer, make_person
from tests.interviews.steps import in_days, interviews, mails, own
from tests.pages import form_of, page_of


@pytest.fixture
def offer(app):
    return make_offer("System administrator")


@pytest.fixture
def row(offer):
    return make_application(offer, email="robin@example.org")


@pytest.fixture
def alma(app):
    return make_person("Alma Berg", role=Role.recruiter, email="alma@example.org")


def leaves(person):
    with writing():
        end_access(session().get_one(Person, person.id), None, clock.now())


def picks(client, row, interview):
    answer = client.post(own(row, interview, "pick/"), data={"slot": interview.slots[0].id})
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("is_contact", "addresses"), [(True, ["kim@example.org"]), (False, ["kim@example.org", "lou@example.org"])]
)
def test_contact_or_those_who_hire_learn_of_a_pick_nobody_is_left_for(client, offer, row, alma, is_contact, addresses):
    kim = make_person("Kim Ito", role=Role.recruiter, email="kim@example.org")
    make_person("Lou Ray", role=Role.admin, email="lou@example.org")
    make_person("Mia Sol", role=Role.author, email="mia@example.org")
    interview = make_interview(row, [alma], [in_days(4)])
    offer.contact = kim if is_contact else None
    session().commit()
    leaves(alma)
    picks(client, row, interview)
    found = mails("staff_planned")
    assert sorted(mail.to_address for mail in found) == addresses
    for mail in found:
        assert "somebody else has to take it over" in mail.text
        assert "attached file" not in mail.text
        assert mail.attachments == []
    client.post(own(row, interviews()[0], "cancel/"), data={"reason": "I moved."})
    assert sorted(mail.to_address for mail in mails("staff_cancelled")) == addresses


def test_while_somebody_is_left_nobody_else_is_disturbed(client, row, alma):
    kim = make_person("Kim Ito", role=Role.recruiter, email="kim@example.org")
    make_person("Lou Ray", role=Role.admin, email="lou@example.org")
    interview = make_interview(row, [alma, kim], [in_days(4)])
    session().commit()
    leaves(alma)
    picks(client, row, interview)
    [mail] = mails("staff_planned")
    assert (mail.to_address, len(mail.attachments)) == ("kim@example.org", 1)
    assert "take it over" not in mail.text


def test_calendar_of_somebody_who_comes_back_has_another_address(client, sign_in, row):
    alma = sign_in("recruiter")

    def address():
        client.post("/desk/interviews/feed/", data=form_of(client.get("/desk/interviews/"), "/feed/"))
        page = page_of(client.get("/desk/interviews/"))
        found = next(one.get("value") for one in page.iter("input") if one.get("id") == "feed-url")
        return f"/{found.partition('127.0.0.1')[2].partition('/')[2]}"

    old = address()
    assert client.get(old).status_code == 200
    make_person("Lou Ray", role=Role.admin, email="lou@example.org")
    session().commit()
    leaves(alma)
    assert client.get(old).status_code == 404
    with writing():
        alma.role, alma.left_at = Role.recruiter, None
    assert client.get(old).status_code == 404
