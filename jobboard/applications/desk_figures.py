"""Figures: of openings for those who hire, of posts for those who write. Each picture has a table and a CSV."""

import dataclasses
import functools
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, abort, g, render_template, request, url_for

from jobboard.applications.markup_figures import (
    Funnel,
    days_words,
    exits_chart,
    funnel_chart,
    promise_words,
    received_chart,
    sources_chart,
    times_chart,
)
from jobboard.applications.queries_figures import (
    HEARD,
    Lasted,
    erased_by_month,
    lasted,
    progress,
    promises,
    received_by_day,
)
from jobboard.applications.queries_overdue import count_of_overdue
from jobboard.core import clock, i18n
from jobboard.core.access import HIRING, WRITING, access
from jobboard.core.cells import csv_answer
from jobboard.core.db import page_number
from jobboard.core.i18n import _
from jobboard.openings.queries import published_titles
from jobboard.posts.models import Kind, Post
from jobboard.posts.queries import viewed_page, viewed_post
from jobboard.stats.markup import Chart
from jobboard.stats.markup_views import hosts_chart, views_chart
from jobboard.stats.models import FRONT, JOBS, ViewCount
from jobboard.stats.queries import source_codes, views_by_day, views_by_host, views_by_source, views_by_subject
from jobboard.stats.queries_period import LENGTHS, Period, period_until

bp = Blueprint("figures", __name__, url_prefix="/figures")


@dataclasses.dataclass(frozen=True)
class OpeningFigures:
    """Everything the page of openings shows, of all or one."""

    views: int
    funnel: Funnel
    times: dict[str, Lasted]
    charts: list[Chart]


@bp.get("/")
@access(HIRING)
def index() -> str:
    """Views, applications, sources, funnel and times of all openings or one."""
    period, now = _period(), clock.now()
    titles = published_titles(i18n.page_language(), now)
    chosen = _number(titles)
    found, (kept, broken) = _opening_figures(period, chosen), promises(period, chosen, now)
    heard = found.times.get(HEARD)
    figures = [
        (_("Views"), i18n.number(found.views)),
        (_("Applications"), i18n.number(found.funnel.number())),
        (_("Median until applicants heard"), days_words(heard.median) if heard else "–"),
        (_("Promises to answer kept"), promise_words(kept, broken)),
    ]
    return render_template(
        "desk/figures/index.html",
        charts=found.charts,
        figures=figures,
        promise=_promise_note(kept, broken),
        overdue=count_of_overdue(g.person, now),
        pages=views_by_subject(period, [JOBS, FRONT]) if chosen is None else {},
        openings=titles,
        chosen=chosen,
        periods=_periods(period, opening=chosen),
        period=period,
        csv_url=functools.partial(url_for, "desk.figures.download", period=period.days, opening=chosen),
    )


@bp.get("/<chart>.csv")
@access(HIRING)
def download(chart: str) -> Response:
    """The rows of one picture of `index`."""
    titles = published_titles(i18n.page_language(), clock.now())
    return _csv(_opening_figures(_period(), _number(titles)).charts, chart)


@bp.get("/posts/")
@access(WRITING)
def posts() -> str:
    """Views of articles and openings, and where their readers came from; of one post or of all."""
    period = _period()
    chosen = viewed_post(request.args.get("post"), i18n.page_language(), clock.now())
    return render_template(
        "desk/figures/posts.html",
        charts=_post_charts(period, chosen[0] if chosen else None),
        chosen=chosen,
        page=viewed_page(period, i18n.page_language(), page_number(request.args.get("page")), _posts_url(period))
        if chosen is None
        else None,
        periods=_periods(period, post=chosen[0] if chosen else None),
        period=period,
        csv_url=functools.partial(
            url_for, "desk.figures.download_posts", period=period.days, post=chosen[0] if chosen else None
        ),
    )


@bp.get("/posts/<chart>.csv")
@access(WRITING)
def download_posts(chart: str) -> Response:
    """The rows of one picture of `posts`."""
    chosen = viewed_post(request.args.get("post"), i18n.page_language(), clock.now())
    return _csv(_post_charts(_period(), chosen[0] if chosen else None), chart)


def _opening_figures(period: Period, opening_id: int | None) -> OpeningFigures:
    """The pictures of openings in the order of the page, and what they are drawn from."""
    ids = sa.select(Post.id).where(Post.kind == Kind.opening)
    of = ViewCount.post_id.in_(ids) if opening_id is None else ViewCount.post_id == opening_id
    by_day, times, funnel = views_by_day(period, of), lasted(period, opening_id), Funnel(progress(period, opening_id))
    by_source = views_by_source(period, of if opening_id is not None else sa.true())
    charts = [
        views_chart(period, by_day, _("Views of openings")),
        hosts_chart(views_by_host(period, of)),
        received_chart(period, received_by_day(period, opening_id), erased_by_month(period, opening_id)),
        sources_chart(funnel, by_source, source_codes()),
        funnel_chart(funnel),
        exits_chart(funnel),
        times_chart(times),
    ]
    return OpeningFigures(sum(by_day.values()), funnel, times, charts)


def _post_charts(period: Period, post_id: int | None) -> list[Chart]:
    of = ViewCount.post_id.is_not(None) if post_id is None else ViewCount.post_id == post_id
    title = _("Views of articles and openings") if post_id is None else _("Views")
    return [views_chart(period, views_by_day(period, of), title), hosts_chart(views_by_host(period, of))]


def _csv(charts: list[Chart], name: str) -> Response:
    """One picture's table as a file; 404 for a name that is none."""
    chart = next((one for one in charts if one.name == name), None) or abort(404)
    return csv_answer(f"{name}.csv", [[column.text for column in chart.columns], *chart.rows])


def _period() -> Period:
    return period_until(clock.now(), i18n.site_zone(), request.args.get("period"))


def _periods(period: Period, **query: Any) -> list[dict[str, Any]]:
    """A link for each length, with the rest of the choice as it is."""
    given = {name: value for name, value in query.items() if value is not None}
    return [
        {
            "text": _("Last %(num)d days", num=days),
            "url": url_for(request.endpoint or "desk.figures.index", period=days, **given),
            "is_current": days == period.days,
        }
        for days in LENGTHS
    ]


def _posts_url(period: Period) -> Any:
    return lambda number: url_for("desk.figures.posts", period=period.days, page=number)


def _number(titles: dict[int, str]) -> int | None:
    """The opening asked for, when there is one with this number."""
    return next((number for number in titles if str(number) == request.args.get("opening")), None)


def _promise_note(kept: int, broken: int) -> str:
    """What the share of kept promises is of."""
    whole = kept + broken
    if not whole:
        return _("No answer was promised and due in this time.")
    return _(
        "%(kept)d of %(all)d promises to answer were kept, counted when the answer came or was overdue.",
        kept=kept,
        all=whole,
    )
