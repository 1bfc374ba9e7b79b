"""The outbox: mails are rows in the transaction of what they tell, and leave later."""

import datetime as dt
import enum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from jobboard.core.base import Base, Data, Keep, Key, about
from jobboard.core.i18n import lazy_pgettext


class MailState(enum.Enum):
    """Where a mail is. `unknown` never: a mail is delivered, due, or given up with its reason."""

    queued = "queued"
    sent = "sent"
    failed = "failed"


STATE_LABELS = {
    MailState.queued: lazy_pgettext("mail", "Not sent"),
    MailState.sent: lazy_pgettext("mail", "Sent"),
    MailState.failed: lazy_pgettext("mail", "Could not be delivered"),
}


class OutboxMail(Base):
    """One mail to one person. Links that only the recipient may see are placeholders until it leaves (decision 10)."""

    __tablename__ = "outbox_mail"
    __table_args__ = (
        Index("ix_outbox_mail_due", "state", "due_at"),
        Index("ix_outbox_mail_about", "about_kind", "about_id"),
    )

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.MAIL))
    #: Stable over all tries, so that a mail sent twice by a crash is one mail in the recipient's box.
    message_id: Mapped[str] = mapped_column(
        String(200), unique=True, info=about(Data.INTERNAL, "Message-ID header", Keep.MAIL)
    )
    in_reply_to: Mapped[str | None] = mapped_column(
        String(200), info=about(Data.INTERNAL, "threads the mails of one application", Keep.MAIL)
    )
    kind: Mapped[str] = mapped_column(String(60), info=about(Data.INTERNAL, "template, as room/name", Keep.MAIL))
    #: What the mail is about, such as ("application", 7); the owner's page lists it and its deletion takes it along.
    about_kind: Mapped[str | None] = mapped_column(String(30), info=about(Data.INTERNAL, "whose mail it is", Keep.MAIL))
    about_id: Mapped[int | None] = mapped_column(info=about(Data.INTERNAL, "whose mail it is", Keep.MAIL))
    #: For lists somebody joined: where one click ends it (RFC 8058), as a private link; then the mail also names its list.
    unsubscribe: Mapped[str | None] = mapped_column(
        String(200), info=about(Data.INTERNAL, "List-Unsubscribe header", Keep.MAIL)
    )
    to_address: Mapped[str] = mapped_column(String(254), info=about(Data.PERSONAL, "recipient", Keep.MAIL))
    to_name: Mapped[str] = mapped_column(Text, info=about(Data.PERSONAL, "recipient", Keep.MAIL))
    reply_to: Mapped[str | None] = mapped_column(String(254), info=about(Data.PERSONAL, "who answers", Keep.MAIL))
    locale: Mapped[str] = mapped_column(String(35), info=about(Data.INTERNAL, "language (BCP 47)", Keep.MAIL))
    subject: Mapped[str] = mapped_column(Text, info=about(Data.PERSONAL, "content", Keep.MAIL))
    text: Mapped[str] = mapped_column(Text, info=about(Data.PERSONAL, "content", Keep.MAIL))
    html: Mapped[str] = mapped_column(Text, info=about(Data.PERSONAL, "content", Keep.MAIL))
    state: Mapped[MailState] = mapped_column(
        default=MailState.queued, info=about(Data.INTERNAL, "whether it left", Keep.MAIL)
    )
    queued_at: Mapped[dt.datetime] = mapped_column(info=about(Data.INTERNAL, "when it was written", Keep.MAIL))
    due_at: Mapped[dt.datetime] = mapped_column(info=about(Data.INTERNAL, "when it may be tried next", Keep.MAIL))
    #: From then on it would only confuse, such as a reminder after what it reminds of.
    expires_at: Mapped[dt.datetime | None] = mapped_column(info=about(Data.INTERNAL, "when it is too late", Keep.MAIL))
    leased_until: Mapped[dt.datetime | None] = mapped_column(
        info=about(Data.INTERNAL, "a worker is sending it until then", Keep.MAIL)
    )
    tries: Mapped[int] = mapped_column(default=0, info=about(Data.INTERNAL, "attempts so far", Keep.MAIL))
    sent_at: Mapped[dt.datetime | None] = mapped_column(
        info=about(Data.INTERNAL, "when the mail server accepted it", Keep.MAIL)
    )
    last_error: Mapped[str | None] = mapped_column(
        Text, info=about(Data.INTERNAL, "the mail server's words, for staff", Keep.MAIL)
    )

    attachments: Mapped[list["OutboxAttachment"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="OutboxAttachment.id"
    )

    @property
    def may_retry(self) -> bool:
        """Whether staff may send it again: it was tried. One that was not waits on purpose, or leaves in a moment."""
        return self.state is MailState.failed or (self.state is MailState.queued and self.tries > 0)


class OutboxAttachment(Base):
    """A file of a mail: its bytes, or a stored file, which the sweep of staged files leaves alone while a mail has it."""

    __tablename__ = "outbox_attachment"
    __table_args__ = (CheckConstraint("(content IS NULL) <> (file_id IS NULL)", name="content_or_file"),)

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity and order", Keep.MAIL))
    mail_id: Mapped[int] = mapped_column(
        ForeignKey("outbox_mail.id", ondelete="CASCADE"),
        index=True,
        info=about(Data.INTERNAL, "which mail", Keep.MAIL),
    )
    name: Mapped[str] = mapped_column(Text, info=about(Data.PERSONAL, "file name shown to the recipient", Keep.MAIL))
    #: With its parameters, such as "text/calendar; method=REQUEST; charset=utf-8".
    content_type: Mapped[str] = mapped_column(String(200), info=about(Data.INTERNAL, "what it is", Keep.MAIL))
    content: Mapped[bytes | None] = mapped_column(info=about(Data.PERSONAL, "content", Keep.MAIL))
    file_id: Mapped[int | None] = mapped_column(
        ForeignKey("stored_file.id"), index=True, info=about(Data.PERSONAL, "content, in the storage", Keep.MAIL)
    )
