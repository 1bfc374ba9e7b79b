"""What keeps the desk in order without anybody: words that are out of date, tags nobody uses, bulk runs that are over."""

import datetime as dt

import sqlalchemy as sa

from jobboard.applications.actions_organise import drop_unused_tags
from jobboard.applications.actions_words import cut_words, put_words
from jobboard.applications.models import Application
from jobboard.applications.models_desk import ApplicationTag, ApplicationWords, BulkRun, Tag
from jobboard.applications.queries import whole
from jobboard.applications.queries_words import out_of_date
from jobboard.core import clock
from jobboard.core.db import session, writing
from jobboard.core.work import Sweep
from jobboard.files.actions_pages import NotShown, text_of
from jobboard.files.models import StoredFile
from jobboard.files.storage import StorageError

#: Applications whose words are cut in one run.
AT_ONCE = 20
#: How long a bulk run is kept (Keep.RUN).
RUN_KEPT = dt.timedelta(days=7)


def cut_due_words() -> int:
    """Cut the words of applications that came or changed. Documents are read before anything is written."""
    due = {row[0]: row[1] for row in session().execute(out_of_date(AT_ONCE))}
    if not due:
        session().rollback()
        return 0
    statement = sa.select(Application).where(Application.id.in_(due)).options(*whole())
    rows = session().execute(statement.execution_options(scope="words")).scalars()
    found = [words for row in rows if (words := _words(row, due[row.id])) is not None]
    if not found:
        session().rollback()
        return 0
    with writing():
        for words in found:
            put_words(words)
    return len(found)


def _words(row: Application, event_id: int) -> ApplicationWords | None:
    """An application's words; None while a document cannot be read just now, so that the next run tries again."""
    try:
        return cut_words(row, [_text(one.file) for one in row.documents], event_id)
    except StorageError:
        return None


def _text(file: StoredFile) -> str:
    """The words of a document; none of one that cannot be read at all: the rest is found all the same."""
    try:
        return text_of(file)
    except NotShown:
        return ""


def tidy_desk() -> int:
    """Delete tags that no application has, words of what is locked, and bulk runs past their time."""
    locked = sa.select(Application.id).where(Application.locked_at.is_not(None))
    words = sa.select(ApplicationWords).where(ApplicationWords.application_id.in_(locked))
    runs = sa.select(BulkRun).where(BulkRun.at < clock.now() - RUN_KEPT)
    unused = sa.select(Tag).where(~sa.select(ApplicationTag).where(ApplicationTag.tag_id == Tag.id).exists())
    due = [one.execution_options(scope="desk") for one in (words, runs, unused)]
    if not any(session().execute(one.limit(1)).first() for one in due):
        session().rollback()
        return 0
    with writing() as current:
        rows = [row for one in due[:2] for row in current.execute(one).scalars()]
        for row in rows:
            current.delete(row)
        return len(rows) + drop_unused_tags()


SWEEPS = [Sweep("words of applications", 10, cut_due_words), Sweep("desk", 3600, tidy_desk)]
