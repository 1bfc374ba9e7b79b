"""The database: engine and session, short write transactions, the content version, and queries that must name a person."""

import contextlib
import dataclasses
import functools
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar, cast

import sqlalchemy as sa
from flask import Flask, abort
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.sql import visitors

from jobboard.core.access import refuse_silent_write
from jobboard.core.base import Base
from jobboard.core.models import ContentVersion

db: Any = SQLAlchemy(metadata=Base.metadata, disable_autonaming=True)

T = TypeVar("T")

#: In the `info` of a session that has raised the content version and not committed it yet.
RAISED = "content_version_raised"
_VERSION = sa.select(ContentVersion.__table__.c.number)

#: FULL, not NORMAL: with NORMAL a power cut loses answered applications (docs/decisions/0002).
SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=5000",
    "temp_store=MEMORY",
    "cache_size=-16000",
    "secure_delete=ON",
)


def session() -> Session:
    """The request's (or the app context's) session."""
    return cast("Session", db.session())


def prepare_engine(engine: Engine) -> None:
    """Set an SQLite engine up: pragmas per connection, and BEGIN of our own so that writers queue instead of failing."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late and is always deferred
        for pragma in SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        is_writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


def init_app(app: Flask) -> None:
    """Bind the extension to the app and prepare its engine."""
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)


@contextlib.contextmanager
def writing(trace: str | None = None) -> Iterator[Session]:
    """One short write transaction, committed at its end; on SQLite it takes the write lock first (BEGIN IMMEDIATE).

    What was read before is let go, so objects are read afresh under the lock. Slow work (hashing, file checks,
    rendering) belongs before the block. Raises `NotDeclared` on a route that did not declare that it writes.
    """
    refuse_silent_write(trace)
    current = session()
    if current.new or current.dirty or current.deleted or current.info.get("writing"):
        raise RuntimeError("changes belong inside one writing() block")
    current.rollback()
    current.info["writing"] = True
    with _turn_of(current):
        try:
            current.connection(execution_options={"writing": True})
            yield current
            current.commit()
        except BaseException:
            current.rollback()
            raise
        finally:
            current.info.pop("writing", None)


#: Seconds a thread waits for its turn before it asks SQLite itself, which waits for `busy_timeout`.
LONGEST_TURN = 20.0
_turns: dict[Engine, threading.Lock] = {}


@contextlib.contextmanager
def _turn_of(current: Session) -> Iterator[None]:
    """Let the threads of this process write to SQLite one after the other, in their order.

    SQLite's own waiting is a sleep and another try: of many writers some never get their turn in time.
    """
    engine = current.get_bind().engine
    if engine.dialect.name != "sqlite":
        yield
        return
    lock = _turns.setdefault(engine, threading.Lock())
    has_turn = lock.acquire(timeout=LONGEST_TURN)
    try:
        yield
    finally:
        if has_turn:
            lock.release()


@event.listens_for(Session, "before_flush")
def bump_content_version(current: Session, _context: Any, _instances: Any) -> None:
    """Any flushed change of a row readers can see raises the content version in the same transaction."""
    if any(type(row).readers_see for row in (*current.new, *current.dirty, *current.deleted) if isinstance(row, Base)):
        bump_version(current)


def bump_version(current: Session) -> None:
    """Raise the content version; bulk statements that bypass the session's rows call it themselves."""
    statement = sa.update(ContentVersion).values(number=ContentVersion.number + 1)
    # The number is only ever asked for as a column; looking for a loaded row would go through the whole session.
    current.execute(statement, execution_options={"synchronize_session": False})
    current.info[RAISED] = True


def write_new(*rows: Base) -> None:
    """Insert new rows of one table that no session holds; one alone gets its number. They stay outside of the session.

    For rows that nobody changes in the same transaction: a flush finds out the same and costs several times as much. What
    belongs to it does not happen here, so rows that readers see are refused (`ValueError`), and foreign keys are the caller's.
    """
    if not rows:
        return
    if rows[0].readers_see:
        raise ValueError("what readers see raises the content version, which a flush does")
    table = cast("sa.Table", rows[0].__table__)
    values = [{name: value for name, value in vars(row).items() if name in table.c} for row in rows]
    if len(rows) > 1:
        session().connection().execute(sa.insert(table), values)
        return
    numbers = session().connection().execute(sa.insert(table), values[0]).inserted_primary_key
    if "id" in table.c and numbers is not None:
        rows[0].id = numbers[0]  # type: ignore[attr-defined] # every table with an `id` has a model with one


def insert_into(model: type[Base]) -> Any:
    """An INSERT of the engine's own kind: both have ON CONFLICT, which the general one has not."""
    dialect = postgresql if session().get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(model)


