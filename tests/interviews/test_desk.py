"""Staff propose times, move, call off and look ahead; by the people who may and those who may not."""

import datetime as dt
from zoneinfo import ZoneInfo

import icalendar
import pytest
import time_machine

from jobboard.applications.actions_reviewers import set_reviewers
from jobboard.applications.models import Stage
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.interviews.models import InterviewState, Side
from tests.factories import make_application, make_interview, make_offer, make_person, today
from tests.interviews.steps import calendar_of, in_days, interviews, mails, own, propose, slot_fields
from tests.pages import errors_of, form_of, page_of, words_of

BERLIN = ZoneInfo("Europe/Berlin")
NOON = dt.datetime(2026, 6, 1, 12, tzinfo=BERLIN)


def wall(*parts):
    """A time on the wall clocks of Berlin."""
    return dt.datetime(*parts, tzinfo=BERLIN)


@pytest.fixture
def offer(app):
    texts = {"de": {"title": "Systemadministration", "slug": "systemadministration"}}
    return make_offer("System administrator", slug="system-administrator", texts=texts)


@pytest.fixture
def row(offer):
    found = make_application(offer, email="robin@example.org", locale="de")
    session().commit()
    return found


@pytest.fixture
def june():
    """The first of June 2026, at noon in Berlin."""
    with time_machine.travel(NOON, tick=False):
        yield


def main_of(response):
    return words_of(next(page_of(response).iter("main")))


def test_times_are_proposed_and_the_applicant_is_asked_in_their_language(client, sign_in, june, row):
    person = sign_in("recruiter", name="Alma Berg")
    screen = client.get(f"/desk/applications/{row.id}/")
    assert "No interview yet." in screen.text
    local = [wall(2026, 6, 8, 10), wall(2026, 6, 9, 14, 30)]
    answer = propose(client, row, **slot_fields(*local), minutes="30", message="Bring questions.", moves_stage="y")
    assert (answer.status_code, answer.location) == (303, f"/desk/applications/{row.id}/")
    [interview] = interviews()
    assert interview.state is InterviewState.proposed
    assert [slot.starts_at for slot in interview.slots] == local
    assert (interview.minutes, interview.people, interview.proposed_by) == (30, [person], person)
    assert interview.answer_by == dt.datetime(2026, 6, 5, tzinfo=BERLIN), "the end of the day three days ahead"
    assert interview.application.stage is Stage.interview
    [mail] = mails("proposed")
    assert (mail.to_address, mail.locale) == ("robin@example.org", "de")
    assert "Systemadministration" in mail.subject
    assert "Montag, 8. Juni 2026, 10:00–10:30" in mail.text
    assert "Bring questions." in mail.text
    assert "private-link:interview" in mail.text
    shown = main_of(client.get(answer.location))
    assert "2 times proposed Waits for an answer" in shown
    assert "Times for an interview proposed" in shown


def test_stage_stays_unless_somebody_wants_it(client, sign_in, june, row):
    sign_in("recruiter")
    form = form_of(client.get(f"/desk/interviews/for/{row.id}/"), having="place")
    assert "moves_stage" in form, "offered where the move is allowed"
    form.pop("moves_stage")
    data = {**form, "place": "https://meet.example.org/", **slot_fields(wall(2026, 6, 8, 10))}
    assert client.post(f"/desk/interviews/for/{row.id}/", data=data).status_code == 303
    assert interviews()[0].application.stage is Stage.received


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Please give at least one day and time."),
        (slot_fields(wall(2026, 5, 31, 10)), "This time is past."),
        (slot_fields(wall(2027, 6, 3, 10)), "more than a year ahead"),
        (slot_fields(wall(2026, 6, 8, 10), wall(2026, 6, 8, 10)), "The same time is there twice."),
        ({"slots-0-day": "2026-06-08"}, "Please give a day and a time."),
        ({"slots-2-day": "tomorrow", "slots-2-time": "10:00"}, "Time 3, Day"),
        ({**slot_fields(wall(2026, 6, 8, 10)), "minutes": "3"}, "10 to 480 minutes"),
        ({**slot_fields(wall(2026, 6, 8, 10)), "place": "room 3"}, "not a web address"),
        ({**slot_fields(wall(2026, 6, 8, 10)), "place": " ", "venue": "phone"}, "Please say where"),
        ({**slot_fields(wall(2026, 6, 8, 10)), "people": []}, "at least one person"),
        ({**slot_fields(wall(2026, 6, 8, 10)), "answer_by": "2026-05-31"}, "This day is past."),
        ({**slot_fields(wall(2026, 6, 8, 10)), "answer_by": "2026-06-09"}, "after the last of the times"),
        # The clocks of Berlin go forward on 28 March 2027 at 2:00, and back on 25 October 2026 at 3:00.
        (slot_fields(wall(2027, 3, 28, 2, 30)), "does not exist: the clocks are put forward"),
        (slot_fields(wall(2026, 10, 25, 2, 30)), "comes twice: the clocks are put back"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(client, sign_in, june, row, fields, words):
    sign_in("recruiter")
    answer = propose(client, row, **fields)
    assert answer.status_code == 422
    assert any(words in line for line in errors_of(answer)), errors_of(answer)
    assert interviews() == []
    assert mails("proposed") == []


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        (wall(2027, 3, 28, 1, 59), dt.datetime(2027, 3, 28, 0, 59, tzinfo=dt.UTC)),
        (wall(2027, 3, 28, 3, 0), dt.datetime(2027, 3, 28, 1, 0, tzinfo=dt.UTC)),
        (wall(2026, 10, 25, 1, 59), dt.datetime(2026, 10, 24, 23, 59, tzinfo=dt.UTC)),
        (wall(2026, 10, 25, 3, 0), dt.datetime(2026, 10, 25, 2, 0, tzinfo=dt.UTC)),
    ],
)
def test_hours_beside_a_change_of_the_clocks_are_what_they_say(client, sign_in, june, row, local, utc):
    sign_in("recruiter")
    propose(client, row, **slot_fields(local), minutes="120")
    [interview] = interviews()
    assert interview.slots[0].starts_at == utc
    [mail] = mails("proposed")
    assert f"{local:%H:%M}–" in mail.text


