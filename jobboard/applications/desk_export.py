"""Applications leave the house: chosen ones, or what the inbox shows."""

from flask import Response, g, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from jobboard.applications.desk import bp
from jobboard.applications.exports import as_json, as_xlsx, table_of
from jobboard.applications.forms_export import ExportForm
from jobboard.applications.markup_names import Face
from jobboard.applications.queries import visible_to
from jobboard.applications.queries_erasing import retention
from jobboard.applications.queries_export import ids_of, in_batches, questions_of, seen_of
from jobboard.applications.queries_inbox import inbox_of
from jobboard.applications.queries_list import chosen_by
from jobboard.applications.queries_names import hidden_of
from jobboard.audit.actions import record
from jobboard.core import clock
from jobboard.core.access import HIRING, access
from jobboard.core.cells import csv_lines, saved
from jobboard.core.db import row_number, writing

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


@bp.route("/export/", methods=["GET", "POST"])
@access(HIRING, writes=True, fresh=True)
def export() -> str | BaseResponse | tuple[str, int]:
    """Choose the kind of file, then save it. How many left, in which form and by whom is in the audit log before they do."""
    # Whoever comes from the list has chosen applications and no kind of file yet.
    form, ids = ExportForm() if "format" in request.form else ExportForm(formdata=None), _chosen_ids()
    if not form.is_submitted() or "format" not in request.form or not form.validate():
        page = render_template("desk/applications/export.html", form=form, count=len(ids), fields=_choice())
        return page if request.method == "GET" else (page, 422)
    kind = str(form.format.data)
    with writing():
        record("applications.exported", None, g.person, count=len(ids), format=kind)
    return _file(kind, ids)


def _chosen_ids() -> list[int]:
    """The applications with the given ids, as far as the person may see them; without ids, what the inbox shows."""
    texts = request.values.getlist("ids")
    if texts:
        return seen_of(g.person, [one for text in texts if (one := row_number(text)) is not None])
    return ids_of(chosen_by(inbox_of(request.values), g.person, clock.now()))


def _choice() -> list[tuple[str, str]]:
    """What says which applications are meant, to be sent again: their ids, else the inbox's own query."""
    ids = [("ids", one) for one in request.values.getlist("ids")]
    return ids or [pair for pair in inbox_of(request.values).query().items() if pair[0] not in {"sort", "page"}]


def _file(kind: str, ids: list[int]) -> Response:
    """The file, made while it is sent."""
    kept, hidden = retention(), hidden_of(ids, g.person)
    faces = (Face(row, row.id in hidden) for row in in_batches(visible_to(g.person), ids))
    if kind == "json":
        chunks = as_json(faces, kept)
    else:
        table = table_of(faces, questions_of(ids), kept)
        chunks = csv_lines(table) if kind == "csv" else as_xlsx(table)
    return saved(f"applications.{kind}", chunks, TYPES[kind])
