"""Calendar files as RFC 5545 wants them, whatever people are called, read by a parser that is not ours."""

import datetime as dt
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobboard.core.forms import clean_text
from jobboard.interviews.exports import Entry, Method, Party, calendar

START = dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)
#: What can stand in our database: texts are cleaned on their way in.
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=200).map(clean_text)


def entry(**given):
    values = {"uid": "a@b", "sequence": 3, "changed_at": START, "starts_at": START, "summary": "x", **given}
    return Entry(ends_at=START + dt.timedelta(hours=2), **values)


def parsed(content):
    [event] = icalendar.Calendar.from_ical(content).walk("VEVENT")
    return event


@given(summary=TEXTS, description=TEXTS, location=TEXTS)
def test_texts_come_back_as_they_were(summary, description, location):
    content = calendar([entry(summary=summary, description=description, location=location)], Method.request)
    event = parsed(content)
    for name, text in (("SUMMARY", summary), ("DESCRIPTION", description), ("LOCATION", location)):
        expected = "\n".join(text.replace("\t", " ").splitlines())
        assert str(event.get(name, "")) == expected


@given(name=TEXTS, text=TEXTS)
def test_lines_are_short_and_no_character_is_torn(name, text):
    content = calendar([entry(summary=text, attendee=Party(name, "a@example.org"))], Method.request, name=text)
    assert content.endswith(b"END:VCALENDAR\r\n")
    for line in content.removesuffix(b"\r\n").split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
        assert b"\n" not in line
        assert b"\r" not in line


def test_name_of_a_party_cannot_leave_its_quotes():
    evil = Party('Eve";PARTSTAT=X:mailto:b@c\r\nATTENDEE:d', "eve@example.org")
    attendee = parsed(calendar([entry(attendee=evil, is_accepted=True)], Method.request))["ATTENDEE"]
    assert str(attendee) == "mailto:eve@example.org"
    assert attendee.params["PARTSTAT"] == "ACCEPTED"
    assert attendee.params["CN"] == "Eve';PARTSTAT=X:mailto:b@c ATTENDEE:d"


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Kolkata"])
def test_moments_are_the_same_everywhere(zone):
    """This one begins before Berlin's clocks are put back and ends after it: two hours that are two hours."""
    event = parsed(calendar([entry(starts_at=START.astimezone(ZoneInfo(zone)))], Method.request))
    assert event.decoded("DTSTART") == START
    assert event.decoded("DTEND") - event.decoded("DTSTART") == dt.timedelta(hours=2)
    assert event.decoded("DTSTART").astimezone(ZoneInfo("Europe/Berlin")).strftime("%H:%M %Z") == "02:30 CEST"
    assert event.decoded("DTEND").astimezone(ZoneInfo("Europe/Berlin")).strftime("%H:%M %Z") == "03:30 CET"


@pytest.mark.parametrize(
    ("method", "status", "has_attendee"),
    [(Method.request, "CONFIRMED", True), (Method.cancel, "CANCELLED", True), (Method.publish, "CONFIRMED", False)],
)
def test_method_says_what_to_do(method, status, has_attendee):
    content = calendar([entry(attendee=Party("Robin", "r@example.org"), organizer=Party("Site", "j@b.org"))], method)
    whole = icalendar.Calendar.from_ical(content)
    assert (str(whole["METHOD"]), str(whole["VERSION"])) == (method.value, "2.0")
    event = parsed(content)
    assert (str(event["STATUS"]), "ATTENDEE" in event, int(event["SEQUENCE"])) == (status, has_attendee, 3)
    assert str(event["ORGANIZER"]) == "mailto:j@b.org"


def test_calendar_to_subscribe_to_has_a_name_and_may_be_empty():
    whole = icalendar.Calendar.from_ical(calendar([], Method.publish, name="Interviews"))
    assert str(whole["NAME"]) == str(whole["X-WR-CALNAME"]) == "Interviews"
    assert whole.walk("VEVENT") == []
