"""Forms of reviewing: the criteria of an opening, rating by them, and lifting a hidden name."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, FieldList, FormField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional, ValidationError

from jobboard.applications.actions_review import WantedCriterion
from jobboard.applications.forms import OneField
from jobboard.applications.models_review import LEAST_STARS, MOST_STARS, Criterion, Review
from jobboard.core import i18n
from jobboard.core.db import row_number
from jobboard.core.forms import DeskForm, Form, SelectChoice, at_most, required
from jobboard.core.i18n import _, lazy

#: More would be filled in without thinking.
MOST_CRITERIA = 10
#: Offered where an opening has no criteria yet.
OFFERED = (
    lazy("Skills the opening names"),
    lazy("Experience with similar work"),
    lazy("How clear and careful it is"),
)


class CriterionRow(Form):
    """One criterion; `criteria_form` adds its name in each language. Without a name it is removed."""

    number = HiddenField()
    position = IntegerField(lazy("Order"), validators=[Optional(), NumberRange(min=0, max=99)])

    def name_of_row(self, number: int) -> str:
        """Its number."""
        return _("Criterion %(number)d", number=number)

    @property
    def label(self) -> dict[str, str]:
        """Its names by language."""
        typed = {code: self[f"label_{code}"].data or "" for code in i18n.languages()}
        return {code: text for code, text in typed.items() if text}


class ReviewRulesForm(DeskForm):
    """How the applications of an opening are reviewed."""

    hides_names = BooleanField(
        lazy("Hide names until one has rated"),
        description=lazy(
            "Instead of the name there is a number. Hidden are the name, the ways to reach the applicant and the names "
            "of documents, for everybody, until they have rated. What documents say is not changed."
        ),
    )

    @property
    def filled(self) -> list[Any]:
        """The rows that name a criterion, in the order of their numbers; one without a number is last."""
        rows = [row.form for row in self["rows"] if row.form.label]
        return sorted(rows, key=lambda form: 100 if form.position.data is None else form.position.data)

    @property
    def wanted(self) -> list[WantedCriterion]:
        """The criteria as they should be."""
        return [WantedCriterion(form.label, row_number(form.number.data)) for form in self.filled]

    def validate_hides_names(self, field: BooleanField) -> None:
        """A name that is hidden until one has rated needs something to rate by."""
        if field.data and not self.filled:
            raise ValidationError(_("Names can be hidden where there is at least one criterion to rate by."))


def criteria_form(criteria: Sequence[Criterion], *, hides_names: bool) -> ReviewRulesForm:
    """The form for an opening: its criteria, or those that are offered, and empty rows."""
    fields = {
        f"label_{code}": StringField(
            lazy("Name (%(language)s)", language=i18n.language_name(code)), validators=[at_most(80)]
        )
        for code in i18n.languages()
    }
    kind: Any = type("CriterionRow", (CriterionRow,), fields)
    start = [_start_of(place, one.label, one.id) for place, one in enumerate(criteria, start=1)] or [
        _start_of(place, label, None) for place, label in enumerate(offered_labels(), start=1)
    ]
    start += [{}] * min(2, MOST_CRITERIA - len(start))
    rows = FieldList(FormField(kind), lazy("Criteria"), max_entries=MOST_CRITERIA)
    form: ReviewRulesForm = type("ReviewRulesForm", (ReviewRulesForm,), {"rows": rows})(
        data={"rows": start, "hides_names": hides_names}
    )
    return form


def offered_labels() -> list[dict[str, str]]:
    """The names of the criteria that are offered, in every language of the site."""
    found: list[dict[str, str]] = [{} for _one in OFFERED]
    for code in i18n.languages():
        with i18n.force_locale(code):
            for labels, text in zip(found, OFFERED, strict=True):
                labels[code] = str(text)
    return found


def _start_of(position: int, label: dict[str, str], number: int | None) -> dict[str, Any]:
    names = {f"label_{code}": label.get(code, "") for code in i18n.languages()}
    return {"position": position, "number": str(number or ""), **names}


class RatingForm(DeskForm):
    """What one person gives; `rating_form` adds a field per criterion."""

    comment = TextAreaField(
        lazy("Why, if you like to say"),
        validators=[at_most(5000)],
        description=lazy("Applicants can ask to read what is noted about them."),
        render_kw={"rows": 3},
    )

    @property
    def criteria_fields(self) -> list[Any]:
        """The fields of the criteria, in their order."""
        return [field for field in self if field.name.startswith("stars_")]

    @property
    def stars(self) -> dict[int, int]:
        """What was given, by criterion."""
        return {int(field.name.removeprefix("stars_")): int(field.data) for field in self.criteria_fields}


def rating_form(criteria: Sequence[Criterion], own: Review | None, *, is_sent: bool) -> RatingForm:
    """The form of one's own review with what was given before; `is_sent` is False where the request sends another form."""
    choices = [SelectChoice(str(one), str(one)) for one in range(LEAST_STARS, MOST_STARS + 1)]
    fields = {
        f"stars_{one.id}": OneField(
            i18n.pick(one.label), choices=choices, validators=[required(lazy("Please choose a number from 1 to 5."))]
        )
        for one in criteria
    }
    given = own.stars if own else {}
    start: dict[str, Any] = {f"stars_{one.id}": str(given[one.id]) for one in criteria if one.id in given}
    start["comment"] = own.comment if own else ""
    kind = type("RatingForm", (RatingForm,), fields)
    form: RatingForm = kind(data=start) if is_sent else kind(formdata=None, data=start)
    return form


class LiftForm(DeskForm):
    """Why a name is shown before everybody has rated."""

    reason = StringField(lazy("Reason"), validators=[required(lazy("Please say why.")), at_most(300)])
