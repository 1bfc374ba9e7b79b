"""What goes with a save: a revision, the pictures the texts show, and unsaved words that are not needed any more."""

import datetime as dt
import logging
import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError

from jobboard.core import clock
from jobboard.core.db import session, writing
from jobboard.core.markdown import Rendered
from jobboard.files.actions import claim
from jobboard.files.models import StoredFile
from jobboard.people.models import Person
from jobboard.posts.actions import kind_of, save_text, touch
from jobboard.posts.markup_kinds import facts_of
from jobboard.posts.models import Post, PostImage, PostText
from jobboard.posts.models_writing import Editing, Revision, Unsaved
from jobboard.posts.queries_writing import newest_revision

log = logging.getLogger("jobboard.posts")

WORDS = ("title", "summary", "notice", "markdown")
#: Characters of all fields of a form together that are kept for somebody: a text and everything around it, several times.
MOST_UNSAVED = 1_000_000
#: A sign of life is written at most this often.
SIGN_EVERY = dt.timedelta(seconds=10)
#: The key of a public picture's address (`files.markup.picture_path`).
PICTURE_KEY = re.compile(r"/files/([0-9a-f]{2}/[0-9a-f]{64})/")


def text_in(post: Post, locale: str) -> PostText | None:
    """The post's text in exactly this language."""
    return next((text for text in post.texts if text.locale == locale), None)


def keep_as_found(post: Post, locale: str) -> None:
    """Before a save: keep a text that nobody has kept, from an import or from before there were revisions."""
    text = text_in(post, locale)
    newest = newest_revision(post.id, locale) if text is not None else None
    if text is not None and (newest is None or any(getattr(newest, name) != getattr(text, name) for name in WORDS)):
        _add_revision(post, text, None, _facts(post))


def finish_save(post: Post, locale: str, person: Person, place: str) -> None:
    """After a save: count it, keep a revision where something changed, hold the pictures, forget the unsaved words."""
    touch(post)
    session().flush()
    text, facts, newest = text_in(post, locale), _facts(post), newest_revision(post.id, locale)
    same_words = newest is not None and all(getattr(newest, name) == getattr(text, name) for name in WORDS)
    if text is not None and not (same_words and facts == _newest_facts(post)):
        _add_revision(post, text, person, facts)
    hold_pictures(post)
    drop_unsaved(person, place)


def _facts(post: Post) -> dict[str, Any] | None:
    kind = facts_of(kind_of(post))
    return kind.take(post) if kind is not None else None


def _newest_facts(post: Post) -> dict[str, Any] | None:
    statement = sa.select(Revision.facts).where(Revision.post_id == post.id, Revision.facts.is_not(None))
    return session().execute(statement.order_by(Revision.id.desc()).limit(1)).scalar_one_or_none()


def _add_revision(post: Post, text: PostText, person: Person | None, facts: dict[str, Any] | None) -> None:
    words = {name: getattr(text, name) for name in WORDS}
    at = clock.now() if person is not None else post.updated_at
    row = Revision(post_id=post.id, locale=text.locale, at=at, version=post.version, facts=facts, **words)
    row.person_id = person.id if person is not None else None
    session().add(row)
    session().flush()


def restore(post: Post, revision: Revision, person: Person, rendered: Rendered, place: str) -> None:
    """Make a text (and an opening's facts) what they were in a revision: a new one, so that nothing is lost by it.

    Address, dates and byline stay as they are.
    """
    keep_as_found(post, revision.locale)
    kind = facts_of(kind_of(post))
    if kind is not None and revision.facts is not None:
        kind.put(post, revision.facts)
    words = {name: getattr(revision, name) for name in WORDS}
    found = text_in(post, revision.locale)
    save_text(post, revision.locale, **words, slug=found.slug if found else None, rendered=rendered)
    finish_save(post, revision.locale, person, place)


def hold_pictures(post: Post) -> None:
    """The post owns exactly the public pictures that its texts show; one that no text shows any more is let go.

    What nobody owns and no revision, template or unsaved text names is deleted later (`files.tasks_pictures`).
    """
    shown = {key for text in post.texts for key in PICTURE_KEY.findall(text.markdown)}
    held = {image.file.key: image for image in post.images}
    for key in held.keys() - shown:
        post.images.remove(held[key])
    missing = shown - held.keys()
    if not missing:
        return
    # Locked, so that the sweep does not take one away at this moment.
    rows = sa.select(StoredFile).where(StoredFile.key.in_(missing), StoredFile.is_public).with_for_update()
    for row in session().execute(rows).scalars():
        post.images.append(PostImage(file=claim(row), reference=row.name))


def keep_unsaved(person: Person, place: str, post_id: int | None, fields: Mapping[str, list[str]], moment: int) -> bool:
    """Keep what somebody typed and has not saved; False when something newer is kept already.

    `moment` is the browser's clock in milliseconds. Raises `ValueError` when it is too much.
    """
    if sum(len(value) for values in fields.values() for value in values) > MOST_UNSAVED:
        raise ValueError("too long")
    statement = sa.select(Unsaved).where(Unsaved.person_id == person.id, Unsaved.place == place)
    row = session().execute(statement).scalar_one_or_none()
    if row is None:
        row = Unsaved(person_id=person.id, place=place, post_id=post_id)
        session().add(row)
    elif row.moment > moment:
        return False
    row.fields, row.moment, row.saved_at = dict(fields), moment, clock.now()
    session().flush()
    return True


def drop_unsaved(person: Person, place: str) -> None:
    """Forget what somebody typed into a form: it is saved, or they threw it away."""
    session().execute(sa.delete(Unsaved).where(Unsaved.person_id == person.id, Unsaved.place == place))


def note_editing(post_id: int, locale: str, person: Person) -> None:
    """Leave the trace that somebody has a text open. A page is not refused because this could not be written."""
    now, key = clock.now(), (post_id, person.id, locale)
    try:
        row = session().get(Editing, key)
        if row is not None and now - row.at < SIGN_EVERY:
            return
        with writing(trace="editing") as current:
            row = current.get(Editing, key)
            if row is None:
                row = Editing(post_id=post_id, person_id=person.id, locale=locale, began_at=now, at=now)
                current.add(row)
            elif now - row.at > dt.timedelta(minutes=2):
                row.began_at = now
            row.at = now
    except (OperationalError, IntegrityError):
        log.warning("who is writing post %d could not be noted", post_id)
