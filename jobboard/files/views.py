"""Public pictures, and how a private file is handed out by its owner's page."""

import sqlalchemy as sa
from flask import Blueprint, Response, abort, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core.access import Public, access
from jobboard.core.db import first_or_404
from jobboard.files.markup import attachment
from jobboard.files.models import StoredFile
from jobboard.files.storage import StorageError, storage

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


def download(row: StoredFile) -> Response:
    """A private file to save, never to run or to be kept by a cache. The caller has checked who asks."""
    response = _bytes_of(row)
    response.headers["Content-Disposition"] = attachment(row.name)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _bytes_of(row: StoredFile) -> Response:
    try:
        chunks = storage().read(row.key)
    except FileNotFoundError:
        abort(404)
    except StorageError:
        abort(503)
    response = Response(chunks, content_type=row.content_type)
    response.content_length = row.size
    response.headers["Content-Security-Policy"] = SANDBOX
    return response
