"""What a WebSub hub was told and is to be told (W3C Recommendation of 2018): rows, so that no restart loses anything."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from jobboard.core.base import Base, Data, Keep, Key, about


class Hub(Base):
    """The one hub: up to where changes were looked at for it, and whether it answers. No row: never looked."""

    __tablename__ = "hub"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "the only row", Keep.SITE))
    version: Mapped[int] = mapped_column(
        info=about(Data.INTERNAL, "content version that was looked at last", Keep.SITE)
    )
    looked_at: Mapped[dt.datetime] = mapped_column(
        info=about(Data.INTERNAL, "up to when the clock's changes were looked at", Keep.SITE)
    )
    told_at: Mapped[dt.datetime | None] = mapped_column(info=about(Data.INTERNAL, "when it last took news", Keep.SITE))
    #: Tries in a row that it did not answer; it is left alone until `waits_until` then.
    tries: Mapped[int] = mapped_column(default=0, info=about(Data.INTERNAL, "how long to wait", Keep.SITE))
    waits_until: Mapped[dt.datetime | None] = mapped_column(info=about(Data.INTERNAL, "when to try again", Keep.SITE))
    last_error: Mapped[str | None] = mapped_column(
        String(300), info=about(Data.INTERNAL, "why it took nothing, for `jobboard check`", Keep.SITE)
    )


class FeedShown(Base):
    """What a feed showed when it was last looked at; another list now is news."""

    __tablename__ = "feed_shown"

    #: The feed's name (`timeline.feeds_announced.Feed.name`), one for all its languages and forms.
    name: Mapped[str] = mapped_column(String(300), primary_key=True, info=about(Data.PUBLIC, "which feed", Keep.SITE))
    #: Id of each entry in the feed's order, and what changes with it: `[[7, "2026-01-01T00:00:00+00:00 2"], …]`.
    entries: Mapped[list[Any]] = mapped_column(
        JSON(none_as_null=True), info=about(Data.PUBLIC, "what it showed", Keep.SITE)
    )


class TopicNews(Base):
    """A feed's address (WebSub's topic) of which the hub is to be told; gone once it was."""

    __tablename__ = "topic_news"
    __table_args__ = (Index("ix_topic_news_due_at", "due_at"),)

    #: Path and query; the host is the setting's.
    path: Mapped[str] = mapped_column(
        String(500), primary_key=True, info=about(Data.PUBLIC, "address of the feed", Keep.SITE)
    )
    due_at: Mapped[dt.datetime] = mapped_column(info=about(Data.INTERNAL, "when the hub may be told", Keep.SITE))
    leased_until: Mapped[dt.datetime | None] = mapped_column(
        info=about(Data.INTERNAL, "a worker is telling it until then", Keep.SITE)
    )
    #: Goes up when the feed changes once more: who told the hub of an earlier change must not delete the row.
    number: Mapped[int] = mapped_column(default=1, info=about(Data.INTERNAL, "counts the changes", Keep.SITE))
