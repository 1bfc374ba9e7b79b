"""A rejection nobody was told of yet: its interview comes back with the application, and its applicant notices nothing."""

import pytest
import sqlalchemy as sa

from jobboard.applications.actions import tell_otherwise, withdraw
from jobboard.applications.actions_bulk import move_chosen, take_back
from jobboard.applications.models import Stage
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session, writing
from jobboard.interviews.actions_mails import Told, mail_proposal
from jobboard.interviews.models import Interview, InterviewState, Side
from jobboard.mail.models import OutboxMail
from tests.factories import make_application, make_interview, make_offer, make_person
from tests.interviews.steps import calendar_of, in_days, interviews, mails, own, propose, slot_fields
from tests.pages import page_of, words_of


@pytest.fixture
def offer(app):
    return make_offer("System administrator", slug="system-administrator")


@pytest.fixture
def row(offer):
    return make_application(offer, email="robin@example.org", stage=Stage.interview)


@pytest.fixture
def alma(app):
    return make_person("Alma Berg", role=Role.recruiter, email="alma@example.org")


@pytest.fixture
def planned(row, alma):
    found = make_interview(row, [alma], [in_days(4)], planned=True)
    session().commit()
    return found


def main_of(response):
    return words_of(next(page_of(response).iter("main")))


def reject(row, by):
    """Reject an application without telling; the run."""
    with writing():
        return move_chosen({row.id: row.version}, Stage.rejected, by, nonce=f"{row.id:032x}")


def back(run, by):
    with writing():
        assert take_back(run, by, with_moves=True).done == 1


def test_planned_time_that_is_still_free_holds_again_and_staff_get_it_back(client, row, alma, planned):
    before = main_of(client.get(own(row, planned)))
    run = reject(row, alma)
    assert main_of(client.get(own(row, planned))) == before
    back(run, alma)
    [interview] = interviews()
    assert (interview.state, interview.sequence, interview.is_untold) == (InterviewState.planned, 2, False)
    assert (interview.cancelled_at, interview.cancelled_by) == (None, None)
    [mail] = mails("staff_planned")
    assert mail.to_address == "alma@example.org"
    assert "takes place after all" in mail.text
    method, event = calendar_of(mail)
    assert (method, str(event["STATUS"]), int(event["SEQUENCE"])) == ("REQUEST", "CONFIRMED", 2)
    assert main_of(client.get(own(row, planned))) == before
    assert mails("cancelled") == mails("planned") == [], "the applicant never heard of it"


def test_desk_shows_the_interview_that_holds_again(client, sign_in, row, alma, planned):
    back(reject(row, alma), alma)
    sign_in("recruiter")
    words = main_of(client.get(f"/desk/applications/{row.id}/"))
    assert "Planned" in words
    assert "does not know yet that it is off" not in words
    assert "Interview holds again" in words
    assert "Robin" in main_of(client.get("/desk/interviews/"))


def test_time_somebody_else_has_by_now_is_off_and_the_applicant_is_told(client, offer, row, alma, planned):
    run = reject(row, alma)
    with writing():
        make_interview(make_application(offer), [alma], [in_days(4)], planned=True)
    back(run, alma)
    first = interviews()[0]
    assert (first.state, first.cancelled_by, first.is_untold) == (InterviewState.cancelled, Side.staff, False)
    [mail] = mails("cancelled")
    assert (mail.to_address, calendar_of(mail)[0]) == ("robin@example.org", "CANCEL")
    assert mails("staff_planned") == []
    assert "The interview is called off" in main_of(client.get(own(row, planned)))


def test_time_that_is_past_by_now_is_off_without_a_mail(client, row, alma):
    over = make_interview(row, [alma], [in_days(4)], planned=True)
    session().commit()
    run = reject(row, alma)
    with writing():
        session().get(Interview, over.id, execution_options={"scope": "test"}).starts_at = in_days(-1)
    back(run, alma)
    assert (interviews()[0].state, interviews()[0].is_untold) == (InterviewState.cancelled, False)
    assert mails("cancelled") == mails("staff_planned") == []


