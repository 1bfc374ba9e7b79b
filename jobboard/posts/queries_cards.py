"""Prepared cards, and which posts changed since a content version."""

from collections.abc import Sequence

import sqlalchemy as sa
from flask import current_app
from markupsafe import Markup

from jobboard.core.db import session
from jobboard.posts.models import CardDue, PostCard, PostChange

#: So many content versions the log of changes reaches back; who is further behind reads everything anew.
KEPT_VERSIONS = 5000

_TABLE = PostCard.__table__
_CARDS = sa.select(_TABLE.c.post_id, _TABLE.c.html).where(
    _TABLE.c.post_id.in_(sa.bindparam("ids", expanding=True)), _TABLE.c.language == sa.bindparam("language")
)


def cards_of(ids: Sequence[int], language: str) -> list[Markup]:
    """The cards of these posts in this order, in one query; one that is not prepared is rendered now."""
    found = cards_by_id(ids, language)
    return [found[post_id] for post_id in ids if post_id in found]


def cards_by_id(ids: Sequence[int], language: str) -> dict[int, Markup]:
    """The cards of these posts by the post's id, in one query; one that is not prepared is rendered now."""
    if not ids:
        return {}
    rows = session().connection().execute(_CARDS, {"ids": list(ids), "language": language})
    found: dict[int, str] = {post_id: html for post_id, html in rows}  # noqa: C416 - typed
    if missing := [post_id for post_id in ids if post_id not in found]:
        made = current_app.extensions["render_cards"](missing)
        found |= {row["post_id"]: row["html"] for row in made if row["language"] == language}
    return {post_id: Markup(html) for post_id, html in found.items()}  # noqa: S704 - rendered by our templates


def changed_since(version: int) -> list[int]:
    """Ids of the posts that changed after this content version, without order and each once."""
    statement = sa.select(PostChange.post_id).where(PostChange.version > version).distinct()
    return list(session().execute(statement).scalars())


def due_ids(limit: int) -> list[int]:
    """Ids of posts whose cards are to be made."""
    return list(session().execute(sa.select(CardDue.post_id).order_by(CardDue.post_id).limit(limit)).scalars())
