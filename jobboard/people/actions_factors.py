"""Second factors: an authenticator app's codes (RFC 6238) and recovery codes. Each code opens something once."""

import base64
import datetime as dt
import hmac
import io
import re
import secrets
from typing import cast

import pyotp
import segno
import sqlalchemy as sa

from jobboard.audit.actions import record
from jobboard.core.db import session
from jobboard.core.tokens import keyed_digests, token_hash
from jobboard.people.actions import end_sessions
from jobboard.people.models import Person
from jobboard.people.models_factors import Authenticator, Passkey, RecoveryCode

#: Seconds a code is shown by the app, and how many of these steps its clock may be off (RFC 6238 §5.2).
STEP, OFF_BY = 30, 1
RECOVERY_CODES = 10
#: Nothing that looks alike, and five groups of five: 123 random bits (ASVS 6.5.2 asks for 112 where a plain hash is kept).
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def new_seed() -> str:
    """What a new app's key is made of."""
    return secrets.token_hex(16)


def app_key(person: Person, seed: str) -> str:
    """The key an authenticator app holds, in base32: 160 bits. Nobody can make it from the database alone."""
    return _app_keys(person, seed)[0]


def _app_keys(person: Person, seed: str) -> list[str]:
    """The key by each of the site's secret keys, the newest first: an app was set up with the one of its time."""
    digests = keyed_digests(f"authenticator:{person.id}:{seed}")
    return [base64.b32encode(digest[:20]).decode() for digest in digests]


def app_address(person: Person, seed: str, site_name: str) -> str:
    """What the picture says to the app: an otpauth: address with the key, the site and the account."""
    # pyotp leaves both names as they are; a colon between them is its own.
    issuer = site_name.replace(":", " ").strip() or "Jobboard"
    return pyotp.TOTP(app_key(person, seed)).provisioning_uri(name=person.email or "", issuer_name=issuer)


def picture_of(address: str, title: str) -> str:
    """A QR code as an SVG element with a title for those who do not see it."""
    out = io.BytesIO()
    code = segno.make(address, error="m", micro=False)
    code.save(
        out, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=4, title=title, svgclass="qr", nl=False
    )
    return out.getvalue().decode().replace("<svg ", '<svg role="img" ', 1)


def step_of_code(person: Person, seed: str, code: str, now: dt.datetime) -> int | None:
    """The half minute whose code this is, this one or a neighbour; None when it is none of them."""
    digits, apps = re.sub(r"[\s-]", "", code), [pyotp.TOTP(key) for key in _app_keys(person, seed)]
    current = int(now.timestamp()) // STEP
    steps = range(current - OFF_BY, current + OFF_BY + 1)
    found = [step for step in steps if any(_is_same(totp.at(step * STEP), digits) for totp in apps)]
    return found[-1] if found else None


def _is_same(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode(errors="surrogatepass"))


def add_app(person: Person, seed: str, step: int, now: dt.datetime) -> None:
    """Take an app whose code of `step` was just shown; it replaces the one before."""
    session().execute(sa.delete(Authenticator).where(Authenticator.person_id == person.id))
    session().add(Authenticator(person_id=person.id, seed=seed, last_step=step, added_at=now))
    record("factor.added", ("person", person.id), person, kind="app")


def use_step(person: Person, step: int) -> bool:
    """Count a code as used; False when it or a later one was used before. Of two at once only one is first."""
    used = sa.update(Authenticator).where(Authenticator.person_id == person.id, Authenticator.last_step < step)
    return changed_one(used.values(last_step=step))


def remove_app(person: Person, by: Person | None) -> None:
    """Forget the app; recovery codes go with the last factor."""
    session().execute(sa.delete(Authenticator).where(Authenticator.person_id == person.id))
    record("factor.removed", ("person", person.id), by, kind="app")
    drop_codes_without_factor(person)


def drop_codes_without_factor(person: Person) -> None:
    """Recovery codes stand in for a second factor; without one they are nothing."""
    session().flush()
    others = [sa.exists().where(model.person_id == person.id) for model in (Authenticator, Passkey)]
    if not session().execute(sa.select(sa.or_(*others))).scalar_one():
        session().execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person.id))


def new_recovery_codes(person: Person) -> list[str]:
    """Ten new codes, shown this once; those before end."""
    session().execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    codes = [_new_code() for _number in range(RECOVERY_CODES)]
    session().add_all(RecoveryCode(person_id=person.id, code_hash=code_hash(code)) for code in codes)
    record("factor.codes_made", ("person", person.id), person)
    return codes


def use_recovery_code(person: Person, code: str, now: dt.datetime) -> bool:
    """Count a recovery code as used; False when it is none of this person's or was used before."""
    used = sa.update(RecoveryCode).where(
        RecoveryCode.person_id == person.id, RecoveryCode.code_hash == code_hash(code), RecoveryCode.used_at.is_(None)
    )
    if not changed_one(used.values(used_at=now)):
        return False
    record("factor.code_used", ("person", person.id), person)
    return True


def forget_factors(person: Person) -> None:
    """Take away app, passkeys and recovery codes."""
    for model in (Authenticator, Passkey, RecoveryCode):
        session().execute(sa.delete(model).where(model.person_id == person.id))


def reset_factors(person: Person, by: Person | None, now: dt.datetime) -> None:
    """Let somebody who lost their second factors in by the password alone; `by` is None for the command line."""
    forget_factors(person)
    end_sessions(person, now)
    record("factor.reset", ("person", person.id), by)


def code_hash(code: str) -> str:
    """What is stored of a recovery code, whatever its case and what stands between its groups."""
    return token_hash("recovery:" + re.sub(r"[\W_]+", "", code).lower())


def _new_code() -> str:
    return "-".join("".join(secrets.choice(LETTERS) for _letter in range(5)) for _group in range(5))


def changed_one(statement: sa.Update) -> bool:
    """Whether an update found its row as it should be; rows the session holds are read afresh by the next request."""
    done = session().execute(statement, execution_options={"synchronize_session": False})
    return cast("sa.CursorResult[object]", done).rowcount == 1
