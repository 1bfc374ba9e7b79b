"""The archive by year and month, and the series."""

from flask import Blueprint, Response, abort, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core import clock, i18n
from jobboard.core.access import Public, access
from jobboard.core.web import public_page, site_url
from jobboard.posts.markup import Link, with_default
from jobboard.timeline.queries import counts_of
from jobboard.timeline.queries_filters import FIRST_YEAR, LAST_YEAR, PostFilters, month_of_year
from jobboard.timeline.queries_offers import years_of
from jobboard.timeline.queries_sitemap import series_shown
from jobboard.timeline.views_list import post_list

bp = Blueprint("archive", __name__)

YEAR = "/<language:language>/archive/<int(fixed_digits=4):year>/"


@bp.get("/<language:language>/archive/")
@access(Public.anyone)
def index() -> Response:
    """Every year with what was published in it, and every series."""
    now = clock.now()
    years = [(Link(year, url_for("archive.year", year=int(year))), count) for year, count in years_of(now).items()]
    series = [
        (Link(i18n.pick(name), url_for("posts.series", slug=slug)), count) for slug, name, count in series_shown(now)
    ]
    series.sort(key=lambda row: row[0].text.casefold())
    languages = {code: site_url(url_for("archive.index", language=code)) for code in i18n.languages()}
    page = render_template(
        "timeline/archive.html",
        years=years,
        series=series,
        canonical=languages[i18n.page_language()],
        alternates=with_default(languages),
    )
    return public_page(page)


@bp.get(YEAR)
@access(Public.anyone)
def year(year: int) -> Response | BaseResponse:
    """One year: its months, and everything of it."""
    return _posts_of(year, None)


@bp.get(f"{YEAR}<int(fixed_digits=2):month>/")
@access(Public.anyone)
def month(year: int, month: int) -> Response | BaseResponse:
    """One month of a year."""
    return _posts_of(year, month)


def _posts_of(year: int, month: int | None) -> Response | BaseResponse:
    """What was published then, as far as something was; a time without posts is no page."""
    if not FIRST_YEAR <= year <= LAST_YEAR or (month is not None and not 1 <= month <= 12):
        abort(404)
    fixed = {"year": f"{year:04}", "month": f"{month:02}" if month else ""}
    if counts_of([PostFilters(**fixed)], clock.now()) == [0]:
        abort(404)
    title = month_of_year(fixed["year"], fixed["month"]) if month else fixed["year"]
    return post_list("timeline/period.html", fixed, title=title, year=year)