@pytest.mark.parametrize("has_left", [True, False])
def test_proposed_times_can_be_picked_again_and_are_mailed_unless_they_were(client, row, alma, has_left):
    proposed = make_interview(row, [alma], [in_days(4), in_days(5)])
    if has_left:
        mail_proposal(Told(proposed, row, row.opening), None)
        session().flush()
        session().execute(sa.update(OutboxMail).values(state="sent"))
    session().commit()
    back(reject(row, alma), alma)
    [interview] = interviews()
    assert (interview.state, interview.is_untold) == (InterviewState.proposed, False)
    assert [mail.to_address for mail in mails("proposed")] == ["robin@example.org"], "once, and not again"
    slot = interview.slots[0].id
    assert client.post(own(row, interview, "pick/"), data={"slot": slot}).status_code == 303
    assert interviews()[0].state is InterviewState.planned


@pytest.fixture
def proposed(row, alma):
    found = make_interview(row, [alma], [in_days(4), in_days(5)])
    session().commit()
    return found


def tell(row, by):
    with writing():
        tell_otherwise(session().merge(row), clock.now(), by)


def test_times_that_are_only_proposed_stay_as_they_were_until_the_rejection_is_told(client, row, alma, proposed):
    pages = (own(row), own(row, proposed))
    before = [main_of(client.get(page)) for page in pages]
    assert "Which one fits?" in before[0]
    reject(row, alma)
    assert [main_of(client.get(page)) for page in pages] == before
    assert interviews()[0].state is InterviewState.cancelled, "for staff it is off"
    assert mails("staff_cancelled") == mails("cancelled") == []
    tell(row, alma)
    for page in pages:
        assert "The interview is called off" in main_of(client.get(page))
        assert "Pick a time" not in main_of(client.get(page))
    assert mails("cancelled") == [], "no calendar has it, and the rejection says everything"
    assert client.post(own(row, proposed, "pick/"), data={"slot": proposed.slots[0].id}).status_code == 303
    assert interviews()[0].picked_at is None


def test_time_that_is_picked_before_the_rejection_is_told_is_off_with_it(client, sign_in, row, alma, proposed):
    reject(row, alma)
    answer = client.post(own(row, proposed, "pick/"), data={"slot": proposed.slots[1].id})
    assert "Your interview is planned" in main_of(client.get(answer.location))
    [interview] = interviews()
    assert (interview.state, interview.starts_at, interview.is_untold) == (InterviewState.cancelled, in_days(5), True)
    [to_applicant] = mails("planned")
    assert calendar_of(to_applicant)[0] == "REQUEST"
    assert mails("staff_planned") == [], "nobody of the staff has to come"
    [to_staff] = mails("staff_picked_untold")
    assert to_staff.to_address == "alma@example.org"
    assert "does not know yet" in to_staff.text
    assert not to_staff.attachments
    sign_in("recruiter")
    assert "does not know yet that it is off" in main_of(client.get(f"/desk/applications/{row.id}/"))
    tell(row, alma)
    [off] = mails("cancelled")
    method, event = calendar_of(off)
    assert (method, event["UID"]) == ("CANCEL", calendar_of(to_applicant)[1]["UID"])
    assert int(event["SEQUENCE"]) > int(calendar_of(to_applicant)[1]["SEQUENCE"])
    assert "The interview is called off" in main_of(client.get(own(row, proposed)))


def test_time_that_is_picked_before_the_rejection_is_taken_back_holds(client, row, alma, proposed):
    run = reject(row, alma)
    client.post(own(row, proposed, "pick/"), data={"slot": proposed.slots[1].id})
    back(run, alma)
    [interview] = interviews()
    assert (interview.state, interview.starts_at) == (InterviewState.planned, in_days(5))
    assert calendar_of(mails("staff_planned")[0])[0] == "REQUEST"
    assert mails("cancelled") == []


