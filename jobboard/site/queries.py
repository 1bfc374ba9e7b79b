"""The site's row and its legal pages."""

import functools
from collections.abc import Mapping
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import sqlalchemy.orm
from flask import g
from sqlalchemy.orm import Session

from jobboard.core.db import session
from jobboard.core.i18n import default_language
from jobboard.core.kept import kept, loading
from jobboard.core.tokens import keys_mark
from jobboard.site.models import PageKind, Site, SitePage


def current_site() -> Site:
    """The site's row, loaded once per request or task."""
    if "site" not in g or _is_lost(g.site):
        g.site = session().execute(sa.select(Site)).scalar_one()
    site: Site = g.site
    return site


def _is_lost(site: Site) -> bool:
    """Whether a row can load nothing any more: long work lets go of its rows after each part, and commits expire them."""
    state = sa.inspect(site)
    return state.detached and bool(state.expired_attributes)


def use_kept_site() -> None:
    """Let this request, which only reads the site's row, have the one in memory."""
    g.site = kept("site", "", _loaded_site)


def _loaded_site() -> Site:
    with loading() as own:
        return own.execute(sa.select(Site)).scalar_one()


def stored_keys_mark() -> str:
    """The mark of the secret keys that the stored links are by; "" before anybody looked. Nothing is held open."""
    mark = session().execute(sa.select(Site.keys_mark)).scalar_one()
    session().rollback()
    return mark


def are_keys_ours() -> bool:
    """Whether the stored links are by this process's secret keys; before anybody looked they are taken for it."""
    return stored_keys_mark() in {"", keys_mark()}


def site_zone() -> ZoneInfo:
    """The zone the site shows dates in; asked for by `core.i18n`."""
    return ZoneInfo(current_site().time_zone)


def newest_by_locale(kind: PageKind, current: Session | None = None) -> dict[str, SitePage]:
    """The newest version of a legal page in each language it is written in, the latest written first."""
    newer = sa.orm.aliased(SitePage)
    is_newest = ~sa.exists().where(
        newer.kind == SitePage.kind, newer.locale == SitePage.locale, newer.version > SitePage.version
    )
    statement = sa.select(SitePage).where(SitePage.kind == kind, is_newest).order_by(SitePage.id.desc())
    return {page.locale: page for page in (current or session()).execute(statement).scalars()}


def newest_page(kind: PageKind, locale: str) -> SitePage | None:
    """The newest version of a legal page in this language, else in the site's default, else in any."""
    return _best(newest_by_locale(kind), locale)


def kept_page(kind: PageKind, locale: str) -> SitePage | None:
    """`newest_page` from memory, as a row of no session (`core.kept`)."""
    return _best(kept("legal pages", kind, functools.partial(_loaded_pages, kind)), locale)


def _loaded_pages(kind: PageKind) -> dict[str, SitePage]:
    with loading() as own:
        return newest_by_locale(kind, own)


def _best(by_locale: Mapping[str, SitePage], locale: str) -> SitePage | None:
    return by_locale.get(locale) or by_locale.get(default_language()) or next(iter(by_locale.values()), None)


def missing_pages() -> list[PageKind]:
    """The legal pages nobody has written yet; start, desk and `jobboard check` warn about them (decision 29)."""
    there = set(session().execute(sa.select(SitePage.kind).distinct()).scalars())
    return [kind for kind in PageKind if kind not in there]
