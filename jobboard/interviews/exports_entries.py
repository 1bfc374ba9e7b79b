"""The calendar entries of an interview: its applicant's, that of somebody who takes part, and that of a subscribed calendar."""

import dataclasses

from flask import current_app

from jobboard.applications.models import Application
from jobboard.core import clock, i18n
from jobboard.core.i18n import _
from jobboard.core.web import site_url
from jobboard.interviews.exports import Entry, Party
from jobboard.interviews.markup import facts
from jobboard.interviews.models import Interview
from jobboard.interviews.queries import name_for
from jobboard.openings.models import JobOffer
from jobboard.people.models import Person
from jobboard.site.queries import current_site

FILE_NAME = "interview.ics"


def for_applicant(interview: Interview, row: Application, offer: JobOffer) -> Entry:
    """The applicant's entry, in the language in force; they have picked the time, so they have said yes.

    Raises `ValueError` without a picked time.
    """
    title = offer.text(str(i18n.current_locale())).title
    return _entry(
        interview,
        summary=_("Interview: %(title)s, %(site)s", title=title, site=current_site().name),
        description="\n".join(f"{label}: {text}" for label, text in facts(interview)),
        attendee=Party(row.name, row.email),
        is_accepted=True,
    )


def for_staff(interview: Interview, row: Application | None, offer: JobOffer, person: Person) -> Entry:
    """The entry of somebody of the staff; without an application nothing in it tells whose it was.

    Raises `ValueError` without a picked time.
    """
    title = offer.text(str(i18n.current_locale())).title
    attendee = Party(person.name, person.email or "")
    if row is None:
        # The place of a call is the applicant's number as often as not.
        entry = _entry(interview, summary=_("Interview: %(title)s", title=title), attendee=attendee)
        return dataclasses.replace(entry, location="")
    summary = _("Interview with %(name)s: %(title)s", name=name_for(interview, row, person), title=title)
    address = site_url(f"/desk/applications/{row.id}/")
    description = "\n".join([*(f"{label}: {text}" for label, text in facts(interview)), address])
    return _entry(interview, summary=summary, description=description, attendee=attendee)


def for_feed(interview: Interview) -> Entry:
    """The entry of a subscribed calendar: others may see it there, so it names no applicant and no place.

    It is the same each time it is loaded, until the interview changes.
    """
    title = interview.application.opening.text(str(i18n.current_locale())).title
    entry = _entry(interview, summary=_("Interview, %(title)s", title=title))
    changed_at = interview.picked_at or interview.proposed_at
    return dataclasses.replace(entry, location="", organizer=None, changed_at=changed_at)


def _entry(
    interview: Interview,
    *,
    summary: str,
    description: str = "",
    attendee: Party | None = None,
    is_accepted: bool = False,
) -> Entry:
    if interview.starts_at is None:
        raise ValueError("an interview without a time has no calendar entry")
    return Entry(
        uid=interview.uid,
        sequence=interview.sequence,
        changed_at=clock.now(),
        starts_at=interview.starts_at,
        ends_at=interview.starts_at + interview.length,
        summary=summary,
        description=description,
        location=interview.place,
        # Who sends the mail, so that programs believe what it says about the entry (RFC 5546 §6.1.2).
        organizer=Party(current_site().name, str(current_app.config["MAIL_FROM"])),
        attendee=attendee,
        is_accepted=is_accepted,
    )
