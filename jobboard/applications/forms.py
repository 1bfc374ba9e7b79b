"""The form of an opening: name, address, file, words, and the opening's own questions as fields."""

import functools
from typing import Any

from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    EmailField,
    Field,
    HiddenField,
    RadioField,
    StringField,
    TelField,
    TextAreaField,
    URLField,
)
from wtforms.validators import Length, Optional

from jobboard.applications.markup import UNSEEN
from jobboard.applications.models import POOL_WORDS
from jobboard.core import i18n
from jobboard.core.forms import (
    EMAIL_LENGTH,
    CheckboxesField,
    Form,
    SelectChoice,
    at_most,
    email_address,
    required,
    telephone,
    web_address,
)
from jobboard.core.i18n import _, lazy
from jobboard.core.kept import kept
from jobboard.files.checks import ACCEPT
from jobboard.files.checks import HINT as FILE_HINT
from jobboard.openings.models import JobOffer, Question, QuestionKind

TEXT_LENGTH = 50_000
LINE_LENGTH = 500


class OneField(RadioField):
    """One of several, which may stay open when it is not needed."""

    def pre_validate(self, form: Any) -> None:
        """Only a choice that was made is checked."""
        if self.data:
            super().pre_validate(form)
        else:
            self.data = None


class ContactForm(Form):
    """Who somebody is and how they are reached."""

    name = StringField(
        lazy("Name"),
        validators=[required(lazy("Please give a name.")), at_most(200)],
        render_kw={"autocomplete": "name", "type": "text"},
    )
    email = EmailField(
        lazy("E-mail address"),
        validators=[
            required(lazy("Please give an e-mail address, so that we can answer.")),
            at_most(EMAIL_LENGTH),
            email_address(),
        ],
        description=lazy("The confirmation goes there, and later the answer."),
        render_kw={"autocomplete": "email"},
    )
    phone = TelField(
        lazy("Telephone"),
        validators=[Optional(), at_most(40), telephone],
        description=lazy("Only if a call is welcome."),
        render_kw={"autocomplete": "tel"},
    )


class ApplyForm(ContactForm):
    """What every application needs; `apply_form` adds the opening's questions."""

    cv = FileField(lazy("CV or other document"), description=FILE_HINT, render_kw={"accept": ACCEPT})
    text = TextAreaField(
        lazy("Message"),
        validators=[
            Length(
                max=TEXT_LENGTH,
                message=lazy("This text is too long: at most 50,000 characters. A longer one can be added as a file."),
            )
        ],
        description=lazy("As long or short as you like, up to 50,000 characters."),
        render_kw={"rows": 8},
    )
    #: Consent to something else than this application, so never ticked beforehand (GDPR Art. 7, CJEU C-673/17).
    talent_pool = BooleanField(
        POOL_WORDS,
        description=lazy("Optional. It can be taken back at any time on the page the confirmation links to."),
    )
    #: People leave it empty, programs that fill in everything do not.
    homepage = StringField(lazy("Please leave this field empty"), render_kw={"autocomplete": "off", "tabindex": "-1"})
    token = HiddenField()
    #: What the browser calculated from the token (`markup_proof`), where the site asks for it.
    proof = HiddenField()

    #: The code of ours that led to the form; kept with what is typed.
    src = HiddenField()

    @property
    def question_fields(self) -> list[Field]:
        """The fields of the opening's questions, in their order."""
        return [field for field in self if field.name.startswith("q_")]

    @property
    def file_fields(self) -> list[Field]:
        """All fields that take a file."""
        return [field for field in self if isinstance(field, FileField)]

    @property
    def typed_fields(self) -> list[Field]:
        """All fields with words of the applicant's."""
        return [field for field in self if field not in self.file_fields and field.name not in UNSEEN]


def apply_form(offer: JobOffer, **data: Any) -> ApplyForm:
    """The form of an opening, in the page's language."""
    kind = kept("application forms", (offer.id, i18n.page_language()), functools.partial(_with_questions, offer))
    return kind(**data)


def _with_questions(offer: JobOffer) -> type[ApplyForm]:
    """A subclass with one field per question."""
    fields = {f"q_{question.key}": _field(question) for question in offer.questions}
    return type("OpeningApplyForm", (ApplyForm,), fields)


def _field(question: Question) -> Any:
    """The WTForms field of a question."""
    label, hint = i18n.pick(question.label), i18n.pick(question.help)
    is_needed = [required()] if question.is_required else [Optional()]
    given: dict[str, Any] = {"label": label, "description": hint}
    match question.kind:
        case QuestionKind.text:
            return StringField(**given, validators=[*is_needed, at_most(LINE_LENGTH)])
        case QuestionKind.long_text:
            return TextAreaField(**given, validators=[*is_needed, at_most(TEXT_LENGTH)], render_kw={"rows": 5})
        case QuestionKind.yes_no:
            choices = [SelectChoice("yes", _("Yes")), SelectChoice("no", _("No"))]
            return OneField(**given, choices=choices, validators=is_needed)
        case QuestionKind.one_of:
            return OneField(**given, choices=_choices(question), validators=is_needed)
        case QuestionKind.several_of:
            return CheckboxesField(**given, choices=_choices(question), validators=is_needed)
        case QuestionKind.number:
            return DecimalField(**given, validators=is_needed, places=None, use_locale=False)
        case QuestionKind.date:
            return DateField(**given, validators=is_needed)
        case QuestionKind.url:
            return URLField(
                **given, validators=[*is_needed, at_most(2000), web_address], render_kw={"inputmode": "url"}
            )
        case QuestionKind.file:
            # Whether it is there is the view's question: it may have been sent with an earlier try.
            flag = {"required": True} if question.is_required else {}
            return FileField(
                label, description=hint or FILE_HINT, render_kw={"accept": ACCEPT}, validators=[_Flags(flag)]
            )


class _Flags:
    """Marks a field as needed without a check of its own."""

    def __init__(self, flags: dict[str, Any]) -> None:
        self.field_flags = flags

    def __call__(self, form: Any, field: Field) -> None:
        """Nothing to check here."""


def _choices(question: Question) -> list[Any]:
    return [SelectChoice(str(one["value"]), i18n.pick(one["label"])) for one in question.choices]