def content_version() -> int:
    """The number that stands for everything readers can see at this moment."""
    return int(session().connection().execute(_VERSION).scalar_one())  # every page asks: without the ORM's own work


def scrub() -> None:
    """Bring SQLite's log into its file and cut it, so that nothing deleted is left in it: after an erasure, and every hour.

    Deleted content of the file itself is overwritten (`secure_delete`). PostgreSQL's vacuum does its own; its WAL archives and
    replicas are the operator's (docs/operate.md). A reader that holds the log up is no error: the next run cuts it. It is not
    waited for, as nobody could write meanwhile.
    """
    engine = session().get_bind().engine
    path = engine.url.database
    if engine.dialect.name != "sqlite" or not path:
        return
    with contextlib.closing(sqlite3.connect(path, timeout=0)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class UnscopedQuery(RuntimeError):
    """A query touched applicants' data without saying for whom; it must go through the room's scoped queries."""


@functools.cache  # asked with every statement; all models are known before the first one
def scoped_tables() -> frozenset[str]:
    """Names of the tables whose models ask for a scope."""
    return _scoped_of(frozenset(Base.metadata.tables))


@functools.lru_cache(maxsize=2)
def _scoped_of(_tables: frozenset[str]) -> frozenset[str]:
    """Found out once for the tables there are: every statement asks."""
    return frozenset(
        mapper.local_table.name  # type: ignore[attr-defined] # every mapped class of ours is one table
        for mapper in Base.registry.mappers
        if getattr(mapper.class_, "needs_scope", False)
    )


@event.listens_for(Session, "do_orm_execute")
def refuse_unscoped(state: ORMExecuteState) -> None:
    """Raises `UnscopedQuery` for a statement on applicants' data without the execution option `scope`."""
    if state.is_column_load or state.is_relationship_load or "scope" in state.execution_options:
        return
    touched = _tables_of(state.statement) & scoped_tables()
    if touched:
        raise UnscopedQuery(f"{', '.join(sorted(touched))}: use the queries of the room, they take a person")


def _tables_of(statement: Any) -> set[str]:
    """Names of the tables a statement names, also through aliases, columns only, and in raw text."""
    if isinstance(statement, sa.TextClause):
        return set(re.findall(r"\w+", statement.text.lower()))
    names = set()
    for element in visitors.iterate(statement):
        source = element.table if isinstance(element, sa.ColumnClause) else element
        while source is not None and not isinstance(source, sa.TableClause):
            source = getattr(source, "element", None)
        if source is not None:
            names.add(source.name)
    return names


def first_or_404(statement: sa.Select[T]) -> T:
    """The one row's object; 404 when there is none. Loading a page's thing goes through here or a room's own helper."""
    found = session().execute(statement).unique().scalars().first()
    if found is None:
        abort(404)
    return found


Item = TypeVar("Item")


@dataclasses.dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a list: its items, and what "1 to 20 of 134" and the links to the other pages need."""

    items: Sequence[Item]
    number: int
    per_page: int
    total: int
    url: Callable[[int], str]

    @property
    def pages(self) -> int:
        """Number of pages, at least 1."""
        return max(1, -(-self.total // self.per_page))

    @property
    def links(self) -> list[tuple[int | None, str | None]]:
        """(number, address) of the first, the last, this one (no address) and its neighbours; (None, None) is a gap."""
        near = {1, self.pages, *range(self.number - 1, self.number + 2)}
        found: list[tuple[int | None, str | None]] = []
        for number in sorted(one for one in near if 1 <= one <= self.pages):
            if found and found[-1][0] != number - 1:
                found.append((None, None))
            found.append((number, None if number == self.number else self.url(number)))
        return found

    @property
    def previous_url(self) -> str | None:
        """The address of the page before, if there is one."""
        return self.url(self.number - 1) if self.number > 1 else None

    @property
    def next_url(self) -> str | None:
        """The address of the page after, if there is one."""
        return self.url(self.number + 1) if self.number < self.pages else None

    @property
    def first(self) -> int:
        """Position of the first item shown, from 1; 0 on an empty page."""
        return (self.number - 1) * self.per_page + 1 if self.items else 0

    @property
    def last(self) -> int:
        """Position of the last item shown; 0 on an empty page."""
        return self.first + len(self.items) - 1 if self.items else 0


def page_number(text: str | None) -> int:
    """The page asked for: 1 when absent, no number, or out of the range a site can have."""
    return int(text) if text and re.fullmatch(r"[1-9][0-9]{0,6}", text) else 1


def row_number(text: str | None) -> int | None:
    """The number or version of a row as an address or a hidden field names it: at most nine ASCII digits, else None."""
    return int(text) if text and re.fullmatch(r"[0-9]{1,9}", text) else None
