"""What is stored about a file; its bytes are in the storage."""

import datetime as dt

from sqlalchemy import BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from jobboard.core.base import Base, Data, Keep, Key, about


class StoredFile(Base):
    """A file in the storage. Whoever owns it points at it; one that nobody owns is staged and goes after a day."""

    __tablename__ = "stored_file"

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.FILE))
    key: Mapped[str] = mapped_column(
        String(80), unique=True, info=about(Data.INTERNAL, "generated name in the storage", Keep.FILE)
    )
    #: As the person's computer called it: metadata only, never a path.
    name: Mapped[str] = mapped_column(Text, info=about(Data.PERSONAL, "shown and offered at download", Keep.FILE))
    content_type: Mapped[str] = mapped_column(String(100), info=about(Data.INTERNAL, "what it is", Keep.FILE))
    size: Mapped[int] = mapped_column(BigInteger, info=about(Data.INTERNAL, "bytes", Keep.FILE))
    sha256: Mapped[str] = mapped_column(String(64), info=about(Data.INTERNAL, "proof that it is unchanged", Keep.FILE))
    width: Mapped[int | None] = mapped_column(info=about(Data.INTERNAL, "pixels, of a picture", Keep.FILE))
    height: Mapped[int | None] = mapped_column(info=about(Data.INTERNAL, "pixels, of a picture", Keep.FILE))
    is_public: Mapped[bool] = mapped_column(
        default=False, info=about(Data.INTERNAL, "whether everybody may load it", Keep.FILE)
    )
    created_at: Mapped[dt.datetime] = mapped_column(info=about(Data.INTERNAL, "when it arrived", Keep.FILE))
    #: Set while no thing owns the file (an upload waiting for its form); the sweep deletes it after this moment.
    staged_until: Mapped[dt.datetime | None] = mapped_column(
        index=True, info=about(Data.INTERNAL, "when an upload nobody sent goes", Keep.FILE)
    )
