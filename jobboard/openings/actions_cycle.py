"""The life of an opening: published, closed, filled, extended, opened again; each is a line of its history."""

import datetime as dt

from sqlalchemy.orm.exc import StaleDataError

from jobboard.audit.actions import record
from jobboard.core import clock
from jobboard.core.db import session
from jobboard.openings.models import JobOffer
from jobboard.openings.models_history import Happened, OfferEvent
from jobboard.people.models import Person
from jobboard.posts.actions import close, publish, reopen, withdraw_to_draft
from jobboard.posts.markup_checklist import Item, Weight


def refuse_changed(offer: JobOffer, version: str) -> None:
    """Raises `StaleDataError` when the opening is another version than the one that was looked at; asked under the lock."""
    if version != str(offer.version):
        raise StaleDataError(f"opening {offer.id} was changed by somebody else")


def put_out(offer: JobOffer, at: dt.datetime, by: Person) -> OfferEvent:
    """Publish an opening at a moment; a future one schedules it. What hinders it is looked at before (decision 16)."""
    publish(offer, at)
    kind = Happened.scheduled if at > clock.now() else Happened.published
    return _happen(offer, kind, by, until=at if kind is Happened.scheduled else None)


def take_back(offer: JobOffer, by: Person) -> OfferEvent:
    """Make an opening a draft again."""
    withdraw_to_draft(offer)
    return _happen(offer, Happened.withdrawn, by)


def end(offer: JobOffer, by: Person, *, reason: str = "", is_filled: bool = False) -> OfferEvent | None:
    """Close an opening now, or say that a closed one is filled; None where that changes nothing.

    Nobody needs to have been hired through this site: positions are filled otherwise too.
    """
    now = clock.now()
    is_closed = offer.ended_at is not None and offer.ended_at <= now
    if is_closed and (offer.is_filled or not is_filled):
        return None
    close(offer, now)
    offer.is_filled = is_filled
    return _happen(offer, Happened.filled if is_filled else Happened.closed, by, reason=reason)


def extend(offer: JobOffer, closes_at: dt.datetime, by: Person, reason: str) -> OfferEvent:
    """Give an opening that is not closed a later deadline. Raises `ValueError` for one that is not later, or has none."""
    if offer.closes_at is None or closes_at <= offer.closes_at:
        raise ValueError("a deadline is extended to a later moment")
    offer.closes_at = closes_at
    return _happen(offer, Happened.extended, by, reason=reason, until=closes_at)


def open_again(offer: JobOffer, closes_at: dt.datetime | None, by: Person, reason: str = "") -> OfferEvent:
    """Open a closed opening, with a new deadline or none; it is not filled any more."""
    reopen(offer, closes_at)
    offer.is_filled = False
    return _happen(offer, Happened.reopened, by, reason=reason, until=closes_at)


def override(offer: JobOffer, item: Item, by: Person, reason: str) -> OfferEvent:
    """Decide that an opening may be published although this item stands against it, for this version of its text.

    Raises `ValueError` for an item the law leaves no room for.
    """
    if item.weight is not Weight.law:
        raise ValueError(f"{item.name} cannot be overridden")
    record("opening.overridden", ("opening", offer.id), by, item=item.name, fingerprint=item.fingerprint)
    event = _happen(offer, Happened.overridden, by, reason=reason)
    event.item, event.fingerprint = item.name, item.fingerprint
    return event


def _happen(
    offer: JobOffer, kind: Happened, by: Person, *, reason: str = "", until: dt.datetime | None = None
) -> OfferEvent:
    event = OfferEvent(offer_id=offer.id, at=clock.now(), kind=kind, by=by, reason=reason, until=until)
    session().add(event)
    return event
