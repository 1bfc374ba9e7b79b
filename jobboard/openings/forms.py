"""Forms of the desk for openings: what an article has, and the facts, places, languages and questions of a job."""

import enum
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from wtforms import (
    DateField,
    DateTimeLocalField,
    DecimalField,
    Field,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
)
from wtforms.validators import NumberRange, Optional, Regexp, ValidationError

from jobboard.core import i18n
from jobboard.core.forms import DeskForm, Form, SelectChoice, at_most, web_address
from jobboard.core.i18n import _, lazy, lazy_pgettext
from jobboard.openings.actions import ENUMS
from jobboard.openings.forms_choices import (
    LongSelect,
    country_choices,
    currency_choices,
    language_choices,
    place_by_name,
    place_names,
    usual_pay,
)
from jobboard.openings.forms_questions import KINDS, REMOVE, QuestionRow, Words, check_questions, question_rows
from jobboard.openings.models import (
    CEFR,
    CEFR_LABELS,
    CONTRACT_LABELS,
    HOURS_LABELS,
    LEVEL_LABELS,
    PAY_PERIOD_LABELS,
    WORKPLACE_LABELS,
    JobOffer,
    Place,
)
from jobboard.openings.queries_habits import Habits
from jobboard.people.models import Person
from jobboard.posts.forms import BylineMixin, TextMixin, exists_in_zone, from_local, to_local
from jobboard.posts.models import PostState

#: Empty rows behind those that are filled; saving adds more.
SPARE_ROWS = 2
#: More of one kind than any opening has; a bound for hostile forms.
MOST_ROWS = 60
#: The form's lists, and columns it shows as they are.
ROWS = ("places", "remote_countries", "languages", "questions")
PLAIN = ("starts_on", "response_days", "organisation", "organisation_url", "apply_url")

NOT_STATED = lazy("not stated")
OPTIONAL_NUMBER = (Optional(), NumberRange(min=0, message=lazy("Please give a number of 0 or more.")))


class PlaceRow(Form):
    """A place: a city, or a country alone."""

    city = StringField(lazy("City"), validators=[at_most(120)])
    region = StringField(
        lazy_pgettext("place", "State"),
        validators=[
            Optional(),
            Regexp(r"^[A-Z0-9]{1,3}$", message=lazy("Please give the short form of the state. Example: CA")),
        ],
    )
    country = SelectField(lazy("Country"), widget=LongSelect())

    def name_of_row(self, number: int) -> str:
        """As the group is called in the form."""
        return _("Place %(number)d", number=number)

    def validate_country(self, field: Field) -> None:
        """A city needs its country: cities of one name are many."""
        if (self.city.data or self.region.data) and not field.data:
            raise ValidationError(_("Please choose the country."))


class CountryRow(Form):
    """A country from which the work can be done remotely."""

    country = SelectField(lazy("Country"), widget=LongSelect())


class LanguageRow(Form):
    """A language, how well, and whether it is a must."""

    tag = SelectField(lazy("Language"), widget=LongSelect())
    level = SelectField(lazy_pgettext("language", "Level"))
    need = SelectField(
        lazy("How much it matters"),
        choices=[SelectChoice("required", lazy("Required")), SelectChoice("nice", lazy("Nice to have"))],
        default="required",
    )

    def name_of_row(self, number: int) -> str:
        """As the group is called in the form."""
        return _("Language %(number)d", number=number)

    def validate_level(self, field: Field) -> None:
        """Only a level can be compared with what somebody speaks."""
        if self.tag.data and not field.data:
            raise ValidationError(_("Please choose a level."))


def _enum_field(label: Any, labels: Mapping[Any, Any]) -> SelectField:
    choices = [SelectChoice("", NOT_STATED), *(SelectChoice(one.value, text) for one, text in labels.items())]
    field: SelectField = SelectField(label, choices=choices)
    return field