def test_time_that_is_taken_by_now_cannot_be_picked_untold_either(client, offer, row, alma, proposed):
    reject(row, alma)
    make_interview(make_application(offer), [alma], [in_days(4)], planned=True)
    session().commit()
    assert client.post(own(row, proposed, "pick/"), data={"slot": proposed.slots[0].id}).status_code == 409


def test_wish_and_end_of_what_is_only_proposed_are_taken_as_if_nothing_was_decided(client, row, alma, proposed):
    reject(row, alma)
    answer = client.post(own(row, proposed, "ask/"), data={"wish": "A day later?"})
    assert "we have been told" in main_of(client.get(answer.location))
    [mail] = mails("staff_wished")
    assert "A day later?" in mail.text
    assert "does not know yet" in mail.text
    answer = client.post(own(row, proposed, "cancel/"), data={"reason": "I moved."})
    assert "The interview is called off" in main_of(client.get(answer.location))
    assert interviews()[0].cancelled_by is Side.applicant


def test_applicant_who_withdraws_ends_what_is_only_proposed_as_well(client, row, alma, proposed):
    with writing():
        withdraw(session().merge(row), None)
    assert (interviews()[0].state, interviews()[0].is_untold) == (InterviewState.cancelled, False)
    assert "The interview is called off" in main_of(client.get(own(row)))
    assert mails("cancelled") == []


def test_mail_that_moves_a_planned_time_leaves_although_the_rejection_waits(client, sign_in, row, planned):
    """Without it the applicant would travel to a time that holds for nobody."""
    person = sign_in("recruiter")
    propose(client, row, **slot_fields(in_days(6), in_days(7)))
    [mail] = mails("proposed")
    assert calendar_of(mail)[0] == "CANCEL"
    reject(row, person)
    assert mails("proposed") == [mail]


def test_who_cannot_come_says_so_as_if_nothing_was_decided(client, sign_in, row, alma, planned):
    reject(row, alma)
    answer = client.post(own(row, planned, "ask/"), data={"wish": "A day later?"})
    assert answer.status_code == 303
    page = main_of(client.get(answer.location))
    assert "we have been told" in page
    assert "Your interview is planned" in page
    [interview] = interviews()
    assert (interview.state, interview.is_untold) == (InterviewState.cancelled, True)
    [mail] = mails("staff_wished")
    assert mail.to_address == "alma@example.org"
    assert "A day later?" in mail.text
    assert "does not know yet" in mail.text
    assert "stays planned" not in mail.text
    sign_in("recruiter")
    assert "A day later?" in main_of(client.get(f"/desk/applications/{row.id}/"))


def test_wish_is_still_there_when_the_time_holds_again(client, row, alma, planned):
    run = reject(row, alma)
    client.post(own(row, planned, "ask/"), data={"wish": "A day later?"})
    back(run, alma)
    assert (interviews()[0].state, interviews()[0].wish) == (InterviewState.planned, "A day later?")


def test_applicant_calls_off_what_is_off_for_staff_and_it_stays_off(client, row, alma, planned):
    run = reject(row, alma)
    assert client.get(own(row, planned, "cancel/")).status_code == 200
    answer = client.post(own(row, planned, "cancel/"), data={"reason": "I moved."})
    assert "The interview is called off" in main_of(client.get(answer.location))
    [interview] = interviews()
    assert (interview.cancelled_by, interview.is_untold, interview.reason) == (Side.applicant, False, "I moved.")
    [to_applicant] = mails("cancelled")
    assert "you called off the interview" in to_applicant.text
    assert calendar_of(to_applicant)[0] == "CANCEL"
    assert len(mails("staff_cancelled")) == 1, "staff have it out of their calendars already"
    back(run, alma)
    assert interviews()[0].state is InterviewState.cancelled


def test_pressing_the_picked_time_again_says_the_same_as_before(client, row, alma, planned):
    slot = {"slot": planned.slots[0].id}
    before = client.post(own(row, planned, "pick/"), data=slot).location
    reject(row, alma)
    assert client.post(own(row, planned, "pick/"), data=slot).location == before
