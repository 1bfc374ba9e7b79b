"""Drafts of applications: found by their link, or by the form they were begun with."""

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from jobboard.applications.models_draft import Draft
from jobboard.core import clock
from jobboard.core.db import session
from jobboard.core.tokens import token_hash


def drafts(scope: str) -> sa.Select[Draft]:
    """Drafts that are still kept, with their files."""
    statement = sa.select(Draft).where(Draft.expires_at > clock.now()).options(selectinload(Draft.files))
    return statement.execution_options(scope=scope)


def draft_by_link(token: str | None, opening_id: int) -> Draft | None:
    """The draft of this opening whose holder has this link."""
    if not token:
        return None
    statement = drafts("link").where(Draft.link_hash == token_hash(token), Draft.opening_id == opening_id)
    return session().execute(statement).scalar_one_or_none()


def draft_with(nonce: str, *, lock: bool = False) -> Draft | None:
    """The draft that was begun with this form; locked for changing it."""
    statement = drafts("form").where(Draft.nonce == nonce)
    return session().execute(statement.with_for_update() if lock else statement).scalar_one_or_none()


def draft_by_id(draft_id: int, *, lock: bool = False) -> Draft | None:
    """One draft for the software itself: the link in a mail, or (locked) the sending that ends it."""
    statement = drafts("mail").where(Draft.id == draft_id)
    return session().execute(statement.with_for_update() if lock else statement).scalar_one_or_none()
