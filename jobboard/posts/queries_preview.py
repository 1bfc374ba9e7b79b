"""What a preview link shows."""

import datetime as dt

from jobboard.core.db import session
from jobboard.core.tokens import unsign
from jobboard.posts.models import Kind, PostText


def text_of_preview(kind: Kind, token: str, now: dt.datetime) -> tuple[PostText, dt.datetime] | None:
    """The text of a link and until when it works; None for a link that was altered, has run out, or leads to nothing."""
    value = unsign("preview", token)
    if value is None:
        return None
    text_id, until = value.split(":")
    text, end = session().get(PostText, int(text_id)), dt.datetime.fromtimestamp(int(until), dt.UTC)
    return (text, end) if text is not None and text.kind is kind and now < end else None
