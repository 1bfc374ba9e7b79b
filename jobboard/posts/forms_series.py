"""Forms about series."""

from typing import Any

from wtforms import Form as PlainForm
from wtforms import IntegerField, StringField
from wtforms.validators import NumberRange, Optional

from jobboard.core import i18n
from jobboard.core.forms import SLUG, DeskForm, at_most, required
from jobboard.core.i18n import lazy
from jobboard.posts.forms import ArticleForm
from jobboard.posts.models_series import Series


class SeriesMixin(PlainForm):
    """The series that an article belongs to."""

    series = StringField(
        lazy("Series"),
        validators=[Optional(), at_most(80)],
        description=lazy("Articles that are read in an order. A new name begins a series."),
    )
    series_part = IntegerField(
        lazy("Part"),
        validators=[Optional(), NumberRange(1, 999, lazy("Use a number from 1 to 999."))],
        description=lazy("Empty: the next one."),
    )


class SerialArticleForm(SeriesMixin, ArticleForm):
    """Write an article that may be a part of a series."""


class SeriesForm(DeskForm):
    """The names of a series. `series_form` adds one per language."""

    slug = StringField(
        lazy("Address"),
        validators=SLUG,
        description=lazy("The last part of the page's address. Made from the name when empty."),
    )

    def texts(self, name: str) -> dict[str, str]:
        """What was typed, by language; languages without a text are left out."""
        typed = {code: getattr(self, f"{name}_{code}").data or "" for code in i18n.languages()}
        return {code: text for code, text in typed.items() if text}


def series_form(series: Series) -> SeriesForm:
    """The form of a series: one of its languages needs a name, the others fall back to it."""
    fields: dict[str, Any] = {}
    first = next((code for code in i18n.languages() if series.name.get(code)), i18n.default_language())
    for code in i18n.languages():
        validators = [*([required()] if code == first else []), at_most(80)]
        fields[f"name_{code}"] = StringField(
            lazy("Name (%(language)s)", language=i18n.language_name(code)), validators=validators
        )
    start = {"slug": series.slug, **{f"name_{code}": series.name.get(code) for code in i18n.languages()}}
    form: SeriesForm = type("SeriesForm", (SeriesForm,), fields)(data=start)
    return form
