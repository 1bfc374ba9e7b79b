"""Interviews: times proposed to an applicant, the one they picked, who takes part, and what became of it."""

import datetime as dt
import enum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from jobboard.applications.models import Application
from jobboard.core.base import Base, Data, Keep, Key, about
from jobboard.core.i18n import lazy
from jobboard.people.models import Person


class InterviewState(enum.Enum):
    """Where an interview is. A planned one that is over stays planned: the clock says that it is over."""

    proposed = "proposed"
    planned = "planned"
    cancelled = "cancelled"


class Venue(enum.Enum):
    """How people meet."""

    on_site = "on_site"
    video = "video"
    phone = "phone"


VENUE_LABELS = {Venue.on_site: lazy("At a place"), Venue.video: lazy("By video"), Venue.phone: lazy("By phone")}


class Side(enum.Enum):
    """Who called an interview off: a person of the staff, the applicant, or the end of the application."""

    staff = "staff"
    applicant = "applicant"
    ended = "ended"


class Interview(Base):
    """One interview of one application. It moves by new proposals; its calendar entry stays the same one (`uid`)."""

    __tablename__ = "interview"
    __table_args__ = (
        CheckConstraint("state <> 'planned' OR starts_at IS NOT NULL", name="planned_has_a_start"),
        CheckConstraint("state <> 'cancelled' OR cancelled_at IS NOT NULL", name="cancelled_has_a_moment"),
        Index("ix_interview_state", "state", "starts_at"),
    )
    needs_scope = True

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.APPLICATION))
    application_id: Mapped[int] = mapped_column(
        ForeignKey("application.id", ondelete="CASCADE"),
        index=True,
        info=about(Data.INTERNAL, "which application", Keep.APPLICATION),
    )
    #: UID of the calendar entry (RFC 5545 §3.8.4.7): the same in every mail, so that calendars change the entry they have.
    uid: Mapped[str] = mapped_column(
        String(320), unique=True, info=about(Data.INTERNAL, "recognises the calendar entry", Keep.APPLICATION)
    )
    #: SEQUENCE of the calendar entry: rises with each change that is mailed.
    sequence: Mapped[int] = mapped_column(
        default=0, info=about(Data.INTERNAL, "orders the changes of the calendar entry", Keep.APPLICATION)
    )
    state: Mapped[InterviewState] = mapped_column(info=about(Data.PERSONAL, "where it is", Keep.APPLICATION))
    #: The picked time; stays when it is cancelled.
    starts_at: Mapped[dt.datetime | None] = mapped_column(info=about(Data.PERSONAL, "when it is", Keep.APPLICATION))
    minutes: Mapped[int] = mapped_column(info=about(Data.PERSONAL, "how long it is", Keep.APPLICATION))
    venue: Mapped[Venue] = mapped_column(info=about(Data.PERSONAL, "how people meet", Keep.APPLICATION))
    #: An address, the link of a video call, or who calls whom.
    place: Mapped[str] = mapped_column(Text, info=about(Data.PERSONAL, "where it is", Keep.APPLICATION))
    message: Mapped[str] = mapped_column(
        Text, info=about(Data.PERSONAL, "a sentence to the applicant", Keep.APPLICATION)
    )
    answer_by: Mapped[dt.datetime] = mapped_column(
        info=about(Data.PERSONAL, "until when a time can be picked", Keep.APPLICATION)
    )
    proposed_by_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), info=about(Data.PERSONAL, "who proposed it", Keep.APPLICATION)
    )
    proposed_at: Mapped[dt.datetime] = mapped_column(info=about(Data.PERSONAL, "when", Keep.APPLICATION))
    picked_at: Mapped[dt.datetime | None] = mapped_column(
        info=about(Data.PERSONAL, "when the time was picked", Keep.APPLICATION)
    )
    #: The applicant asks for another time, before or after picking one; new proposals answer it.
    wished_at: Mapped[dt.datetime | None] = mapped_column(
        info=about(Data.PERSONAL, "when another time was asked for", Keep.APPLICATION)
    )
    wish: Mapped[str] = mapped_column(
        Text, default="", info=about(Data.PERSONAL, "what the applicant said about times", Keep.APPLICATION)
    )
    cancelled_at: Mapped[dt.datetime | None] = mapped_column(
        info=about(Data.PERSONAL, "when it was called off", Keep.APPLICATION)
    )
    cancelled_by: Mapped[Side | None] = mapped_column(info=about(Data.PERSONAL, "who called it off", Keep.APPLICATION))
    reason: Mapped[str] = mapped_column(
        Text, default="", info=about(Data.PERSONAL, "why it was called off, if somebody says", Keep.APPLICATION)
    )
    #: Decide now, tell later: what a rejection that nobody told ended does not show yet (decision 11).
    is_untold: Mapped[bool] = mapped_column(
        default=False, info=about(Data.PERSONAL, "what the applicant sees", Keep.APPLICATION)
    )
    reminded_at: Mapped[dt.datetime | None] = mapped_column(info=about(Data.INTERNAL, "reminds once", Keep.APPLICATION))

    application: Mapped[Application] = relationship()
    slots: Mapped[list["InterviewSlot"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="InterviewSlot.starts_at", lazy="selectin"
    )
    people: Mapped[list[Person]] = relationship(secondary="interview_person", order_by=Person.name, lazy="selectin")
    proposed_by: Mapped[Person] = relationship(lazy="joined")

    @property
    def length(self) -> dt.timedelta:
        """How long it is."""
        return dt.timedelta(minutes=self.minutes)

    @property
    def ends_at(self) -> dt.datetime | None:
        """When the picked time is over."""
        return self.starts_at + self.length if self.starts_at else None

    def is_ahead(self, now: dt.datetime) -> bool:
        """Whether something still comes of it: a time to be picked, or a planned one that is not over."""
        if self.state is InterviewState.cancelled:
            return False
        return self.state is InterviewState.proposed or (self.ends_at is not None and now < self.ends_at)

    def holds_untold(self, now: dt.datetime) -> bool:
        """Whether it is off for staff, and its applicant knows it as it was: as planned, or to be picked (decision 11)."""
        return self.is_untold and (self.picked_at is None or (self.ends_at is not None and now < self.ends_at))


class InterviewSlot(Base):
    """A start an applicant may pick. Several applicants may be offered the same one: who picks first has it."""

    __tablename__ = "interview_slot"
    __table_args__ = (UniqueConstraint("interview_id", "starts_at"),)
    needs_scope = True

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.APPLICATION))
    interview_id: Mapped[int] = mapped_column(
        ForeignKey("interview.id", ondelete="CASCADE"), info=about(Data.INTERNAL, "which interview", Keep.APPLICATION)
    )
    starts_at: Mapped[dt.datetime] = mapped_column(
        index=True, info=about(Data.PERSONAL, "a time that is offered", Keep.APPLICATION)
    )


class InterviewPerson(Base):
    """Somebody of the staff who takes part."""

    __tablename__ = "interview_person"

    interview_id: Mapped[int] = mapped_column(
        ForeignKey("interview.id", ondelete="CASCADE"),
        primary_key=True,
        info=about(Data.INTERNAL, "which interview", Keep.APPLICATION),
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
        info=about(Data.PERSONAL, "who takes part", Keep.APPLICATION),
    )


class CalendarFeed(Base):
    """The secret address of a person's interviews as a calendar to subscribe to; raising the epoch ends the one before."""

    __tablename__ = "calendar_feed"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, info=about(Data.INTERNAL, "whose", Keep.STAFF)
    )
    epoch: Mapped[int] = mapped_column(info=about(Data.SECRET, "raising it ends the old address", Keep.STAFF))
    token_hash: Mapped[str] = mapped_column(
        String(64), unique=True, info=about(Data.SECRET, "finds whose calendar it is", Keep.STAFF)
    )

    person: Mapped[Person] = relationship(lazy="joined")
