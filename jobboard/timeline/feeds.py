"""The sitemap (sitemaps.org): an index, and files of texts by kind and of the other pages."""

import datetime as dt
from collections.abc import Iterable

from flask import url_for
from markupsafe import escape

from jobboard.core import i18n
from jobboard.core.web import site_url
from jobboard.posts.models import Kind
from jobboard.site.models import PageKind
from jobboard.timeline.queries_sitemap import TextPlace, authors_shown, categories_shown, months_shown, series_shown

_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
#: Pages that are there however much is published.
PAGES = (
    *("timeline.index", "openings.index", "archive.index"),
    *("directory.categories", "directory.authors", "directory.series"),
)
ENDPOINTS = {Kind.opening: "openings.show", Kind.article: "posts.show"}


def sitemap_index(files: Iterable[tuple[str, dt.datetime | None]]) -> str:
    """The index of (path, last change)."""
    rows = "".join(f"<sitemap>{_place(path, changed_at)}</sitemap>\n" for path, changed_at in files)
    return f"{_HEAD}<sitemapindex {_NAMESPACE}>\n{rows}</sitemapindex>\n"


def sitemap(pages: Iterable[tuple[str, dt.datetime | None]]) -> str:
    """A file of (path, last change)."""
    rows = "".join(f"<url>{_place(path, changed_at)}</url>\n" for path, changed_at in pages)
    return f"{_HEAD}<urlset {_NAMESPACE}>\n{rows}</urlset>\n"


def text_path(text: TextPlace) -> str:
    """The canonical path of a text: under its own language, or under the site's where there is no such interface."""
    language = i18n.interface_for(text.locale)
    return url_for(ENDPOINTS[text.kind], slug=text.slug, language=language)


def other_pages(now: dt.datetime) -> list[tuple[str, None]]:
    """The lists, categories, authors, series and legal pages of every language."""
    found = []
    topics, people, series = categories_shown(now), authors_shown(now), series_shown(now)
    for code in i18n.languages():
        found += [url_for(endpoint, language=code) for endpoint in PAGES]
        found += [url_for("timeline.category", slug=slug, language=code) for slug in topics]
        found += [url_for("timeline.author", slug=slug, language=code) for slug in people]
        found += [url_for("posts.series", slug=slug, language=code) for slug, _name, _count in series]
        found += [url_for("site.page", kind=kind.value, language=code) for kind in PageKind]
    return [(path, None) for path in found]


def archive_pages(now: dt.datetime) -> list[tuple[str, None]]:
    """The years and months with something in them, of every language."""
    months = months_shown(now)
    years = list(dict.fromkeys(year for year, _month in months))
    found = []
    for code in i18n.languages():
        found += [url_for("archive.year", year=year, language=code) for year in years]
        found += [url_for("archive.month", year=year, month=month, language=code) for year, month in months]
    return [(path, None) for path in found]


def _place(path: str, changed_at: dt.datetime | None) -> str:
    changed = f"<lastmod>{changed_at.isoformat(timespec='seconds')}</lastmod>" if changed_at else ""
    return f"<loc>{escape(site_url(path))}</loc>{changed}"
