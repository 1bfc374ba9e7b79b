"""All documents of an application at once."""

from flask import Response

from jobboard.applications.actions_archive import documents_of
from jobboard.applications.desk import bp
from jobboard.applications.desk_screen import application_or_404, face_of
from jobboard.core.access import READING, access
from jobboard.core.i18n import _
from jobboard.files.markup import attachment


@bp.get("/<int:application_id>/documents.zip")
@access(READING)
def archive(application_id: int) -> Response:
    """Every document as it was sent, as a ZIP; named by their order where the applicant's name is hidden."""
    row = application_or_404(application_id)
    face = face_of(row)
    response = Response(documents_of(row, face), content_type="application/zip")
    name = _("%(name)s - documents.zip", name=face.name)
    response.headers["Content-Disposition"] = attachment(name)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
