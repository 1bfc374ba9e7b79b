"""The history of an opening in words: what somebody did, and what the clock did."""

import dataclasses
import datetime as dt
from collections.abc import Sequence

from jobboard.core import i18n
from jobboard.core.i18n import _
from jobboard.openings.markup_checklist import POINTS
from jobboard.openings.models import JobOffer
from jobboard.openings.models_history import HAPPENED_LABELS, Happened, OfferEvent


@dataclasses.dataclass(frozen=True)
class Line:
    """One thing that happened: what, when, who (None: the clock), and the reason that was given."""

    text: str
    at: dt.datetime
    who: str | None
    reason: str = ""


def history_of(offer: JobOffer, events: Sequence[OfferEvent], now: dt.datetime) -> list[Line]:
    """Everything that happened to an opening, the newest first; its deadline's end is computed, as nothing flips a state."""
    lines = [Line(_words(event), event.at, event.by.name, event.reason) for event in events]
    ends = offer.closes_at
    if ends is not None and ends <= now and (offer.closed_at is None or offer.closed_at > ends):
        lines.append(Line(_("Closed by its deadline"), ends, None))
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _words(event: OfferEvent) -> str:
    label = str(HAPPENED_LABELS[event.kind])
    if event.kind is Happened.overridden and event.item:
        point = event.item.partition("-")[0]
        return _("Decided to publish all the same: %(point)s", point=POINTS.get(point, point))
    if event.until is None:
        return label
    moment = i18n.day_and_time(event.until)
    if event.kind is Happened.scheduled:
        return _("Scheduled for %(moment)s", moment=moment)
    return _("%(what)s until %(moment)s", what=label, moment=moment)
