"""Writing to somebody in the talent pool."""

from collections.abc import Iterable

from wtforms import SelectField, TextAreaField

from jobboard.core.forms import DeskForm, at_most, required
from jobboard.core.i18n import lazy
from jobboard.openings.models import JobOffer


class WriteForm(DeskForm):
    """About which opening, and what the sender adds."""

    opening = SelectField(
        lazy("Opening"), coerce=str, validators=[required(lazy("Please choose an opening."))], validate_choice=True
    )
    words = TextAreaField(
        lazy("A few words of your own"),
        validators=[at_most(2000)],
        description=lazy("They stand between the greeting and the opening. The rest of the mail is written already."),
        render_kw={"rows": 5},
    )

    def offer_openings(self, offers: Iterable[JobOffer], language: str) -> None:
        """Only the openings that can be told."""
        self.opening.choices = [(str(one.id), one.text(language).title) for one in offers]
