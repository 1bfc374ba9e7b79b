"""Calendar files (iCalendar, RFC 5545) and what mails with them mean (iTIP, RFC 5546), written by hand: small and strict."""

import dataclasses
import datetime as dt
import enum
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from jobboard.core.forms import clean_line

CALENDAR_TYPE = "text/calendar"
PRODUCT = "-//Jobboard//Interviews//EN"
#: Octets of a content line, without its line end (RFC 5545 §3.1).
LINE = 75


class Method(enum.Enum):
    """What whoever gets a calendar should do with it (RFC 5546 §1.4)."""

    publish = "PUBLISH"
    request = "REQUEST"
    cancel = "CANCEL"


@dataclasses.dataclass(frozen=True)
class Party:
    """Somebody in a calendar entry."""

    name: str
    address: str


@dataclasses.dataclass(frozen=True)
class Entry:
    """One appointment. `sequence` rises with each change of the same `uid`; moments are aware."""

    uid: str
    sequence: int
    changed_at: dt.datetime
    starts_at: dt.datetime
    ends_at: dt.datetime
    summary: str
    description: str = ""
    location: str = ""
    organizer: Party | None = None
    attendee: Party | None = None
    #: Whether the attendee has said yes already, as somebody has who picked the time.
    is_accepted: bool = False


def calendar(entries: Iterable[Entry], method: Method, *, name: str = "") -> bytes:
    """A calendar file of these appointments. `name` is what a subscribed calendar is called.

    Moments are in UTC: every program shows them in its owner's zone, and no zone's rules can be old. PUBLISH names no
    attendees (RFC 5546 §3.2.1).
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", f"METHOD:{method.value}"]
    if name:
        lines += [f"NAME:{_text(name)}", f"X-WR-CALNAME:{_text(name)}"]  # RFC 7986 §5.1, and what programs knew before
        lines += ["REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H"]
    for entry in entries:
        lines += _event(entry, method)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _event(entry: Entry, method: Method) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(entry.uid)}"
    yield f"SEQUENCE:{entry.sequence}"
    yield f"DTSTAMP:{_moment(entry.changed_at)}"
    yield f"DTSTART:{_moment(entry.starts_at)}"
    yield f"DTEND:{_moment(entry.ends_at)}"
    yield f"SUMMARY:{_text(entry.summary)}"
    if entry.description:
        yield f"DESCRIPTION:{_text(entry.description)}"
    if entry.location:
        yield f"LOCATION:{_text(entry.location)}"
    yield f"STATUS:{'CANCELLED' if method is Method.cancel else 'CONFIRMED'}"
    yield "CLASS:PRIVATE"
    yield "TRANSP:OPAQUE"
    if entry.organizer is not None:
        yield f"ORGANIZER{_name(entry.organizer)}:{_address(entry.organizer)}"
    if entry.attendee is not None and method is not Method.publish:
        answer = "ACCEPTED" if entry.is_accepted else "NEEDS-ACTION"
        yield f"ATTENDEE{_name(entry.attendee)};ROLE=REQ-PARTICIPANT;PARTSTAT={answer};RSVP=FALSE:{_address(entry.attendee)}"
    yield "END:VEVENT"


def _moment(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(text: str) -> str:
    """A value of type TEXT (§3.3.11); controls other than line ends have no place in one."""
    lines = [re.sub(r"[\x00-\x1f\x7f]", " ", line) for line in text.splitlines()]
    escaped = [re.sub(r"([\\;,])", r"\\\1", line) for line in lines]
    return r"\n".join(escaped)


def _name(party: Party) -> str:
    """The parameter with the name of a party; quoted, so that it may hold colons and commas, but no quotes (§3.2)."""
    name = clean_line(party.name).replace('"', "'")
    return f';CN="{name}"' if name else ""


def _address(party: Party) -> str:
    return f"mailto:{quote(party.address, safe='@.+_-~!$&=')}"


def _folded(line: str) -> bytes:
    """One content line with its end, folded so that no character is torn apart (§3.1)."""
    parts: list[bytes] = []
    left = line.encode()
    while len(left) > LINE - bool(parts):
        cut = LINE - bool(parts)
        while left[cut] & 0xC0 == 0x80:  # inside of a character of UTF-8
            cut -= 1
        parts.append(left[:cut])
        left = left[cut:]
    return b"\r\n ".join([*parts, left]) + b"\r\n"
