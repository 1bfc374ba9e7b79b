"""What somebody typed and uploaded for an opening and has not sent yet. Gone a day later, or with the sending."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from jobboard.core.base import Base, Data, Keep, Key, about
from jobboard.files.models import StoredFile
from jobboard.openings.models import JobOffer


class Draft(Base):
    """An application that was not sent yet; whoever holds its link may read, change and send it."""

    __tablename__ = "draft"
    needs_scope = True

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.DRAFT))
    opening_id: Mapped[int] = mapped_column(
        ForeignKey("job_offer.post_id", ondelete="CASCADE"),
        index=True,
        info=about(Data.PERSONAL, "what they want to apply for", Keep.DRAFT),
    )
    link_hash: Mapped[str | None] = mapped_column(
        String(64), unique=True, info=about(Data.SECRET, "finds the draft", Keep.DRAFT)
    )
    #: The form token's nonce; it becomes the application's, so that one form is one application.
    nonce: Mapped[str] = mapped_column(
        String(64), unique=True, info=about(Data.INTERNAL, "recognises the same form", Keep.DRAFT)
    )
    #: When the form was handed out: for the grace period and for noticing programs.
    issued_at: Mapped[dt.datetime] = mapped_column(info=about(Data.PERSONAL, "when they began", Keep.DRAFT))
    locale: Mapped[str] = mapped_column(String(35), info=about(Data.PERSONAL, "language (BCP 47)", Keep.DRAFT))
    #: What the fields hold, as typed: {"name": ["Nour"], "q_tools": ["k8s", "tf"]}.
    fields: Mapped[dict[str, list[str]]] = mapped_column(
        JSON, default=dict, info=about(Data.PERSONAL, "what they typed", Keep.DRAFT)
    )
    #: The browser's clock when the words were kept, in milliseconds: an answer that was slow changes nothing newer.
    moment: Mapped[int] = mapped_column(
        BigInteger, default=0, info=about(Data.INTERNAL, "orders what is kept while typing", Keep.DRAFT)
    )
    #: Values of `Suspicion`.
    suspicions: Mapped[list[str]] = mapped_column(
        JSON, default=list, info=about(Data.INTERNAL, "sorts out programs", Keep.DRAFT)
    )
    expires_at: Mapped[dt.datetime] = mapped_column(index=True, info=about(Data.INTERNAL, "when it goes", Keep.DRAFT))

    opening: Mapped[JobOffer] = relationship()
    files: Mapped[list["DraftFile"]] = relationship(cascade="all, delete-orphan", order_by="DraftFile.field")

    def file(self, field: str) -> StoredFile | None:
        """The file that was uploaded for a field."""
        return next((one.file for one in self.files if one.field == field), None)

    def data(self) -> dict[str, Any]:
        """Everything that would be sent, for comparing: fields, and the hashes of files."""
        return {"fields": self.fields, "files": {one.field: one.file.sha256 for one in self.files}}


class DraftFile(Base):
    """An uploaded file of a draft."""

    __tablename__ = "draft_file"

    draft_id: Mapped[int] = mapped_column(
        ForeignKey("draft.id", ondelete="CASCADE"),
        primary_key=True,
        info=about(Data.INTERNAL, "which draft", Keep.DRAFT),
    )
    field: Mapped[str] = mapped_column(
        String(80), primary_key=True, info=about(Data.INTERNAL, "the field it was chosen for", Keep.DRAFT)
    )
    file_id: Mapped[int] = mapped_column(
        ForeignKey("stored_file.id", ondelete="CASCADE"),
        unique=True,
        info=about(Data.PERSONAL, "the file", Keep.DRAFT),
    )

    file: Mapped[StoredFile] = relationship(lazy="joined")


class LostLink(Base):
    """Somebody asked for the links of an address. The worker looks for them: the answer must not tell by its time."""

    __tablename__ = "lost_link"

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.DRAFT))
    email: Mapped[str] = mapped_column(String(254), info=about(Data.PERSONAL, "where the links go", Keep.DRAFT))
    asked_at: Mapped[dt.datetime] = mapped_column(info=about(Data.INTERNAL, "order", Keep.DRAFT))
