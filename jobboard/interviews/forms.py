"""Forms of interviews: what staff propose, and what applicants answer."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import (
    BooleanField,
    DateField,
    Field,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import NumberRange, Optional, StopValidation, ValidationError

from jobboard.core import clock, i18n
from jobboard.core.forms import CheckboxesField, DeskForm, Form, SelectChoice, at_most, is_web_address, required
from jobboard.core.i18n import _, lazy
from jobboard.interviews.actions import Plan
from jobboard.interviews.models import VENUE_LABELS, Interview, Venue
from jobboard.people.models import Person

#: Times of one proposal, and how far ahead they may be.
MOST_SLOTS, FURTHEST = 6, dt.timedelta(days=366)
SHORTEST, LONGEST = 10, 480
SENTENCE = 1000


def moment_of(day: dt.date, time: dt.time, zone: ZoneInfo) -> dt.datetime:
    """The moment of a wall clock in a zone, in UTC.

    Raises `ValueError` with a sentence for one that does not exist, or twice, as the clocks are changed.
    """
    local = dt.datetime.combine(day, time.replace(fold=0), zone)
    moment = local.astimezone(dt.UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise ValueError(_("This time does not exist: the clocks are put forward then. Please choose another."))
    if local.replace(fold=1).utcoffset() != local.utcoffset():
        raise ValueError(_("This time comes twice: the clocks are put back then. Please choose another."))
    return moment


class SlotRow(Form):
    """One start; a row without anything is left out."""

    day = DateField(lazy("Day"), validators=[Optional()])
    time = TimeField(lazy("Time"), validators=[Optional()])

    #: The start in UTC, after it was validated.
    starts_at: dt.datetime | None = None

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Each field by itself, then both together: a day and a time that exist, and are ahead."""
        is_valid = super().validate(*args, **kwargs)
        if not is_valid or (self.day.data is None and self.time.data is None):
            return is_valid
        try:
            self.starts_at = self._start()
        except ValueError as error:
            self.time.errors = [str(error)]
            return False
        return True

    def _start(self) -> dt.datetime:
        """The start in UTC; raises `ValueError` with a sentence."""
        if self.day.data is None or self.time.data is None:
            raise ValueError(_("Please give a day and a time."))
        start, now = moment_of(self.day.data, self.time.data, i18n.site_zone()), clock.now()
        if start <= now:
            raise ValueError(_("This time is past."))
        if start > now + FURTHEST:
            raise ValueError(_("This is more than a year ahead."))
        return start

    def name_of_row(self, number: int) -> str:
        """Its number."""
        return _("Time %(number)d", number=number)


class PlanForm(DeskForm):
    """Times, place and people of an interview."""

    slots = FieldList(FormField(SlotRow), label=lazy("Times"), min_entries=MOST_SLOTS, max_entries=MOST_SLOTS)
    minutes = IntegerField(
        lazy("Length in minutes"),
        validators=[
            required(lazy("Please give the length.")),
            NumberRange(SHORTEST, LONGEST, lazy("Please give %(min)d to %(max)d minutes.")),
        ],
        default=45,
    )
    venue = RadioField(
        lazy("How"),
        choices=[SelectChoice(one.value, label) for one, label in VENUE_LABELS.items()],
        validators=[required(lazy("Please choose how you meet."))],
        default=Venue.video.value,
    )
    place = StringField(
        lazy("Place, link of the call, or who calls whom"),
        validators=[required(lazy("Please say where the interview is, or how you reach each other.")), at_most(500)],
    )
    people = CheckboxesField(lazy("Who takes part"), coerce=int, description=lazy("The applicant sees the names."))
    message = TextAreaField(lazy("A sentence to the applicant"), validators=[at_most(SENTENCE)], render_kw={"rows": 3})
    answer_by = DateField(
        lazy("Answer by"),
        validators=[required(lazy("Please give the day."))],
        description=lazy("Until the end of this day a time can be picked."),
    )
    moves_stage = BooleanField(lazy("Move the application to “Interview”"))
    #: Ticked by whoever was shown that times collide.
    all_the_same = BooleanField(lazy("Propose these times all the same"))
    #: The interview as it was when the page was opened.
    seen = HiddenField()

    @property
    def starts(self) -> list[dt.datetime]:
        """The starts, after they were validated."""
        return [row.form.starts_at for row in self.slots if row.form.starts_at is not None]

    def validate_slots(self, field: "FieldList[Any]") -> None:
        """At least one, and none twice."""
        if any(row.errors for row in field):
            return
        if not self.starts:
            raise StopValidation(_("Please give at least one day and time."))
        if len(set(self.starts)) < len(self.starts):
            raise StopValidation(_("The same time is there twice."))

    def validate_place(self, field: Field) -> None:
        """The link of a call can be followed."""
        if self.venue.data == Venue.video.value and not is_web_address(field.data or ""):
            raise ValidationError(_("This is not a web address. Example: https://example.org/page"))

    def validate_people(self, field: Field) -> None:
        """Somebody meets the applicant."""
        if not field.data:
            raise ValidationError(_("Please choose at least one person."))

    def validate_answer_by(self, field: Field) -> None:
        """Not over yet, and before the last time that is offered."""
        if field.data < clock.now().astimezone(i18n.site_zone()).date():
            raise ValidationError(_("This day is past."))
        if self.starts and field.data > max(self.starts).astimezone(i18n.site_zone()).date():
            raise ValidationError(_("This day is after the last of the times."))

    def plan(self, people: list[Person]) -> Plan:
        """What was filled in, after it was validated."""
        noon = dt.datetime.combine(self.answer_by.data or dt.date.min, dt.time(12), i18n.site_zone())
        chosen = set(self.people.data or [])
        return Plan(
            starts=self.starts,
            minutes=self.minutes.data or 0,
            venue=Venue(self.venue.data),
            place=self.place.data or "",
            message=self.message.data or "",
            answer_by=i18n.midnight_after(noon),
            people=[person for person in people if person.id in chosen],
        )


def first_values(current: Interview | None, by: Person) -> dict[str, Any]:
    """What a new form holds: the interview that is to be moved, else what is likely."""
    today = clock.now().astimezone(i18n.site_zone()).date()
    values: dict[str, Any] = {"answer_by": today + dt.timedelta(days=3), "people": [by.id]}
    if current is not None:
        values |= {
            "minutes": current.minutes,
            "venue": current.venue.value,
            "place": current.place,
            "people": [person.id for person in current.people],
        }
    return values


class OffForm(DeskForm):
    """Calling an interview off."""

    #: The interview as it was when the page was opened.
    seen = HiddenField()
    reason = TextAreaField(lazy("Why? The applicant reads it"), validators=[at_most(SENTENCE)], render_kw={"rows": 3})


class PickForm(Form):
    """The applicant picks one of the times."""

    slot = RadioField(
        lazy("Which time fits?"), coerce=int, validators=[required(lazy("Please choose one of the times."))]
    )


class WishForm(Form):
    """The applicant asks for another time."""

    wish = TextAreaField(
        lazy("When would it fit?"), validators=[at_most(SENTENCE)], render_kw={"rows": 3, "id": "wish"}
    )


class OwnOffForm(Form):
    """The applicant calls the interview off."""

    reason = TextAreaField(lazy("Why? Only if you like to say"), validators=[at_most(SENTENCE)], render_kw={"rows": 3})
