"""Openings of another system's list, made ours: idempotent by reference, in one transaction."""

import dataclasses
import datetime as dt
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from jobboard.core import clock
from jobboard.core.db import session
from jobboard.core.i18n import _
from jobboard.core.markdown import Rendered
from jobboard.openings.actions import begin_offer, set_language_needs, set_places, set_remote_countries
from jobboard.openings.models import JobOffer
from jobboard.posts.actions import set_authors, set_categories, touch
from jobboard.posts.models import Post, PostState
from jobboard.transfer.actions import (
    Bodies,
    Known,
    Progress,
    Report,
    changed_facts,
    one_transaction,
    put_text,
    set_original,
    set_updated,
    set_values,
    site_language,
)
from jobboard.transfer.markup_openings import OpeningRow, OpeningsFile
from jobboard.transfer.markup_problems import Kind, Level, RowProblem

#: Columns of ours that a row of the source carries under the same name, by the fields of a mapping that fill them.
FACTS = {
    "organisation": {"organisation"},
    "organisation_url": {"organisation_url"},
    "workplace": {"workplace", "locations"},
    "contract": {"contract"},
    "hours": {"hours"},
    "weekly_hours": {"weekly_hours"},
    "level": {"level"},
    "pay_min": {"pay_min", "pay_max"},
    "pay_max": {"pay_min", "pay_max"},
    "pay_currency": {"pay_min", "pay_max"},
    "pay_period": {"pay_min", "pay_max"},
    "starts_on": {"starts_on"},
    "apply_url": {"apply_url"},
    "response_days": {"response_days"},
}
TEXTS = {"title": "title", "summary": "summary", "body": "markdown"}


def import_openings(source: OpeningsFile, *, dry_run: bool = False, progress: Progress | None = None) -> Report:
    """Import every row that can be; the report accounts for each row and each thing that was not understood.

    Rows of references that are known change their opening instead of making another; what the source has no column for
    stays as it is. Rendering happens before the transaction. Raises what the database raises; then nothing was imported.
    """
    report = Report()
    for problem in source.problems:
        _tell(report, problem)
    bodies = Bodies()
    rendered = {
        row.number: bodies.rendered(row.reference, row.locale, row.body)
        for row in (_Row(reading.opening, source.fields) for reading in source.rows if reading.opening)
    }
    with one_transaction(dry_run=dry_run):
        importer = _Importer(report)
        for done, reading in enumerate(source.rows, 1):
            for problem in reading.problems:
                _tell(report, problem)
            if reading.opening is None:
                report.left_out += 1
            else:
                importer.put(_Row(reading.opening, source.fields), rendered[reading.row])
            if progress is not None:
                progress(done, len(source.rows))
    return report


def _tell(report: Report, problem: RowProblem) -> None:
    where = _where(problem.row, problem.reference) if problem.row else _("the file")
    where = f"{where}, {problem.column}" if problem.row and problem.column else where
    report.tell(where, problem.message, is_error=problem.level is Level.error)


def _where(row: int, reference: str | None) -> str:
    where = _("row %(number)s", number=row)
    return f"{where} ({reference})" if reference else where


class _Row:
    """A row together with the fields that its source has: what it does not say is not taken for empty."""

    def __init__(self, opening: OpeningRow, fields: Collection[str]) -> None:
        self.opening, self._fields = opening, frozenset(fields)
        self.number, self.reference, self.body = opening.row, opening.reference, opening.body
        self.locale = site_language(opening.locale)

    def says(self, *fields: str) -> bool:
        """Whether the source has one of these fields."""
        return not self._fields.isdisjoint(fields)

    @property
    def words(self) -> dict[str, str]:
        """The text that the source has."""
        return {column: getattr(self.opening, name) for name, column in TEXTS.items() if self.says(name)}

    def ended(self, offer: JobOffer, now: dt.datetime) -> dt.datetime | None:
        """When it closed or will; an inactive one is closed now at the latest."""
        if self.opening.is_active:
            return self.opening.closed
        since = self.opening.closed
        if since is not None and since <= now:
            return since
        return offer.closed_at if offer.closed_at is not None and offer.closed_at <= now else now


