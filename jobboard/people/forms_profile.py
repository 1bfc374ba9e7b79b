"""The form of what readers learn of a person."""

from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, FieldList, FormField, HiddenField, StringField, TextAreaField

from jobboard.core import i18n
from jobboard.core.forms import REQUIRED, SLUG, DeskForm, Form, at_most, is_web_address, required
from jobboard.core.i18n import _, lazy
from jobboard.core.slugs import slug_of
from jobboard.people.models import Person

#: Links to begin with; more are added by saving.
SPARE_LINKS, MOST_LINKS = 2, 12


class LinkRow(Form):
    """One link. A row where nothing is filled in is left out."""

    label = StringField(lazy("Words of the link"), validators=[at_most(60)])
    url = StringField(lazy("Address of the link"), validators=[at_most(500)])

    def name_of_row(self, number: int) -> str:
        """Which one it is, in the error summary."""
        return _("Link %(number)d", number=number)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Both or nothing, and only addresses of the web."""
        is_valid = super().validate(*args, **kwargs)
        label, url = self.label.data or "", self.url.data or ""
        if url and not is_web_address(url):
            self.url.errors = [_("This is not a web address. Example: https://example.org/page")]
        elif label and not url:
            self.url.errors = [REQUIRED]
        elif url and not label:
            self.label.errors = [REQUIRED]
        return is_valid and not self.errors


class ProfileForm(DeskForm):
    """Name, address, picture and links. `profile_form` adds job and bio per language."""

    name = StringField(lazy("Name"), validators=[required(), at_most(120)], render_kw={"autocomplete": "off"})
    slug = StringField(
        lazy("Address"),
        validators=SLUG,
        description=lazy("The last part of the page's address. Made from the name when empty."),
    )
    picture = FileField(
        lazy("Picture"),
        description=lazy(
            "PNG, JPEG or WebP, up to 10 MB. The square in its middle is shown; where and with what it was taken is removed."
        ),
    )
    #: The key of a picture that arrived with a form that could not be saved yet, or was only looked at.
    kept = HiddenField()
    no_picture = BooleanField(lazy("Show no picture"))
    links = FieldList(FormField(LinkRow), label=lazy("Links"), max_entries=MOST_LINKS)

    def texts(self, name: str) -> dict[str, str]:
        """What was typed for one text, by language; languages without a text are left out."""
        typed = {code: (getattr(self, f"{name}_{code}").data or "").strip() for code in i18n.languages()}
        return {code: text for code, text in typed.items() if text}

    def values(self) -> dict[str, Any]:
        """What `save_profile` takes, but for the picture."""
        rows = [row.form for row in self.links if row.form.url.data]
        return {
            "name": self.name.data or "",
            "slug": self.slug.data or slug_of(self.name.data or "", "person"),
            "job": self.texts("job"),
            "bio": self.texts("bio"),
            "links": [{"label": row.label.data, "url": row.url.data} for row in rows],
        }


def profile_form(person: Person) -> ProfileForm:
    """The form of a person's profile, with what is known of them."""
    fields: dict[str, Any] = {}
    start: dict[str, Any] = {"name": person.name, "slug": person.slug, "links": list(person.links)}
    for code in i18n.languages():
        language = i18n.language_name(code)
        fields[f"job_{code}"] = StringField(
            lazy("Job title (%(language)s)", language=language), validators=[at_most(120)]
        )
        fields[f"bio_{code}"] = TextAreaField(
            lazy("About the person (%(language)s)", language=language),
            validators=[at_most(2000)],
            description=lazy("A few sentences in Markdown: *emphasis*, lists and [links](https://example.org)."),
        )
        start |= {f"job_{code}": person.job.get(code), f"bio_{code}": person.bio.get(code)}
    form: ProfileForm = type("ProfileForm", (ProfileForm,), fields)(data=start)
    if not form.is_submitted():
        for _spare in range(min(SPARE_LINKS, MOST_LINKS - len(form.links))):
            form.links.append_entry()
    return form
