"""The applicant's side: pick once, in whatever zone; ask for another; call off; and take it along."""

import concurrent.futures
import contextlib
import datetime as dt
import json
import threading
import zipfile
from io import BytesIO

import pytest
import time_machine

from jobboard.applications.actions_own import take_new_address
from jobboard.core import clock, i18n
from jobboard.core.access import Role
from jobboard.core.db import session, writing
from jobboard.interviews import actions
from jobboard.interviews.models import InterviewState, Side
from jobboard.interviews.tasks import send_reminders
from jobboard.mail.actions import LinkEnded, fill_links
from jobboard.mail.models import MailState, OutboxMail
from jobboard.mail.tasks import deliver, drop_late
from jobboard.mail.transport import open_transport
from tests.conftest import dispose, make_app, own_database
from tests.factories import make_application, make_interview, make_offer, make_person
from tests.interviews.steps import DAY, calendar_of, in_days, interviews, mails, own, read_calendar
from tests.pages import errors_of, page_of, words_of


@pytest.fixture
def offer(app):
    texts = {"de": {"title": "Systemadministration", "slug": "systemadministration"}}
    return make_offer("System administrator", slug="system-administrator", texts=texts)


@pytest.fixture
def row(offer):
    return make_application(offer, email="robin@example.org")


@pytest.fixture
def alma(app):
    return make_person("Alma Berg", role=Role.recruiter, email="alma@example.org", locale="de")


@pytest.fixture
def proposed(row, alma):
    found = make_interview(row, [alma], [in_days(4), in_days(5)], message="Bring questions.")
    session().commit()
    return found


def main_of(response):
    return words_of(next(page_of(response).iter("main")))


def pick(client, row, interview, slot):
    return client.post(own(row, interview, "pick/"), data={"slot": slot.id})


def test_time_is_picked_on_ones_page_and_goes_into_both_calendars(client, row, alma, proposed):
    assert "We propose some times. Which one fits?" in main_of(client.get(own(row)))
    page = client.get(own(row, proposed))
    assert "Bring questions." in main_of(page)
    assert "Alma Berg" in main_of(page)
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    answer = pick(client, row, proposed, proposed.slots[1])
    assert answer.status_code == 303
    assert "Your interview is planned" in main_of(client.get(answer.location))
    [interview] = interviews()
    assert (interview.state, interview.starts_at) == (InterviewState.planned, in_days(5))
    [to_applicant], [to_staff] = mails("planned"), mails("staff_planned")
    assert (to_applicant.to_address, to_applicant.about_kind) == ("robin@example.org", "application")
    assert (to_staff.to_address, to_staff.locale, to_staff.about_kind) == ("alma@example.org", "de", "interview")
    entries = {}
    for mail in (to_applicant, to_staff):
        method, event = calendar_of(mail)
        assert method == "REQUEST"
        assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (in_days(5), in_days(5) + dt.timedelta(minutes=45))
        assert (str(event["UID"]), int(event["SEQUENCE"]), str(event["STATUS"])) == (interview.uid, 1, "CONFIRMED")
        assert str(event["LOCATION"]) == "https://meet.example.org/room"
        assert str(event["ORGANIZER"]) == "mailto:jobs@127.0.0.1", "who sends the mail"
        entries[mail.to_address] = event
    theirs, ours = entries["robin@example.org"]["ATTENDEE"], entries["alma@example.org"]["ATTENDEE"]
    assert (str(theirs), theirs.params["PARTSTAT"], theirs.params["CN"]) == (
        "mailto:robin@example.org",
        "ACCEPTED",
        "Robin Okafor",
    )
    assert (str(ours), ours.params["PARTSTAT"]) == ("mailto:alma@example.org", "NEEDS-ACTION")
    assert "alma@example.org" not in str(entries["robin@example.org"].to_ical()), "no address of staff"
    assert "private-link:interview" in to_applicant.text
    with i18n.force_locale("en"):
        link = fill_links(to_applicant.text, "robin@example.org")
    assert f"https://127.0.0.1{own(row, interview)}" in link or own(row, interview) in link


