"""The outbox: mails are rows in the transaction of what they tell, and leave later."""

import datetime as dt
import enum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from jobboard.core.base import Base, Data, Keep, Key, about
from jobboard.core.i18n import lazy, lazy_pgettext
from jobboard.mail.models_replies import reply_words


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


class Problem(enum.StrEnum):
    """Why a mail did not leave, where no mail server said so: kept as this code, and said in the reader's language."""

    held_up = "own:held_up"
    unproved = "own:unproved"
    link_ended = "own:link_ended"
    broken = "own:broken"
    infected = "own:infected"
    not_scanned = "own:not_scanned"
    file_gone = "own:file_gone"
    file_unread = "own:file_unread"
    no_smtputf8 = "own:no_smtputf8"
    no_starttls = "own:no_starttls"
    too_slow = "own:too_slow"
    unwritable = "own:unwritable"
    no_host = "own:no_host"


class GivenUp(enum.Enum):
    """Why a mail will never arrive: nobody has the address, the mail itself was refused, or its time was over."""

    address = "address"
    message = "message"
    time = "time"


#: Words by code.
PROBLEM_LABELS: dict[str, Any] = {
    Problem.held_up: lazy("The worker was held up before it could send this mail."),
    Problem.unproved: lazy("The owner of this address has not confirmed it yet."),
    Problem.link_ended: lazy("What this mail leads to is gone, or belongs to another address now."),
    Problem.broken: lazy("The mail could not be put together; the log of the server says why."),
    Problem.infected: lazy("A virus was found in an attachment."),
    Problem.not_scanned: lazy("An attachment waits for the virus scan."),
    Problem.file_gone: lazy("An attachment is not in the storage any more."),
    Problem.file_unread: lazy("An attachment could not be read from the storage."),
    Problem.no_smtputf8: lazy("The mail server takes no addresses with letters beyond ASCII (SMTPUTF8)."),
    Problem.no_starttls: lazy("The mail server offers no STARTTLS, which JOBBOARD_SMTP_URL requires."),
    Problem.too_slow: lazy("The mail server took too long."),
    Problem.unwritable: lazy("The address cannot be written into a mail."),
    Problem.no_host: lazy("The part of the address after the @ is no host name."),
}


def problem_words(error: str) -> str:
    """What is said of an error that was kept, in the reader's language; the mail server's own words stand behind it.

    What stands before it, such as a subject and ": ", stays.
    """
    start, _own, name = error.rpartition("own:")
    if (words := PROBLEM_LABELS.get(f"own:{name}")) is not None:
        return f"{start}{words}"
    start, words, technical = reply_words(error)
    return f"{start}{words} ({technical})" if words else error


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
        Text, info=about(Data.INTERNAL, "the mail server's words or our own code, for staff", Keep.MAIL)
    )

    attachments: Mapped[list["OutboxAttachment"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="OutboxAttachment.id"
    )

    @property
    def error_words(self) -> str:
        """Why it did not leave, for staff; "" when nothing is known."""
        return problem_words(self.last_error or "")

    @property
    def is_servers_error(self) -> bool:
        """Whether these are the mail server's own words and nothing else: nobody knows what they mean."""
        return self.last_error is not None and self.error_words == self.last_error

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
