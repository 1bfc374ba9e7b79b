"""The lists of all categories, authors and series."""

import dataclasses
import datetime as dt
from collections.abc import Callable

from flask import Blueprint, Response, render_template, request, url_for

from jobboard.core import clock, i18n
from jobboard.core.access import Public, access
from jobboard.core.i18n import _
from jobboard.core.web import public_page, site_url
from jobboard.posts.markup import Byline, byline, with_default
from jobboard.posts.markup_schema import trail
from jobboard.timeline.queries_directory import Counted, authors_counted, categories_counted, series_counted

bp = Blueprint("directory", __name__)


@dataclasses.dataclass(frozen=True)
class Entry:
    """One line of such a list; a language is told where words are not in the page's."""

    name: str
    url: str
    articles: int
    openings: int
    words: str = ""
    words_lang: str | None = None
    name_lang: str | None = None
    face: Byline | None = None


@bp.get("/<language:language>/categories/")
@access(Public.anyone)
def categories() -> Response:
    """Every category with something open in it."""
    return _page(_("Categories"), categories_counted, _category, _("Nothing has been published yet."))


@bp.get("/<language:language>/authors/")
@access(Public.anyone)
def authors() -> Response:
    """Everybody who wrote something that is open."""
    return _page(_("Authors"), authors_counted, _author, _("Nothing has been published yet."))


@bp.get("/<language:language>/series/")
@access(Public.anyone)
def series() -> Response:
    """Every series of which something can be read."""
    return _page(_("Series"), series_counted, _series, _("There is no series yet."))


def _page(
    title: str, counted: Callable[[dt.datetime], list[Counted]], entry: Callable[[Counted], Entry], nothing: str
) -> Response:
    endpoint = request.endpoint or ""
    links = {code: site_url(url_for(endpoint, language=code)) for code in i18n.languages()}
    entries = sorted(map(entry, counted(clock.now())), key=lambda one: one.name.casefold())
    page = render_template(
        "timeline/directory.html",
        title=title,
        entries=entries,
        nothing=nothing,
        endpoint=endpoint,
        canonical=links[i18n.page_language()],
        alternates=with_default(links),
        structured=[trail((title, url_for(endpoint)))],
    )
    return public_page(page)


def _category(row: Counted) -> Entry:
    category = row.thing
    return Entry(
        i18n.pick(category.name),
        url_for("timeline.category", slug=category.slug),
        row.articles,
        row.openings,
        words=i18n.pick(category.description),
        words_lang=i18n.language_of(category.description),
        name_lang=i18n.language_of(category.name),
    )


def _author(row: Counted) -> Entry:
    face = byline(row.thing)
    return Entry(face.name, face.url, row.articles, row.openings, face.job, face.job_lang, face=face)


def _series(row: Counted) -> Entry:
    name, lang = i18n.pick(row.thing.name), i18n.language_of(row.thing.name)
    return Entry(name, url_for("posts.series", slug=row.thing.slug), row.articles, row.openings, name_lang=lang)
