"""Drafts of applications: found by their link, or by the form they were begun with.

The statements are made once: every request of somebody who applies asks one of them.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from jobboard.applications.models_draft import Draft
from jobboard.core import clock
from jobboard.core.db import session
from jobboard.core.tokens import token_hash


def _drafts(scope: str, *conditions: sa.ColumnElement[bool]) -> sa.Select[Draft]:
    """Drafts that are still kept, with their files."""
    statement = sa.select(Draft).where(Draft.expires_at > sa.bindparam("now"), *conditions)
    return statement.options(joinedload(Draft.files)).execution_options(scope=scope)


_BY_LINK = _drafts("link", Draft.link_hash == sa.bindparam("link_hash"), Draft.opening_id == sa.bindparam("opening_id"))
_BY_ID = _drafts("mail", Draft.id == sa.bindparam("id"))
#: Locked are the drafts, not their files.
_BY_ID_LOCKED = _BY_ID.with_for_update(of=Draft)
#: Whether or not its time is over: who still holds the form goes on with it, as long as the sweep has not been there.
_BY_FORM = (
    sa.select(Draft)
    .where(Draft.nonce == sa.bindparam("nonce"))
    .options(joinedload(Draft.files))
    .execution_options(scope="form")
    .with_for_update(of=Draft)
)


def draft_by_link(token: str | None, opening_id: int) -> Draft | None:
    """The draft of this opening whose holder has this link."""
    if not token:
        return None
    return _one(_BY_LINK, now=clock.now(), link_hash=token_hash(token), opening_id=opening_id)


def draft_to_change(nonce: str) -> Draft | None:
    """The draft that was begun with this form, locked."""
    return _one(_BY_FORM, nonce=nonce)


def draft_by_id(draft_id: int, *, lock: bool = False) -> Draft | None:
    """One draft for the software itself: the link in a mail, or (locked) the sending that ends it."""
    return _one(_BY_ID_LOCKED if lock else _BY_ID, now=clock.now(), id=draft_id)


def _one(statement: sa.Select[Draft], **values: Any) -> Draft | None:
    return session().execute(statement, values).unique().scalar_one_or_none()
