"""The questions of an opening as rows of a form, in the language being written.

A question is one thing with words per language. Its choices have values of their own, so that answers given in two
languages are the same answer; in the form they are lines, and a translation gives one line per line of the original.
"""

import dataclasses
import math
import textwrap
from collections.abc import Mapping
from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import NumberRange, Optional, StopValidation

from jobboard.core import i18n
from jobboard.core.forms import REQUIRED, Form, SelectChoice, at_most
from jobboard.core.i18n import _, lazy, ngettext
from jobboard.core.slugs import slug_of
from jobboard.openings.markup_questions import asked_of
from jobboard.openings.models import QUESTION_KIND_LABELS, JobOffer, Question, QuestionKind

WITH_CHOICES = frozenset({QuestionKind.one_of.value, QuestionKind.several_of.value})
#: Characters of a question that name it in the error summary.
MOST_WORDS = 60

KINDS = [SelectChoice(one.value, text) for one, text in QUESTION_KIND_LABELS.items()]
#: The first choice of a kind: of a new row, and of a question that is there.
CHOOSE, REMOVE = SelectChoice("", lazy("– please choose –")), SelectChoice("", lazy("– remove this question –"))


class QuestionRow(Form):
    """One question. A row where nothing is filled in is left out; without a kind, a question that was there is removed."""

    key = HiddenField()
    position = IntegerField(lazy("Order"), validators=[Optional(), NumberRange(min=0, max=999)])
    kind = SelectField(lazy("Kind of answer"), choices=[CHOOSE, *KINDS])
    label = StringField(lazy("Question"), validators=[at_most(300)])
    help = StringField(lazy("Explanation"), validators=[at_most(500)])
    choices = TextAreaField(lazy("Choices"), validators=[at_most(4000)], description=lazy("One per line."))
    knockout = TextAreaField(
        lazy("Answers to flag"),
        validators=[at_most(4000)],
        description=lazy(
            "One per line, as applicants see them. Whoever gives one gets a flag that only staff see; it never decides."
        ),
    )
    is_required = BooleanField(lazy("Must be answered"))

    def name_of_row(self, number: int) -> str:
        """Its number and its first words: the folds show the words."""
        words = textwrap.shorten(self.label.data or "", MOST_WORDS, placeholder=" …")
        if not words:
            return _("Question %(number)d", number=number)
        return _("Question %(number)d (“%(words)s”)", number=number, words=words)

    @property
    def is_left_empty(self) -> bool:
        """Whether nothing of a question is here."""
        return not any((self.key.data, self.kind.data, self.label.data, self.help.data, self.choices.data))


def question_rows(offer: JobOffer, locale: str) -> list[dict[str, Any]]:
    """The rows of an opening's questions in a language; words that language lacks are empty."""
    return [
        {
            "key": row.key,
            "position": number,
            "kind": row.kind.value,
            "label": row.label.get(locale, ""),
            "help": row.help.get(locale, ""),
            "choices": "\n".join(choice["label"].get(locale, "") for choice in row.choices).strip(),
            "knockout": "\n".join(_words(row, value, locale) for value in row.knockout),
            "is_required": row.is_required,
        }
        for number, row in enumerate(offer.questions, start=1)
    ]


def _words(row: Question, value: str, locale: str) -> str:
    """A stored answer as the form shows it."""
    if row.kind is QuestionKind.yes_no:
        return {"yes": _("Yes"), "no": _("No")}.get(value, value)
    labels = {choice["value"]: i18n.pick(choice["label"], locale) for choice in row.choices}
    return labels.get(value, value)


def lines_of(text: str | None) -> list[str]:
    """The filled lines of a text."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


@dataclasses.dataclass(frozen=True)
class Words:
    """What the rows are words of: the opening's questions as they are kept, and the language being written."""

    kept: Mapping[str, Question]
    locale: str
    is_translation: bool
    #: Whether applicants see what is saved, or will at a moment that is set: then nothing unlawful is saved.
    is_public: bool = False

    def translated(self, form: QuestionRow) -> list[dict[str, Any]]:
        """The choices of the original that a translation gives words for, line by line; none in the original itself."""
        kept = self.kept.get(form.key.data or "")
        if not self.is_translation or kept is None or kept.kind.value != form.kind.data:
            return []
        return [one for one in kept.choices if any(text for code, text in one["label"].items() if code != self.locale)]

    def original(self, kept: Question | None, name: str) -> str | None:
        """What a translation translates, in the words of another language; None where there is nothing or no need."""
        if kept is None or not self.is_translation:
            return None
        texts = kept.choices if name == "choices" else [{"label": getattr(kept, name)}]
        found = [next((text for code, text in one["label"].items() if code != self.locale), "") for one in texts]
        return _("Original: %(text)s", text=" / ".join(found)) if any(found) else None

    def warnings(self, form: QuestionRow) -> list[str]:
        """Why a question must not be asked: said while it is a draft, refused when it is published."""
        return [] if self.is_public else [words for _field, words in _not_to_ask(form, self)]


def check_questions(rows: "FieldList[FormField[Any]]", words: Words) -> None:
    """Put what is wrong beside each field. Raises `StopValidation` with the first message."""
    first = None
    for row in rows:
        form = row.form
        if not form.kind.data:
            if not form.is_left_empty and not form.key.data:
                form.kind.errors, first = [_("Please choose the kind of answer.")], first or str(REQUIRED)
            continue
        for field, message in [*_problems(form, words), *(_not_to_ask(form, words) if words.is_public else [])]:
            field.errors = [*field.errors, message]
            first = first or message
    if first:
        raise StopValidation(first)


