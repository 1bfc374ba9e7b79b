"""Alerts: a filtered list of openings, or a part of the blog, by mail to somebody who asked for it and confirmed it."""

import datetime as dt
import enum
import secrets
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from jobboard.core.base import Base, Data, Keep, Key, about
from jobboard.core.i18n import lazy


class What(enum.Enum):
    """What an alert is about."""

    openings = "openings"
    posts = "posts"


class Frequency(enum.Enum):
    """How often somebody wants to hear."""

    instantly = "instantly"
    daily = "daily"
    weekly = "weekly"


FREQUENCY_LABELS = {
    Frequency.instantly: lazy("At once"),
    Frequency.daily: lazy("Once a day"),
    Frequency.weekly: lazy("Once a week, on Mondays"),
}


def fresh_epoch() -> int:
    """A number to begin the links of a row with: SQLite gives ids again, so no link may follow from an id alone."""
    return secrets.randbelow(2**31)


class Subscriber(Base):
    """An address that asked for alerts, and what all of its alerts have in common."""

    __tablename__ = "subscriber"

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.ALERT))
    email: Mapped[str] = mapped_column(String(254), info=about(Data.PERSONAL, "where alerts go", Keep.ALERT))
    #: In lower case.
    email_key: Mapped[str] = mapped_column(
        String(254), unique=True, info=about(Data.PERSONAL, "finds the same address", Keep.ALERT)
    )
    locale: Mapped[str] = mapped_column(
        String(35), info=about(Data.PERSONAL, "language of the mails (BCP 47)", Keep.ALERT)
    )
    link_epoch: Mapped[int] = mapped_column(
        default=fresh_epoch, info=about(Data.SECRET, "begins the links", Keep.ALERT)
    )
    link_hash: Mapped[str | None] = mapped_column(
        String(64), unique=True, info=about(Data.SECRET, "finds the page of the alerts", Keep.ALERT)
    )
    stop_hash: Mapped[str | None] = mapped_column(
        String(64), unique=True, info=about(Data.SECRET, "finds what one click ends (RFC 8058)", Keep.ALERT)
    )
    #: The site's day of the last daily or weekly mail: there is one a day at most.
    mailed_on: Mapped[dt.date | None] = mapped_column(info=about(Data.INTERNAL, "one mail a day", Keep.ALERT))

    alerts: Mapped[list["Alert"]] = relationship(
        back_populates="subscriber", cascade="all, delete-orphan", order_by="Alert.id"
    )


class Alert(Base):
    """One thing somebody wants to hear about. It begins with its confirmation (double opt-in)."""

    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("subscriber_id", "what", "query"),
        Index("ix_alert_due", "frequency", "next_at"),
        Index("ix_alert_created_at", "created_at"),
    )

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.ALERT))
    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscriber.id", ondelete="CASCADE"), info=about(Data.INTERNAL, "whose", Keep.ALERT)
    )
    what: Mapped[What] = mapped_column(info=about(Data.PERSONAL, "openings or posts", Keep.ALERT))
    #: The canonical query of the list it follows, as it stands in the list's address.
    query: Mapped[str] = mapped_column(String(2000), info=about(Data.PERSONAL, "which of them", Keep.ALERT))
    #: None: asked for before this was kept.
    locale: Mapped[str | None] = mapped_column(
        String(35), info=about(Data.PERSONAL, "language it was asked for in; once confirmed, of all mails", Keep.ALERT)
    )
    frequency: Mapped[Frequency] = mapped_column(info=about(Data.PERSONAL, "how often", Keep.ALERT))
    created_at: Mapped[dt.datetime] = mapped_column(
        info=about(Data.PERSONAL, "proof of having asked; unconfirmed it ends after 48 hours", Keep.ALERT)
    )
    confirm_epoch: Mapped[int] = mapped_column(
        default=fresh_epoch, info=about(Data.SECRET, "begins the link that confirms", Keep.ALERT)
    )
    confirm_hash: Mapped[str | None] = mapped_column(
        String(64), unique=True, info=about(Data.SECRET, "finds what a link confirms", Keep.ALERT)
    )
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(
        info=about(Data.PERSONAL, "proof of having confirmed; before, nothing is sent", Keep.ALERT)
    )
    #: What was published up to then was sent, or was there before.
    since: Mapped[dt.datetime] = mapped_column(info=about(Data.INTERNAL, "nothing is sent twice", Keep.ALERT))
    #: When its mail is due; for alerts at once, whenever something new is there.
    next_at: Mapped[dt.datetime] = mapped_column(info=about(Data.INTERNAL, "when to look again", Keep.ALERT))
    kept_at: Mapped[dt.datetime | None] = mapped_column(
        info=about(Data.PERSONAL, "when they last said they want it", Keep.ALERT)
    )
    asked_at: Mapped[dt.datetime | None] = mapped_column(
        info=about(Data.PERSONAL, "when they were asked whether to keep it", Keep.ALERT)
    )

    subscriber: Mapped[Subscriber] = relationship(back_populates="alerts", lazy="joined")


class AlertMail(Base):
    """What one mail told, so that it can be told anew when something in it closed before the mail could leave."""

    __tablename__ = "alert_mail"

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.ALERT))
    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscriber.id", ondelete="CASCADE"), index=True, info=about(Data.INTERNAL, "whose", Keep.ALERT)
    )
    made_at: Mapped[dt.datetime] = mapped_column(info=about(Data.INTERNAL, "when", Keep.ALERT))
    post_ids: Mapped[list[int]] = mapped_column(JSON, info=about(Data.INTERNAL, "what it names", Keep.ALERT))
    #: {alert id: the `since` it had}, to go back to.
    since: Mapped[dict[str, Any]] = mapped_column(JSON, info=about(Data.INTERNAL, "where to begin anew", Keep.ALERT))