class OpeningForm(TextMixin, BylineMixin, DeskForm):
    """Write an opening: its facts, and its text in one language."""

    contract = _enum_field(lazy("Contract"), CONTRACT_LABELS)
    hours = _enum_field(lazy("Hours"), HOURS_LABELS)
    weekly_hours = DecimalField(
        lazy("Hours a week"),
        places=None,
        validators=[Optional(), NumberRange(min=1, max=80, message=lazy("Please give a number from 1 to 80."))],
    )
    level = _enum_field(lazy("Level"), LEVEL_LABELS)
    starts_on = DateField(
        lazy("Start"), validators=[Optional()], description=lazy("Empty: as soon as possible or by agreement.")
    )
    workplace = _enum_field(lazy("Workplace"), WORKPLACE_LABELS)
    places = FieldList(FormField(PlaceRow), label=lazy("Places"), max_entries=MOST_ROWS)
    remote_countries = FieldList(FormField(CountryRow), label=lazy("Remote from"), max_entries=MOST_ROWS)
    languages = FieldList(FormField(LanguageRow), label=lazy("Languages"), max_entries=MOST_ROWS)
    pay_min = DecimalField(lazy("Pay from"), places=None, validators=OPTIONAL_NUMBER)
    pay_max = DecimalField(lazy("Pay to"), places=None, validators=OPTIONAL_NUMBER)
    pay_currency = SelectField(lazy("Currency"))
    pay_period = _enum_field(lazy("Period"), PAY_PERIOD_LABELS)
    pay_note = StringField(
        lazy("About the pay"),
        validators=[at_most(300)],
        description=lazy("Collective agreement, variable parts, other benefits in money."),
    )
    closes_at = DateTimeLocalField(
        lazy("Apply by"),
        validators=[Optional(), exists_in_zone],
        description=lazy("The opening closes at this moment by itself. Empty: open until it is closed by hand."),
    )
    contact_id = SelectField(lazy("Contact"), coerce=int, description=lazy("Who answers questions of applicants."))
    response_days = IntegerField(
        lazy("Answer within (days)"),
        validators=[Optional(), NumberRange(min=1, max=180, message=lazy("Please give a number from 1 to 180."))],
        description=lazy("A promise to applicants. The desk reminds of it."),
    )
    organisation = StringField(
        lazy("Employer"), validators=[at_most(200)], description=lazy("Only when it is not the company of this site.")
    )
    organisation_url = StringField(
        lazy("Web address of the employer"), validators=[Optional(), at_most(2000), web_address]
    )
    apply_url = StringField(
        lazy("Applications go to"),
        validators=[Optional(), at_most(2000), web_address],
        description=lazy("The web address of another form. Empty: applications are taken here."),
    )
    questions = FieldList(FormField(QuestionRow), label=lazy("Questions to applicants"), max_entries=MOST_ROWS)
    #: The post's version when the form was opened; another one means that somebody saved in between.
    version = HiddenField()

    #: What the rows of `questions` are words of, and cities with their countries to offer; set by `fill_choices`.
    words: Words
    places_known: list[tuple[str, str]]

    def validate_pay_max(self, field: Field) -> None:
        """A range goes up."""
        if field.data is not None and self.pay_min.data is not None and field.data < self.pay_min.data:
            raise ValidationError(_("This is less than where the range begins."))

    def validate_pay_period(self, field: Field) -> None:
        """An amount is for something."""
        if (self.pay_min.data is not None or self.pay_max.data is not None) and not field.data:
            raise ValidationError(_("Please choose what the amount is for."))

    def validate_questions(self, field: "FieldList[Any]") -> None:
        """Each question is complete in the language being written."""
        check_questions(field, self.words)

    def validate_apply_url(self, field: Field) -> None:
        """Questions are asked by our form only."""
        if field.data and any(row.form.kind.data for row in self.questions):
            raise ValidationError(
                _("The questions below are asked only where applications are taken here. Remove them or this address.")
            )


def fill_choices(
    form: OpeningForm, offer: JobOffer | None, locale: str, people: Iterable[Person], usual: Habits
) -> None:
    """Give the selects their choices in the page's language, and the questions what they are words of."""
    form.places_known = place_names(usual.places)
    kept = {row.key: row for row in offer.questions} if offer else {}
    form.words = Words(
        kept,
        locale,
        is_translation=offer is not None and offer.original_locale != locale,
        is_public=offer is not None and offer.state is PostState.published,
    )
    form.contact_id.choices = [SelectChoice(0, "–"), *(SelectChoice(person.id, person.name) for person in people)]
    form.pay_currency.choices = currency_choices([offer.pay_currency if offer else None, usual_pay(usual)[0]])
    countries, known = country_choices(usual.countries), place_by_name(usual.places)
    for row in (*form.places, *form.remote_countries):
        row.form.country.choices = countries
    for row in form.places:
        _complete(row.form, known.get((row.form.city.data or "").casefold()))
    needs = offer.language_needs if offer is not None else ()
    tags = language_choices(usual.languages, [row.tag for row in needs])
    levels = [SelectChoice("", "–"), *(SelectChoice(one.value, text) for one, text in CEFR_LABELS.items())]
    for row in form.languages:
        row.form.tag.choices, row.form.level.choices = tags, levels
    for row in form.questions:
        if row.form.key.data in kept:
            row.form.kind.choices = [REMOVE, *KINDS]


