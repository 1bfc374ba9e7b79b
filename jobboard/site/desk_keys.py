"""The keys of the desk: what each does, in words, and the switch for who does not want them (WCAG 2.1.4)."""

from flask import Blueprint, flash, g, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core.access import ALL_STAFF, access
from jobboard.core.db import writing
from jobboard.core.forms import DeskForm, checked_button
from jobboard.core.i18n import _, lazy
from jobboard.core.web import see

bp = Blueprint("keys", __name__, url_prefix="/keys")

#: (heading, [(keys, what they do)]); js/keys.js does it.
KEYS = (
    (
        lazy("Everywhere"),
        (
            (("?",), lazy("Show the keys")),
            (("/",), lazy("Go to the search field")),
            (("g", "i"), lazy("Go to the list of applications")),
            (("g", "b"), lazy("Go to the board")),
        ),
    ),
    (
        lazy("In a list"),
        (
            (("j",), lazy("Next row")),
            (("k",), lazy("Previous row")),
            (("Enter",), lazy("Open the row")),
            (("o",), lazy("Open the row")),
            (("x",), lazy("Choose the row")),
            (("m",), lazy("Move those chosen, or the card")),
            (("t",), lazy("Tag those chosen")),
        ),
    ),
    (
        lazy("On the board"),
        (
            (("↑", "↓"), lazy("Previous or next card")),
            (("←", "→"), lazy("Column before or after")),
        ),
    ),
    (
        lazy("On an application"),
        (
            (("j",), lazy("Next application of the list")),
            (("k",), lazy("Previous application of the list")),
            (("m",), lazy("To its moves")),
            (("t",), lazy("To its tags")),
        ),
    ),
)


@bp.get("/")
@access(ALL_STAFF)
def index() -> str:
    """All keys in words, and the switch."""
    return render_template("desk/keys/index.html", keys=KEYS, form=DeskForm(formdata=None), is_on=g.person.has_keys)


@bp.post("/")
@access(ALL_STAFF, writes=True)
def switch() -> BaseResponse:
    """Switch one's own keys off or on."""
    checked_button()
    with writing():
        g.person.has_keys = not g.person.has_keys
    flash(_("The keys are on.") if g.person.has_keys else _("The keys are off."))
    return see(url_for("desk.keys.index"))
