"""Series: articles that are read in an order."""

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from jobboard.core.base import Base, Data, Keep, Key, Texts, about
from jobboard.core.old_addresses import OldAddress


class OldSeriesSlug(OldAddress, Base):
    """An address that a series had before."""

    __tablename__ = "old_series_slug"

    owner_id: Mapped[int] = mapped_column(
        ForeignKey("series.id", ondelete="CASCADE"), index=True, info=about(Data.INTERNAL, "whose", Keep.SITE)
    )


class Series(Base):
    """Articles that belong together. One that has no part any more goes."""

    __tablename__ = "series"
    readers_see = True
    old_addresses: ClassVar[type[OldAddress]] = OldSeriesSlug

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.SITE))
    slug: Mapped[str] = mapped_column(String(120), unique=True, info=about(Data.PUBLIC, "address", Keep.SITE))
    name: Mapped[Texts] = mapped_column(info=about(Data.PUBLIC, "shown", Keep.SITE))


class SeriesPart(Base):
    """That an article is a part of a series, and which one. Two may have one number; the older one is then first."""

    __tablename__ = "series_part"
    __table_args__ = (CheckConstraint("number > 0", name="counts_from_one"),)
    readers_see = True

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True, info=about(Data.PUBLIC, "which post", Keep.POST)
    )
    series_id: Mapped[int] = mapped_column(
        ForeignKey("series.id", ondelete="CASCADE"), index=True, info=about(Data.PUBLIC, "which series", Keep.POST)
    )
    number: Mapped[int] = mapped_column(info=about(Data.PUBLIC, "which part, from 1", Keep.POST))

    series: Mapped[Series] = relationship(lazy="joined")