def _complete(row: PlaceRow, known: Place | None) -> None:
    """A city we know brings its country and its spelling along."""
    if known is not None and row.country.data in {"", None, known.country}:
        row.city.data, row.country.data, row.region.data = known.city, known.country, row.region.data or known.region


def opening_values(offer: JobOffer | None, locale: str, usual: Habits) -> dict[str, Any]:
    """What the form of an opening starts with, apart from text and byline. Lists end with empty rows."""
    currency, period = usual_pay(usual)
    rows = _row_values(offer, locale) if offer else {name: [] for name in ROWS}
    spare: list[dict[str, Any]] = [{} for _number in range(SPARE_ROWS)]
    lists = {name: [*found, *spare] for name, found in rows.items()}
    if offer is None:
        return {**lists, "pay_currency": currency, "pay_period": period}
    stored: dict[str, enum.Enum | None] = {name: getattr(offer, name) for name in ENUMS}
    return {
        **lists,
        **{name: getattr(offer, name) for name in PLAIN},
        **{name: member.value if member is not None else "" for name, member in stored.items()},
        **{name: _short(getattr(offer, name)) for name in ("weekly_hours", "pay_min", "pay_max")},
        "pay_currency": offer.pay_currency or currency,
        "pay_period": offer.pay_period.value if offer.pay_period else period,
        "pay_note": offer.pay_note.get(locale, ""),
        "closes_at": to_local(offer.closes_at),
        "contact_id": offer.contact_id or 0,
    }


def _row_values(offer: JobOffer, locale: str) -> dict[str, list[dict[str, Any]]]:
    """What the rows of an opening's lists start with."""
    places = [row.place for row in offer.places]
    needs = [(row.tag, row.level.value, "required" if row.is_required else "nice") for row in offer.language_needs]
    return {
        "places": [
            {"city": i18n.pick(place.names) or place.city, "region": place.region, "country": place.country}
            for place in places
        ],
        "remote_countries": [{"country": row.country} for row in offer.remote_countries],
        "languages": [{"tag": tag, "level": level, "need": need} for tag, level, need in needs],
        "questions": question_rows(offer, locale),
    }


def _short(value: Decimal | None) -> Decimal | None:
    """A number without zeros behind its point: 58000 instead of 58000.00."""
    if value is None:
        return None
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def fact_values(form: OpeningForm, offer: JobOffer | None, locale: str) -> dict[str, Any]:
    """The columns of an opening as the form says; to be given to `openings.actions.set_facts`."""
    has_pay = form.pay_min.data is not None or form.pay_max.data is not None
    note = form.pay_note.data or ""
    notes = {**((offer and offer.pay_note) or {}), locale: note}
    return {
        "contract": form.contract.data,
        "hours": form.hours.data,
        "workplace": form.workplace.data,
        "level": form.level.data,
        "weekly_hours": form.weekly_hours.data,
        "starts_on": form.starts_on.data,
        "pay_min": form.pay_min.data,
        "pay_max": form.pay_max.data,
        "pay_currency": form.pay_currency.data if has_pay else None,
        "pay_period": form.pay_period.data if has_pay else None,
        "pay_note": {code: text for code, text in notes.items() if text},
        "closes_at": from_local(form.closes_at.data),
        "contact_id": form.contact_id.data or None,
        "response_days": form.response_days.data,
        "organisation": form.organisation.data or None,
        "organisation_url": form.organisation_url.data or None,
        "apply_url": form.apply_url.data or None,
    }


def places_of(form: OpeningForm) -> list[tuple[str, str | None, str | None]]:
    """(country, region, city) of the filled rows."""
    rows = [row.form for row in form.places]
    return [(row.country.data, row.region.data or None, row.city.data or None) for row in rows if row.country.data]


def countries_of(form: OpeningForm) -> list[str]:
    """Country codes of the filled rows."""
    return [row.form.country.data for row in form.remote_countries if row.form.country.data]


def needs_of(form: OpeningForm) -> list[tuple[str, CEFR, bool]]:
    """(BCP 47 tag, level, whether required) of the filled rows."""
    rows = [row.form for row in form.languages]
    return [(row.tag.data, CEFR(row.level.data), row.need.data == "required") for row in rows if row.tag.data]
