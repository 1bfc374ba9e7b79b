"""Interviews in words: when they are, in whose zone, and what an applicant is shown of one."""

import dataclasses
import datetime as dt
import functools
from zoneinfo import ZoneInfo

from babel.core import get_global
from babel.dates import format_date, format_time, get_timezone_gmt, get_timezone_name

from jobboard.core import i18n
from jobboard.core.i18n import _
from jobboard.interviews.models import VENUE_LABELS, Interview, InterviewState, Side, Venue


def when(starts_at: dt.datetime, length: dt.timedelta, zone: ZoneInfo | None = None) -> str:
    """A time in words with its weekday and zone, in the site's zone or another: "Monday, …, 10:00 AM–10:45 AM EST"."""
    start = starts_at.astimezone(zone or i18n.site_zone())
    return _(
        "%(day)s, %(start)s–%(end)s %(zone)s",
        day=format_date(start, "full", locale=i18n.current_locale()),
        start=clock_time(start),
        end=clock_time((starts_at + length).astimezone(start.tzinfo)),
        zone=zone_name(start),
    )


def clock_time(local: dt.datetime) -> str:
    """The time of day of a moment that is in its zone already."""
    return format_time(local, "short", tzinfo=local.tzinfo, locale=i18n.current_locale())


def zone_name(local: dt.datetime) -> str:
    """The zone of a local moment, short: in the page's language ("MEZ"), else its own name ("EST"), else "GMT-03:00"."""
    short = get_timezone_name(local, width="short", locale=i18n.current_locale())
    names = [name for name in (short, local.tzname() or "") if name.isalpha()]
    return names[0] if names else get_timezone_gmt(local, width="long", locale=i18n.current_locale())


@functools.cache
def zones() -> tuple[tuple[str, str], ...]:
    """(IANA name, words) of the time zones people live in, for a select."""
    return tuple((name, name.replace("_", " ")) for name in sorted(get_global("zone_territories")) if "/" in name)


def zone_of(name: str | None) -> ZoneInfo | None:
    """The zone somebody chose, or None for none or one we do not know."""
    return ZoneInfo(name) if name in dict(zones()) else None


@dataclasses.dataclass(frozen=True)
class Choice:
    """A time that is offered. One that cannot be picked says why."""

    slot_id: int
    starts_at: dt.datetime
    text: str
    #: The same in the zone the applicant chose, or "".
    own_text: str
    problem: str


@dataclasses.dataclass(frozen=True)
class Shown:
    """An interview as its applicant sees it, which is never more than what was told (decision 11)."""

    interview: Interview
    #: proposed, late (its time for answering is over), planned, over or cancelled
    state: str
    when: str
    own_when: str
    facts: list[tuple[str, str]]

    @property
    def may_change(self) -> bool:
        """Whether the applicant can ask for another time or call it off."""
        return self.state in {"proposed", "late", "planned"}


def shown(row: Interview, now: dt.datetime, zone: ZoneInfo | None = None) -> Shown:
    """What the applicant's page says of an interview at this moment."""
    start = row.starts_at if row.picked_at is not None else None
    own = when(start, row.length, zone) if start and zone else ""
    return Shown(row, _state(row, now), when(start, row.length) if start else "", own, facts(row))


def _state(row: Interview, now: dt.datetime) -> str:
    if row.state is InterviewState.cancelled and not row.is_untold:
        return "cancelled"
    if row.picked_at is None:
        return "proposed" if now < row.answer_by else "late"
    return "planned" if row.ends_at and now < row.ends_at else "over"


def facts(row: Interview) -> list[tuple[str, str]]:
    """How long, where, and with whom, as names and texts."""
    found = [
        (_("Length"), length_in_words(row.minutes)),
        (_("How"), str(VENUE_LABELS[row.venue])),
        (place_label(row.venue), row.place),
        (_("With"), i18n.listed(person.name for person in row.people)),
    ]
    return [(label, text) for label, text in found if text]


def last_day(row: Interview) -> str:
    """The day until whose end a time can be picked."""
    return i18n.day(row.answer_by - dt.timedelta(seconds=1))


def place_label(venue: Venue) -> str:
    """What the place of an interview is called."""
    labels = {Venue.on_site: _("Place"), Venue.video: _("Link of the call"), Venue.phone: _("Who calls whom")}
    return labels[venue]


def length_in_words(minutes: int) -> str:
    """A number of minutes as people say it."""
    return _("%(number)s minutes", number=i18n.number(minutes))


def choices(row: Interview, now: dt.datetime, taken: set[dt.datetime], zone: ZoneInfo | None = None) -> list[Choice]:
    """The times of a proposal; those past or taken meanwhile stay with a word, so that nobody looks for them."""
    return [
        Choice(
            slot.id,
            slot.starts_at,
            when(slot.starts_at, row.length),
            when(slot.starts_at, row.length, zone) if zone else "",
            _("is past") if slot.starts_at <= now else _("is taken meanwhile") if slot.starts_at in taken else "",
        )
        for slot in row.slots
    ]


def state_in_words(row: Interview, now: dt.datetime) -> tuple[str, str]:
    """(words, kind of badge) for staff."""
    if row.state is InterviewState.cancelled:
        words = {
            Side.applicant: _("Called off by the applicant"),
            Side.ended: _("Ended with the application"),
        }
        return words.get(row.cancelled_by or Side.staff, _("Called off")), "neutral"
    if row.state is InterviewState.proposed:
        if row.wished_at is not None:
            return _("No time fits"), "warn"
        return (_("Waits for an answer"), "accent") if now < row.answer_by else (_("Not answered"), "warn")
    if not row.is_ahead(now):
        return _("Took place"), "neutral"
    return (_("Another time is asked for"), "warn") if row.wished_at else (_("Planned"), "good")
