"""Forms of signing in and of one's own account."""

from typing import Any

from flask import g
from wtforms import EmailField, HiddenField, PasswordField, SelectField
from wtforms.validators import EqualTo, ValidationError

from jobboard.core import i18n
from jobboard.core.forms import EMAIL_LENGTH, DeskForm, SelectChoice, at_most, required
from jobboard.core.i18n import lazy
from jobboard.people.actions import SHORTEST_PASSWORD
from jobboard.people.actions_passwords import password_problem


class SignInForm(DeskForm):
    """Who it is."""

    email = EmailField(
        lazy("E-mail address"),
        validators=[required(), at_most(EMAIL_LENGTH)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(lazy("Password"), validators=[required()], render_kw={"autocomplete": "current-password"})
    next = HiddenField()


class ChoosePasswordForm(DeskForm):
    """A new password, twice. `about`: words it must not contain, given by the view."""

    #: For password stores: whose password this is.
    username = HiddenField(render_kw={"autocomplete": "username"})
    new = PasswordField(
        lazy("New password"),
        validators=[required()],
        description=lazy(
            "At least %(count)d characters. Three or four unrelated words are easy to keep.", count=SHORTEST_PASSWORD
        ),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        lazy("New password, once more"),
        validators=[required(), EqualTo("new", message=lazy("This is not the same password as above."))],
        render_kw={"autocomplete": "new-password"},
    )
    about: tuple[str, ...] = ()

    def validate_new(self, field: PasswordField) -> None:
        """Refuses what would be tried first."""
        problem = password_problem(field.data or "", self.about)
        if problem is not None:
            raise ValidationError(problem)


class PasswordForm(ChoosePasswordForm):
    """A new password for oneself."""

    current = PasswordField(
        lazy("Current password"), validators=[required()], render_kw={"autocomplete": "current-password"}
    )


class LanguageForm(DeskForm):
    """The language of the desk."""

    locale = SelectField(lazy("Language of the desk"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.locale.choices = [SelectChoice(code, i18n.own_name(code)) for code in i18n.languages()]


def password_form() -> PasswordForm:
    """The form for the person who is signed in."""
    form = PasswordForm(prefix="password-")
    form.about = (g.person.name, g.person.email or "")
    return form
