"""The site's settings and its legal pages, for admins."""

import dataclasses

from flask import Blueprint, abort, flash, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core import i18n
from jobboard.core.access import Role, access
from jobboard.core.db import writing
from jobboard.core.i18n import _
from jobboard.core.markdown import render
from jobboard.core.web import see
from jobboard.site.actions import change_site, write_page
from jobboard.site.forms import PageForm, SiteForm, site_form
from jobboard.site.models import PAGE_LABELS, PageKind, SitePage
from jobboard.site.queries import current_site, newest_by_locale

bp = Blueprint("site", __name__, url_prefix="/site")

ADMINS = frozenset({Role.admin})
COLUMNS = (
    "name",
    "gender_marker",
    "time_zone",
    "organisation",
    "organisation_url",
    "contact_email",
    "retention_days",
)


@dataclasses.dataclass(frozen=True)
class PageRow:
    """One legal page in one language, for the list: its address on the desk and what there is of it."""

    label: str
    language: str
    url: str
    newest: SitePage | None


@bp.route("/", methods=["GET", "POST"])
@access(ADMINS, writes=True)
def index() -> str | BaseResponse | tuple[str, int]:
    """The settings, and the legal pages with their state."""
    form = site_form(current_site())
    if not form.validate_on_submit():
        page = render_template("desk/site/index.html", form=form, texts=_text_fields(form), pages=_pages())
        return (page, 422) if form.is_submitted() else page
    values = {name: getattr(form, name).data or "" for name in COLUMNS}
    values["second_factor_roles"] = form.second_factor_roles.data or []
    values["response_days"] = form.response_days.data
    with writing():
        change_site(current_site(), {**values, "tagline": form.texts("tagline"), "intro": form.texts("intro")})
    flash(_("Saved."))
    return see(url_for("desk.site.index"))


@bp.route("/pages/<any(imprint, privacy):kind>/<locale>/", methods=["GET", "POST"])
@access(ADMINS, writes=True)
def page(kind: str, locale: str) -> str | BaseResponse | tuple[str, int]:
    """Write a legal page in one language; each save is a new version and the old ones stay."""
    if locale not in i18n.languages():
        abort(404)
    newest = newest_by_locale(PageKind(kind)).get(locale)
    version = str(newest.version if newest else 0)
    form = PageForm(data={"markdown": newest.markdown if newest else "", "version": version})
    is_valid = form.validate_on_submit()
    is_conflict = is_valid and form.version.data != version
    if is_valid and not is_conflict and "preview" not in request.form:
        rendered = render(form.markdown.data or "")
        with writing():
            write_page(PageKind(kind), locale, form.markdown.data or "", rendered)
        flash(_("Saved. Readers see it now."))
        return see(url_for("desk.site.index"))
    form.version.data = version  # saving again after a conflict is then a decision
    body = render_template(
        "desk/site/page.html",
        form=form,
        newest=newest,
        title=PAGE_LABELS[PageKind(kind)],
        locale=locale,
        languages=[(code, i18n.language_name(code)) for code in i18n.languages()],
        kind=kind,
        preview=render(form.markdown.data or "").html if is_valid else None,
        is_conflict=is_conflict,
    )
    return (body, 409 if is_conflict else 422) if form.is_submitted() and (is_conflict or not is_valid) else body


def _text_fields(form: SiteForm) -> list[object]:
    return [getattr(form, f"{name}_{code}") for name in ("tagline", "intro") for code in i18n.languages()]


def _pages() -> list[PageRow]:
    rows = []
    for kind in PageKind:
        there = newest_by_locale(kind)
        for code in i18n.languages():
            url = url_for("desk.site.page", kind=kind.value, locale=code)
            rows.append(PageRow(str(PAGE_LABELS[kind]), i18n.language_name(code), url, there.get(code)))
    return rows
