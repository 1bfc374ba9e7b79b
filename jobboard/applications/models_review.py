"""How the applications of an opening are reviewed: criteria, whether names are hidden at first, and what people gave."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from jobboard.core.base import Base, Data, Keep, Key, Texts, about
from jobboard.people.models import Person

#: What can be given for one criterion.
LEAST_STARS, MOST_STARS = 1, 5


class ReviewRules(Base):
    """How the applications of one opening are reviewed; an opening without a row hides nothing."""

    __tablename__ = "review_rules"

    offer_id: Mapped[int] = mapped_column(
        ForeignKey("job_offer.post_id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        info=about(Data.INTERNAL, "which opening", Keep.POST),
    )
    #: Until a person has rated an application they see its number instead of its name and ways to reach the applicant.
    hides_names: Mapped[bool] = mapped_column(
        default=False, info=about(Data.INTERNAL, "first review without names", Keep.POST)
    )


class Criterion(Base):
    """One thing the applications of an opening are rated by."""

    __tablename__ = "criterion"

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.POST))
    offer_id: Mapped[int] = mapped_column(
        ForeignKey("job_offer.post_id", ondelete="CASCADE"),
        index=True,
        info=about(Data.INTERNAL, "which opening", Keep.POST),
    )
    position: Mapped[int] = mapped_column(info=about(Data.INTERNAL, "order, from 0", Keep.POST))
    label: Mapped[Texts] = mapped_column(info=about(Data.INTERNAL, "its name", Keep.POST))


class Review(Base):
    """What one person thinks of one application. The applicant can ask to read it (GDPR Art. 15)."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("application_id", "by_id"),)
    needs_scope = True

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.APPLICATION))
    application_id: Mapped[int] = mapped_column(
        ForeignKey("application.id", ondelete="CASCADE"), info=about(Data.INTERNAL, "which one", Keep.APPLICATION)
    )
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=about(Data.PERSONAL, "who", Keep.APPLICATION))
    at: Mapped[dt.datetime] = mapped_column(info=about(Data.PERSONAL, "when, at last", Keep.APPLICATION))
    comment: Mapped[str] = mapped_column(Text, default="", info=about(Data.PERSONAL, "why, if said", Keep.APPLICATION))
    #: What was given before it was changed, the oldest first: [{"at": …, "stars": {"7": 4}, "comment": "…"}].
    earlier: Mapped[list[dict[str, Any]]] = mapped_column(
        JSON, default=list, info=about(Data.PERSONAL, "shows that it was changed", Keep.APPLICATION)
    )

    by: Mapped[Person] = relationship(lazy="joined")
    ratings: Mapped[list["Rating"]] = relationship(cascade="all, delete-orphan", order_by="Rating.criterion_id")

    @property
    def stars(self) -> dict[int, int]:
        """What was given, by criterion."""
        return {one.criterion_id: one.stars for one in self.ratings}


class Rating(Base):
    """What one review gives for one criterion."""

    __tablename__ = "rating"
    __table_args__ = (CheckConstraint(f"stars BETWEEN {LEAST_STARS} AND {MOST_STARS}", name="stars"),)
    needs_scope = True

    review_id: Mapped[int] = mapped_column(
        ForeignKey("review.id", ondelete="CASCADE"),
        primary_key=True,
        info=about(Data.INTERNAL, "which review", Keep.APPLICATION),
    )
    criterion_id: Mapped[int] = mapped_column(
        ForeignKey("criterion.id"),
        primary_key=True,
        index=True,
        info=about(Data.INTERNAL, "which criterion", Keep.APPLICATION),
    )
    stars: Mapped[int] = mapped_column(info=about(Data.PERSONAL, "from 1 to 5", Keep.APPLICATION))
