"""What machines read: the sitemap, and all openings as one file for aggregators."""

from flask import Blueprint, Response, abort, g, request, stream_with_context, url_for

from jobboard.core import clock, i18n
from jobboard.core.access import Public, access
from jobboard.core.pages import site_state
from jobboard.core.web import public_page
from jobboard.openings.feeds import jobs_xml
from jobboard.openings.queries import open_offers
from jobboard.posts.models import Kind
from jobboard.site.queries import current_site
from jobboard.timeline.feeds import archive_pages, other_pages, sitemap, sitemap_index, text_path
from jobboard.timeline.queries_sitemap import text_files, texts_in_file

bp = Blueprint("machines", __name__)

XML = "application/xml; charset=utf-8"


def speak_default_language() -> None:
    """Machines ask for one file, whatever language they say they read."""
    g.language = i18n.default_language()


bp.before_request(speak_default_language)


@bp.get("/sitemap.xml")
@access(Public.anyone)
def index() -> Response:
    """The index of all sitemap files."""
    texts = text_files(clock.now())
    files = [(url_for("machines.texts", kind=kind.value, number=number), changed) for kind, number, changed in texts]
    newest = max((changed for _kind, _number, changed in texts), default=None)
    return public_page(sitemap_index([(url_for("machines.pages"), newest), *files]), XML)


@bp.get("/sitemap-pages.xml")
@access(Public.anyone)
def pages() -> Response:
    """Lists, categories, authors, series, the archive and legal pages."""
    now = clock.now()
    return public_page(sitemap([*other_pages(now), *archive_pages(now)]), XML)


@bp.get("/sitemap-<any(article, opening):kind>-<int(min=1):number>.xml")
@access(Public.anyone)
def texts(kind: str, number: int) -> Response:
    """Articles or openings, each at the address of its own language."""
    found = texts_in_file(Kind(kind), number, clock.now())
    if not found:
        abort(404)
    return public_page(sitemap((text_path(text), text.changed_at) for text in found), XML)


@bp.get("/jobs.xml")
@access(Public.anyone)
def jobs() -> Response:
    """Every open opening in the dialect of aggregators; they fetch it whole, several times a day.

    It is sent in pieces, because it may be larger than memory. Its ETag is the state of the site, which its content follows.
    """
    now, state = clock.now(), site_state()
    pieces = jobs_xml(open_offers(now), current_site(), now)
    response = Response(stream_with_context(pieces), content_type=XML)
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(f"{state.version}-{state.until.timestamp() if state.until else 0:.0f}", weak=True)
    response.make_conditional(request)
    return response
