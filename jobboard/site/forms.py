"""Forms of the site's settings and its legal pages."""

import zoneinfo
from typing import Any

from wtforms import (
    EmailField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.validators import NumberRange, Optional

from jobboard.core import i18n
from jobboard.core.forms import (
    EMAIL_LENGTH,
    ROLE_CHOICES,
    CheckboxesField,
    DeskForm,
    SelectChoice,
    at_most,
    email_address,
    required,
    web_address,
)
from jobboard.core.i18n import lazy
from jobboard.site.models import Site

#: Longest time anything of an application is kept: ten years.
MOST_DAYS = 3650


class SiteForm(DeskForm):
    """The site's settings. `site_form` adds a tagline and an introduction per language."""

    name = StringField(lazy("Name of the site"), validators=[required(), at_most(80)])
    gender_marker = StringField(
        lazy("Gender marker"),
        validators=[at_most(40)],
        description=lazy("Stands behind the title of every opening. Examples: (m/w/d), (all genders)."),
    )
    time_zone = SelectField(
        lazy("Time zone"),
        validators=[required()],
        description=lazy("Dates and deadlines are shown and meant in this zone."),
    )
    organisation = StringField(
        lazy("Legal name of the employer"), validators=[at_most(200)], description=lazy("Example: Example GmbH")
    )
    organisation_url = URLField(lazy("The employer’s home page"), validators=[Optional(), at_most(500), web_address])
    contact_email = EmailField(
        lazy("E-mail address for applicants’ questions"),
        validators=[Optional(), at_most(EMAIL_LENGTH), email_address()],
    )
    retention_days = IntegerField(
        lazy("Days until an application is deleted"),
        validators=[
            required(),
            NumberRange(1, MOST_DAYS, message=lazy("Enter a number of days from %(min)s to %(max)s.")),
        ],
        description=lazy("Counted from the day the applicant was told. Germany: 180, Austria: 210."),
    )

    response_days = IntegerField(
        lazy("Answer applicants within (days)"),
        validators=[Optional(), NumberRange(1, 180, message=lazy("Please give a number from 1 to 180."))],
        description=lazy("Promised to applicants of every opening that has no number of its own. Empty: no promise."),
    )
    second_factor_roles = CheckboxesField(
        lazy("Who needs a second factor to sign in"),
        choices=ROLE_CHOICES,
        description=lazy("Whoever has none yet is led to the page to set it up, and opens nothing else before."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.time_zone.choices = [SelectChoice(name, name.replace("_", " ")) for name in time_zones()]

    def texts(self, name: str) -> dict[str, str]:
        """What was typed for one text, by language; languages without a text are left out."""
        typed = {code: getattr(self, f"{name}_{code}").data or "" for code in i18n.languages()}
        return {code: text for code, text in typed.items() if text}


def time_zones() -> list[str]:
    """The names of all zones people live in, by continent (IANA)."""
    areas = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    return sorted({name for name in zoneinfo.available_timezones() if name.startswith(areas)} | {"UTC"})


def site_form(site: Site) -> SiteForm:
    """The form for this site, with a tagline and an introduction for each of its languages."""
    fields: dict[str, Any] = {}
    start: dict[str, Any] = {}
    for code in i18n.languages():
        language = i18n.language_name(code)
        fields[f"tagline_{code}"] = StringField(
            lazy("Tagline (%(language)s)", language=language), validators=[at_most(200)]
        )
        fields[f"intro_{code}"] = TextAreaField(
            lazy("Introduction (%(language)s)", language=language),
            validators=[at_most(2000)],
            description=lazy(
                "A sentence or two about the company. Stands at the top of the front page and in search results."
            ),
        )
        start |= {f"tagline_{code}": site.tagline.get(code), f"intro_{code}": site.intro.get(code)}
    form: SiteForm = type("SiteForm", (SiteForm,), fields)(obj=site, data=start)
    return form


class PageForm(DeskForm):
    """A legal page in one language."""

    markdown = TextAreaField(
        lazy("Text"),
        validators=[required(), at_most(100_000)],
        description=lazy("Markdown: headings with ##, lists with -, links as [words](https://…)."),
    )
    #: The page's version when the form was opened; another one means that somebody saved in between.
    version = HiddenField()