def test_picked_time_stays_whatever_is_pressed_again(client, row, proposed):
    first, second = proposed.slots
    for slot in (first, first, second):
        assert pick(client, row, proposed, slot).status_code == 303
    assert interviews()[0].starts_at == in_days(4)
    assert len(mails("planned")) == len(mails("staff_planned")) == 1


def test_calendar_file_can_be_downloaded_when_planned(client, row, proposed):
    assert client.get(own(row, proposed, "interview.ics")).status_code == 404
    pick(client, row, proposed, proposed.slots[0])
    file = client.get(own(row, proposed, "interview.ics"))
    assert (file.mimetype, file.headers["Cache-Control"]) == ("text/calendar", "private, no-store")
    assert "attachment" in file.headers["Content-Disposition"]
    method, event = read_calendar(file.data)
    assert method == "PUBLISH"
    assert "ATTENDEE" not in event
    assert event.decoded("DTSTART") == in_days(4)


def test_nothing_picked_is_told(client, row, proposed):
    answer = client.post(own(row, proposed, "pick/"), data={})
    assert answer.status_code == 422
    assert "Please choose one of the times." in errors_of(answer)[0]
    for slot in ("999999", "x", str(10**30)):
        assert client.post(own(row, proposed, "pick/"), data={"slot": slot}).status_code == 422
    assert interviews()[0].state is InterviewState.proposed


def test_time_somebody_else_picked_is_told_in_words(client, row, offer, alma, proposed):
    other = make_application(offer)
    theirs = make_interview(other, [alma, make_person(role=Role.recruiter)], [in_days(4) + dt.timedelta(minutes=30)])
    session().commit()
    assert pick(client, other, theirs, theirs.slots[0]).status_code == 303
    assert "is taken meanwhile" in main_of(client.get(own(row, proposed)))
    answer = pick(client, row, proposed, proposed.slots[0])
    assert answer.status_code == 409
    assert "This time cannot be picked any more" in errors_of(answer)[0]
    assert pick(client, row, proposed, proposed.slots[1]).status_code == 303
    assert interviews()[0].starts_at == in_days(5)


@pytest.mark.parametrize("days", [3.1, 4.5])
def test_time_that_is_past_or_answered_too_late_cannot_be_picked(client, row, proposed, days):
    """The answer was asked for within three days; the first time is in four."""
    interview = interviews()[0]
    interview.answer_by = clock.now() + 3 * DAY if days < 4 else clock.now() + 9 * DAY
    session().commit()
    with time_machine.travel(clock.now() + days * DAY):
        page = main_of(client.get(own(row, proposed)))
        assert "The time for answering is over." in page if days < 4 else "is past" in page
        assert pick(client, row, proposed, proposed.slots[0]).status_code == 409
    assert interviews()[0].state is InterviewState.proposed


def test_times_are_shown_in_the_zone_one_chooses(client, row, alma):
    start = dt.datetime(2026, 10, 30, 15, tzinfo=dt.UTC)
    with time_machine.travel(dt.datetime(2026, 10, 23, 12, tzinfo=dt.UTC)):
        # A week in which Berlin has put its clocks back and New York has not.
        found = make_interview(row, [alma], [start, start - 7 * DAY + dt.timedelta(hours=2)])
        session().commit()
        words = main_of(client.get(f"{own(row, found)}?zone=America/New_York"))
        assert "Friday, October 30, 2026, 4:00 PM–4:45 PM CETFriday, October 30, 2026, 11:00 AM–11:45 AM EDT" in words
        german = main_of(client.get(f"{own(row, found, language='de')}?zone=Asia/Kolkata"))
        assert "Freitag, 30. Oktober 2026, 20:30–21:15" in german
        assert "IST" in german
        for zone in ("Mars/Base", "../../etc/passwd", ""):
            assert client.get(own(row, found), query_string={"zone": zone}).status_code == 200


def test_none_fits_reaches_staff_and_new_times_answer_it(client, sign_in, row, alma, proposed):
    answer = client.post(own(row, proposed, "ask/"), data={"wish": "Only in the evening."})
    assert answer.status_code == 303
    assert "we have been told" in main_of(client.get(answer.location))
    client.post(own(row, proposed, "ask/"), data={"wish": "Only in the evening."})
    [mail] = mails("staff_wished")
    assert (mail.to_address, mail.locale) == ("alma@example.org", "de")
    assert "Only in the evening." in mail.text
    sign_in("recruiter")
    assert "Only in the evening." in main_of(client.get(f"/desk/applications/{row.id}/"))
    assert "No time fits" in main_of(client.get("/desk/interviews/"))
    assert pick(client, row, proposed, proposed.slots[0]).status_code == 303, "who changes their mind may"
    assert interviews()[0].wished_at is None


