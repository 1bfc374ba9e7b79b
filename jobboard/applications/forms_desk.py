"""Forms of the desk: move, note, tell, and who may read."""

import datetime as dt

from wtforms import DateField, EmailField, Field, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import ValidationError

from jobboard.applications.models import STAGE_LABELS, Stage
from jobboard.core import clock, i18n
from jobboard.core.forms import EMAIL_LENGTH, CheckboxesField, DeskForm, SelectChoice, at_most, email_address, required
from jobboard.core.i18n import _, lazy


class MoveForm(DeskForm):
    """Move an application to one of the stages it may go to."""

    to_stage = RadioField(lazy("Move to"), validators=[required(lazy("Please choose a stage."))])
    #: The application's version when the page was opened.
    version = HiddenField()

    def offer_moves(self, stages: tuple[Stage, ...]) -> None:
        """Only the moves that are allowed now."""
        self.to_stage.choices = [SelectChoice(stage.value, STAGE_LABELS[stage]) for stage in stages]


class ReviewersForm(DeskForm):
    """Who may read an opening's applications."""

    people = CheckboxesField(
        lazy("May read the applications"),
        coerce=int,
        description=lazy("Recruiters and admins read every application anyway."),
    )


class NoteForm(DeskForm):
    """A note on an application."""

    text = TextAreaField(
        lazy("Note"),
        validators=[required(lazy("Please write something.")), at_most(10_000)],
        description=lazy("Applicants can ask to read what is noted about them."),
        render_kw={"rows": 4},
    )


class ToldForm(DeskForm):
    """That somebody was told otherwise than by mail."""

    #: Nobody was told before it was decided: the period until deletion would begin too early.
    decided_on: dt.date | None = None
    on = DateField(lazy("Told on"), validators=[required(lazy("Please give the day."))])

    def validate_on(self, field: Field) -> None:
        """Nobody was told tomorrow."""
        if field.data and field.data > clock.now().astimezone(i18n.site_zone()).date():
            raise ValidationError(_("This day is in the future."))
        if field.data and self.decided_on and field.data < self.decided_on:
            raise ValidationError(_("This was decided on %(day)s only.", day=i18n.day(self.decided_on)))


class AddressForm(DeskForm):
    """How an applicant's address is really spelt."""

    email = EmailField(
        lazy("E-mail address"),
        validators=[required(lazy("Please give an e-mail address.")), at_most(EMAIL_LENGTH), email_address()],
        render_kw={"autocomplete": "off"},
    )
    reason = StringField(
        lazy("How is that known?"),
        validators=[required(lazy("Please say how that is known.")), at_most(300)],
        description=lazy("Such as: in a call, from the CV. It stands in the history."),
    )
