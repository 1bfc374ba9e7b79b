"""Views as numbers per day, and the codes that tell where a reader came from. No row says anything about a reader."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from jobboard.core.base import Base, Data, Keep, Key, about

#: Subjects of views that are no post: the list of openings and the timeline.
JOBS, FRONT = "jobs", "front"
#: What the code of a source looks like.
CODE = r"^[a-z0-9]+(-[a-z0-9]+)*$"


def subject_of(post_id: int) -> str:
    """What a view of a post's page counts as."""
    return str(post_id)


class SourceCode(Base):
    """A code HR made: `?src=code` in an address that is spread somewhere. Its code never changes, what uses it is out there."""

    __tablename__ = "source_code"
    readers_see = True  # pages hand it on to the form

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.SITE))
    code: Mapped[str] = mapped_column(String(40), unique=True, info=about(Data.PUBLIC, "in addresses", Keep.SITE))
    name: Mapped[str] = mapped_column(Text, info=about(Data.INTERNAL, "shown in figures", Keep.SITE))
    is_active: Mapped[bool] = mapped_column(default=True, info=about(Data.INTERNAL, "whether it counts", Keep.SITE))


class ViewCount(Base):
    """How often a page was looked at on a day of the site's zone, by the host and the code that led there."""

    __tablename__ = "view_count"
    __table_args__ = (Index("ix_view_count_post_id", "post_id", "on"),)

    on: Mapped[dt.date] = mapped_column(
        primary_key=True, info=about(Data.INTERNAL, "day; of old ones the month's first", Keep.VIEWS)
    )
    #: The post's number in words, `JOBS` or `FRONT`.
    subject: Mapped[str] = mapped_column(
        String(40), primary_key=True, info=about(Data.INTERNAL, "what was looked at", Keep.VIEWS)
    )
    #: "": none was told; `core.tally.OTHERS`: one of many.
    host: Mapped[str] = mapped_column(
        String(253), primary_key=True, info=about(Data.INTERNAL, "which site led there", Keep.VIEWS)
    )
    #: The code, not its row's number: "" is none.
    source: Mapped[str] = mapped_column(
        String(40), primary_key=True, info=about(Data.INTERNAL, "which code of ours led there", Keep.VIEWS)
    )
    post_id: Mapped[int | None] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), info=about(Data.INTERNAL, "which post", Keep.VIEWS)
    )
    count: Mapped[int] = mapped_column(info=about(Data.INTERNAL, "how often", Keep.VIEWS))
