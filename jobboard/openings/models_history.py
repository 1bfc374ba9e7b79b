"""What happened to an opening: published, closed, extended, opened again, and what was published all the same and why."""

import datetime as dt
import enum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from jobboard.core.base import Base, Data, Keep, Key, about
from jobboard.core.i18n import lazy
from jobboard.people.models import Person


class Happened(enum.Enum):
    """What somebody did. What the clock does (opening at its moment, closing by its deadline) is computed, not stored."""

    published = "published"
    scheduled = "scheduled"
    withdrawn = "withdrawn"
    overridden = "overridden"
    closed = "closed"
    filled = "filled"
    extended = "extended"
    reopened = "reopened"


HAPPENED_LABELS = {
    Happened.published: lazy("Published"),
    Happened.scheduled: lazy("Scheduled"),
    Happened.withdrawn: lazy("Back to draft"),
    Happened.overridden: lazy("Decided to publish all the same"),
    Happened.closed: lazy("Closed"),
    Happened.filled: lazy("Filled"),
    Happened.extended: lazy("Deadline extended"),
    Happened.reopened: lazy("Opened again"),
}


class OfferEvent(Base):
    """One thing somebody did to an opening: who, when, what, why. Never changed, only added."""

    __tablename__ = "offer_event"
    __table_args__ = (
        CheckConstraint("kind NOT IN ('extended', 'overridden') OR reason != ''", name="has_reason"),
        CheckConstraint("kind != 'extended' OR until IS NOT NULL", name="has_deadline"),
        CheckConstraint("(kind = 'overridden') = (item IS NOT NULL AND fingerprint IS NOT NULL)", name="has_item"),
    )

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.POST))
    offer_id: Mapped[int] = mapped_column(
        ForeignKey("job_offer.post_id", ondelete="CASCADE"),
        index=True,
        info=about(Data.INTERNAL, "which opening", Keep.POST),
    )
    at: Mapped[dt.datetime] = mapped_column(info=about(Data.INTERNAL, "when", Keep.POST))
    kind: Mapped[Happened] = mapped_column(info=about(Data.INTERNAL, "what", Keep.POST))
    by_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), info=about(Data.INTERNAL, "who of the staff", Keep.POST)
    )
    reason: Mapped[str] = mapped_column(Text, default="", info=about(Data.INTERNAL, "why, if they say", Keep.POST))
    #: The moment it was published for, or the new deadline.
    until: Mapped[dt.datetime | None] = mapped_column(info=about(Data.INTERNAL, "moment that was set", Keep.POST))
    #: Name of the checklist's item that was overridden.
    item: Mapped[str | None] = mapped_column(String(60), info=about(Data.INTERNAL, "what was overridden", Keep.POST))
    #: SHA-256 of the text that was judged: another text is judged anew.
    fingerprint: Mapped[str | None] = mapped_column(
        String(64), info=about(Data.INTERNAL, "version of the text that was overridden", Keep.POST)
    )

    by: Mapped[Person] = relationship(lazy="joined")
