"""`jobboard retention`: delete what is past its time, when the worker does not dare to, or look at what would go."""

import click
from flask.cli import with_appcontext

from jobboard.applications.queries_erasing import count_of, due_by_opening, due_for_erasure, retention
from jobboard.applications.tasks import erase_some
from jobboard.core import clock
from jobboard.core.db import session


@click.command("retention")
@click.option("--dry-run", is_flag=True, help="Say what would be deleted, and delete nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def retention_command(*, dry_run: bool, yes: bool) -> None:
    """Delete applications past their time, with everything that belongs to them.

    The worker does that by itself; where unusually many are due at once it waits for this command.
    """
    rows = due_by_opening(due_for_erasure(clock.now(), retention()))
    count = sum(number for _title, number in rows)
    session().rollback()
    for title, number in rows:
        click.echo(f"{number:6}  {title}")
    if not count or dry_run:
        click.echo(f"{count} applications are past their time." if count else "Nothing is past its time.")
        return
    if not yes:
        click.confirm(f"Delete {count} applications for good?", abort=True)
    done = 0
    with click.progressbar(length=count, label="Deleting") as bar:
        while number := erase_some():
            done += number
            bar.update(number)
    left = count_of(due_for_erasure(clock.now(), retention()))
    session().rollback()
    click.echo(f"{done} applications are deleted." + (f" {left} are still there." if left else ""))
