"""Links for a new password, and sign-ins that are half done."""

import datetime as dt
import json
from typing import Any

import sqlalchemy as sa

from jobboard.audit.actions import record
from jobboard.core.db import session
from jobboard.core.tokens import link_token, new_token, token_hash
from jobboard.core.tokens_anew import keep_link
from jobboard.core.web import site_url
from jobboard.mail.actions import LinkEnded, private_link, queue
from jobboard.people.actions import set_password
from jobboard.people.actions_factors import changed_one, step_of_code, use_recovery_code, use_step
from jobboard.people.models import Person
from jobboard.people.models_doors import PasswordReset, SignInStep
from jobboard.people.queries import somebody_to_sign_in
from jobboard.people.queries_factors import authenticator_of

#: Wrong codes of one sign-in; then it begins anew with the password.
MOST_CODES = 5


def ask_reset(email: str, now: dt.datetime) -> None:
    """Note that somebody wants a new password for an address, whether it is anybody's or not."""
    session().add(PasswordReset(email=email.strip().lower(), asked_at=now, seed=new_token()))


def answer_reset(row: PasswordReset, default_locale: str) -> None:
    """Mail the link when the address is somebody's who may sign in; else forget that anybody asked."""
    person = somebody_to_sign_in(row.email)
    if person is None:
        session().delete(row)
        return
    row.person_id, row.link_hash = person.id, token_hash(_token(row))
    queue(
        "people/reset",
        to_address=row.email,
        to_name=person.name,
        locale=person.locale or default_locale,
        link=private_link("reset", row.id),
    )
    record("password.reset_asked", ("person", person.id))


def _token(row: PasswordReset) -> str:
    return link_token(f"reset:{row.seed}", row.id, 0, row.link_hash)


def reset_address(reset_id: int, to_address: str) -> str:
    """The absolute link to a new password, for the mail that leaves. Raises `LinkEnded` when it was used or ran out."""
    row = session().get(PasswordReset, reset_id)
    if row is None or row.email != to_address.lower():
        raise LinkEnded(f"reset {reset_id} is gone")
    return site_url(f"/desk/password/{_token(row)}/")


def reset_password(person: Person, hashed: str, now: dt.datetime) -> None:
    """Set a new password by a link: every session and every other link ends, the second factor stays."""
    set_password(person, hashed, now)
    session().execute(sa.delete(PasswordReset).where(PasswordReset.person_id == person.id))
    session().execute(sa.delete(SignInStep).where(SignInStep.person_id == person.id))
    record("password.reset", ("person", person.id), person)


def begin_step(person: Person | None, now: dt.datetime, secret: str | None = None) -> str:
    """Begin a sign-in that is not finished; its token, which only the cookie holds."""
    token = new_token()
    session().add(SignInStep(token_hash=token_hash(token), person=person, begun_at=now, wrong_codes=0, secret=secret))
    return token


def try_code(step_id: int, person: Person, code: str, now: dt.datetime) -> str | None:
    """Count a code as tried and, when it is right, as used: "app" or "recovery code"; None for one that opens nothing.

    It is counted before it is looked at, so that many at once are no more than `MOST_CODES` either.
    """
    counted = sa.update(SignInStep).where(SignInStep.id == step_id, SignInStep.wrong_codes < MOST_CODES)
    if not changed_one(counted.values(wrong_codes=SignInStep.wrong_codes + 1)):
        return None
    app = authenticator_of(person)
    step = step_of_code(person, app.seed, code, now) if app else None
    if step is not None:
        return "app" if use_step(person, step) else None
    return "recovery code" if use_recovery_code(person, code, now) else None


def end_used_up(step_id: int) -> bool:
    """End a half-done sign-in whose codes are all tried; whether it is over."""
    tried = session().execute(sa.select(SignInStep.wrong_codes).where(SignInStep.id == step_id)).scalar_one_or_none()
    if tried is not None and tried < MOST_CODES:
        return False
    session().execute(sa.delete(SignInStep).where(SignInStep.id == step_id))
    return True


def take_secret(step_id: int) -> str | None:
    """What must come back in a half-done sign-in; of two who ask at once only one gets it, and nobody later."""
    statement = sa.select(SignInStep.secret).where(SignInStep.id == step_id).with_for_update()
    secret = session().execute(statement).scalar_one_or_none()
    session().execute(sa.update(SignInStep).where(SignInStep.id == step_id).values(secret=None))
    return secret


def secret_of(values: dict[str, Any]) -> str:
    """Several secrets of one step as the text that is stored."""
    return json.dumps(values)


def read_secret(row: SignInStep) -> dict[str, Any]:
    """What `secret_of` stored; empty for a step with none of that kind."""
    try:
        found = json.loads(row.secret or "")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


keep_link(PasswordReset.link_hash, _token)
