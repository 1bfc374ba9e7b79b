"""Texts that are not findable yet, after a restore or when words are cut in another way; and those another renderer made."""

import sqlalchemy as sa

from jobboard.core import clock
from jobboard.core.db import bump_version, session, writing
from jobboard.core.markdown import Rendered, plain
from jobboard.core.markdown_anew import render_anew
from jobboard.core.models import ContentVersion
from jobboard.core.work import Sweep
from jobboard.posts.actions import make_findable
from jobboard.posts.models import PostText
from jobboard.posts.models_writing import Editing, Unsaved
from jobboard.posts.queries_writing import SILENCE, UNSAVED_FOR
from jobboard.search import index
from jobboard.search.models import SearchWord
from jobboard.search.words import made_by

#: Texts made findable in one transaction.
AT_ONCE = 100


def find_missing() -> int:
    """Make some texts findable that are not; how many."""
    missing = sa.select(PostText).where(index.is_missing(PostText.id)).order_by(PostText.id).limit(AT_ONCE)
    if session().execute(missing.with_only_columns(PostText.id)).first() is None:
        session().rollback()
        return 0  # looked without the write lock
    with writing() as current:
        bump_version(current)  # searches find more now
        texts = current.execute(missing).scalars().all()
        for text in texts:
            make_findable(text)
    return len(texts)


def drop_outdated() -> int:
    """Take out all texts when words are cut in another way now; how many texts there are to cut anew."""
    cut_by = session().execute(sa.select(ContentVersion.words_cut_by)).scalar_one()
    session().rollback()
    if cut_by == made_by():
        return 0
    with writing() as current:
        current.execute(sa.update(ContentVersion).values(words_cut_by=made_by()))
        if not cut_by:  # a new index: what is in it was cut by this software
            return 0
        index.drop_all()
        texts: int = current.execute(sa.select(sa.func.count()).select_from(PostText)).scalar_one()
    return texts


def forget_words() -> int:
    """Forget some words that stand in no text any more; how many."""
    forgotten = sa.select(SearchWord.word).where(index.is_forgotten()).limit(AT_ONCE)
    words = session().execute(forgotten).scalars().all()
    session().rollback()
    if words:
        with writing() as current:  # a text written since may have one of them
            current.execute(sa.delete(SearchWord).where(SearchWord.word.in_(words), index.is_forgotten()))
    return len(words)


def render_texts() -> int:
    """Render some texts anew that another renderer made; how many."""
    return render_anew(PostText, _follow)


def _follow(text_id: int, rendered: Rendered, before: str) -> None:
    """What else shows or finds a text that looks different now. Its post was not changed by anybody: no date, no revision."""
    text = session().get_one(PostText, text_id)
    if text.reading_minutes != rendered.minutes:
        text.reading_minutes = rendered.minutes  # stands on cards
    if plain(before) != rendered.text:
        make_findable(text)


def forget_writing() -> int:
    """Forget unsaved words past their time, and who was writing hours ago."""
    now = clock.now()
    old = (
        sa.delete(Unsaved).where(Unsaved.saved_at <= now - UNSAVED_FOR),
        sa.delete(Editing).where(Editing.at <= now - 5 * SILENCE),
    )
    with writing() as current:
        for statement in old:
            current.execute(statement)
    return 0


SWEEPS = [
    Sweep("outdated words", 3600, drop_outdated),
    Sweep("texts to find", 600, find_missing),
    Sweep("words of no text", 86_400, forget_words),
    Sweep("texts of another renderer", 600, render_texts),
    Sweep("unsaved words", 600, forget_writing),
]
