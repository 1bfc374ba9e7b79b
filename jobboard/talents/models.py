"""Who in the talent pool was written to about which opening."""

import datetime as dt

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from jobboard.applications.models import Application
from jobboard.core.base import Base, Data, Keep, Key, about
from jobboard.openings.models import JobOffer
from jobboard.people.models import Person


class PoolContact(Base):
    """One mail to one person about one opening; there is never a second one."""

    __tablename__ = "pool_contact"
    __table_args__ = (UniqueConstraint("address_hash", "opening_id"),)
    needs_scope = True

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.APPLICATION))
    application_id: Mapped[int] = mapped_column(
        ForeignKey("application.id", ondelete="CASCADE"),
        index=True,
        info=about(Data.INTERNAL, "whose consent allowed it", Keep.APPLICATION),
    )
    opening_id: Mapped[int] = mapped_column(
        ForeignKey("job_offer.post_id", ondelete="CASCADE"),
        index=True,
        info=about(Data.PERSONAL, "what they were told about", Keep.APPLICATION),
    )
    #: Keyed: the same person with two applications gets one mail.
    address_hash: Mapped[str] = mapped_column(
        String(64), info=about(Data.PERSONAL, "one mail per person and opening", Keep.APPLICATION)
    )
    by_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), info=about(Data.PERSONAL, "who wrote", Keep.APPLICATION)
    )
    at: Mapped[dt.datetime] = mapped_column(info=about(Data.PERSONAL, "when", Keep.APPLICATION))
    #: By chance, because SQLite gives a number that became free to another row.
    link_epoch: Mapped[int] = mapped_column(info=about(Data.SECRET, "makes the link that ends it", Keep.APPLICATION))
    link_hash: Mapped[str | None] = mapped_column(
        String(64), unique=True, info=about(Data.SECRET, "finds the page that ends it", Keep.APPLICATION)
    )

    application: Mapped[Application] = relationship()
    opening: Mapped[JobOffer] = relationship()
    by: Mapped[Person] = relationship(lazy="joined")
