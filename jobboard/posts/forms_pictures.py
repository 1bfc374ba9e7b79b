"""The form of a picture for a text."""

from flask_wtf.file import FileField, FileRequired
from wtforms import StringField

from jobboard.core.forms import DeskForm, at_most, required
from jobboard.core.i18n import lazy


class PictureForm(DeskForm):
    """A picture and what it shows, in words: who cannot see it gets them instead (WCAG 1.1.1)."""

    picture = FileField(
        lazy("Picture"),
        validators=[FileRequired(message=lazy("Please choose a picture."))],
        description=lazy("PNG, JPEG or WebP, up to 10 MB. Where and with what it was taken is removed."),
    )
    alt = StringField(
        lazy("What the picture shows"),
        validators=[required(lazy("Please say in words what the picture shows.")), at_most(300)],
        description=lazy("One sentence for those who cannot see it."),
    )
