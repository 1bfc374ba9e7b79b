"""The form of a source."""

from wtforms import BooleanField, StringField
from wtforms.validators import Regexp

from jobboard.core.forms import DeskForm, at_most, required
from jobboard.core.i18n import lazy
from jobboard.stats.models import CODE


class SourceForm(DeskForm):
    """A source's name and whether it counts."""

    name = StringField(
        lazy("Name"),
        validators=[required(), at_most(80)],
        description=lazy("How it stands in figures. Example: Newsletter in May"),
    )
    is_active = BooleanField(
        lazy("It counts"), description=lazy("Switched off, addresses with its code work as without one.")
    )


class NewSourceForm(SourceForm):
    """A new source; its code cannot be changed later."""

    code = StringField(
        lazy("Code"),
        validators=[
            required(),
            at_most(40),
            Regexp(CODE, message=lazy("Use small letters a to z, digits, and hyphens between them.")),
        ],
        description=lazy("Stands in addresses and cannot be changed later. Example: newsletter-may"),
    )
