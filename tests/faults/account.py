"""What a site holds against what it promised."""

import collections
import dataclasses
import datetime as dt
import hashlib

import sqlalchemy as sa
import time_machine

from jobboard.applications.models import Application
from jobboard.core import clock
from jobboard.core.db import db, session
from jobboard.files.models import StoredFile
from jobboard.files.storage import StorageError, storage
from jobboard.files.tasks import drop_orphans, drop_staged
from tests.faults.ground import Site


@dataclasses.dataclass(frozen=True)
class Account:
    """Counts of one site; everything from `refused` on must be 0."""

    acknowledged: int
    mails: int
    duplicates: int
    refused: int
    lost: int
    damaged: int
    doubled: int
    unknown: int
    never_mailed: int
    duplicates_beyond_kills: int
    other_message_ids: int
    orphans: int
    broken_database: int

    @property
    def violations(self) -> dict[str, int]:
        """What must not be, by name."""
        names = [field.name for field in dataclasses.fields(self)][3:]
        return {name: value for name in names if (value := getattr(self, name))}


def account(site: Site, *, sweeps: bool = True) -> Account:
    """Compare a settled site with its ledger: every acknowledged application once, its file intact, its mail sent."""
    promised = {entry.email: entry for entry in site.ledger.entries if entry.status == "acknowledged"}
    with site.app.app_context():
        statement = sa.select(Application).execution_options(scope="faults")
        rows = list(session().execute(statement).scalars())
        counts = collections.Counter(row.email for row in rows)
        damaged = sum(_file_hash(row) != promised[row.email].sha256 for row in rows if row.email in promised)
        orphans, is_sound = _orphans(sweeps=sweeps), _is_sound()
    mails = {email: site.mailbox.to(email) for email in counts}
    sent = sum(len(one) for one in mails.values())
    duplicates = sum(max(0, len(one) - counts[email]) for email, one in mails.items())
    return Account(
        acknowledged=len(promised),
        mails=sent,
        duplicates=duplicates,
        refused=len(site.ledger.entries) - len(promised),
        lost=sum(email not in counts for email in promised),
        damaged=damaged,
        doubled=sum(count - 1 for count in counts.values()),
        unknown=sum(email not in promised for email in counts),
        never_mailed=sum(not one for one in mails.values()),
        duplicates_beyond_kills=max(0, duplicates - site.kills.workers),
        other_message_ids=sum(len({one["Message-ID"] for one in got}) > counts[email] for email, got in mails.items()),
        orphans=orphans,
        broken_database=int(not is_sound),
    )


def _file_hash(row: Application) -> str:
    """SHA-256 of the one file of an application; "" when it cannot be read."""
    try:
        [document] = row.documents
        return hashlib.sha256(b"".join(storage().read(document.file.key))).hexdigest()
    except (StorageError, OSError, ValueError):
        return ""


def _orphans(*, sweeps: bool) -> int:
    """Stored bytes without a row, two days later; a row without bytes is a damaged file."""
    with time_machine.travel(clock.now() + dt.timedelta(days=2)):
        while sweeps and drop_staged() + drop_orphans():
            pass
        keys = {_origin(key) for key in storage().keys_older_than(clock.now())}
    session().rollback()
    known = set(session().execute(sa.select(StoredFile.key)).scalars())
    return len(keys - known)


def _origin(key: str) -> str:
    """The file something was made from, such as the picture of a page; a leftover of a crash has none."""
    folder, _slash, name = key.partition("/")
    return f"{folder}/{name.partition('.')[0]}"


def _is_sound() -> bool:
    """What SQLite says of its own pages; PostgreSQL would not have started."""
    if db.engine.dialect.name != "sqlite":
        return True
    return session().execute(sa.text("PRAGMA integrity_check")).scalar_one() == "ok"