def test_another_time_is_asked_for_and_the_planned_one_holds(client, row, alma):
    planned = make_interview(row, [alma], [in_days(4)], planned=True)
    session().commit()
    assert client.post(own(row, planned, "ask/"), data={"wish": "A day later?"}).status_code == 303
    [interview] = interviews()
    assert (interview.state, interview.wish) == (InterviewState.planned, "A day later?")
    assert "A day later?" in mails("staff_wished")[0].text


def test_applicant_calls_off_after_being_asked(client, row, alma):
    planned = make_interview(row, [alma], [in_days(4)], planned=True)
    session().commit()
    assert client.get(own(row, planned, "cancel/")).status_code == 200
    assert interviews()[0].state is InterviewState.planned, "a look changes nothing"
    for _press in range(2):
        assert client.post(own(row, planned, "cancel/"), data={"reason": "I moved."}).status_code == 303
    [interview] = interviews()
    assert (interview.state, interview.cancelled_by) == (InterviewState.cancelled, Side.applicant)
    [to_staff], [to_applicant] = mails("staff_cancelled"), mails("cancelled")
    assert "I moved." in to_staff.text
    assert calendar_of(to_staff)[0] == calendar_of(to_applicant)[0] == "CANCEL"
    assert interview.application.is_open, "the application goes on"


def test_links_open_only_their_own_interviews(client, offer, row, proposed):
    other = make_application(offer)
    session().commit()
    for more in ("", "cancel/", "interview.ics"):
        assert client.get(own(other, proposed, more)).status_code == 404
    for what in ("pick/", "ask/", "cancel/"):
        answer = client.post(own(other, proposed, what), data={"slot": proposed.slots[0].id})
        assert answer.status_code == 404
    assert interviews()[0].state is InterviewState.proposed
    row.locked_at = clock.now()
    session().commit()
    assert client.get(own(row, proposed)).status_code == 404


def test_archive_holds_the_interviews(client, row, proposed):
    pick(client, row, proposed, proposed.slots[0])
    with zipfile.ZipFile(BytesIO(client.get(f"{own(row)}download/").data)) as archive:
        content = json.loads(archive.read("application.json"))
    [found] = content["interviews"]
    assert (found["state"], found["starts_at"]) == ("planned", in_days(4).isoformat())
    assert (found["with"], found["message"], len(found["offered"])) == (["Alma Berg"], "Bring questions.", 2)


def test_mails_to_staff_stay_theirs_when_the_applicant_has_a_new_address(client, offer, row, alma, proposed):
    pick(client, row, proposed, proposed.slots[0])
    with writing():
        row.new_email = "robin@example.net"
        take_new_address(row, offer)
    assert mails("staff_planned")[0].to_address == "alma@example.org"
    assert mails("planned")[0].to_address == "robin@example.net"
    with pytest.raises(LinkEnded):
        fill_links(mails("planned")[0].text, "robin@example.org")


def reminders():
    """(how many the sweep sent, addresses of all reminders there are)"""
    return send_reminders(), [mail.to_address for mail in mails("reminder")]


def test_reminder_goes_out_once_the_day_before(app, row, alma):
    make_interview(row, [alma], [in_days(4)], planned=True)
    session().commit()
    with time_machine.travel(in_days(4) - dt.timedelta(hours=25)):
        assert reminders() == (0, [])
    with time_machine.travel(in_days(4) - dt.timedelta(hours=23)):
        assert reminders() == (1, ["robin@example.org"])
        assert reminders() == (0, ["robin@example.org"])


