"""All documents of an application at once."""

from flask import Response, g

from jobboard.applications.actions_archive import documents_of
from jobboard.applications.desk import bp
from jobboard.applications.desk_screen import application_or_404, face_of
from jobboard.audit.views import note_look
from jobboard.core.access import READING, access
from jobboard.core.i18n import _
from jobboard.files.markup import attachment


@bp.get("/<int:application_id>/documents.zip")
@access(READING, trace="audit")
def archive(application_id: int) -> Response:
    """Every document as it was sent, as a ZIP; named by their order where the applicant's name is hidden."""
    row = application_or_404(application_id)
    face = face_of(row)
    note_look("document.downloaded", ("application", application_id), g.person, document="all")
    response = Response(documents_of(row, face), content_type="application/zip")
    name = _("%(name)s - documents.zip", name=face.name)
    response.headers["Content-Disposition"] = attachment(name)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
