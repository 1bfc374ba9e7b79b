"""Links by which people without an account see a post before it is published, and what stands above it then."""

import dataclasses
import datetime as dt

from flask import url_for

from jobboard.core import i18n
from jobboard.core.tokens import sign
from jobboard.core.web import site_url
from jobboard.posts.models import Kind, PostText

#: Days for which a link works, from the moment it was shown.
PREVIEW_DAYS = 14


@dataclasses.dataclass(frozen=True)
class Preview:
    """Until when a link works; `url` is that link, for staff, who pass it on, and "" for who came by it."""

    until: dt.datetime
    url: str = ""


def preview_of(text: PostText, now: dt.datetime) -> Preview:
    """The link to a text; the same for a whole day of the site."""
    until = i18n.midnight_after(now, PREVIEW_DAYS)
    token = sign("preview", f"{text.id}:{until.timestamp():.0f}")
    endpoint = "openings.preview" if text.kind is Kind.opening else "posts.preview"
    language = i18n.interface_for(text.locale)
    return Preview(until, site_url(url_for(endpoint, token=token, language=language)))
