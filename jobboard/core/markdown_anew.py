"""Stored texts that another renderer made, rendered anew: a few at a time, outside of any transaction, then one short write.

Another renderer: this software was renewed, a library was, or an optional one was installed. For the readers it is no
change of the text: nobody's name stands behind it, no date moves, no revision is made.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.engine import Row

from jobboard.core import clock
from jobboard.core.db import RAISED, bump_version, session, writing
from jobboard.core.markdown import Rendered, render
from jobboard.core.markdown_maker import made_by

#: Texts of one turn. Others of the worker's work come between two.
AT_ONCE = 20
#: A text whose formulas or diagrams nobody could draw is tried again after this long, the others meanwhile.
REST = dt.timedelta(minutes=10)

#: Called in the transaction with the number of a text that changed, what it is now, and what its HTML was.
Follow = Callable[[int, Rendered, str], None]


def render_anew(model: type[Any], follow: Follow | None = None) -> int:
    """Render some texts anew of a model with `markdown`, `html` and `rendered_by`; how many are done."""
    found = _outdated(model)
    if not found:
        return 0
    fresh = {row.id: render(row.markdown) for row in found}
    done = [row for row in found if fresh[row.id].made_by]  # of the others what is stored may be better
    for row in found:
        if row not in done:
            _resting()[model.__tablename__, row.id] = clock.now() + REST
    if not done:
        return 0
    with writing() as current:
        changed = [(row, now) for row in done if (now := _put(model, row, fresh[row.id]))]
        for row, rendered in changed:
            if follow is not None:
                follow(row.id, rendered, row.html)
        current.flush()
        if changed and not current.info.get(RAISED):
            bump_version(current)
    return len(done)


def _outdated(model: type[Any]) -> list[Row[Any]]:
    """Some texts that another renderer made; the two halves are found in the index."""
    maker = made_by()
    resting = _resting()
    for key in [key for key, until in resting.items() if until <= clock.now()]:
        del resting[key]
    waiting = [number for table, number in resting if table == model.__tablename__]
    is_outdated = sa.or_(model.rendered_by < maker, model.rendered_by > maker)
    statement = sa.select(model.id, model.markdown, model.html).where(is_outdated, model.id.not_in(waiting))
    rows = list(session().execute(statement.limit(AT_ONCE)))
    session().rollback()  # nothing is held open while they are rendered
    return rows


def _put(model: type[Any], row: Row[Any], rendered: Rendered) -> Rendered | None:
    """Write what a text looks like now, unless it was saved meanwhile; None when readers see nothing of it."""
    is_same = sa.and_(model.id == row.id, model.markdown == row.markdown, model.html == row.html)
    values = {"html": rendered.html, "rendered_by": rendered.made_by}
    statement = sa.update(model).where(is_same).values(values)
    result = session().execute(statement, execution_options={"synchronize_session": False})
    is_changed = result.rowcount and rendered.html != row.html  # type: ignore[attr-defined] # of an UPDATE
    return rendered if is_changed else None


def _resting() -> dict[tuple[str, int], dt.datetime]:
    found: dict[tuple[str, int], dt.datetime] = current_app.extensions.setdefault("undrawn_rest_until", {})
    return found
