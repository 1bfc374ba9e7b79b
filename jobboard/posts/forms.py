"""Forms for writing posts; openings add their facts to the same ones."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.orm.exc import StaleDataError
from wtforms import DateTimeLocalField, FieldList, HiddenField, SelectField, StringField, TextAreaField
from wtforms import Form as PlainForm
from wtforms.validators import Optional, ValidationError

from jobboard.core import i18n
from jobboard.core.forms import SLUG, DeskForm, SelectChoice, at_most, required
from jobboard.core.i18n import lazy
from jobboard.people.models import Person
from jobboard.posts.models import Category, Post, PostText

#: Choices of a byline or of a post's categories; more are added by saving.
SPARE_ROWS = 2


def from_local(value: dt.datetime | None) -> dt.datetime | None:
    """A time typed in the site's zone as a moment."""
    return value.replace(tzinfo=i18n.site_zone()).astimezone(dt.UTC) if value else None


def to_local(moment: dt.datetime | None) -> dt.datetime | None:
    """A moment as it is typed: naive, in the site's zone."""
    return moment.astimezone(i18n.site_zone()).replace(tzinfo=None) if moment else None


def exists_in_zone(_form: Any, field: DateTimeLocalField) -> None:
    """Refuses the hour that a change to summer time leaves out."""
    if field.data is not None and to_local(from_local(field.data)) != field.data:
        raise ValidationError(lazy("This time does not exist: the clocks go forward that night."))


class TextMixin(PlainForm):
    """One language's text of a post."""

    title = StringField(lazy("Title"), validators=[required(), at_most(200)])
    summary = TextAreaField(
        lazy("Summary"),
        validators=[at_most(400)],
        description=lazy("One or two sentences. They stand in lists, feeds and previews."),
    )
    markdown = TextAreaField(
        lazy("Text"),
        validators=[at_most(200_000)],
        description=lazy("Markdown: headings with ##, lists with -, code between ``` lines."),
    )
    notice = StringField(
        lazy("Note for readers of other languages"),
        validators=[at_most(300)],
        description=lazy("Stands beside the notice that this text is in another language."),
    )
    slug = StringField(
        lazy("Address"),
        validators=SLUG,
        description=lazy("The last part of the page's address. Made from the title when empty."),
    )


class BylineMixin(PlainForm):
    """Ordered authors and categories."""

    authors = FieldList(SelectField(lazy("Author"), coerce=int), label=lazy("Authors"))
    categories = FieldList(SelectField(lazy("Category"), coerce=int), label=lazy("Categories"))


class ArticleForm(TextMixin, BylineMixin, DeskForm):
    """Write an article in one language."""

    #: The post's version when the form was opened; another one means that somebody saved in between.
    version = HiddenField()


class PublishForm(DeskForm):
    """When a post becomes public."""

    publish_at = DateTimeLocalField(
        lazy("Publish at"),
        validators=[Optional(), exists_in_zone],
        description=lazy("Empty: now. A moment in the future schedules it."),
    )

    def moment(self) -> dt.datetime | None:
        """The chosen moment, aware; None: now."""
        return from_local(self.publish_at.data)


class CategoryForm(DeskForm):
    """A topic. `category_form` adds a name and a description per language."""

    slug = StringField(
        lazy("Address"),
        validators=SLUG,
        description=lazy("The last part of the page's address. Made from the name when empty."),
    )

    def texts(self, name: str) -> dict[str, str]:
        """What was typed for one text, by language; languages without a text are left out."""
        typed = {code: getattr(self, f"{name}_{code}").data or "" for code in i18n.languages()}
        return {code: text for code, text in typed.items() if text}


def category_form(category: Category | None) -> CategoryForm:
    """The form of a category: a name in the site's first language is needed, others fall back to it."""
    fields: dict[str, Any] = {}
    start: dict[str, Any] = {}
    for code in i18n.languages():
        language = i18n.language_name(code)
        needed = [required()] if code == i18n.default_language() else []
        fields[f"name_{code}"] = StringField(
            lazy("Name (%(language)s)", language=language), validators=[*needed, at_most(80)]
        )
        fields[f"description_{code}"] = StringField(
            lazy("Description (%(language)s)", language=language), validators=[at_most(300)]
        )
        if category is not None:
            start |= {f"name_{code}": category.name.get(code), f"description_{code}": category.description.get(code)}
    if category is not None:
        start["slug"] = category.slug
    form: CategoryForm = type("CategoryForm", (CategoryForm,), fields)(data=start)
    return form


class VersionForm(DeskForm):
    """A button that is about a post as it was when its page was opened."""

    version = HiddenField()

    def refuse_outdated(self, post: Post) -> None:
        """Raises `StaleDataError` when somebody else saved the post since then; asked under the lock."""
        if self.version.data != str(post.version):
            raise StaleDataError(f"post {post.id} was saved by somebody else")


def fill_byline(
    form: BylineMixin,
    people: Sequence[Person],
    categories: Sequence[Category],
    *,
    authors: Iterable[Person] = (),
    chosen: Iterable[Category] = (),
) -> None:
    """Give the byline's selects their choices, and rows for what is chosen plus some to spare."""
    _fill(form.authors, [(person.id, person.name) for person in people], [person.id for person in authors])
    names = sorted(((one.id, i18n.pick(one.name)) for one in categories), key=lambda pair: pair[1].lower())
    _fill(form.categories, names, [category.id for category in chosen])


def _fill(rows: "FieldList[SelectField]", choices: list[tuple[int, str]], chosen: list[int]) -> None:
    if not rows.entries:
        for value in [*chosen, *[0] * SPARE_ROWS]:
            rows.append_entry(value)
    options = [SelectChoice(0, "–"), *(SelectChoice(value, label) for value, label in choices)]
    for entry in rows.entries:
        entry.choices = options


def picked(rows: "FieldList[SelectField]", things: Sequence[Any]) -> list[Any]:
    """The things chosen in a byline's selects, in their order, each once."""
    by_id = {thing.id: thing for thing in things}
    return list(dict.fromkeys(by_id[entry.data] for entry in rows.entries if entry.data in by_id))


def text_values(text: PostText | None) -> dict[str, str]:
    """What `TextMixin` starts with."""
    names = ("title", "summary", "markdown", "notice", "slug")
    return {name: getattr(text, name) for name in names} if text is not None else {}
