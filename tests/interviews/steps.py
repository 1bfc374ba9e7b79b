"""Steps of interviews that several files of tests take."""

import datetime as dt
from typing import Any

import icalendar
import sqlalchemy as sa

from jobboard.core import clock
from jobboard.core.db import session
from jobboard.interviews.models import Interview
from jobboard.mail.models import OutboxAttachment, OutboxMail
from tests.factories import application_link
from tests.pages import form_of

DAY = dt.timedelta(days=1)


def in_days(days: int, hour: int = 10, minute: int = 0) -> dt.datetime:
    """A time of day, in UTC, so many days ahead."""
    return (clock.now() + days * DAY).replace(hour=hour, minute=minute, second=0, microsecond=0)


def interviews() -> list[Interview]:
    """Every interview as it is in the database now."""
    session().rollback()
    session().expire_all()
    statement = sa.select(Interview).order_by(Interview.id).execution_options(scope="test")
    return list(session().execute(statement).scalars())


def own(row: Any, interview: Any = None, more: str = "", language: str = "en") -> str:
    """The address of the applicant's page, or of one of its interviews."""
    address = f"/{language}/applications/{application_link(row)}/"
    return address if interview is None else f"{address}interviews/{interview.id}/{more}"


def slot_fields(*local: dt.datetime) -> dict[str, str]:
    """The rows of times of the form, from local times."""
    fields = {}
    for number, one in enumerate(local):
        fields |= {f"slots-{number}-day": f"{one:%Y-%m-%d}", f"slots-{number}-time": f"{one:%H:%M}"}
    return fields


def propose(client: Any, row: Any, **fields: Any) -> Any:
    """Open the form of an application and send it."""
    url = f"/desk/interviews/for/{row.id}/"
    form = form_of(client.get(url), having="place")
    return client.post(url, data={**form, "place": "https://meet.example.org/room", **fields})


def mails(kind: str) -> list[OutboxMail]:
    """The mails of a kind, oldest first."""
    session().expire_all()
    statement = sa.select(OutboxMail).where(OutboxMail.kind == f"interviews/{kind}").order_by(OutboxMail.id)
    return list(session().execute(statement).scalars())


def calendar_of(mail: OutboxMail) -> tuple[str, Any]:
    """(METHOD, the one VEVENT) of what a mail takes along, read by a parser that is not ours."""
    [file] = session().execute(sa.select(OutboxAttachment).where(OutboxAttachment.mail_id == mail.id)).scalars()
    assert file.content is not None
    return read_calendar(file.content)


def read_calendar(content: bytes) -> tuple[str, Any]:
    """(METHOD, the one VEVENT) of a calendar file."""
    parsed = icalendar.Calendar.from_ical(content)
    [event] = parsed.walk("VEVENT")
    return str(parsed["METHOD"]), event
