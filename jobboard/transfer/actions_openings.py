"""Openings of another system's list, made ours: idempotent by reference, in one transaction."""

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from jobboard.core import clock
from jobboard.core.db import session
from jobboard.core.markdown import Rendered, render
from jobboard.openings.actions import (
    begin_offer,
    place_for,
    set_language_needs,
    set_places,
    set_remote_countries,
)
from jobboard.openings.models import JobOffer
from jobboard.posts.actions import publish, set_authors, set_categories
from jobboard.posts.models import PostState
from jobboard.transfer.actions import Known, Progress, Report, is_changed, one_transaction, put_text, set_values
from jobboard.transfer.markup_openings import OpeningRow, OpeningsFile
from jobboard.transfer.markup_problems import Level

#: Columns of ours that a row of the source carries under the same name.
FACTS = [
    "organisation",
    "organisation_url",
    "workplace",
    "contract",
    "hours",
    "weekly_hours",
    "level",
    "pay_min",
    "pay_max",
    "pay_currency",
    "pay_period",
    "starts_on",
    "apply_url",
    "response_days",
]


def import_openings(source: OpeningsFile, *, dry_run: bool = False, progress: Progress | None = None) -> Report:
    """Import every row that can be; the report accounts for each row and each thing that was not understood.

    Rows of references that are known change their opening instead of making another. Rendering happens before the
    transaction. Raises what the database raises; then nothing was imported.
    """
    report = Report()
    for problem in source.problems:
        report.messages.append((_where(problem.row, problem.reference), problem.message, problem.level is Level.error))
    rendered = {row.row: render(row.opening.body) for row in source.rows if row.opening is not None}
    with one_transaction(dry_run=dry_run):
        known, offers = Known(), _offers()
        for done, row in enumerate(source.rows, 1):
            for problem in row.problems:
                where = _where(problem.row, problem.reference)
                report.messages.append((where, problem.message, problem.level is Level.error))
            if row.opening is None:
                report.left_out += 1
            else:
                _put(row.opening, rendered[row.row], known, offers, report)
            if progress is not None:
                progress(done, len(source.rows))
    return report


def _where(row: int, reference: str | None) -> str:
    return f"{row} ({reference})" if reference else str(row)


def _offers() -> dict[str | None, JobOffer]:
    """The imported openings by reference, loaded whole: an import touches all of them."""
    rows = session().execute(
        sa.select(JobOffer)
        .where(JobOffer.reference.is_not(None))
        .options(
            selectinload(JobOffer.texts),
            selectinload(JobOffer.authorships),
            selectinload(JobOffer.categorizations),
            selectinload(JobOffer.places),
            selectinload(JobOffer.remote_countries),
            selectinload(JobOffer.language_needs),
        )
    )
    return {offer.reference: offer for offer in rows.scalars()}


def _put(row: OpeningRow, rendered: Rendered, known: Known, offers: dict[str | None, JobOffer], report: Report) -> None:
    offer = offers.get(row.reference)
    is_new = offer is None
    if offer is None:
        offer = begin_offer(locale=row.locale)
        offer.reference = row.reference
        offers[row.reference] = offer
    with session().no_autoflush:
        _set_facts(offer, row, known)
        changed = is_changed(offer)
    words = {"title": row.title, "summary": row.summary, "markdown": row.body}
    changed = put_text(offer, row.locale, words, rendered) or changed
    if is_new:
        _set_dates(offer, row)
    else:
        changed = _dates_changed(offer, row) or changed
    report.count(is_new=is_new, is_changed=changed)


def _set_facts(offer: JobOffer, row: OpeningRow, known: Known) -> None:
    set_values(offer, {name: getattr(row, name) for name in FACTS})
    set_values(offer, {"pay_note": {row.locale: row.pay_note} if row.pay_note else {}})
    set_places(offer, [place_for(place.country, place.region, place.city) for place in row.places])
    set_remote_countries(offer, row.remote_countries)
    set_language_needs(offer, [(need.tag, need.level, need.is_required) for need in row.languages])
    set_authors(offer, [known.person(name) for name in row.authors])
    set_categories(offer, [known.category(name, row.locale) for name in row.categories])


def _set_dates(offer: JobOffer, row: OpeningRow) -> None:
    """A row without a date of publication stays a draft (reported); an inactive one is closed since its last update."""
    offer.closes_at = row.closes
    if row.published is None:
        return
    publish(offer, row.published)
    if not row.is_active:
        offer.closed_at = row.closed or clock.now()
    offer.updated_at = max(row.updated or row.published, row.published)


def _dates_changed(offer: JobOffer, row: OpeningRow) -> bool:
    """Follow the source's dates; one closed here stays closed when the source does not say since when."""
    closed = None if row.is_active else row.closed or offer.closed_at or clock.now()
    before = (offer.state, offer.publish_at, offer.closes_at, offer.closed_at)
    wanted = (PostState.published if row.published else offer.state, row.published, row.closes, closed)
    if before != wanted:
        offer.state, offer.publish_at, offer.closes_at, offer.closed_at = wanted
        return True
    return False
