"""The form of a mail to an applicant."""

import re
import secrets

from flask_wtf.file import MultipleFileField
from wtforms import Field, HiddenField, StringField, TextAreaField
from wtforms.validators import ValidationError

from jobboard.core.forms import DeskForm, required
from jobboard.core.i18n import _, lazy
from jobboard.files.checks import ACCEPT, HINT
from jobboard.mail.forms_templates import BODY_RULES, SUBJECT_RULES


class LetterForm(DeskForm):
    """Subject, text with placeholders, and files."""

    subject = StringField(lazy("Subject"), validators=[required(lazy("Please give a subject.")), *SUBJECT_RULES])
    body = TextAreaField(
        lazy("Text"), validators=[required(lazy("Please write something.")), *BODY_RULES], render_kw={"rows": 14}
    )
    files = MultipleFileField(
        lazy("Attachments"), description=HINT, render_kw={"accept": ACCEPT, "multiple": True, "class": "file-input"}
    )
    #: Of this form alone: what is sent twice is one mail.
    nonce = HiddenField(default=lambda: secrets.token_hex(16))

    def validate_nonce(self, field: Field) -> None:
        """As it was handed out; it becomes part of a header."""
        if not re.fullmatch("[0-9a-f]{32}", field.data or ""):
            raise ValidationError(_("Please open this form again."))
