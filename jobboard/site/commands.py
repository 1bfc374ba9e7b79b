"""`jobboard check`: whether this installation is healthy and lawful."""

import dataclasses
import enum
import io
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from typing import Any

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import with_appcontext

from jobboard.core.db import db, session
from jobboard.core.i18n import default_language, force_locale
from jobboard.files.checker import checker
from jobboard.files.clamd import ScannerGone, scanner
from jobboard.files.storage import LEAST_FREE, StorageError, new_key, storage
from jobboard.hooks.queries import count_of_news, hub_url, the_hub
from jobboard.mail.models import problem_words
from jobboard.mail.transport import NotAccepted, Transport
from jobboard.migrations import is_current_over
from jobboard.site.models import PAGE_LABELS
from jobboard.site.queries import missing_pages

#: Free bytes below which the site will soon refuse uploads.
LITTLE_SPACE = 5 * 10**9


class Light(enum.Enum):
    """How bad it is."""

    green = "ok"
    yellow = "warning"
    red = "ERROR"


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    name: str
    light: Light
    words: str


@click.command("check")
@with_appcontext
def check() -> None:
    """Look at settings, database, storage, scanner, mail, hub, legal pages, disk. Exit code 1 when something is not right."""
    for name, value in settings_without_secrets():
        click.echo(f"  {name:<28}{value}")
    click.echo()
    with force_locale(default_language()):
        found = list(findings())
    for finding in found:
        click.echo(f"{finding.light.value:<8} {finding.name:<12} {finding.words}")
    if any(finding.light is Light.red for finding in found):
        sys.exit(1)


def settings_without_secrets() -> Iterator[tuple[str, str]]:
    """(name in the environment, value) of every setting; keys and passwords are starred out."""
    settings: Any = current_app.config["SETTINGS"]
    for field in dataclasses.fields(settings):
        value = str(getattr(settings, field.name))
        if field.name in {"secret_key", "old_secret_keys", "oidc_client_secret"} and value:
            value = f"({len(value)} characters)"
        yield f"JOBBOARD_{field.name.upper()}", without_secrets(value) or "(not set)"


def without_secrets(url: str) -> str:
    """A URL with the password and everything in its query that opens something replaced by stars."""
    url = re.sub(r"(://[^:/@?#]*):[^@/?#]*@", r"\1:***@", url)
    return re.sub(r"([?&](?:key|secret|password|token)[^=&]*=)[^&#]*", r"\1***", url, flags=re.IGNORECASE)


def findings() -> Iterator[Finding]:
    """Everything that is looked at, in order; none of them stops the others."""
    looks: tuple[Callable[[], Finding], ...] = (_database, _storage, _files, _scanner, _mail, _hub, _legal_pages, _disk)
    yield from (look() for look in looks)


def _database() -> Finding:
    try:
        is_there = is_current_over(session().connection())
        dialect = db.engine.dialect.name
    except sa.exc.SQLAlchemyError as error:
        return Finding("database", Light.red, without_secrets(str(error).splitlines()[0]))
    finally:
        session().rollback()
    if not is_there:
        return Finding("database", Light.red, "is not at this version's schema: run `jobboard migrate`")
    return Finding("database", Light.green, f"{dialect}, at the newest revision")


def _storage() -> Finding:
    key, content = new_key(), b"jobboard check"
    if not current_app.config["SETTINGS"].data_dir.is_dir():
        return Finding("storage", Light.red, "there is no data folder: run `jobboard init`")
    try:
        storage().make_sure_of_room()
        storage().put(key, io.BytesIO(content))
        is_same = b"".join(storage().read(key)) == content
        storage().delete(key)
    except (StorageError, OSError) as error:
        return Finding("storage", Light.red, without_secrets(str(error).splitlines()[0]))
    if not is_same:
        return Finding("storage", Light.red, "gave back something else than was stored")
    return Finding("storage", Light.green, "stores, reads and deletes")


def _files() -> Finding:
    try:
        memory, seconds, *_others = checker().ask("limits", io.BytesIO()).flags
    except StorageError as error:
        return Finding("files", Light.red, f"uploads cannot be checked: {error}")
    return Finding("files", Light.green, f"checked in a process of its own: {int(memory) >> 20} MB, {seconds} s each")


def _scanner() -> Finding:
    found = scanner()
    if found is None:
        return Finding("scanner", Light.yellow, "no virus scanner: documents are shown as not scanned")
    try:
        return Finding("scanner", Light.green, found.greet()[:60])
    except ScannerGone as error:
        return Finding("scanner", Light.red, f"{error}; documents cannot be opened until it answers")


def _mail() -> Finding:
    transport: Transport | None = current_app.extensions["mail_transport"]
    if transport is None:
        return Finding("mail", Light.yellow, "no mail server: mails are kept and shown as not sent")
    try:
        transport.greet()
    except NotAccepted as error:
        return Finding("mail", Light.red, problem_words(str(error)))
    return Finding("mail", Light.green, "the mail server greets")


def _hub() -> Finding:
    """The WebSub hub, as the worker found it: asking it would tell it of a change that is none."""
    if not hub_url():
        return Finding("hub", Light.green, "no WebSub hub: readers ask for the feeds themselves")
    try:
        hub, waiting = session().execute(the_hub()).scalar_one_or_none(), count_of_news()
    except sa.exc.SQLAlchemyError:
        return Finding("hub", Light.red, "cannot be read from the database")
    finally:
        session().rollback()
    if hub is None:
        return Finding("hub", Light.yellow, "no worker has looked for it yet")
    told = f"told last at {hub.told_at:%Y-%m-%d %H:%M} UTC" if hub.told_at else "never told yet"
    words = f"{told}, {waiting} feeds to tell it of"
    if hub.last_error:
        return Finding("hub", Light.yellow, f"{words}; {hub.last_error}")
    return Finding("hub", Light.green, words)


def _legal_pages() -> Finding:
    try:
        missing = [str(PAGE_LABELS[kind]) for kind in missing_pages()]
    except sa.exc.SQLAlchemyError:
        return Finding("legal pages", Light.red, "cannot be read from the database")
    if missing:
        return Finding("legal pages", Light.red, f"missing: {', '.join(missing)}; write them at /desk/site/")
    return Finding("legal pages", Light.green, "written")


def _disk() -> Finding:
    folder = current_app.config["SETTINGS"].data_dir
    if not folder.is_dir():
        return Finding("disk", Light.red, "there is no data folder: run `jobboard init`")
    free = shutil.disk_usage(folder).free
    words = f"{free / 10**9:.1f} GB free in the data folder"
    if free < LEAST_FREE:
        return Finding("disk", Light.red, f"{words}; below {LEAST_FREE / 10**9:.1f} GB uploads are refused: make room")
    return Finding("disk", Light.yellow if free < LITTLE_SPACE else Light.green, words)
