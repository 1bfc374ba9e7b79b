"""The form of an export: in which form the applications leave."""

from wtforms import RadioField

from jobboard.core.forms import DeskForm, SelectChoice, required
from jobboard.core.i18n import lazy


class ExportForm(DeskForm):
    """Which kind of file."""

    format = RadioField(
        lazy("Kind of file"),
        choices=[
            SelectChoice("xlsx", lazy("Excel (.xlsx): one row per application")),
            SelectChoice("csv", lazy("CSV: the same, for any spreadsheet")),
            SelectChoice("json", lazy("JSON: everything, for other programs")),
        ],
        default="xlsx",
        validators=[required(lazy("Please choose a kind of file."))],
    )
