"""`jobboard bounce`: a mail server hands us its report of a mail that it could not deliver."""

import sys

import click
import sqlalchemy as sa
from flask.cli import with_appcontext

from jobboard.core.db import writing
from jobboard.mail.actions_reports import Outcome, read_report, take_report

#: Bytes that are read: what a report says stands at its beginning, and it may carry the whole mail.
MOST_BYTES = 10_000_000
#: What mail servers understand (sysexits.h): "this is nothing for me", and "try again later".
EX_DATAERR, EX_TEMPFAIL = 65, 75

SENTENCES = {
    Outcome.marked: "The mail is marked as not delivered.",
    Outcome.known: "The mail is marked as not delivered already.",
    Outcome.no_failure: "The report tells of no failure; nothing changes.",
    Outcome.not_ours: "The report is about no mail of this site.",
}


class NothingForUs(click.ClickException):
    """What came is no report about a mail of this site."""

    exit_code = EX_DATAERR


class NotNow(click.ClickException):
    """The report is fine, but cannot be written down."""

    exit_code = EX_TEMPFAIL


@click.command("bounce")
@with_appcontext
def bounce() -> None:
    """Read a delivery report (RFC 3464) from standard input and mark its mail as not delivered."""
    report = read_report(sys.stdin.buffer.read(MOST_BYTES))
    if report is None:
        raise NothingForUs("This is no delivery report. Nobody reads what is sent to this address.")
    try:
        with writing():
            outcome = take_report(report)
    except sa.exc.SQLAlchemyError as error:
        raise NotNow(f"The database cannot be reached: {type(error).__name__}.") from error
    if outcome is Outcome.not_ours:
        raise NothingForUs(SENTENCES[outcome])
    click.echo(SENTENCES[outcome])
