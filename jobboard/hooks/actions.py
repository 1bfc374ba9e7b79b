"""Noting that feeds have changed, so that the hub is told of each once (docs/decisions/0030)."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa

from jobboard.core.db import insert_into, session
from jobboard.hooks.models import FeedShown, TopicNews

#: A feed that changed is announced so much later, with everything that changed meanwhile: an import is one change, and
#: every web process has noticed by then what the hub is going to fetch.
SETTLE = dt.timedelta(seconds=20)


def put_shown(shown: Mapping[str, Sequence[tuple[int, str]]]) -> None:
    """Remember what these feeds show, by name; one that shows nothing is forgotten."""
    empty = [name for name, entries in shown.items() if not entries]
    session().execute(sa.delete(FeedShown).where(FeedShown.name.in_(empty)))
    rows = [{"name": name, "entries": [list(one) for one in entries]} for name, entries in shown.items() if entries]
    if rows:
        statement = insert_into(FeedShown)
        newer = {"entries": statement.excluded.entries}
        session().execute(statement.on_conflict_do_update(index_elements=["name"], set_=newer), rows)


def put_news(paths: Collection[str], now: dt.datetime) -> None:
    """Note that the feeds at these addresses have changed. One that is noted already keeps its time: it is told of both."""
    rows = [{"path": path, "due_at": now + SETTLE, "number": 1} for path in paths]
    if rows:
        again = {"number": TopicNews.number + 1}
        session().execute(insert_into(TopicNews).on_conflict_do_update(index_elements=["path"], set_=again), rows)
