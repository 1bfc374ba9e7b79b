"""Imprint, privacy notice, health, robots, and what every page's frame needs."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, abort, current_app, g, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core import i18n
from jobboard.core.access import Public, access
from jobboard.core.db import session
from jobboard.core.i18n import _
from jobboard.core.web import public_page, site_url
from jobboard.migrations import is_current_over
from jobboard.site.models import PAGE_LABELS, PageKind
from jobboard.site.queries import current_site, newest_page

bp = Blueprint("site", __name__)


def frame() -> dict[str, Any]:
    """What `layout.html` needs on every page."""
    language = i18n.page_language()
    return {
        "site": current_site(),
        "page_lang": language,
        "text_direction": i18n.text_direction(language),
        "nav": [
            {"text": _("Blog"), "url": url_for("timeline.index"), "is_current": _is_under("timeline.", "posts.")},
            {
                "text": _("Jobs"),
                "url": url_for("openings.index"),
                "is_current": _is_under("openings.", "applications."),
            },
            {"text": _("Search"), "url": url_for("search.index"), "is_current": _is_under("search.")},
        ],
        "footer_links": [
            {"text": _("Find my application"), "url": url_for("applications.lost")},
            *({"text": PAGE_LABELS[kind], "url": url_for("site.page", kind=kind.value)} for kind in PageKind),
            {"text": _("Archive"), "url": url_for("archive.index")},
            {"text": _("Feed"), "url": url_for("timeline.feed")},
        ],
        "person": g.get("person"),
        "is_demo": current_app.config["DEMO"],
        "pick": i18n.pick,
        "lang_attr": lang_attr,
        "other_language": i18n.other_language,
        "language_name": i18n.language_name,
    }


def lang_attr(texts: dict[str, str] | None) -> Markup:
    """The attribute that says in which language `pick(texts)` is; nothing where it is the page's (WCAG 3.1.2)."""
    language = i18n.language_of(texts)
    return Markup(' lang="{}"').format(language) if language else Markup("")


def _is_under(*names: str) -> bool:
    return (request.endpoint or "").startswith(names)


@bp.get("/<language:language>/<any(imprint, privacy):kind>/")
@access(Public.anyone)
def page(kind: str) -> Response:
    """A legal page, in the page's language or the one there is."""
    found = newest_page(PageKind(kind), i18n.page_language())
    title = PAGE_LABELS[PageKind(kind)]
    canonical = site_url(url_for("site.page", kind=kind, language=found.locale)) if found else None
    return public_page(render_template("site/page.html", page=found, title=title, canonical=canonical))


@bp.get("/impressum")
@access(Public.anyone)
def german_imprint() -> BaseResponse:
    """The address people in Germany type (DDG §5: easily recognisable, directly reachable)."""
    return redirect(url_for("site.page", kind="imprint", language=i18n.negotiated_language()))


@bp.get("/datenschutz")
@access(Public.anyone)
def german_privacy() -> BaseResponse:
    """The address people in Germany type."""
    return redirect(url_for("site.page", kind="privacy", language=i18n.negotiated_language()))


@bp.get("/favicon.ico")
@access(Public.anyone)
def favicon() -> BaseResponse:
    """Browsers ask for it whatever the page says."""
    return redirect(url_for("static", filename="favicon.svg"), 301)


@bp.get("/robots.txt")
@access(Public.anyone)
def robots() -> Response:
    """Keep crawlers out of filter combinations and staff pages (RFC 9309), and show them the sitemap."""
    rules = ["User-agent: *", "Disallow: /desk/", *(f"Disallow: /{code}/jobs/?" for code in i18n.languages())]
    lines = [*rules, "", f"Sitemap: {site_url(url_for('machines.index'))}", ""]
    return public_page("\n".join(lines), "text/plain; charset=utf-8")


@bp.get("/health/live")
@access(Public.anyone)
def live() -> Response:
    """Whether this process answers at all."""
    return Response("ok\n", content_type="text/plain; charset=utf-8")


@bp.get("/health/ready")
@access(Public.anyone)
def ready() -> Response:
    """Whether this process can serve: database there and at the newest migration."""
    try:
        is_ready = is_current_over(session().connection())
    except sa.exc.SQLAlchemyError:
        is_ready = False
    if not is_ready:
        abort(503)
    return Response("ok\n", content_type="text/plain; charset=utf-8")
