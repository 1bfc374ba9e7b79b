"""Forms about the life of an opening: close, extend, open again, publish all the same."""

from wtforms import BooleanField, DateTimeLocalField, HiddenField, TextAreaField
from wtforms.validators import Optional

from jobboard.core.forms import DeskForm, at_most, required
from jobboard.core.i18n import lazy
from jobboard.posts.forms import exists_in_zone

REASON_LENGTH = 1000
WHY = lazy("Please write why. It stands in the history of the opening.")


class CloseForm(DeskForm):
    """Close an opening before its deadline."""

    is_filled = BooleanField(lazy("The position is filled"), description=lazy("The page of the opening says so."))
    closing_reason = TextAreaField(
        lazy("Reason for closing"), validators=[at_most(REASON_LENGTH)], render_kw={"rows": 2}
    )


class ExtendForm(DeskForm):
    """Give an opening a later deadline."""

    later_deadline = DateTimeLocalField(
        lazy("New deadline"), validators=[required(lazy("Please give the new deadline.")), exists_in_zone]
    )
    extension_reason = TextAreaField(
        lazy("Reason for extending"), validators=[required(WHY), at_most(REASON_LENGTH)], render_kw={"rows": 2}
    )
    #: The opening's version when the page was opened.
    seen = HiddenField()


class ReopenForm(DeskForm):
    """Open a closed opening again."""

    new_deadline = DateTimeLocalField(
        lazy("Apply by"), validators=[Optional(), exists_in_zone], description=lazy("Empty: no deadline.")
    )
    reopening_reason = TextAreaField(
        lazy("Reason for opening it again"), validators=[at_most(REASON_LENGTH)], render_kw={"rows": 2}
    )


class OverrideForm(DeskForm):
    """Publish although an item of the checklist stands against it. One on a page for each item, told apart by its prefix."""

    #: Name of the item it is about.
    item = ""
    reason = TextAreaField(
        lazy("Why it is published all the same"),
        validators=[required(WHY), at_most(REASON_LENGTH)],
        render_kw={"rows": 3},
    )
    #: Fingerprint of what was judged.
    fingerprint = HiddenField()