def test_interview_over_a_change_of_the_clocks_ends_after_its_length(client, sign_in, june, row):
    sign_in("recruiter", locale="de")
    propose(client, row, **slot_fields(wall(2026, 10, 25, 1, 30)), minutes="120")
    assert "1:30–02:30" in mails("proposed")[0].text.replace("01:30", "1:30")


def test_times_that_collide_are_pointed_out_once_and_may_be_sent_all_the_same(client, sign_in, offer, row):
    alma = sign_in("recruiter", name="Alma Berg")
    kim = make_person("Kim Ito", role=Role.recruiter)
    other = make_application(offer)
    make_interview(other, [alma], [in_days(5, 10)], planned=True)
    make_interview(make_application(offer), [alma, kim], [in_days(6, 10)])
    session().commit()
    local = [one.astimezone(BERLIN) for one in (in_days(5, 10, 30), in_days(6, 9, 30), in_days(7))]
    answer = propose(client, row, **slot_fields(*local), people=[str(alma.id), str(kim.id)])
    assert answer.status_code == 409
    words = main_of(answer)
    assert words.count("Alma Berg has another interview.") == 1
    assert "is offered to another applicant too, with Alma Berg. Who picks first has it." in words
    assert "is offered to another applicant too, with Kim Ito. Who picks first has it." in words
    assert len(interviews()) == 2
    data = {**form_of(answer, having="place"), "all_the_same": "y"}
    assert client.post(f"/desk/interviews/for/{row.id}/", data=data).status_code == 303
    assert len(interviews()) == 3


def test_planned_interview_moves_and_leaves_both_calendars(client, sign_in, offer, row):
    alma = sign_in("recruiter", name="Alma Berg", email="alma@example.org")
    interview = make_interview(row, [alma], [in_days(4)], planned=True, sequence=1)
    session().commit()
    uid = interview.uid
    page = client.get(f"/desk/interviews/for/{row.id}/")
    assert "the planned one does not hold any more" in main_of(page)
    assert propose(client, row, **slot_fields(in_days(8).astimezone(BERLIN))).status_code == 303
    [interview] = interviews()
    assert (interview.state, interview.starts_at, interview.uid) == (InterviewState.proposed, None, uid)
    [to_applicant] = mails("proposed")
    method, event = calendar_of(to_applicant)
    assert (method, str(event["UID"]), int(event["SEQUENCE"])) == ("CANCEL", uid, 2)
    assert event.decoded("DTSTART") == in_days(4)
    [to_staff] = mails("staff_cancelled")
    assert to_staff.to_address == "alma@example.org"
    assert "is moved: new times were proposed" in to_staff.text
    assert calendar_of(to_staff)[0] == "CANCEL"


def test_pick_in_the_meantime_is_not_overwritten(client, sign_in, offer, row):
    alma = sign_in("recruiter")
    interview = make_interview(row, [alma], [in_days(4)])
    session().commit()
    url = f"/desk/interviews/for/{row.id}/"
    form = {
        **form_of(client.get(url), having="place"),
        **slot_fields(in_days(9).astimezone(BERLIN)),
        "place": "https://a.example/",
    }
    picked = client.post(own(row, interview, "pick/"), data={"slot": interview.slots[0].id})
    assert picked.status_code == 303
    answer = client.post(url, data=form)
    assert answer.status_code == 409
    assert "The interview changed in the meantime" in answer.text
    assert interviews()[0].state is InterviewState.planned
    assert client.post(url, data=form_of(answer, having="place")).status_code == 303, "looked at, it can be sent"
    assert interviews()[0].state is InterviewState.proposed


