"""The command line: `jobboard …`. Commands of a room stand in its commands.py; here is what runs the whole."""

import dataclasses
import json
import os
import secrets
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import click
import sqlalchemy as sa
from flask import Flask, current_app
from flask.cli import FlaskGroup

from jobboard import __version__, create_app
from jobboard.applications.commands import retention_command
from jobboard.config import Settings, settings_from
from jobboard.core import logs
from jobboard.core.access import Role
from jobboard.core.data_map import data_map
from jobboard.core.db import db, session, writing
from jobboard.core.i18n import default_language, force_locale
from jobboard.core.serve import PortBusy, WebServer
from jobboard.core.work import Worker
from jobboard.files.checker import checker
from jobboard.mail.commands import bounce
from jobboard.migrations import is_current, upgrade
from jobboard.people.actions import create_person, hash_password
from jobboard.people.commands import create_staff, new_password, reset_second_factor
from jobboard.people.models import Person
from jobboard.posts.models import Post
from jobboard.site.commands import check
from jobboard.site.models import PAGE_LABELS
from jobboard.site.queries import missing_pages
from jobboard.transfer.actions_demo import load_demo
from jobboard.transfer.commands import export_command
from jobboard.transfer.commands import group as import_group

#: Seconds the worker has to finish the mail it is sending; a server that takes longer gets it once more after the lease.
WORKER_PATIENCE = 90.0
DEMO_MAIL = "demo@example.org"


class Main(FlaskGroup):
    """All commands are known without an app, so that `--help` and `init` work before anything is set up."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Our commands; Flask would load the app to ask it for more."""
        return click.Group.list_commands(self, ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One of our commands."""
        return click.Group.get_command(self, ctx, cmd_name)


main = Main(
    create_app=create_app,
    add_default_commands=False,
    add_version_option=False,
    load_dotenv=False,
    help="A company's tech blog and its careers page on one site. Settings come from the environment (docs/operate.md).",
)
main.params.clear()  # Flask's own --app, --debug and --env-file choose what is chosen here
click.version_option(__version__, prog_name="jobboard")(main)
main.add_command(create_staff)
main.add_command(reset_second_factor)
main.add_command(check)
main.add_command(bounce)
main.add_command(import_group)
main.add_command(export_command)
main.add_command(retention_command)


@main.command("init", with_appcontext=False)
def init() -> None:
    """Make the data folder and the database."""
    settings = settings_from(os.environ)
    settle(settings)
    make_private(settings.data_dir)
    app = create_app(settings)
    with app.app_context():
        upgrade(db.engine)
    click.echo(f"Ready: {settings.data_dir}")
    click.echo('Next: jobboard create-staff you@example.org --name "Your Name" --role admin\nThen: jobboard run')


@main.command("migrate")
def migrate() -> None:
    """Bring the database to this version's schema."""
    if is_current(db.engine):
        click.echo("The database is at this version's schema already.")
        return
    upgrade(db.engine)
    click.echo("The database is at this version's schema now.")


@main.command("run")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--no-worker", is_flag=True, help="Workers run on their own (`jobboard worker`).")
def run(host: str, port: int, *, no_worker: bool) -> None:
    """Serve the site and do what is due, in one process."""
    app = current_app._get_current_object()  # type: ignore[attr-defined] # the app behind the proxy, for other threads
    settle(app.config["SETTINGS"])
    refuse_outdated()
    warn_of_gaps()
    serve(app, open_server(app, host, port), has_worker=not no_worker)


@main.command("worker")
@click.option("--once", is_flag=True, help="Do what is due and end.")
def worker(*, once: bool) -> None:
    """Deliver mail and do what is due, without the web."""
    app = current_app._get_current_object()  # type: ignore[attr-defined] # the app behind the proxy, for other threads
    settle(app.config["SETTINGS"])
    refuse_outdated()
    crew = Worker(app, app.extensions["sweeps"])
    if once:
        click.echo(f"{crew.run_once()} things done.")
        return
    on_signal(crew.stop)
    click.echo("Working. Ctrl-C ends it.")
    crew.run()


@main.command("data-map")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def print_data_map(*, as_json: bool) -> None:
    """Print every column with its class, its purpose and how long it is kept."""
    entries = data_map()
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(entry) for entry in entries], indent=1))
        return
    widths = [max(len(getattr(entry, name)) for entry in entries) for name in ("column", "data", "purpose")]
    for entry in entries:
        click.echo(
            f"{entry.column:<{widths[0]}}  {entry.data:<{widths[1]}}  {entry.purpose:<{widths[2]}}  {entry.keep}"
        )


