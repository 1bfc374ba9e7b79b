"""Forms of second factors, proofs, invitations and new passwords."""

from wtforms import EmailField, HiddenField, PasswordField, SelectField, StringField

from jobboard.core import i18n
from jobboard.core.access import Role
from jobboard.core.forms import EMAIL_LENGTH, ROLE_CHOICES, DeskForm, SelectChoice, at_most, email_address, required
from jobboard.core.i18n import lazy
from jobboard.people.forms import ChoosePasswordForm

ONE_TIME = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}


class CodeForm(DeskForm):
    """The second step of signing in."""

    code = StringField(
        lazy("Code"),
        validators=[required(), at_most(60)],
        description=lazy("The six digits your authenticator app shows, or one of your recovery codes."),
        render_kw=ONE_TIME,
    )
    next = HiddenField()


class AppForm(DeskForm):
    """The first code of a new authenticator app."""

    code = StringField(
        lazy("Code from the app"),
        validators=[required(), at_most(60)],
        description=lazy("Six digits. They change every half minute."),
        render_kw={**ONE_TIME, "inputmode": "numeric"},
    )
    #: What the key on the page is made of, signed: the page is shown again with the same key after an error.
    seed = HiddenField()


class PasskeyForm(DeskForm):
    """A passkey, made or shown by the browser."""

    credential = HiddenField(validators=[required()])
    next = HiddenField()


class NewPasskeyForm(PasskeyForm):
    """A passkey that was just made."""

    name = StringField(
        lazy("Name"),
        validators=[required(), at_most(60)],
        description=lazy("To tell your passkeys apart. Example: work laptop"),
    )


class ProofForm(DeskForm):
    """The password once more."""

    #: For password stores: whose password this is.
    username = HiddenField(render_kw={"autocomplete": "username"})
    password = PasswordField(lazy("Password"), validators=[required()], render_kw={"autocomplete": "current-password"})
    next = HiddenField()


class RoleForm(DeskForm):
    """What somebody may do."""

    role = SelectField(lazy("Role"), choices=ROLE_CHOICES)

    @property
    def chosen(self) -> Role:
        """The role that was chosen; of a valid form."""
        return Role(self.role.data)


class InvitationForm(RoleForm):
    """Whom to invite. The view adds what is known of the address."""

    email = EmailField(
        lazy("E-mail address"),
        validators=[required(), at_most(EMAIL_LENGTH), email_address()],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    name = StringField(
        lazy("Name"),
        validators=[required(), at_most(120)],
        description=lazy("As it stands in bylines."),
        render_kw={"autocomplete": "off"},
    )
    locale = SelectField(lazy("Language of the mail and of their desk"))

    def offer_languages(self) -> None:
        """Let one of the site's languages be chosen."""
        self.locale.choices = [SelectChoice(code, i18n.own_name(code)) for code in i18n.languages()]


class ResetForm(DeskForm):
    """Whose password was forgotten."""

    email = EmailField(
        lazy("E-mail address"),
        validators=[required(), at_most(EMAIL_LENGTH)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )


class JoinForm(ChoosePasswordForm):
    """Accepting an invitation."""

    name = StringField(
        lazy("Your name"),
        validators=[required(), at_most(120)],
        description=lazy("As it stands in bylines."),
        render_kw={"autocomplete": "name"},
    )
