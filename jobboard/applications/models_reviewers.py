"""Who may read the applications of an opening, besides those who hire."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from jobboard.core.base import Base, Data, Keep, about


class ReviewerAssignment(Base):
    """That a reviewer may read the applications of an opening."""

    __tablename__ = "reviewer_assignment"

    offer_id: Mapped[int] = mapped_column(
        ForeignKey("job_offer.post_id", ondelete="CASCADE"),
        primary_key=True,
        info=about(Data.INTERNAL, "which opening", Keep.POST),
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
        info=about(Data.INTERNAL, "who may read", Keep.POST),
    )
