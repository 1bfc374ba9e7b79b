"""The form of a template's name."""

from wtforms import StringField

from jobboard.core.forms import DeskForm, at_most, required
from jobboard.core.i18n import lazy


class TemplateForm(DeskForm):
    """A template by its name; its content is an opening's."""

    name = StringField(
        lazy("Name of the template"),
        validators=[required(), at_most(120)],
        description=lazy("Only staff see it."),
    )
