"""How somebody looks on the pages about them and under what they wrote."""

import dataclasses
from collections.abc import Sequence

from markupsafe import Markup

from jobboard.core import i18n
from jobboard.core.markdown import plain, render_short
from jobboard.people.models import Person


@dataclasses.dataclass(frozen=True)
class Profile:
    """What readers learn of a person; a language is told where a text is not in the page's."""

    name: str
    job: str
    job_lang: str | None
    bio: Markup
    bio_lang: str | None
    #: The words of `bio`, for machines.
    about: str
    #: (label, address), shown with rel=me.
    links: Sequence[tuple[str, str]]


def profile(person: Person) -> Profile:
    """A person as readers of the page's language see them."""
    bio = render_short(i18n.pick(person.bio))
    return Profile(
        name=person.name,
        job=i18n.pick(person.job),
        job_lang=i18n.language_of(person.job),
        bio=Markup(bio),  # noqa: S704 - cleaned by the renderer
        bio_lang=i18n.language_of(person.bio),
        about=plain(bio),
        links=[(link["label"], link["url"]) for link in person.links],
    )
