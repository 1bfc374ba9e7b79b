"""Forms: one base that cleans what people type, fields and validators that several rooms share."""

import functools
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import phonenumbers
from babel.support import NullTranslations, Translations
from flask import abort
from flask_wtf import FlaskForm
from wtforms import Field, FieldList, FormField, PasswordField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice as SelectChoice  # type: ignore[attr-defined] # noqa: PLC0414 - newer than the stubs; here for all forms
from wtforms.i18n import messages_path
from wtforms.validators import Email, InputRequired, Length, Optional, Regexp, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from jobboard.core import i18n
from jobboard.core.access import ROLE_LABELS
from jobboard.core.i18n import _, lazy

#: Longest e-mail address: 64 + 1 + 255 characters, of which a path may use 254 (RFC 5321 §4.5.3.1.3).
EMAIL_LENGTH = 254

REQUIRED = lazy("This field is needed.")

#: Characters that change how text around them reads: bidi controls, and other controls than tab and line feed.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f\u0080-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
#: Lone surrogates cannot be stored or sent as UTF-8.
_SURROGATES = re.compile("[\ud800-\udfff]")


#: What XML 1.0 cannot hold in any spelling (§2.2).
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """A text without what no XML file can hold: one such character, and nobody can read any of it."""
    return NOT_IN_XML.sub("", text)


def clean_text(text: str) -> str:
    """Unicode NFC, line ends as "\\n", without controls; everything else, emoji and right-to-left included, stays."""
    text = _SURROGATES.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", _CONTROLS.sub("", text))


def clean_line(text: str) -> str:
    """One line: `clean_text` with every run of white space as one space, none at the ends."""
    return " ".join(clean_text(text).split())


class Form(FlaskForm):
    """The base of public forms: cleans text, keeps no session. Its views check a form token (`core.web`)."""

    class Meta(FlaskForm.Meta):
        """No cookie for readers and applicants, hence no session CSRF."""

        csrf = False

        def get_translations(self, _form: Any) -> NullTranslations:
            """WTForms' own sentences in the page's language; Flask-WTF would read their catalog for each request."""
            return _sentences(str(i18n.current_locale()))

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:
            """Put the cleaning in front of every text field's own filters; a password is taken as typed."""
            kind = unbound_field.field_class
            if issubclass(kind, StringField) and not issubclass(kind, PasswordField):
                filters = unbound_field.kwargs.get("filters", ())
                options = {**options, "filters": [_cleaning(kind), *filters]}
                unbound_field = _without_filters(unbound_field)
            bound: Field = super().bind_field(form, unbound_field, options)
            return bound

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """As usual, but of a value that could not even be read only that is told, not what else it is not."""
        is_valid: bool = super().validate(*args, **kwargs)
        for field in self:
            if field.errors and field.process_errors:
                field.errors = list(field.process_errors)
        return is_valid

    def name_of_row(self, number: int) -> str:  # noqa: ARG002 - rows that have a name override this
        """What this form is called in the error summary as one row of several; "" where its fields say enough."""
        return ""

    @property
    def error_list(self) -> list[tuple[str, str, str]]:
        """(field id, label, message) of every error in the order of the page, for the error summary."""
        return [found for field in self for found in _errors_of(field)]


class DeskForm(Form):
    """The base of staff forms: with the session's CSRF token."""

    class Meta(Form.Meta):
        """The desk has a session, so it has CSRF tokens."""

        csrf = True


