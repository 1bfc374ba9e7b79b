"""`jobboard import …`: with a dry run, a progress bar, and every row or file accounted for."""

import sys
from collections.abc import Callable
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from jobboard.core.i18n import default_language, force_locale
from jobboard.transfer.actions import Progress, Report
from jobboard.transfer.actions_openings import import_openings
from jobboard.transfer.actions_posts import import_posts
from jobboard.transfer.markup_mapping import MappingError, load_mapping
from jobboard.transfer.markup_openings import load_openings

group = AppGroup("import", help="Bring in what you have: posts of a blog, or openings of a list.")

DRY_RUN = click.option("--dry-run", is_flag=True, help="Try everything, keep nothing.")
QUIET = click.option("--quiet", is_flag=True, help="Only the summary, without what there is to tell of each row.")


@group.command("openings")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--mapping",
    "mapping_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="Which column is which fact (TOML).",
)
@DRY_RUN
@QUIET
def openings(file: Path, mapping_file: Path, *, dry_run: bool, quiet: bool) -> None:
    """Import openings from a JSON or CSV FILE through a mapping."""
    with force_locale(default_language()):
        try:
            mapping = load_mapping(mapping_file)
        except MappingError as error:
            raise click.ClickException(str(error)) from error
        source = load_openings(file, mapping)
        report = with_progress("openings", lambda bar: import_openings(source, dry_run=dry_run, progress=bar))
        finish(report, dry_run=dry_run, quiet=quiet)


@group.command("posts")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--language", default="", help="Language of posts that name none (BCP 47); the site's when not given.")
@DRY_RUN
@QUIET
def posts(folder: Path, language: str, *, dry_run: bool, quiet: bool) -> None:
    """Import the posts of a Jekyll, Hugo or Zola FOLDER with their images."""
    with current_app.test_request_context(), force_locale(default_language()):
        wanted = language or default_language()
        report = with_progress("posts", lambda bar: import_posts(folder, wanted, dry_run=dry_run, progress=bar))
        finish(report, dry_run=dry_run, quiet=quiet)


def with_progress(label: str, work: Callable[[Progress], Report]) -> Report:
    """Run `work` with a bar on standard error; no bar where nobody looks."""
    with click.progressbar(length=1, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def step(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        return work(step)


def finish(report: Report, *, dry_run: bool, quiet: bool) -> None:
    """Tell what there is to tell, then the summary; exit code 1 when something could not be imported."""
    errors = sum(is_error for _where, _sentence, is_error in report.messages)
    if not quiet:
        for where, sentence, is_error in report.messages:
            click.echo(f"{'error' if is_error else 'note'}  {where}: {sentence}")
    click.echo(
        f"{report.total} looked at: {report.new} new, {report.changed} changed, {report.unchanged} unchanged, "
        f"{report.left_out} left out. {len(report.messages) - errors} notes, {errors} errors."
    )
    if dry_run:
        click.echo("Dry run: nothing was kept.")
    if errors:
        sys.exit(1)
