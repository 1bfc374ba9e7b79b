"""What a secret key made ends with it: the stored hashes that no key of now makes are made anew by the newest one.

Until then a link of a key that is gone (stolen, say) would still be known by its hash, and new mails would hold links that
nobody knows. Links of a key that stands among the old ones stay as they are.
"""

import dataclasses
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session

from jobboard.core.db import session, writing
from jobboard.core.tokens import token_hash

#: Rows looked at in one turn; what changed of them is written in one transaction.
AT_ONCE = 500
_SCOPE = {"scope": "keys"}


@dataclasses.dataclass(frozen=True)
class KeptHash:
    """A column with the hash of what a secret key made, and what a row's hash is by the keys there are now."""

    column: InstrumentedAttribute[Any]
    made: Callable[[Any], str]


#: All there are; each room adds its own where it makes them.
KEPT: list[KeptHash] = []


def keep_link(column: InstrumentedAttribute[Any], token: Callable[[Any], str]) -> None:
    """Tell of a column with the hash of a link's token, and how a row's token is made."""
    keep_hash(column, lambda row: token_hash(token(row)))


def keep_hash(column: InstrumentedAttribute[Any], made: Callable[[Any], str]) -> None:
    """Tell of a column with a hash that a secret key made, and of what a row's is by the keys there are now."""
    KEPT.append(KeptHash(column, made))


def renew_hashes() -> int:
    """Make the hashes of keys that are gone anew; how many. A row that changes meanwhile is by a key of now."""
    return sum(_renew(one) for one in KEPT)


def _is_written(current: Session, update: sa.Update) -> bool:
    """Write one hash. Where another row has it already (somebody was told under a new address since) the old one stays."""
    try:
        with current.begin_nested():
            current.execute(update, execution_options={**_SCOPE, "synchronize_session": False})
    except IntegrityError:
        return False
    return True


def _renew(kept: KeptHash) -> int:
    model, column = kept.column.class_, kept.column
    [key] = sa.inspect(model).primary_key
    done, last = 0, None
    while True:
        statement = sa.select(model).where(column.is_not(None)).order_by(key).limit(AT_ONCE)
        statement = statement if last is None else statement.where(key > last)
        rows = session().execute(statement, execution_options=_SCOPE).scalars().all()
        if not rows:
            break
        found = [(sa.inspect(row).identity[0], getattr(row, column.key), kept.made(row)) for row in rows]
        last = found[-1][0]
        session().expunge_all()
        session().rollback()
        if changed := [one for one in found if one[1] != one[2]]:
            with writing() as current:
                for number, old, new in changed:
                    update = sa.update(model).where(key == number, column == old).values({column.key: new})
                    done += _is_written(current, update)
    session().rollback()
    return done
