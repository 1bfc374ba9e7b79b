"""Creating people, signing in and out. Passwords are argon2id; hashing happens outside of any write transaction."""

import datetime as dt
import re

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.core.tokens import new_token, token_hash
from jobboard.people.models import Person, StaffSession

#: ASVS 6.2.1 and 6.2.9: at least 12 characters, long ones welcome; no rules of composition.
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 256

_hasher = PasswordHasher()
#: Checked when nobody has the address, so that the answer takes as long (reliability T12).
_NOBODY = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """The argon2id hash of a password: about 0.2 s of work, so never inside `writing()`."""
    return _hasher.hash(password)


def is_password_of(person: Person | None, password: str) -> bool:
    """Whether this is the person's password. Takes as long for nobody as for somebody."""
    stored = person.password_hash if person is not None and person.password_hash else None
    try:
        _hasher.verify(stored or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def begin_session(person: Person, device: str, now: dt.datetime) -> str:
    """Open a session; its token, which only the cookie holds."""
    token = new_token()
    session().add(
        StaffSession(token_hash=token_hash(token), person=person, device=device[:80], created_at=now, seen_at=now)
    )
    return token


def end_session(row: StaffSession, now: dt.datetime) -> None:
    """End a session on its next request."""
    row.ended_at = row.ended_at or now


def create_person(name: str, *, slug: str, email: str | None = None, role: Role | None = None) -> Person:
    """A new person, not signed in anywhere and without a password."""
    person = Person(name=name, slug=slug, email=email.strip().lower() if email else None, role=role)
    session().add(person)
    return person


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
