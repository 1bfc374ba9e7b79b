"""Public pictures, and how a private file is handed out by its owner's page."""

import itertools

import sqlalchemy as sa
from flask import Blueprint, Response, abort, redirect, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core.access import Public, access
from jobboard.core.db import first_or_404
from jobboard.core.i18n import _
from jobboard.files.actions_pages import PICTURE_TYPE, NotShown, page_picture
from jobboard.files.answers import SIZES
from jobboard.files.markup import attachment, may_open, picture_path, scan_state
from jobboard.files.models import ScanState, StoredFile
from jobboard.files.storage import StorageError, made_key, storage

bp = Blueprint("files", __name__)

#: Nothing in a file may run, wherever it is opened.
SANDBOX = "sandbox; default-src 'none'"


@bp.get("/files/<path:key>/<name>")
@access(Public.anyone)
def picture(key: str, name: str) -> Response | BaseResponse:
    """A public picture, kept for ever: its address changes with its content."""
    row = first_or_404(sa.select(StoredFile).where(StoredFile.key == key, StoredFile.is_public))
    if name != row.name:
        return redirect(url_for("files.picture", key=row.key, name=row.name), 301)
    response = _bytes_of(row)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@bp.get("/files/sizes/<path:key>/<size>")
@access(Public.anyone)
def size(key: str, size: str) -> Response | BaseResponse:
    """A smaller copy of a public picture, kept for ever; the picture itself as long as there is none."""
    row = first_or_404(sa.select(StoredFile).where(StoredFile.key == key, StoredFile.is_public))
    if size not in {one.name for one in SIZES}:
        abort(404)
    if size not in (row.sizes or ()):
        return redirect(picture_path(row.key, row.name))
    response = _streamed(made_key(row.key, size), f"image/{size.rpartition('.')[2]}")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def download(row: StoredFile, name: str | None = None) -> Response:
    """A private file to save, never to run or to be kept by a cache. The caller has checked who asks.

    It is saved under `name`, or its own. Where there is a virus scanner only what it found clean is handed out.
    """
    if not may_open(row):
        is_infected = scan_state(row) is ScanState.infected
        abort(409, _("A virus was found in this file.") if is_infected else _("This file waits for the virus scan."))
    response = _bytes_of(row)
    response.headers["Content-Disposition"] = attachment(name or row.name)
    return _private(response)


def page(row: StoredFile, number: int) -> Response:
    """The picture of a page of a private document; one that cannot be made says so. The caller has checked who asks."""
    sizes = row.pages or []
    if not 0 < number <= len(sizes) or not may_open(row):
        abort(404)
    try:
        response = Response(page_picture(row, number), content_type=PICTURE_TYPE)
    except (NotShown, StorageError):
        response = Response(_words_as_picture(*(sizes[number - 1] or (620, 877))), 422, content_type="image/svg+xml")
    response.headers["Content-Security-Policy"] = SANDBOX
    return _private(response)


def _words_as_picture(width: int, height: int) -> str:
    """A picture that holds a sentence, for the place of one that cannot be made."""
    lines = (_("This page cannot be shown as a picture."), _("The original can be downloaded."))
    text = Markup("").join(
        Markup('<text x="50%" y="{}" text-anchor="middle">{}</text>').format(height // 2 + 60 * index, line)
        for index, line in enumerate(lines)
    )
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="{}" font-family="sans-serif" font-size="40">'
        '<rect width="100%" height="100%" fill="#fff"/><g fill="#444">{}</g></svg>'
    ).format(width, height, text)


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _bytes_of(row: StoredFile) -> Response:
    response = _streamed(row.key, row.content_type)
    response.content_length = row.size
    return response


def _streamed(key: str, content_type: str) -> Response:
    try:
        chunks = storage().read(key)
        first = next(chunks, b"")  # most of what can go wrong does so here, where it can still be said
    except FileNotFoundError:
        abort(404)
    except StorageError:
        abort(503)
    response = Response(itertools.chain((first,), chunks), content_type=content_type)
    response.headers["Content-Security-Policy"] = SANDBOX
    return response