class CheckboxesField(SelectMultipleField):
    """Several of several, as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


#: The roles as choices of a field.
ROLE_CHOICES = [SelectChoice(role.value, label) for role, label in ROLE_LABELS.items()]


def checked_button() -> None:
    """A form that is only a button was sent by a page of ours, with its token; else 400."""
    if not DeskForm().validate_on_submit():
        abort(400)


@functools.cache
def _sentences(locale: str) -> NullTranslations:
    return Translations.load(messages_path(), [locale], domain="wtforms")


def _cleaning(kind: type[Field]) -> Callable[[Any], Any]:
    clean = clean_text if kind.__name__.endswith("AreaField") else clean_line
    return lambda value: clean(value) if isinstance(value, str) else value


def _without_filters(unbound: Any) -> Any:
    kwargs = {key: value for key, value in unbound.kwargs.items() if key != "filters"}
    return type(unbound)(unbound.field_class, *unbound.args, **kwargs)


def _errors_of(field: Field) -> list[tuple[str, str, str]]:
    """The errors of a field; of rows, those of their fields, else those of the whole list."""
    if isinstance(field, FieldList):
        found = [error for number, row in enumerate(field.entries, start=1) for error in _errors_of_row(row, number)]
    else:
        found = [error for part in field.form for error in _errors_of(part)] if isinstance(field, FormField) else []
    return found or [(field.id, str(field.label.text), message) for message in _messages(field.errors)]


def _errors_of_row(row: Field, number: int) -> list[tuple[str, str, str]]:
    """The errors of one row of several, saying which row it is where the row knows a name for itself."""
    name = row.form.name_of_row(number) if isinstance(row, FormField) and isinstance(row.form, Form) else ""
    errors = _errors_of(row)
    if not name:
        return errors
    return [(field_id, _("%(row)s, %(field)s", row=name, field=label), text) for field_id, label, text in errors]


def _messages(errors: Any) -> list[str]:
    if isinstance(errors, Mapping):
        return [message for value in errors.values() for message in _messages(value)]
    if isinstance(errors, list | tuple):
        return [message for value in errors for message in _messages(value)]
    return [str(errors)]


class Filled(InputRequired):
    """Something was sent, and something is left of it after cleaning: a name of spaces is none."""

    def __call__(self, form: Any, field: Field) -> None:
        """Raises `StopValidation` with the message when there is nothing."""
        super().__call__(form, field)
        if isinstance(field.data, str) and not field.data.strip():
            field.errors = []
            raise StopValidation(str(self.message or REQUIRED))


def required(message: Any = REQUIRED) -> Filled:
    """The field must have been filled in with more than white space."""
    return Filled(message=message)


def at_most(length: int) -> Length:
    """At most `length` characters; the message says how many."""
    return Length(max=length, message=lazy("This is too long: at most %(max)d characters."))


#: The last part of a page's address, as somebody types it.
SLUG = (
    Optional(),
    at_most(100),
    Regexp(r"^[a-z0-9]+(-[a-z0-9]+)*$", message=lazy("Use small letters, digits and hyphens. Example: my-title")),
)


def email_address() -> Email:
    """A deliverable-looking address (email-validator's syntax rules; no DNS question is asked)."""
    return Email(message=lazy("This is not an e-mail address. Example: name@example.org"), granular_message=False)


def telephone(_form: Any, field: Field) -> None:
    """A telephone number of any country."""
    try:
        read_phone(field.data or "")
    except ValueError as error:
        raise ValidationError(lazy("This is not a telephone number. Example: +49 30 901820")) from error


def read_phone(text: str) -> str:
    """A number as E.164 ("+4930901820"); one without a country is one of the site's. Raises `ValueError`."""
    try:
        number = phonenumbers.parse(text, i18n.site_country())
    except phonenumbers.NumberParseException as error:
        raise ValueError(text) from error
    if not phonenumbers.is_possible_number(number):
        raise ValueError(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def shown_phone(number: str) -> str:
    """An E.164 number as people write it: "+49 30 901820"."""
    if not number:
        return ""
    return phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def web_address(_form: Any, field: Field) -> None:
    """An absolute http or https URL."""
    if not is_web_address(field.data or ""):
        raise ValidationError(lazy("This is not a web address. Example: https://example.org/page"))


def is_web_address(text: str) -> bool:
    """Whether this is an absolute http(s) URL with a host and nothing that could leave a header or attribute."""
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and not re.search(r"[\s<>\"\\]", text)
    except ValueError:
        return False
