"""Forms of alerts: asking for one, and changing what one has."""

from wtforms import EmailField, RadioField, StringField

from jobboard.alerts.models import FREQUENCY_LABELS, Frequency
from jobboard.core.forms import EMAIL_LENGTH, Form, SelectChoice, at_most, email_address, required
from jobboard.core.i18n import lazy

CHOICES = [SelectChoice(one.value, label) for one, label in FREQUENCY_LABELS.items()]


class AlertForm(Form):
    """Asks for an alert."""

    frequency = RadioField(
        lazy("How often"),
        choices=CHOICES,
        default=Frequency.daily.value,
        validators=[required(lazy("Please choose how often."))],
    )
    email = EmailField(
        lazy("E-mail address"),
        validators=[
            required(lazy("Please give the address the mails should go to.")),
            at_most(EMAIL_LENGTH),
            email_address(),
        ],
        render_kw={"autocomplete": "email"},
    )
    #: People do not see it; programs fill it in.
    website = StringField(lazy("Leave this empty"), render_kw={"autocomplete": "off", "tabindex": "-1"})


class FrequencyForm(Form):
    """How often one alert is mailed."""

    frequency = RadioField(lazy("How often"), choices=CHOICES, validators=[required(lazy("Please choose how often."))])
