"""A hidden name and interviews: who takes part knows whom they meet, everybody else learns the number only."""

import pytest

from jobboard.applications.actions_review import rate
from jobboard.core.access import Role
from jobboard.core.db import session
from tests.factories import make_application, make_criteria, make_interview, make_offer, make_person
from tests.interviews.steps import calendar_of, in_days, mails, own
from tests.pages import page_of, words_of

NAME = "Robin Xanthou"


@pytest.fixture
def offer(app):
    return make_offer("System administrator")


@pytest.fixture
def criteria(offer):
    return make_criteria(offer, "Skills", hides_names=True)


@pytest.fixture
def row(offer, criteria):
    return make_application(offer, name=NAME, email="robin@example.org")


@pytest.fixture
def alma(app):
    return make_person("Alma Berg", role=Role.recruiter, email="alma@example.org")


def main_of(response):
    return words_of(next(page_of(response).iter("main")))


def test_mails_to_staff_are_about_a_number_for_who_takes_no_part(client, sign_in, row, alma, criteria):
    interview = make_interview(row, [alma], [in_days(4)])
    session().commit()
    client.post(own(row, interview, "pick/"), data={"slot": interview.slots[0].id})
    [mail] = mails("staff_planned")
    assert NAME in mail.subject, "who takes part knows whom they meet"
    address = f"/desk/mail/{mail.id}/"
    kim = sign_in("recruiter", email="kim@example.org")
    for page in (client.get("/desk/mail/"), client.get(address)):
        assert "Xanthou" not in page.text
        assert f"Mail about Application {row.id}" in main_of(page)
        assert "alma@example.org" in main_of(page), "colleagues are not hidden"
    rate(row, {one.id: 3 for one in criteria}, "", kim)
    session().commit()
    assert NAME in main_of(client.get(address))


def test_who_takes_part_reads_the_mails_about_it(client, sign_in, row):
    alma = sign_in("recruiter", email="alma@example.org")
    interview = make_interview(row, [alma], [in_days(4)])
    session().commit()
    client.post(own(row, interview, "pick/"), data={"slot": interview.slots[0].id})
    assert NAME in main_of(client.get(f"/desk/mail/{mails('staff_planned')[0].id}/"))


def test_who_proposed_it_and_takes_no_part_gets_the_number_by_mail(client, row, alma):
    kim = make_person("Kim Ito", role=Role.recruiter, email="kim@example.org")
    interview = make_interview(row, [alma], [in_days(4)], planned=True, proposed_by=kim)
    session().commit()
    client.post(own(row, interview, "ask/"), data={"wish": "A day later?"})
    by_address = {mail.to_address: mail for mail in mails("staff_wished")}
    assert NAME in by_address["alma@example.org"].text
    to_kim = by_address["kim@example.org"]
    assert f"Application {row.id} asks for another time" in to_kim.subject + to_kim.text
    assert "Xanthou" not in to_kim.subject + to_kim.text + to_kim.html


@pytest.mark.parametrize("count", [1, 3])
def test_outbox_asks_as_often_for_one_as_for_three(client, sign_in, offer, criteria, alma, queries, count):
    for number in range(count):
        one = make_application(offer, name=f"Xanthou {number}")
        interview = make_interview(one, [alma], [in_days(4 + number)])
        session().commit()
        client.post(own(one, interview, "pick/"), data={"slot": interview.slots[0].id})
    sign_in("recruiter", email="kim@example.org")
    with queries() as log:
        page = client.get("/desk/mail/")
    assert "Xanthou" not in page.text
    assert sum(one.startswith("SELECT interview.id, interview.application_id") for one in log) == 1
    assert sum("review_rules" in one for one in log) == 1


def test_calendar_file_of_who_takes_part_names_the_applicant(client, row, alma):
    interview = make_interview(row, [alma], [in_days(4)])
    session().commit()
    client.post(own(row, interview, "pick/"), data={"slot": interview.slots[0].id})
    assert NAME in str(calendar_of(mails("staff_planned")[0])[1]["SUMMARY"])
