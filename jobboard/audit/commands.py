"""`jobboard audit`: whether anybody altered the audit log."""

import sys

import click
from flask.cli import with_appcontext

from jobboard.audit.markup_chain import Chain, looked_over
from jobboard.audit.queries import Asked, entries, in_order
from jobboard.core import clock
from jobboard.core.db import session


@click.command("audit")
@click.option("--expect", metavar="HASH", help="The head noted elsewhere at an earlier time: it must still be there.")
@click.option("--list", "is_listing", is_flag=True, help="Print every entry, the newest first.")
@with_appcontext
def audit(*, expect: str | None, is_listing: bool) -> None:
    """Check the audit log's chain and print its head. Exit code 1 when an entry is altered, missing or out of its order.

    Note the head where nobody can change it, such as on paper or another machine: the chain alone cannot tell that the
    end was cut off, or that everything was written anew; `--expect` with the noted head can.
    """
    noted = expect.strip().lower() if expect else None
    found = looked_over(clock.now(), noted)
    if is_listing:
        for entry in in_order(entries(Asked())):
            thing = f"{entry.about_kind} {entry.about_id or '(erased)'}" if entry.about_kind else ""
            click.echo(
                f"{entry.number:8}  {entry.at:%Y-%m-%d %H:%M:%S}Z  {entry.by_id or '-':>6}  {entry.action}  {thing}"
            )
    session().rollback()
    click.echo(f"Entries: {found.number}" + (f" ({found.empty} without content)" if found.empty else ""))
    click.echo(f"Head:    {found.chain}")
    problem = found.problem or _problem_of_noted(noted, found)
    if problem:
        click.echo(problem, err=True)
        sys.exit(1)
    after = f"; {found.number - (found.noted or 0)} came after the noted one" if noted else ""
    click.echo(f"The chain holds{after}.")


def _problem_of_noted(noted: str | None, found: Chain) -> str:
    if noted is None or found.noted is not None:
        return ""
    return "No entry has the noted head: the end was cut off, or the log was written anew."