def test_late_reminder_is_sent_before_the_start_and_not_after(app, row, offer, alma, mailbox, monkeypatch):
    monkeypatch.setitem(app.extensions, "mail_transport", open_transport(mailbox.url))
    start = in_days(4)
    make_interview(row, [alma], [start], planned=True)
    late = make_interview(make_application(offer), [alma], [in_days(2)], planned=True)
    session().commit()
    with time_machine.travel(start - dt.timedelta(minutes=10)):
        assert send_reminders() == 1, "the worker was away; what has begun is left"
        assert late.reminded_at is None
    with time_machine.travel(start + dt.timedelta(minutes=1)):
        assert deliver() == 0, "the mail server was away"
        assert drop_late() == 1
    assert mailbox.messages == []
    assert mails("reminder") == []


def test_nobody_is_reminded_of_what_was_called_off_or_picked_a_moment_ago(client, row, alma, offer):
    soon = clock.now() + dt.timedelta(hours=20)
    picked = make_interview(row, [alma], [soon])
    off = make_application(offer)
    called_off = make_interview(off, [alma], [soon + dt.timedelta(hours=2)], planned=True)
    session().commit()
    pick(client, row, picked, picked.slots[0])
    client.post(own(off, called_off, "cancel/"))
    assert reminders() == (0, [])


def test_reminder_that_has_not_left_is_taken_back(client, row, alma):
    planned = make_interview(row, [alma], [clock.now() + dt.timedelta(hours=20)], planned=True)
    session().commit()
    assert reminders()[0] == 1
    client.post(own(row, planned, "cancel/"))
    assert mails("reminder") == []


def test_calendar_arrives_as_it_was_written(app, client, row, proposed, mailbox, monkeypatch):
    monkeypatch.setitem(app.extensions, "mail_transport", open_transport(mailbox.url))
    pick(client, row, proposed, proposed.slots[0])
    written = {mail.to_address: mail.attachments[0].content for mail in session().query(OutboxMail)}
    assert deliver() == 2
    for delivery in mailbox.deliveries:
        [file] = delivery.message.iter_attachments()
        assert file.get_content_type() == "text/calendar"
        assert file["Content-Type"].params["method"] == "REQUEST"
        assert file.get_payload(decode=True) == written[delivery.recipients[0]]
    assert {mail.state for mail in session().query(OutboxMail)} == {MailState.sent}


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request, tmp_path):
    """A site of its own that really commits, with two applicants who are offered the same time."""
    url = own_database(request, "interviews")
    app = make_app(tmp_path, url)
    with app.app_context():
        person = make_person(role=Role.recruiter, email="alma@example.org")
        offer = make_offer("Operator", slug="operator")
        rows = [make_application(offer) for _number in range(2)]
        start = in_days(4)
        pairs = [
            make_interview(row, [person], [start + number * dt.timedelta(minutes=15)])
            for number, row in enumerate(rows)
        ]
        session().commit()
        paths = [own(row, interview, "pick/") for row, interview in zip(rows, pairs, strict=True)]
        slots = [interview.slots[0].id for interview in pairs]
    yield app, list(zip(paths, slots, strict=True))
    dispose(app)
    if request.param == "postgresql":
        request.getfixturevalue("postgres").drop_database("interviews")


def pick_at_once(app, picks):
    """Both applicants press the button at the same moment; the statuses of the answers."""

    def press(one):
        client = app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        return client.post(one[0], data={"slot": one[1]}).status_code

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(press, picks))


def meet(monkeypatch):
    """Hold whoever has found the time free until the other has looked too, or cannot look for a while."""
    barrier, found = threading.Barrier(2), actions.is_taken

    def look(*args, **kwargs):
        answer = found(*args, **kwargs)
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(0.7)
        return answer

    monkeypatch.setattr(actions, "is_taken", look)


def test_of_two_who_pick_at_once_one_has_it(site, monkeypatch):
    app, picks = site
    meet(monkeypatch)
    assert pick_at_once(app, picks) == [303, 409]
    with app.app_context():
        assert [one.state for one in interviews()].count(InterviewState.planned) == 1


@pytest.mark.parametrize("site", ["postgresql"], indirect=True)
def test_without_the_lock_both_would_have_it(site, monkeypatch):
    """The control: the test above would notice. SQLite has one writer anyway."""
    app, picks = site
    meet(monkeypatch)
    monkeypatch.setattr(actions, "lock_times_of", lambda people: None)
    assert pick_at_once(app, picks) == [303, 303]