@main.command("demo", with_appcontext=False)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), default=Path("data/demo"), show_default=True
)
def demo(port: int, folder: Path) -> None:
    """The demo site on this machine: content, a way to sign in, and every mail as a page."""
    settings = demo_settings(folder, port)
    settle(settings)
    app = create_app(settings)
    with app.app_context():
        if not (settings.data_dir / "jobboard.sqlite3").exists() or not is_current(db.engine):
            upgrade(db.engine)
        fill_demo()
        people, password = open_demo_desk()
    server = open_server(app, "127.0.0.1", port)
    click.echo(
        f"\n  Desk:   {server.url}/desk/\n  Mails:  {server.url}/demo/mails/\n  Password of everybody below: {password}"
    )
    for email, role in people:
        click.echo(f"    {email} ({role.value})")
    serve(app, server, has_worker=True)


def demo_settings(folder: Path, port: int) -> Settings:
    """The settings of a demo in this folder. Nothing of the environment but the log level counts: it is standalone."""
    folder = folder.absolute()
    make_private(folder)
    key_file = folder / "secret-key"
    if not key_file.exists():
        handle = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
    environment = {
        "DATA_DIR": str(folder),
        "SECRET_KEY_FILE": str(key_file),
        "SMTP_URL": (folder / "mails").as_uri(),
        "MAIL_FROM": "jobs@example.org",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "DEMO": "1",
        "LOG_LEVEL": os.environ.get("JOBBOARD_LOG_LEVEL", "INFO"),
    }
    return settings_from({f"JOBBOARD_{name}": value for name, value in environment.items()})


def fill_demo() -> None:
    """Load the demo's content into an empty site, with a bar for those who look."""
    if session().execute(sa.select(Post.id).limit(1)).first() is not None:
        return
    with (
        current_app.test_request_context(),
        force_locale(default_language()),
        click.progressbar(length=1, label="Loading the demo", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar,
    ):

        def step(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        load_demo(step)


def open_demo_desk() -> tuple[list[tuple[str, Role]], str]:
    """Give the demo's staff a password made now, told on this terminal only; (address, role) of each and the password."""
    password = new_password()
    hashed = hash_password(password)
    with writing() as current:
        staff = list(
            current.execute(sa.select(Person).where(Person.role.is_not(None), Person.email.is_not(None))).scalars()
        )
        if not any(person.role is Role.admin for person in staff):
            staff.append(create_person("Demo", email=DEMO_MAIL, role=Role.admin))
        for person in staff:
            person.password_hash = hashed
        order = list(Role)
        staff.sort(key=lambda person: order.index(person.role or Role.author))
        return [(person.email or "", person.role or Role.author) for person in staff], password


def settle(settings: Settings) -> None:
    """What a process of ours does first: logs in one form, and new files (database, uploads, mails) for this account only."""
    os.umask(0o077)
    logs.configure(settings.log_level)


def make_private(folder: Path) -> None:
    """Make a folder only this account may open; one that is there stays as it is."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise click.ClickException(f"cannot make the folder {folder}: {error.strerror}") from error


def refuse_outdated() -> None:
    """A schema that does not fit would fail on the first page; better now and in words."""
    try:
        is_there = is_current(db.engine)
    except sa.exc.SQLAlchemyError as error:
        reason = str(error).splitlines()[0]
        raise click.ClickException(f"cannot reach the database: {reason}\nIs it set up? `jobboard init`") from error
    if not is_there:
        raise click.ClickException("the database is not at this version's schema. Run: jobboard migrate")


def warn_of_gaps() -> None:
    """What does not stop the start but must not go unseen (decision 29)."""
    with force_locale(default_language()):
        for kind in missing_pages():
            click.secho(
                f"Warning: the page “{PAGE_LABELS[kind]}” is missing. Write it at /desk/site/.", err=True, fg="yellow"
            )
    if current_app.extensions["mail_transport"] is None:
        click.secho("Warning: JOBBOARD_SMTP_URL is not set; mails are kept, nobody gets them.", err=True, fg="yellow")
    session().rollback()


def open_server(app: Flask, host: str, port: int) -> WebServer:
    """Listen, or end with a sentence that says why not."""
    try:
        return WebServer(app, host, port, trusts_proxy=bool(app.config["SETTINGS"].trusted_proxies))
    except PortBusy as error:
        raise click.ClickException(f"{error}. Choose another one with --port.") from error


def serve(app: Flask, server: WebServer, *, has_worker: bool) -> None:
    """Serve and work until a signal asks to end; requests are finished, and the mail that is being sent."""
    checker().start()  # so that the first application does not wait for it
    crew = Worker(app, app.extensions["sweeps"])
    thread: threading.Thread | None = crew.start() if has_worker else None

    def stop() -> None:
        crew.stop()
        server.stop()

    on_signal(stop)
    click.echo(f"Listening at {server.url}")
    server.run()
    crew.stop()
    if thread is not None:
        thread.join(WORKER_PATIENCE)
    click.echo("Ended.")


def on_signal(stop: Callable[[], None]) -> None:
    """Call `stop` on Ctrl-C and SIGTERM; the second one ends at once."""

    def handle(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handle)
