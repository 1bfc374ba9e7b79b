"""The archive by year and month."""

import datetime as dt

import sqlalchemy as sa
from babel.dates import get_month_names
from flask import Blueprint, Response, abort, render_template, url_for

from jobboard.core import clock, i18n
from jobboard.core.access import Public, access
from jobboard.core.web import public_page, site_url
from jobboard.posts.markup import Link, with_default
from jobboard.posts.models import Post
from jobboard.timeline.queries import timeline
from jobboard.timeline.queries_archive import counts_by_month, counts_by_year, period, within
from jobboard.timeline.views import post_list

bp = Blueprint("archive", __name__)

YEAR = "/<language:language>/archive/<int(fixed_digits=4):year>/"


@bp.get("/<language:language>/archive/")
@access(Public.anyone)
def index() -> Response:
    """Every year with what was published in it."""
    years = [
        (Link(str(year), url_for("archive.year", year=year)), count)
        for year, count in counts_by_year(clock.now()).items()
    ]
    languages = {code: site_url(url_for("archive.index", language=code)) for code in i18n.languages()}
    canonical = site_url(url_for("archive.index"))
    return public_page(
        render_template("timeline/archive.html", years=years, canonical=canonical, alternates=with_default(languages))
    )


@bp.get(YEAR)
@access(Public.anyone)
def year(year: int) -> Response:
    """One year: its months, and everything of it."""
    return _posts_of(year, None)


@bp.get(f"{YEAR}<int(fixed_digits=2):month>/")
@access(Public.anyone)
def month(year: int, month: int) -> Response:
    """One month of a year."""
    return _posts_of(year, month)


def _posts_of(year: int, month: int | None) -> Response:
    if not 1970 <= year <= 9000 or (month is not None and not 1 <= month <= 12):
        abort(404)
    counts, names = (
        counts_by_month(year, clock.now()),
        get_month_names("wide", "stand-alone", locale=i18n.current_locale()),
    )
    if not counts or (month is not None and month not in counts):
        abort(404)
    start, end = period(year, month)
    months = [
        (Link(names[one], url_for("archive.month", year=year, month=one), one == month), count)
        for one, count in counts.items()
    ]
    args = {"year": year, **({"month": month} if month else {})}

    def statement(now: dt.datetime) -> sa.Select[Post]:
        return within(timeline(now), start, end)

    title = f"{names[month]} {year}" if month else str(year)
    return post_list("timeline/period.html", statement, args, title=title, year=year, months=months)
