"""Changing the site's settings and its legal pages."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from jobboard.core import clock
from jobboard.core.db import session
from jobboard.core.markdown import Rendered, render
from jobboard.site.models import PageKind, Site, SitePage


def change_site(site: Site, values: Mapping[str, Any]) -> Site:
    """Set the site's columns named in `values`; raises `AttributeError` for one that is none."""
    for name, value in values.items():
        if name not in Site.__table__.columns:
            raise AttributeError(name)
        setattr(site, name, value)
    return site


def write_page(kind: PageKind, locale: str, markdown: str, rendered: Rendered | None = None) -> SitePage:
    """Write a new version of a legal page; the same text again keeps the version. `rendered`: before the lock."""
    newest = (
        session()
        .execute(
            sa.select(SitePage)
            .where(SitePage.kind == kind, SitePage.locale == locale)
            .order_by(SitePage.version.desc())
            .limit(1)
        )
        .scalar_one_or_none()
    )
    if newest is not None and newest.markdown == markdown:
        return newest
    rendered = rendered or render(markdown)
    page = SitePage(
        kind=kind,
        locale=locale,
        version=newest.version + 1 if newest else 1,
        markdown=markdown,
        html=rendered.html,
        rendered_by=rendered.made_by,
        created_at=clock.now(),
    )
    session().add(page)
    return page
