"""Views: by day, by the host and by the code that led there; and the codes."""

import datetime as dt
from collections.abc import Sequence
from typing import TypeVar

import sqlalchemy as sa

from jobboard.core.db import session
from jobboard.core.kept import kept, loading
from jobboard.stats.models import SourceCode, ViewCount
from jobboard.stats.queries_period import Period

#: Hosts and codes named one by one in figures.
MOST_NAMED = 12

Key = TypeVar("Key")
Condition = sa.ColumnElement[bool]
_TOTAL = sa.func.sum(ViewCount.count)


def active_codes() -> frozenset[str]:
    """The codes that count at this moment: what addresses may carry."""
    return frozenset(session().execute(sa.select(SourceCode.code).where(SourceCode.is_active)).scalars())


def source_codes() -> Sequence[SourceCode]:
    """All codes, those that count first, by name."""
    statement = sa.select(SourceCode).order_by(SourceCode.is_active.desc(), sa.func.lower(SourceCode.name))
    return session().execute(statement).scalars().all()


def source_id_of(code: str) -> int | None:
    """The number of the code that counts; None for any other text."""
    return kept("source codes", "", _loaded_ids).get(code) if code else None


def _loaded_ids() -> dict[str, int]:
    statement = sa.select(SourceCode.code, SourceCode.id).where(SourceCode.is_active)
    with loading() as own:
        return {code: number for code, number in own.execute(statement)}  # noqa: C416 - typed


def source_name(source_id: int | None) -> str:
    """The name of a source; "" for none."""
    if source_id is None:
        return ""
    name: str = session().execute(sa.select(SourceCode.name).where(SourceCode.id == source_id)).scalar_one()
    return name


def is_code_free(code: str) -> bool:
    """Whether no other source has this code."""
    return session().execute(sa.select(SourceCode.id).where(SourceCode.code == code)).first() is None


def views_by_day(period: Period, of: Condition) -> dict[dt.date, int]:
    """How many views each day of a period has; days without any are left out."""
    return _sums(sa.select(ViewCount.on, _TOTAL).where(*_within(period), of).group_by(ViewCount.on))


def views_by_host(period: Period, of: Condition) -> list[tuple[str, int]]:
    """(host, views), the most first; "" is none that was told."""
    return _ranked(_sums(sa.select(ViewCount.host, _TOTAL).where(*_within(period), of).group_by(ViewCount.host)))


def views_by_source(period: Period, of: Condition) -> dict[str, int]:
    """Views by code; those without one are left out."""
    statement = sa.select(ViewCount.source, _TOTAL).where(*_within(period), of, ViewCount.source != "")
    return _sums(statement.group_by(ViewCount.source))


def views_by_subject(period: Period, subjects: Sequence[str]) -> dict[str, int]:
    """Views of these subjects."""
    statement = sa.select(ViewCount.subject, _TOTAL).where(*_within(period), ViewCount.subject.in_(subjects))
    return _sums(statement.group_by(ViewCount.subject))


def _within(period: Period) -> tuple[Condition, Condition]:
    return ViewCount.on >= period.first, ViewCount.on <= period.last


def _sums(statement: sa.Select[Key, int]) -> dict[Key, int]:
    return {key: int(number) for key, number in session().execute(statement)}


def _ranked(sums: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(sums.items(), key=lambda row: (-row[1], row[0]))
