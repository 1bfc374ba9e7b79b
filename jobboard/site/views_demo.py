"""Pages of the demo only."""

from flask import Blueprint, Response, render_template

from jobboard.core.access import Public, access

bp = Blueprint("demo", __name__, url_prefix="/demo")


@bp.get("/components/")
@access(Public.anyone)
def components() -> Response:
    """Everything the design consists of, on one page."""
    return Response(render_template("demo/components.html"))
