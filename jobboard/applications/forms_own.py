"""Forms of the applicant's own page, and of getting its link again."""

from flask_wtf.file import FileField
from wtforms import EmailField, StringField, TelField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than the stubs
from wtforms.validators import Optional

from jobboard.applications.forms import OneField
from jobboard.applications.models import WITHDRAW_REASON_LABELS, WithdrawReason
from jobboard.core.forms import EMAIL_LENGTH, Form, at_most, email_address, required, telephone
from jobboard.core.i18n import lazy
from jobboard.files.checks import ACCEPT, HINT


class WithdrawForm(Form):
    """Withdrawing: a reason is welcome and never needed."""

    reason = OneField(
        lazy("Why? Only if you like to say"),
        choices=[SelectChoice(one.value, label) for one, label in WITHDRAW_REASON_LABELS.items()],
        validators=[Optional()],
    )

    @property
    def chosen(self) -> WithdrawReason | None:
        """The reason, or None."""
        known = {one.value: one for one in WithdrawReason}
        return known.get(self.reason.data or "")


class ContactForm(Form):
    """How the applicant is reached."""

    name = StringField(
        lazy("Name"),
        validators=[required(lazy("Please give a name.")), at_most(200)],
        render_kw={"autocomplete": "name", "type": "text"},
    )
    email = EmailField(
        lazy("E-mail address"),
        validators=[required(lazy("Please give an e-mail address.")), at_most(EMAIL_LENGTH), email_address()],
        description=lazy("A new address counts once the link that is sent there was used."),
        render_kw={"autocomplete": "email"},
    )
    phone = TelField(
        lazy("Telephone"),
        validators=[Optional(), at_most(40), telephone],
        description=lazy("Only if a call is welcome."),
        render_kw={"autocomplete": "tel"},
    )


class DocumentForm(Form):
    """One more document."""

    document = FileField(lazy("Another document"), description=HINT, render_kw={"accept": ACCEPT})


class LostLinkForm(Form):
    """Asks for the links of an address."""

    email = EmailField(
        lazy("E-mail address"),
        validators=[
            required(lazy("Please give the address the application was sent with.")),
            at_most(EMAIL_LENGTH),
            email_address(),
        ],
        render_kw={"autocomplete": "email"},
    )
