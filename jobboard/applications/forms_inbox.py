"""Forms of inbox and bulk pages: keep a filter, tag, assign, and decide what happens to several at once."""

from wtforms import BooleanField, Field, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import ValidationError

from jobboard.applications.actions_organise import tag_key
from jobboard.applications.models_desk import LONGEST_NAME, LONGEST_TAG
from jobboard.core.forms import CheckboxesField, DeskForm, SelectChoice, at_most, required
from jobboard.core.i18n import _, lazy

#: Tags that one field takes.
MOST_TAGS = 12


class SaveFilterForm(DeskForm):
    """Keep what the inbox shows under a name."""

    name = StringField(
        lazy("Name of the filter"), validators=[required(lazy("Please give a name.")), at_most(LONGEST_NAME)]
    )
    is_shared = BooleanField(lazy("Show it to everybody who hires"))
    query = HiddenField()


class TagsForm(DeskForm):
    """The tags of one application, or some for several."""

    tags = StringField(
        lazy("Tags"),
        description=lazy("Separated by commas. Applicants can ask to read them."),
        render_kw={"list": "known-tags", "autocomplete": "off"},
    )

    @property
    def names(self) -> list[str]:
        """The tags that were written, each once."""
        parts = (" ".join(part.split()) for part in (self.tags.data or "").split(","))
        return list({tag_key(part): part for part in parts if tag_key(part)}.values())

    def validate_tags(self, field: Field) -> None:
        """Words, not sentences."""
        names = self.names
        if any(len(name) > LONGEST_TAG for name in names):
            raise ValidationError(_("A tag has %(max)d characters at most.", max=LONGEST_TAG))
        if len(names) > MOST_TAGS:
            raise ValidationError(_("%(max)d tags at most, please.", max=MOST_TAGS))
        if field.data and not names:
            raise ValidationError(_("A tag needs a letter or a digit."))


class BulkTagsForm(TagsForm):
    """Tags for several applications: at least one."""

    def validate_tags(self, field: Field) -> None:
        """At least one, and words."""
        if not self.names:
            raise ValidationError(_("Please write at least one tag."))
        super().validate_tags(field)


class AssigneesForm(DeskForm):
    """Who looks after one application."""

    people = CheckboxesField(lazy("Looked after by"), coerce=int)


class BulkMailForm(DeskForm):
    """A mail from a template to several applicants, each in their language."""

    #: Sending the same form twice is one mail to each.
    nonce = HiddenField()
    template = SelectField(lazy("Template"), coerce=int)


class BulkAssignForm(DeskForm):
    """Who looks after several applications."""

    person = SelectField(lazy("Looked after by"), coerce=int)


class BulkMoveForm(DeskForm):
    """Move several applications; a rejection also says when its answer leaves."""

    #: Sending the same form twice is one run.
    nonce = HiddenField()
    tell = RadioField(lazy("When do the applicants get the answer?"), default="later")

    def offer_times(self, now_words: str, morning_words: str) -> None:
        """The times an answer can leave at, in words."""
        self.tell.choices = [
            SelectChoice("later", _("Later: each answer is sent by hand")),
            SelectChoice("morning", morning_words),
            SelectChoice("now", now_words),
        ]
