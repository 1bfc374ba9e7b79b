"""What is stored about a file; its bytes are in the storage."""

import datetime as dt
import enum

from sqlalchemy import JSON, BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from jobboard.core.base import Base, Data, Keep, Key, about
from jobboard.core.i18n import lazy


class Flag(enum.Enum):
    """What a document may do when somebody opens it in its own program."""

    script = "script"
    launch = "launch"
    remote = "remote"
    attachments = "attachments"
    macros = "macros"
    unreadable = "unreadable"


FLAG_LABELS = {
    Flag.script: lazy("Holds a script that may run when it is opened"),
    Flag.launch: lazy("May start another program"),
    Flag.remote: lazy("Loads something from another place when it is opened"),
    Flag.attachments: lazy("Holds other files"),
    Flag.macros: lazy("Holds macros (small programs)"),
    Flag.unreadable: lazy("Holds parts that could not be looked into"),
}


class ScanState(enum.Enum):
    """What the virus scanner said of a file."""

    not_scanned = "not_scanned"
    pending = "pending"
    clean = "clean"
    infected = "infected"
    error = "error"


SCAN_LABELS = {
    ScanState.not_scanned: lazy("not scanned for viruses"),
    ScanState.pending: lazy("waiting for the virus scan"),
    ScanState.clean: lazy("no virus found"),
    ScanState.infected: lazy("a virus was found"),
    ScanState.error: lazy("the virus scan failed and is tried again"),
}


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
    #: Names of `answers.SIZES`; None: the worker has not looked at the picture yet.
    sizes: Mapped[list[str] | None] = mapped_column(
        JSON(none_as_null=True), info=about(Data.INTERNAL, "smaller copies of a public picture", Keep.FILE)
    )
    is_public: Mapped[bool] = mapped_column(
        default=False, info=about(Data.INTERNAL, "whether everybody may load it", Keep.FILE)
    )
    created_at: Mapped[dt.datetime] = mapped_column(info=about(Data.INTERNAL, "when it arrived", Keep.FILE))
    #: Set while no thing owns the file (an upload waiting for its form); the sweep deletes it after this moment.
    staged_until: Mapped[dt.datetime | None] = mapped_column(
        index=True, info=about(Data.INTERNAL, "when an upload nobody sent goes", Keep.FILE)
    )
    #: Values of `Flag`.
    flags: Mapped[list[str]] = mapped_column(
        JSON(none_as_null=True),
        default=list,
        info=about(Data.INTERNAL, "what to know before opening it", Keep.FILE),
    )
    #: None: nobody counted, because it is no document, or one of before there were pages.
    page_count: Mapped[int | None] = mapped_column(info=about(Data.INTERNAL, "how long the document is", Keep.FILE))
    #: [width, height] in pixels of the picture of each of the first pages; null for one that cannot be shown.
    pages: Mapped[list[list[int] | None] | None] = mapped_column(
        JSON(none_as_null=True), info=about(Data.INTERNAL, "sizes of the pages' pictures", Keep.FILE)
    )
    pages_made_at: Mapped[dt.datetime | None] = mapped_column(
        index=True, info=about(Data.INTERNAL, "when the pages' pictures were made", Keep.FILE)
    )
    scan_state: Mapped[ScanState] = mapped_column(
        default=ScanState.not_scanned, index=True, info=about(Data.INTERNAL, "what the virus scanner said", Keep.FILE)
    )
    scan_finding: Mapped[str] = mapped_column(
        Text, default="", info=about(Data.INTERNAL, "name of the virus, or why the scan failed", Keep.FILE)
    )
    scanned_at: Mapped[dt.datetime | None] = mapped_column(
        info=about(Data.INTERNAL, "when the virus scanner was last asked", Keep.FILE)
    )