def test_staff_call_off_and_everybody_is_told(client, sign_in, offer, row):
    alma = sign_in("recruiter", email="alma@example.org")
    kim = make_person("Kim Ito", role=Role.recruiter, email="kim@example.org", locale="de")
    interview = make_interview(row, [alma, kim], [in_days(4)], planned=True)
    session().commit()
    url = f"/desk/interviews/{interview.id}/cancel/"
    assert (
        client.post(url, data={**form_of(client.get(url), having="reason"), "reason": "Ill, sorry."}).status_code == 303
    )
    [interview] = interviews()
    assert (interview.state, interview.cancelled_by, interview.reason) == (
        InterviewState.cancelled,
        Side.staff,
        "Ill, sorry.",
    )
    [to_applicant] = mails("cancelled")
    assert "Ill, sorry." in to_applicant.text
    assert {mail.to_address for mail in mails("staff_cancelled")} == {"alma@example.org", "kim@example.org"}
    for mail in [to_applicant, *mails("staff_cancelled")]:
        method, event = calendar_of(mail)
        assert (method, str(event["STATUS"]), int(event["SEQUENCE"])) == ("CANCEL", "CANCELLED", 1)
    assert "Called off" in main_of(client.get(f"/desk/applications/{row.id}/"))
    assert client.get(url).status_code == 303, "there is nothing to call off any more"
    page = client.get(own(row, interview, language="en"))
    assert "The interview is called off" in main_of(page)
    assert "Ill, sorry." in main_of(page)


def test_pick_in_the_meantime_is_not_called_off_unseen(client, sign_in, offer, row):
    alma = sign_in("recruiter")
    interview = make_interview(row, [alma], [in_days(4)])
    session().commit()
    url = f"/desk/interviews/{interview.id}/cancel/"
    form = form_of(client.get(url), having="reason")
    client.post(own(row, interview, "pick/"), data={"slot": interview.slots[0].id})
    answer = client.post(url, data={**form, "reason": "Nobody answered."})
    assert answer.status_code == 409
    assert "changed in the meantime" in main_of(answer)
    assert "10:00" in main_of(answer) or "12:00" in main_of(answer) or "11:00" in main_of(answer)
    assert interviews()[0].state is InterviewState.planned
    assert mails("cancelled") == mails("staff_cancelled") == []
    again = form_of(answer, having="reason")
    assert again["reason"] == "Nobody answered.", "what was typed is kept"
    assert client.post(url, data=again).status_code == 303
    assert interviews()[0].state is InterviewState.cancelled


def test_rejection_frees_the_time_and_is_told_later(client, sign_in, offer, row):
    alma = sign_in("recruiter", email="alma@example.org")
    interview = make_interview(row, [alma], [in_days(4)], planned=True)
    session().commit()
    move = f"/desk/applications/{row.id}/move/"
    form = form_of(client.get(f"/desk/applications/{row.id}/"), "/move/")
    assert client.post(move, data={**form, "to_stage": "rejected"}).status_code == 303
    [interview] = interviews()
    assert (interview.state, interview.cancelled_by) == (InterviewState.cancelled, Side.ended)
    assert len(mails("staff_cancelled")) == 1
    assert mails("cancelled") == [], "nothing tells the applicant what is only decided"
    own_page = client.get(own(row, interview))
    assert "Your interview is planned" in main_of(own_page)
    assert client.get(own(row, interview, "interview.ics")).status_code == 200
    assert "Call the interview off" in main_of(own_page), "a missing form would hint at what is decided"
    assert "does not know yet that it is off" in main_of(client.get(f"/desk/applications/{row.id}/"))
    for what in ("pick/", "ask/"):
        assert client.post(own(row, interview, what), data={"slot": interview.slots[0].id}).status_code == 303
    assert interviews()[0].cancelled_by is Side.ended
    told = f"/desk/applications/{row.id}/told/"
    form = form_of(client.get(f"/desk/applications/{row.id}/"), "/told/")
    assert client.post(told, data={**form, "on": today().isoformat()}).status_code == 303
    [mail] = mails("cancelled")
    assert calendar_of(mail)[0] == "CANCEL"
    assert "The interview is called off" in main_of(client.get(own(row, interview)))


