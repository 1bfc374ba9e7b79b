"""Which second factors somebody has."""

import dataclasses
from collections.abc import Sequence

import sqlalchemy as sa

from jobboard.core.db import session
from jobboard.people.models import Person
from jobboard.people.models_factors import Authenticator, Passkey, RecoveryCode


@dataclasses.dataclass(frozen=True)
class Factors:
    """What one person has besides the password."""

    has_app: bool = False
    passkeys: int = 0
    codes_left: int = 0

    def __bool__(self) -> bool:
        """Whether there is a second factor; recovery codes alone are none."""
        return self.has_app or self.passkeys > 0


def factors_of(person: Person) -> Factors:
    """What this person has."""
    return factors_by_person([person.id]).get(person.id, Factors())


def factors_by_person(ids: Sequence[int]) -> dict[int, Factors]:
    """What these people have, in one query however many they are."""
    apps = _counted(Authenticator, ids).subquery()
    keys = _counted(Passkey, ids).subquery()
    codes = _counted(RecoveryCode, ids).where(RecoveryCode.used_at.is_(None)).subquery()
    statement = sa.select(Person.id, apps.c.number, keys.c.number, codes.c.number).where(Person.id.in_(ids))
    for part in (apps, keys, codes):
        statement = statement.outerjoin(part, part.c.person_id == Person.id)
    rows = session().execute(statement)
    return {one: Factors(bool(app), int(key or 0), int(code or 0)) for one, app, key, code in rows}


def _counted(model: type[Authenticator | Passkey | RecoveryCode], ids: Sequence[int]) -> sa.Select[int, int]:
    counted = sa.select(model.person_id, sa.func.count().label("number"))
    return counted.where(model.person_id.in_(ids)).group_by(model.person_id)


def authenticator_of(person: Person) -> Authenticator | None:
    """The person's authenticator app."""
    return session().get(Authenticator, person.id)


def passkeys_of(person: Person) -> list[Passkey]:
    """The person's passkeys, the latest added first."""
    statement = sa.select(Passkey).where(Passkey.person_id == person.id).order_by(Passkey.added_at.desc(), Passkey.id)
    return list(session().execute(statement).unique().scalars())


def passkey_by_credential(credential_id: str) -> Passkey | None:
    """The passkey with this id (base64url), whoever's it is."""
    statement = sa.select(Passkey).where(Passkey.credential_id == credential_id)
    return session().execute(statement).unique().scalar_one_or_none()
