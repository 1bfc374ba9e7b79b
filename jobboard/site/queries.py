"""The site's row and its legal pages."""

from zoneinfo import ZoneInfo

import sqlalchemy as sa
import sqlalchemy.orm
from flask import g

from jobboard.core.db import session
from jobboard.core.i18n import default_language
from jobboard.site.models import PageKind, Site, SitePage


def current_site() -> Site:
    """The site's row, loaded once per request or task."""
    if "site" not in g:
        g.site = session().execute(sa.select(Site)).scalar_one()
    site: Site = g.site
    return site


def site_zone() -> ZoneInfo:
    """The zone the site shows dates in; asked for by `core.i18n`."""
    return ZoneInfo(current_site().time_zone)


def newest_by_locale(kind: PageKind) -> dict[str, SitePage]:
    """The newest version of a legal page in each language it is written in, the latest written first."""
    newer = sa.orm.aliased(SitePage)
    is_newest = ~sa.exists().where(
        newer.kind == SitePage.kind, newer.locale == SitePage.locale, newer.version > SitePage.version
    )
    rows = session().execute(sa.select(SitePage).where(SitePage.kind == kind, is_newest).order_by(SitePage.id.desc()))
    return {page.locale: page for page in rows.scalars()}


def newest_page(kind: PageKind, locale: str) -> SitePage | None:
    """The newest version of a legal page in this language, else in the site's default, else in any."""
    by_locale = newest_by_locale(kind)
    return by_locale.get(locale) or by_locale.get(default_language()) or next(iter(by_locale.values()), None)


def missing_pages() -> list[PageKind]:
    """The legal pages nobody has written yet; start, desk and `jobboard check` warn about them (decision 29)."""
    there = set(session().execute(sa.select(SitePage.kind).distinct()).scalars())
    return [kind for kind in PageKind if kind not in there]
