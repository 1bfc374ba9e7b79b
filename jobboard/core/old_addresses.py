"""Addresses that things had before: they lead on, and nothing else of the kind gets them (docs/decisions/0032)."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from jobboard.core import clock
from jobboard.core.base import Data, Keep, Key, about
from jobboard.core.db import session


class OldAddress:
    """What tables of old addresses have in common; in each `owner_id` says whose it was."""

    readers_see = True

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.SITE))
    slug: Mapped[str] = mapped_column(String(120), unique=True, info=about(Data.PUBLIC, "address before", Keep.SITE))
    until: Mapped[dt.datetime] = mapped_column(info=about(Data.INTERNAL, "when it got another", Keep.SITE))
    owner_id: Mapped[int]


def at_address(model: type[Any], slug: str, *conditions: sa.ColumnElement[bool]) -> Any | None:
    """The thing that has this address now."""
    return session().execute(sa.select(model).where(model.slug == slug, *conditions)).scalar_one_or_none()


def moved_from(model: type[Any], slug: str, *conditions: sa.ColumnElement[bool]) -> Any | None:
    """The thing that had this address before."""
    old = model.old_addresses
    statement = sa.select(model).join(old, old.owner_id == model.id).where(old.slug == slug, *conditions)
    return session().execute(statement).scalar_one_or_none()


def now_or_before(model: type[Any], slug: str, *conditions: sa.ColumnElement[bool]) -> Any | None:
    """The thing that has this address, or else the one that had it."""
    return at_address(model, slug, *conditions) or moved_from(model, slug, *conditions)


def is_free(model: type[Any], slug: str, own_id: int | None = None) -> bool:
    """Whether nothing else of the kind has or had this address."""
    now, before = sa.select(model.id).where(model.slug == slug), sa.select(model.old_addresses.id)
    before = before.where(model.old_addresses.slug == slug)
    if own_id is not None:
        now, before = now.where(model.id != own_id), before.where(model.old_addresses.owner_id != own_id)
    return session().execute(now.union_all(before).limit(1)).first() is None


def move(row: Any, slug: str) -> None:
    """Give a thing another address; the one before leads to it. It may take back one of its own."""
    old = type(row).old_addresses
    if row.id is not None and row.slug != slug:
        session().execute(sa.delete(old).where(old.slug == slug, old.owner_id == row.id))
        session().add(old(slug=row.slug, owner_id=row.id, until=clock.now()))
    row.slug = slug


def ways_on(model: type[Any]) -> Mapping[str, str]:
    """By each address that things of the kind had before: the one it has now. One query."""
    old = model.old_addresses
    rows = session().execute(sa.select(old.slug, model.slug).join(model, model.id == old.owner_id))
    return {before: now for before, now in rows}  # noqa: C416 - typed
