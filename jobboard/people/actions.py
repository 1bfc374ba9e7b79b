"""Creating people, signing in and out. Passwords are argon2id; hashing happens outside of any write transaction."""

import datetime as dt
import itertools
import re
import unicodedata
from functools import cache

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.core.old_addresses import is_free
from jobboard.core.slugs import slug_of
from jobboard.core.tokens import new_token, token_hash
from jobboard.people.models import Person, StaffSession
from jobboard.people.queries import sessions_of

#: ASVS 6.2.1 and 6.2.9: at least 12 characters, long ones welcome; no rules of composition.
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 256

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """The argon2id hash of a password: about 0.1 s of work, so never inside `writing()`."""
    return _hasher.hash(_encoded(password))


def is_password_of(person: Person | None, password: str) -> bool:
    """Whether this is the person's password. Takes as long for nobody as for somebody."""
    stored = person.password_hash if person is not None and person.password_hash else None
    nobody = _nobodys_hash()  # in both cases, for the first time is slow
    try:
        _hasher.verify(stored or nobody, _encoded(password[: LONGEST_PASSWORD + 1]))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated_hash(person: Person) -> bool:
    """Whether the stored hash was made with weaker parameters than today's."""
    return person.password_hash is not None and _hasher.check_needs_rehash(person.password_hash)


def set_password(person: Person, hashed: str, now: dt.datetime, *, keep: StaffSession | None = None) -> Person:
    """Store a new password's hash and end every session of the person but `keep`."""
    person.password_hash = hashed
    end_sessions(person, now, keep=keep)
    return person


@cache
def _nobodys_hash() -> str:
    """Checked when nobody has the address, so that the answer takes as long (reliability T12)."""
    return _hasher.hash("nobody has this password")


def _encoded(password: str) -> bytes:
    """The same bytes on every keyboard: NFC, because systems send "ü" as one or as two characters."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def begin_session(person: Person, device: str, now: dt.datetime) -> str:
    """Open a session; its token, which only the cookie holds."""
    token = new_token()
    session().add(
        StaffSession(
            token_hash=token_hash(token),
            person=person,
            device=device[:80],
            created_at=now,
            seen_at=now,
            proven_at=now,
        )
    )
    return token


def end_session(row: StaffSession, now: dt.datetime) -> None:
    """End a session on its next request."""
    row.ended_at = row.ended_at or now


def end_sessions(person: Person, now: dt.datetime, *, keep: StaffSession | None = None) -> int:
    """End every session of a person but `keep`; the number ended."""
    living = sessions_of(person, now)
    ended = [row for row in living if keep is None or row.id != keep.id]
    for row in ended:
        end_session(row, now)
    return len(ended)


def prove(row: StaffSession, now: dt.datetime) -> None:
    """The person of a session has just shown a password or passkey again."""
    row.proven_at, row.challenge = now, None


def take_challenge(row: StaffSession) -> str | None:
    """What a passkey had to sign in this session; of two who ask at once only one gets it, and nobody later."""
    statement = sa.select(StaffSession.challenge).where(StaffSession.id == row.id).with_for_update()
    challenge = session().execute(statement).scalar_one()
    row.challenge = None
    return challenge


def renew_token(row: StaffSession) -> str:
    """A new token for a session whose rights were just proven afresh; the old cookie opens nothing any more."""
    token = new_token()
    row.token_hash = token_hash(token)
    return token


def create_person(name: str, *, slug: str = "", email: str | None = None, role: Role | None = None) -> Person:
    """A new person, not signed in anywhere and without a password. The address of the page comes from the name."""
    email = email.strip().lower() if email else None
    person = Person(name=name, slug=slug or _free_slug(slug_of(name, "person")), email=email, role=role)
    session().add(person)
    return person


def _free_slug(wanted: str) -> str:
    """The wanted address part, with the first number behind it that makes it free."""
    if is_free(Person, wanted):
        return wanted
    return next(slug for slug in (f"{wanted}-{number}" for number in itertools.count(2)) if is_free(Person, slug))


def device_in_words(user_agent: str) -> str:
    """ "Firefox on Linux" of a User-Agent header: enough to recognise an own device, too little to track anybody."""
    browsers = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]
    systems = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]
    browser = next((name for mark, name in browsers if mark in user_agent), "Browser")
    system = next((name for mark, name in systems if re.search(mark, user_agent)), "")
    return f"{browser} ({system})" if system else browser
