"""Forms of the applicant's own page, and of getting its link again."""

from flask_wtf.file import FileField
from wtforms import EmailField
from wtforms.validators import Optional

from jobboard.applications.forms import OneField
from jobboard.applications.models_reasons import WITHDRAW_REASON_LABELS, WithdrawReason
from jobboard.core.forms import EMAIL_LENGTH, Form, SelectChoice, at_most, email_address, required
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