def test_withdrawal_frees_the_time_of_who_takes_part(client, offer, row):
    alma = make_person(role=Role.recruiter, email="alma@example.org")
    make_interview(row, [alma], [in_days(4)], planned=True)
    session().commit()
    assert client.post(f"{own(row)}withdraw/").status_code == 303
    assert interviews()[0].state is InterviewState.cancelled
    assert [mail.to_address for mail in mails("staff_cancelled")] == ["alma@example.org"]
    assert len(mails("cancelled")) == 1


def test_deleted_application_takes_its_interviews_and_names_nobody(client, offer, row):
    alma = make_person(role=Role.recruiter, email="alma@example.org")
    make_interview(row, [alma], [in_days(4)], planned=True, place="We call +49 30 901820")
    session().commit()
    assert client.post(f"{own(row)}delete/").status_code == 200
    assert interviews() == []
    [mail] = mails("staff_cancelled")
    method, event = calendar_of(mail)
    assert method == "CANCEL"
    assert mail.about_id is None
    assert event.get("LOCATION") is None, "of a call it is the applicant's number"
    assert "Robin" not in mail.subject + mail.text + mail.html + str(event["SUMMARY"]) + str(event.get("DESCRIPTION"))
    assert "901820" not in mail.text + mail.html + event.to_ical().decode()


def test_index_shows_what_is_ahead_by_day_and_what_waits(client, sign_in, offer):
    alma = sign_in("recruiter")
    kim = make_person("Kim Ito", role=Role.recruiter)
    make_interview(make_application(offer, name="Ada One"), [alma], [in_days(2, 9)], planned=True)
    make_interview(make_application(offer, name="Bea Two"), [kim], [in_days(2, 8)], planned=True)
    make_interview(make_application(offer, name="Cem Three"), [alma], [in_days(3)])
    make_interview(make_application(offer, name="Dan Four"), [alma], [clock.now() - dt.timedelta(days=2)], planned=True)
    session().commit()
    words = main_of(client.get("/desk/interviews/"))
    assert words.index("Bea Two") < words.index("Ada One") < words.index("Not fixed yet") < words.index("Cem Three")
    assert words.index("One that is over") < words.index("Dan Four")
    assert "Took place" in words
    mine = main_of(client.get("/desk/interviews/?mine=1"))
    assert "Bea Two" not in mine
    assert "Ada One" in mine


def test_reviewer_sees_the_interviews_of_assigned_openings_only(client, sign_in, offer, row):
    reviewer = sign_in("reviewer")
    alma = make_person(role=Role.recruiter)
    interview = make_interview(row, [alma, reviewer], [in_days(2)], planned=True)
    session().commit()
    assert row.name not in client.get("/desk/interviews/").text
    assert client.get(f"/desk/interviews/{interview.id}/interview.ics").status_code == 404
    set_reviewers(offer.id, [reviewer])
    session().commit()
    assert row.name in client.get("/desk/interviews/").text
    assert client.get(f"/desk/interviews/{interview.id}/interview.ics").status_code == 200
    assert client.get(f"/desk/interviews/for/{row.id}/").status_code == 403
    assert "Propose" not in main_of(client.get(f"/desk/applications/{row.id}/"))


@pytest.mark.parametrize("count", [1, 3])
def test_index_asks_the_database_as_often_for_one_as_for_three(client, sign_in, offer, queries, count):
    alma = sign_in("recruiter")
    for number in range(count):
        make_interview(make_application(offer), [alma], [in_days(2 + number)], planned=True)
        make_interview(make_application(offer), [alma], [in_days(2 + number)])
    session().commit()
    client.get("/desk/interviews/")
    with queries() as log:
        client.get("/desk/interviews/")
    assert len(log) == 16


def test_feed_is_secret_renewed_and_names_no_applicant(client, sign_in, offer, row):
    alma = sign_in("recruiter")
    make_interview(row, [alma], [in_days(2)], planned=True)
    make_interview(make_application(offer), [make_person(role=Role.recruiter)], [in_days(3)], planned=True)
    session().commit()

    def renewed():
        form = form_of(client.get("/desk/interviews/"), "/feed/")
        client.post("/desk/interviews/feed/", data=form)
        page = page_of(client.get("/desk/interviews/"))
        return next(one.get("value") for one in page.iter("input") if one.get("id") == "feed-url")

    address = renewed()
    path = address.partition("127.0.0.1")[2].partition("/")[2]
    answer = client.get(f"/{path}")
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    [event] = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    assert (str(event["SUMMARY"]), event.decoded("DTSTART")) == ("Interview, System administrator", in_days(2))
    assert row.name not in answer.text
    assert "meet.example.org" not in answer.text
    other = renewed()
    assert other != address
    assert client.get(f"/{path}").status_code == 404
    alma.left_at = clock.now()
    session().commit()
    assert client.get(f"/{other.partition('127.0.0.1')[2].partition('/')[2]}").status_code == 404
