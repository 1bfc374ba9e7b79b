"""`jobboard import …`: with a dry run, a progress bar, and every row or file accounted for."""

import sys
from collections.abc import Callable
from pathlib import Path

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from jobboard.core.i18n import default_language, force_locale
from jobboard.files.storage import StorageError
from jobboard.transfer.actions import Progress, Report, Told
from jobboard.transfer.actions_openings import import_openings
from jobboard.transfer.actions_posts import EXPORTS, ImportStopped, import_export, import_posts
from jobboard.transfer.actions_site import import_site
from jobboard.transfer.exports_site import FolderNotEmpty, export_site
from jobboard.transfer.markup_cells import CellError, read_tag
from jobboard.transfer.markup_exports import ExportError
from jobboard.transfer.markup_mapping import MappingError, load_mapping
from jobboard.transfer.markup_openings import load_openings, read_openings
from jobboard.transfer.markup_shapes import Shape, ShapeError, read_shape
from jobboard.transfer.markup_site import SiteFormatError

group = AppGroup("import", help="Bring in what you have: posts of a blog, or openings of a list.")

DRY_RUN = click.option("--dry-run", is_flag=True, help="Try everything, keep nothing.")
QUIET = click.option("--quiet", is_flag=True, help="Only the summary, without what there is to tell of each row.")


@group.command("openings")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--mapping",
    "mapping_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Which column is which fact (TOML).",
)
@click.option(
    "--shape", type=click.Choice([one.value for one in Shape]), help="A public list of this system needs no mapping."
)
@click.option("--language", default="", help="Language of openings of such a list that name none (BCP 47).")
@DRY_RUN
@QUIET
def openings(
    file: Path, mapping_file: Path | None, shape: str | None, language: str, *, dry_run: bool, quiet: bool
) -> None:
    """Import openings from a FILE: JSON or CSV through a mapping, or another system's public list."""
    if (mapping_file is None) is (shape is None):
        raise click.UsageError("Give either --mapping or --shape.")
    locale = tag_of(language)

    def work(progress: Progress) -> Report:
        if mapping_file is not None:
            source = load_openings(file, load_mapping(mapping_file))
        else:
            data, mapping = read_shape(file.read_bytes(), Shape(shape), locale)
            source = read_openings(data, mapping, "json")
        return import_openings(source, dry_run=dry_run, progress=progress)

    run("Importing openings", work, dry_run=dry_run, quiet=quiet)


@group.command("posts")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--language", default="", help="Language of posts that name none (BCP 47); the site's when not given.")
@click.option(
    "--pictures",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with the pictures of an export: Ghost's content/images, WordPress' uploads.",
)
@DRY_RUN
@QUIET
def posts(source: Path, language: str, pictures: Path | None, *, dry_run: bool, quiet: bool) -> None:
    """Import the posts of a blog with their images.

    SOURCE is the folder of a Jekyll, Hugo or Zola site, a Ghost export (.json) or a WordPress export (.xml).
    """
    wanted = tag_of(language)
    if source.is_dir() and pictures:
        raise click.UsageError("--pictures is for exports; a folder has its pictures inside.")
    if not source.is_dir() and source.suffix.lower() not in EXPORTS:
        raise click.BadParameter("Name a folder, a Ghost export (.json) or a WordPress export (.xml).")

    def work(progress: Progress) -> Report:
        if source.is_dir():
            return import_posts(source, wanted, dry_run=dry_run, progress=progress)
        return import_export(source, pictures, wanted, dry_run=dry_run, progress=progress)

    run("Importing posts", work, dry_run=dry_run, quiet=quiet)


def tag_of(language: str) -> str:
    """The language somebody named, else the site's."""
    try:
        return read_tag(language) if language else default_language()
    except CellError as error:
        raise click.BadParameter(f"“{language}” is not a language tag such as “en” or “de-AT”.") from error


@group.command("site")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@DRY_RUN
@QUIET
def site(folder: Path, *, dry_run: bool, quiet: bool) -> None:
    """Import a FOLDER that `jobboard export` wrote."""

    def work(progress: Progress) -> Report:
        return import_site(folder, dry_run=dry_run, progress=progress)

    run("Importing the site", work, dry_run=dry_run, quiet=quiet)


@click.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@with_appcontext
def export_command(folder: Path) -> None:
    """Write all posts, openings, people, categories, pages and pictures into a new FOLDER.

    Markdown with front matter and JSON; `jobboard import site` makes the same site of it again. Applications, passwords
    and addresses of staff are not in it.
    """
    with click.progressbar(length=1, label="Exporting", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def step(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        try:
            count = export_site(folder, step)
        except FolderNotEmpty as error:
            raise click.ClickException(f"{folder} is not empty. Name a folder that is new or empty.") from error
        except StorageError as error:
            raise click.ClickException(f"A picture cannot be read: {error}") from error
        except OSError as error:
            raise click.ClickException(f"{error.filename}: {error.strerror}") from error
    click.echo(f"{count} posts and openings are in {folder}.")


def run(label: str, work: Callable[[Progress], Report], *, dry_run: bool, quiet: bool) -> None:
    """Do the work with a progress bar and tell what came of it; whatever prevents it is told in a sentence."""
    with current_app.test_request_context(), force_locale(default_language()):
        try:
            report = with_progress(label, work)
        except (SiteFormatError, ShapeError, ExportError) as error:
            raise click.ClickException(f"Nothing was imported. {error}") from error
        except MappingError as error:
            raise click.ClickException(f"Nothing was imported. The mapping has mistakes:\n{error}") from error
        except ImportStopped as stopped:
            raise click.ClickException(
                f"Stopped after {stopped.done} of {stopped.total} posts. {reason_of(stopped.__cause__)} "
                "What was imported so far stays. Run the same command again: it goes on where this one stopped."
            ) from stopped
        except (StorageError, OSError, sa.exc.SQLAlchemyError, KeyboardInterrupt) as error:
            raise click.ClickException(f"Nothing was imported. {reason_of(error)}") from error
        finish(report, dry_run=dry_run, quiet=quiet)


def reason_of(error: BaseException | None) -> str:
    """Why an import could not go on, as a sentence."""
    if isinstance(error, StorageError):
        return f"The pictures cannot be stored: {error}."
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}."
    if isinstance(error, sa.exc.SQLAlchemyError):
        return f"The database refused: {str(error).splitlines()[0]}."
    return "It was interrupted."


def with_progress(label: str, work: Callable[[Progress], Report]) -> Report:
    """Run `work` with a bar on standard error; no bar where nobody looks."""
    with click.progressbar(length=1, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def step(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        return work(step)


def finish(report: Report, *, dry_run: bool, quiet: bool) -> None:
    """Tell what there is to tell, then the summary; exit code 1 when something could not be imported."""
    if not quiet:
        for message in report.messages:
            click.echo(f"{message.told.value:<8}{message.where}: {message.sentence}")
    notes, errors = len(report.messages_of(Told.note)), len(report.messages_of(Told.error))
    pictures = f", {report.pictures} pictures taken along" if report.pictures else ""
    addresses = f" {report.addresses} old addresses lead here." if report.addresses else ""
    click.echo(
        f"{report.total} looked at: {report.new} new, {report.changed} changed, {report.unchanged} unchanged, "
        f"{report.left_out} left out{pictures}.{addresses} Notes: {notes}. Errors: {errors}."
    )
    if dry_run:
        click.echo("Dry run: nothing was kept.")
    if errors:
        sys.exit(1)
