"""Forms of the words people keep for mails."""

from collections.abc import Mapping
from typing import Any

from wtforms import Field, HiddenField, StringField, TextAreaField
from wtforms.validators import StopValidation

from jobboard.core import i18n
from jobboard.core.forms import REQUIRED, DeskForm, at_most, required
from jobboard.core.i18n import _, lazy
from jobboard.mail.actions import SUBJECT_LENGTH
from jobboard.mail.markup_templates import PAGE_LINK, UnknownPlaceholder, placeholders_of

BODY_LENGTH = 10_000


def known_placeholders(_form: Any, field: Field) -> None:
    """Only placeholders of the closed list."""
    try:
        placeholders_of(field.data or "")
    except UnknownPlaceholder as unknown:
        raise StopValidation(str(unknown)) from unknown


def no_link(_form: Any, field: Field) -> None:
    """A subject is read by many programs on the way, so the link to the applicant's page has no place in it."""
    if PAGE_LINK in placeholders_of(field.data or ""):
        raise StopValidation(_("The link to the applicant’s page must not stand in the subject."))


SUBJECT_RULES = (at_most(SUBJECT_LENGTH), known_placeholders, no_link)
BODY_RULES = (at_most(BODY_LENGTH), known_placeholders)


class TemplateForm(DeskForm):
    """Subject and text per language, which `template_form` adds."""

    #: Whether the mail is the only way to what it links to, so that it must not lose its link.
    needs_link = False
    version = HiddenField()

    @property
    def language_fields(self) -> list[tuple[str, Any, Any]]:
        """(language, subject, text) of each language."""
        return [(code, self[f"subject_{code}"], self[f"body_{code}"]) for code in i18n.languages()]

    @property
    def words(self) -> dict[str, tuple[str, str]]:
        """What was typed, by language; languages without a text are left out."""
        return {
            code: (one.data, body.data.strip()) for code, one, body in self.language_fields if (body.data or "").strip()
        }

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """A subject and a text belong together, there is at least one pair, and a mail that needs its link has it."""
        is_valid = super().validate(*args, **kwargs)
        for _code, subject, body in self.language_fields:
            for one, other in ((subject, body), (body, subject)):
                if other.data and not one.data:
                    one.errors, is_valid = [*one.errors, str(REQUIRED)], False
            if self.needs_link and body.data and not body.errors and PAGE_LINK not in placeholders_of(body.data):
                link = "{{ page_link }}"
                words = _(
                    "Applicants get to their page by this mail alone. Please put %(link)s into the text.", link=link
                )
                body.errors, is_valid = [words], False
        if not self.errors and not self.words:
            self.form_errors.append(_("Please write a subject and a text in at least one language."))
            is_valid = False
        return is_valid


class NamedTemplateForm(TemplateForm):
    """A template people choose by its name."""

    name = StringField(
        lazy("Name of the template"),
        validators=[required(), at_most(80)],
        description=lazy("Only staff see it. Example: Invitation to a phone call"),
    )


def template_form(kind: type[TemplateForm], start: Mapping[str, Any]) -> TemplateForm:
    """The form with a subject and a text for each language of the site."""
    fields: dict[str, Any] = {}
    for code in i18n.languages():
        language = i18n.language_name(code)
        fields[f"subject_{code}"] = StringField(
            lazy("Subject (%(language)s)", language=language), validators=list(SUBJECT_RULES)
        )
        fields[f"body_{code}"] = TextAreaField(
            lazy("Text (%(language)s)", language=language), validators=list(BODY_RULES), render_kw={"rows": 12}
        )
    form: TemplateForm = type(kind.__name__, (kind,), fields)(data=start)
    return form
