"""What the ground itself stores."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from jobboard.core.base import Base, Data, Keep, about


class ContentVersion(Base):
    """One row: a number that goes up with every write readers can see, in the same transaction."""

    __tablename__ = "content_version"

    id: Mapped[int] = mapped_column(primary_key=True, info=about(Data.INTERNAL, "the only row", Keep.SITE))
    #: Fingerprint of the templates and catalogs that made the stored cards; others throw them away.
    cards_made_by: Mapped[str] = mapped_column(
        String(64), default="", info=about(Data.INTERNAL, "tells when cards are outdated", Keep.SITE)
    )
    #: Fingerprint of the way texts were cut into words for the search; another way cuts them anew.
    words_cut_by: Mapped[str] = mapped_column(
        String(64), default="", info=about(Data.INTERNAL, "tells when the search index is outdated", Keep.SITE)
    )
    number: Mapped[int] = mapped_column(
        default=0, info=about(Data.INTERNAL, "tells caches that public content changed", Keep.SITE)
    )
