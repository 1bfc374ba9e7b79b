"""Figures of views in words and pictures."""

import datetime as dt
from collections.abc import Sequence

from jobboard.core import i18n
from jobboard.core.i18n import _
from jobboard.core.tally import OTHERS
from jobboard.stats.markup import Bar, Chart, Column, columns, day_words, rows, share
from jobboard.stats.queries_period import Period, Step

#: Hosts drawn one by one, and those named in the table.
MOST_DRAWN, MOST_NAMED = 10, 200


def first_heading(period: Period) -> str:
    """What the first cell of each row says: the day, or the first day of a week or month."""
    return {Step.day: _("Day"), Step.week: _("Week from"), Step.month: _("Month from")}[period.step]


def over_time(
    name: str, title: str, period: Period, by_day: dict[dt.date, int], counted: str, empty: str, note: str = ""
) -> Chart:
    """A number over the days, weeks or months of a period; `counted` heads its column."""
    bars = period.bars(by_day)
    drawn = [Bar(day_words(day, period.step), number, i18n.number(number)) for day, number in bars]
    picture = columns(name, title, drawn)
    table = [Column(first_heading(period)), Column(counted, is_number=True)]
    return Chart(name, title, table, bars if picture else [], picture, empty, note)


def views_chart(period: Period, by_day: dict[dt.date, int], title: str) -> Chart:
    """Views over time."""
    return over_time(
        "views",
        title,
        period,
        by_day,
        _("Views"),
        _("No views in this time yet. They are counted from the moment on at which a page is public."),
        _("A view is a page shown in a browser. Programs that say so are left out, and who looked is not recorded."),
    )


def hosts_chart(by_host: Sequence[tuple[str, int]]) -> Chart:
    """Which other sites readers came from."""
    named = [(host, number) for host, number in by_host if host not in {"", OTHERS}]
    rest = {host: number for host, number in by_host if host in {"", OTHERS}}
    drawn, others = named[:MOST_DRAWN], sum(number for _host, number in named[MOST_DRAWN:]) + rest.get(OTHERS, 0)
    total = sum(number for _host, number in by_host)
    table = [
        *named[:MOST_NAMED],
        *_rest(sum(n for _host, n in named[MOST_NAMED:]) + rest.get(OTHERS, 0), rest.get("", 0)),
    ]
    bars = [Bar(host, number, _with_share(number, total)) for host, number in [*drawn, *_rest(others, rest.get("", 0))]]
    title = _("Sites readers came from")
    return Chart(
        "hosts",
        title,
        [Column(_("Site")), Column(_("Views"), is_number=True)],
        table,
        rows("hosts", title, bars) if named or rest.get(OTHERS) else None,
        _("No other site has led here in this time, as far as browsers say. A link with a source tells it always."),
        _("Only the name of the site is kept, and no page of it. Mails, apps and typed addresses tell none."),
    )


def _rest(others: int, none: int) -> list[tuple[str, int]]:
    return [row for row in ((_("Other sites"), others), (_("None told"), none)) if row[1]]


def _with_share(number: int, total: int) -> str:
    """A number, and its share where there are enough cases."""
    return " · ".join(filter(None, (i18n.number(number), share(number, total))))
