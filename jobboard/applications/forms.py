"""The form of an opening: name, address, file, words, and the opening's own questions as fields."""

from typing import Any

from flask_wtf.file import FileField
from wtforms import (
    DateField,
    DecimalField,
    EmailField,
    Field,
    HiddenField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than the stubs
from wtforms.validators import Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from jobboard.applications.models import STAGE_LABELS, WITHDRAW_REASON_LABELS, Stage, WithdrawReason
from jobboard.core import clock, i18n
from jobboard.core.forms import EMAIL_LENGTH, DeskForm, Form, at_most, email_address, required, web_address
from jobboard.core.i18n import _, lazy
from jobboard.files.checks import ACCEPT
from jobboard.files.checks import HINT as FILE_HINT
from jobboard.openings.models import Question, QuestionKind

TEXT_LENGTH = 50_000
LINE_LENGTH = 500


class CheckboxesField(SelectMultipleField):
    """Several of several, as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class OneField(RadioField):
    """One of several, which may stay open when it is not needed."""

    def pre_validate(self, form: Any) -> None:
        """Only a choice that was made is checked."""
        if self.data:
            super().pre_validate(form)
        else:
            self.data = None


class ApplyForm(Form):
    """What every application needs; `apply_form` adds the opening's questions."""

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
    #: People leave it empty, programs that fill in everything do not.
    homepage = StringField(lazy("Please leave this field empty"), render_kw={"autocomplete": "off", "tabindex": "-1"})
    token = HiddenField()

    def validate_homepage(self, field: Field) -> None:
        """Nothing is dropped silently: whoever filled it in is told."""
        if field.data:
            raise ValidationError(_("Please leave this field empty; it is there to keep programs out."))

    @property
    def question_fields(self) -> list[Field]:
        """The fields of the opening's questions, in their order."""
        return [field for field in self if field.name.startswith("q_")]

    @property
    def file_fields(self) -> list[Field]:
        """All fields that take a file."""
        return [field for field in self if isinstance(field, FileField)]


def apply_form(questions: list[Question], **data: Any) -> ApplyForm:
    """The form of an opening: a subclass with one field per question, in the page's language."""
    fields = {f"q_{question.key}": _field(question) for question in questions}
    kind = type("OpeningApplyForm", (ApplyForm,), fields)
    form: ApplyForm = kind(**data)
    return form


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


class MoveForm(DeskForm):
    """Move an application to one of the stages it may go to."""

    to_stage = RadioField(lazy("Move to"), validators=[required(lazy("Please choose a stage."))])
    #: The application's version when the page was opened.
    version = HiddenField()

    def offer_moves(self, stages: tuple[Stage, ...]) -> None:
        """Only the moves that are allowed now."""
        self.to_stage.choices = [SelectChoice(stage.value, STAGE_LABELS[stage]) for stage in stages]


class ReviewersForm(DeskForm):
    """Who may read an opening's applications."""

    people = CheckboxesField(
        lazy("May read the applications"),
        coerce=int,
        description=lazy("Recruiters and admins read every application anyway."),
    )


class NoteForm(DeskForm):
    """A note on an application."""

    text = TextAreaField(
        lazy("Note"),
        validators=[required(lazy("Please write something.")), at_most(10_000)],
        description=lazy("Applicants can ask to read what is noted about them."),
        render_kw={"rows": 4},
    )


class ToldForm(DeskForm):
    """That somebody was told otherwise than by mail."""

    on = DateField(lazy("Told on"), validators=[required(lazy("Please give the day."))])

    def validate_on(self, field: Field) -> None:
        """Nobody was told tomorrow."""
        if field.data and field.data > clock.now().astimezone(i18n.site_zone()).date():
            raise ValidationError(_("This day is in the future."))
