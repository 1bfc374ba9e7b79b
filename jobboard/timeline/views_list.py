"""A list of the blog as a page: what was asked for, its cards, and everything around them."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core import clock, i18n
from jobboard.core.db import Page, page_number
from jobboard.core.web import public_page, site_url
from jobboard.posts.markup import with_default
from jobboard.posts.queries_cards import cards_of
from jobboard.site.queries import current_site
from jobboard.timeline.markup import cards
from jobboard.timeline.markup_filters import (
    INDEX,
    choices_to_leave,
    feed_title,
    feed_url,
    language_feeds,
    list_parts,
    list_url,
    query_of,
    ways_out,
)
from jobboard.timeline.queries import PER_PAGE, counts_of, ids_on_page, posts_by_id
from jobboard.timeline.queries_filters import Labels, PostFilters, filters_from
from jobboard.timeline.queries_offers import Offers, labels_of, led_on, offers


def post_list(template: str, fixed: Mapping[str, str], **context: Any) -> Response | BaseResponse:
    """The page of a list; `fixed` is what its path says. Every state of its form is one address, which others lead to.

    The same number of queries for any number of posts.
    """
    at, number, now = request.endpoint or INDEX, page_number(request.args.get("page")), clock.now()
    asked = filters_from(request.args, fixed)
    found = offers(asked, now)
    labels = labels_of(asked, now, found)
    if (moved := led_on(asked, labels)) != asked:
        return redirect(list_url(moved, at, page=number), 301)
    filters = asked.known(labels)
    if list(request.args.items(multi=True)) != query_of(filters, at, number):
        return redirect(list_url(filters, at, page=number))
    page = Page(ids_on_page(filters, now, number), number, PER_PAGE, found.total, _pages_of(filters, at))
    if number > page.pages:
        abort(404)
    body = render_template(
        template,
        cards=_cards_of(page.items, filters),
        page=page,
        found=list_parts(filters, found, labels, at),
        ways=_ways_out(filters, at, labels) if not page.total and query_of(filters, at) else None,
        **_following(filters, found, labels),
        **_addresses(filters, number),
        **context,
    )
    return _indexed_or_not(public_page(body), filters, page)


def _pages_of(filters: PostFilters, at: str) -> Any:
    return lambda number: list_url(filters, at, page=number)


def _cards_of(ids: Sequence[int], filters: PostFilters) -> list[Markup]:
    """The prepared cards; those of texts in another language than the page are rendered now, as few lists show them."""
    language = i18n.page_language()
    if filters.lang in {"", language}:
        return cards_of(ids, language)
    by_id = posts_by_id(ids)
    shown = cards([by_id[one] for one in ids], current_site().gender_marker, clock.now(), filters.lang)
    return [Markup(render_template("timeline/_card.html", card=one)) for one in shown]  # noqa: S704 - our template


def _ways_out(filters: PostFilters, at: str, labels: Labels) -> Any:
    without, only = choices_to_leave(filters, at)
    return ways_out(filters, at, labels, counts_of([*without, *only], clock.now()))


def _following(filters: PostFilters, found: Offers, labels: Labels) -> dict[str, Any]:
    """Where a reader hears of new posts of this list."""
    title, paths = (
        feed_title(filters, labels, current_site().name),
        [feed_url(filters, one) for one in ("atom", "json")],
    )
    alert: dict[str, Any] = dict(filters.still_to_come(clock.now()).pairs())
    return {
        "feed_url": paths[0],
        "json_feed_url": paths[1],
        "feeds": [(title, site_url(path)) for path in paths],
        "language_feeds": language_feeds(filters, found),
        "alert_url": url_for("alerts.posts", **alert),
    }


def _addresses(filters: PostFilters, number: int) -> dict[str, Any]:
    """The canonical address, and those in the other languages."""
    languages = {code: site_url(list_url(filters, page=number, language=code)) for code in i18n.languages()}
    is_own = _is_page_of_its_own(filters)
    return {
        "canonical": languages[i18n.page_language()],
        "alternates": with_default(languages) if is_own else (),
    }


def _is_page_of_its_own(filters: PostFilters) -> bool:
    """Whether search engines should know a list: everything, a kind, a category, an author, or a time; no combination.

    Texts in one language are found under that language's own addresses.
    """
    return not filters.lang and len(filters.without("month").pairs()) <= 1


def _indexed_or_not(response: Response, filters: PostFilters, page: Page[Any]) -> Response:
    if not page.total or not _is_page_of_its_own(filters):
        response.headers["X-Robots-Tag"] = "noindex, follow"
    return response
