"""Cards and words that a write left to the worker, and those an older version of this software made."""

import functools
import hashlib

import sqlalchemy as sa
from flask import current_app

from jobboard.core import i18n
from jobboard.core.db import session, writing
from jobboard.core.models import ContentVersion
from jobboard.core.work import Sweep
from jobboard.posts.models import PostCard, PostChange
from jobboard.posts.queries_cards import KEPT_VERSIONS, due_ids
from jobboard.timeline.actions_cards import AT_ONCE, drop_cards, make_cards, make_words


def make_due() -> int:
    """Make the cards of some posts that have none, and make them findable by the names on them; the number of posts."""
    if not due_ids(1):
        session().rollback()
        return 0  # looked without the write lock
    with writing() as current:
        ids = due_ids(AT_ONCE)
        make_cards(current, ids)
        make_words(current, ids)
    return len(ids)


def drop_outdated() -> int:
    """Throw all cards away when other templates or catalogs made them; the number of posts they are of."""
    maker = cards_maker(current_app.config["LANGUAGES"])
    made_by = session().execute(sa.select(ContentVersion.cards_made_by)).scalar_one()
    session().rollback()
    if made_by == maker:
        return 0
    with writing() as current:
        posts = current.execute(sa.select(sa.func.count(sa.distinct(PostCard.post_id)))).scalar_one()
        drop_cards(current, sa.true())
        current.execute(sa.update(ContentVersion).values(cards_made_by=maker))
    return posts


@functools.cache
def cards_maker(languages: tuple[str, ...]) -> str:
    """The fingerprint of everything a card's look depends on, besides its post: templates and catalogs."""
    files = sorted((i18n.ROOT / "templates" / "parts").glob("*.html"))
    files += [i18n.HERE / "static" / "icons.svg"]
    files += [i18n.ROOT / "translations" / code / "LC_MESSAGES" / "messages.po" for code in languages]
    digest = hashlib.sha256("".join(languages).encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def trim_changes() -> int:
    """Forget changes nobody catches up by any more; how many."""
    newest = session().execute(sa.select(ContentVersion.number)).scalar_one()
    is_old = PostChange.version < newest - KEPT_VERSIONS
    if session().execute(sa.select(PostChange.id).where(is_old).limit(1)).first() is None:
        session().rollback()
        return 0
    with writing() as current:
        done: int = current.execute(sa.delete(PostChange).where(is_old)).rowcount  # type: ignore[attr-defined] # of a DELETE
    return done


SWEEPS = [
    Sweep("outdated cards", 3600, drop_outdated),
    Sweep("due cards", 5, make_due),
    Sweep("log of changes", 3600, trim_changes),
]