def refused_beside(rows: "FieldList[FormField[Any]]", words: Words) -> None:
    """Put beside each question why it must not be asked, where there is a reason."""
    for row in rows:
        for field, message in _not_to_ask(row.form, words):
            field.errors = [*field.errors, message]
    rows.errors = [row.errors for row in rows] if any(row.errors for row in rows) else []


def _not_to_ask(form: QuestionRow, words: Words) -> list[tuple[Any, str]]:
    """(field, reason) of what must not be asked; words in a language that is not being written stand at the label."""
    if form.kind.data not in {kind.value for kind in QuestionKind}:
        return []
    question = _asked(form, words)
    return [
        (form[one.place] if one.locale == words.locale else form.label, one.words(words.locale))
        for one in asked_of(question)
    ]


def _problems(form: QuestionRow, words: Words) -> list[tuple[Any, str]]:
    found: list[tuple[Any, str]] = []
    kept = words.kept.get(form.key.data or "")
    if not form.label.data and not (kept and any(text for code, text in kept.label.items() if code != words.locale)):
        found.append((form.label, str(REQUIRED)))
    if form.kind.data in WITH_CHOICES:
        found += [(form.choices, message) for message in _choice_problems(form, words)]
    known = _values_by_words(form, words)
    for line in lines_of(form.knockout.data):
        if known is not None and line.casefold() not in known:
            found.append((form.knockout, _("“%(line)s” is none of the answers.", line=line)))
    return found


def _choice_problems(form: QuestionRow, words: Words) -> list[str]:
    lines, there = lines_of(form.choices.data), words.translated(form)
    if there:
        if lines and len(lines) != len(there):
            text = ngettext(
                "The original has one choice.", "The original has %(num)d choices, one per line.", len(there)
            )
            return [text]
    elif len(lines) < 2:
        return [_("Please give at least two choices, one per line.")]
    return [_("Two choices are the same.")] if len(set(lines)) != len(lines) else []


def _choices(form: QuestionRow, words: Words) -> list[dict[str, Any]]:
    """The choices with their values: a line that stays, or stays at its place, keeps its value and translations."""
    kept, locale, lines = words.kept.get(form.key.data or ""), words.locale, lines_of(form.choices.data)
    if there := words.translated(form):
        return [_relabelled(one, locale, line) for one, line in zip(there, lines or [""] * len(there), strict=False)]
    before = kept.choices if kept else []
    if len(before) == len(lines):
        return [_relabelled(one, locale, line) for one, line in zip(before, lines, strict=True)]
    old = {one["label"].get(locale): one for one in before}
    found: list[dict[str, Any]] = []
    for line in lines:
        taken = {one["value"] for one in (*before, *found)}
        wanted = slug_of(line, "choice").replace("-", "_")[:60]
        names = (wanted, *(f"{wanted}_{number}" for number in range(2, len(taken) + 3)))
        found.append(old.get(line) or {"value": next(n for n in names if n not in taken), "label": {locale: line}})
    return found


def _relabelled(choice: dict[str, Any], locale: str, line: str) -> dict[str, Any]:
    return {**choice, "label": _in_languages(choice["label"], locale, line)}


def _values_by_words(form: QuestionRow, words: Words) -> dict[str, str] | None:
    """Stored values of a question's answers by what is typed for them; None: any text may be flagged."""
    if form.kind.data == QuestionKind.yes_no.value:
        return {_("Yes").casefold(): "yes", _("No").casefold(): "no", "yes": "yes", "no": "no"}
    if form.kind.data not in WITH_CHOICES:
        return None
    choices = _choices(form, words)
    return {text.casefold(): one["value"] for one in choices for text in (*one["label"].values(), one["value"])}


def questions_of(rows: "FieldList[FormField[Any]]", words: Words) -> list[dict[str, Any]]:
    """The filled rows for `openings.actions.set_questions`, in the order their numbers say."""
    places = {key: number for number, key in enumerate(words.kept, start=1)}
    filled = [row.form for row in rows if row.form.kind.data]
    filled.sort(key=lambda form: _place(form.position.data, places.get(form.key.data or "")))
    return [_question(form, words) for form in filled]


def _place(wanted: int | None, before: int | None) -> float:
    """Where a question stands: one that is moved goes past the one whose number it takes; without a number it is last."""
    if wanted is None:
        return math.inf
    if before is None or wanted < before:
        return wanted - 0.5
    return wanted + 0.5 if wanted > before else wanted


def _question(form: QuestionRow, words: Words) -> dict[str, Any]:
    kept, known = words.kept.get(form.key.data or ""), _values_by_words(form, words)
    flagged = lines_of(form.knockout.data)
    return {
        **_asked(form, words),
        "key": kept.key if kept else None,
        "required": form.is_required.data,
        "knockout": [known[line.casefold()] for line in flagged] if known is not None else flagged,
    }


def _asked(form: QuestionRow, words: Words) -> dict[str, Any]:
    """What applicants will read of a question, in all its languages."""
    kept = words.kept.get(form.key.data or "")
    return {
        "kind": form.kind.data,
        "label": _in_languages(kept.label if kept else {}, words.locale, form.label.data),
        "help": _in_languages(kept.help if kept else {}, words.locale, form.help.data),
        "choices": _choices(form, words) if form.kind.data in WITH_CHOICES else [],
    }


def _in_languages(kept: Mapping[str, str], locale: str, text: str | None) -> dict[str, str]:
    return {code: words for code, words in {**kept, locale: text or ""}.items() if words}