@dataclasses.dataclass
class _Importer:
    """Puts rows into the database; lives inside the transaction."""

    report: Report

    def __post_init__(self) -> None:
        self.known, self.offers, self.now = Known(), _offers(), clock.now()
        others = sa.select(Post.reference).where(Post.reference.is_not(None))
        self.taken = set(session().execute(others).scalars()) - self.offers.keys()

    def put(self, row: _Row, rendered: Rendered | None) -> None:
        """Make or change the opening of a row, and count it."""
        offer = self.offers.get(row.reference)
        if problem := self.refusal(row, offer):
            _tell(self.report, problem)
            self.report.left_out += 1
            return
        before = None if offer is None else offer.updated_at
        if offer is None:
            offer = begin_offer(locale=row.locale)
            offer.reference = row.reference
            self.offers[row.reference] = offer
        changes = self.changed(offer, row, rendered, is_new=before is None)
        said = row.opening.updated if row.says("updated") else None
        changes += set_updated(offer, said, row.opening.published, before=before, changed=bool(changes))
        if before is not None and changes:
            touch(offer)
        self.report.count(_where(row.number, row.reference), is_new=before is None, changes=changes)

    def refusal(self, row: _Row, offer: JobOffer | None) -> RowProblem | None:
        """Why a row that was understood cannot be taken, as things stand here."""
        if offer is None and row.reference in self.taken:
            return RowProblem(row.number, row.reference, None, Level.error, Kind.reference_taken, {})
        dates = None if offer is None else self.dates(offer, row, is_new=False)
        if dates and dates["closes_at"] and dates["publish_at"] and dates["closes_at"] <= dates["publish_at"]:
            values = {"closes": dates["closes_at"].isoformat(), "published": dates["publish_at"].isoformat()}
            return RowProblem(row.number, row.reference, None, Level.error, Kind.closes_too_early, values)
        return None

    def changed(self, offer: JobOffer, row: _Row, rendered: Rendered | None, *, is_new: bool) -> list[str]:
        """Write what the source says; the names of the facts that are different now."""
        before = _facts(offer, row.locale)
        with session().no_autoflush:  # one flush for each opening, not one for each place that is looked up
            self.set_facts(offer, row, is_new=is_new)
        if not is_new and row.says("published") and _is_taken_back(offer):
            words = _("It was taken back to a draft here and stays one.")
            self.report.tell(_where(row.number, row.reference), words)
        set_values(offer, self.dates(offer, row, is_new=is_new))
        changes = [] if is_new else changed_facts(before, _facts(offer, row.locale))
        changes += set_original(offer, row.locale)
        return changes + put_text(offer, row.locale, row.words, rendered)

    def set_facts(self, offer: JobOffer, row: _Row, *, is_new: bool) -> None:
        """Columns and lists that the source has; all of them for a new opening."""
        opening = row.opening
        says = row.says if not is_new else lambda *_fields: True
        set_values(offer, {name: getattr(opening, name) for name, fields in FACTS.items() if says(*fields)})
        if says("pay_note"):
            notes = {**(offer.pay_note or {}), row.locale: opening.pay_note}
            set_values(offer, {"pay_note": {tag: note for tag, note in notes.items() if note}})
        if says("locations"):
            set_places(offer, [self.known.place(place.country, place.region, place.city) for place in opening.places])
        if says("locations", "remote_countries"):
            set_remote_countries(offer, opening.remote_countries)
        if says("languages"):
            set_language_needs(offer, [(need.tag, need.level, need.is_required) for need in opening.languages])
        if says("authors"):
            set_authors(offer, [self.known.person(name) for name in opening.authors])
        if says("categories"):
            set_categories(offer, [self.known.category(name, row.locale) for name in opening.categories])

    def dates(self, offer: JobOffer, row: _Row, *, is_new: bool) -> dict[str, Any]:
        """State and dates as they are to be. Without a date of publication a new opening is a draft."""
        opening = row.opening
        state, publish_at = offer.state, offer.publish_at
        if opening.published is not None and (is_new or (row.says("published") and not _is_taken_back(offer))):
            state, publish_at = PostState.published, opening.published
        return {
            "state": state,
            "publish_at": publish_at,
            # What was out elsewhere before is news to the readers of this site.
            "news_at": self.now if is_new and publish_at is not None and publish_at < self.now else offer.news_at,
            "closes_at": opening.closes if is_new or row.says("closes") else offer.closes_at,
            "closed_at": row.ended(offer, self.now) if is_new or row.says("active", "closed") else offer.closed_at,
        }


def _is_taken_back(offer: JobOffer) -> bool:
    """Whether it was public once and somebody here made it a draft again: that is not undone."""
    return offer.state is PostState.draft and offer.publish_at is not None


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


def _facts(offer: JobOffer, locale: str) -> dict[str, Any]:
    """The facts of an opening by the names that mappings use, to tell what an import changed."""
    return {
        **{name: getattr(offer, name) for name in FACTS},
        "pay_note": (offer.pay_note or {}).get(locale),
        "locations": [row.place for row in offer.places],
        "remote_countries": sorted(row.country for row in offer.remote_countries),
        "languages": [(row.tag, row.level, row.is_required) for row in offer.language_needs],
        "authors": list(offer.authors),
        "categories": list(offer.categories),
        "published": (offer.state, offer.publish_at),
        "closes": offer.closes_at,
        "active": offer.closed_at,
    }
