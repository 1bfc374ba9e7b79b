"""Applications: what somebody sent for an opening, and everything that happened to it."""

import datetime as dt
import enum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from jobboard.applications.models_reasons import WithdrawReason
from jobboard.core.base import Base, Data, Keep, Key, about, enum_type
from jobboard.core.i18n import lazy
from jobboard.files.models import StoredFile
from jobboard.openings.models import JobOffer, QuestionKind
from jobboard.people.models import Person


class Stage(enum.Enum):
    """Where an application is."""

    received = "received"
    reviewing = "reviewing"
    interview = "interview"
    offer = "offer"
    hired = "hired"
    declined = "declined"
    withdrawn = "withdrawn"
    rejected = "rejected"


STAGE_LABELS = {
    Stage.received: lazy("Received"),
    Stage.reviewing: lazy("In review"),
    Stage.interview: lazy("Interview"),
    Stage.offer: lazy("Offer"),
    Stage.hired: lazy("Hired"),
    Stage.declined: lazy("Offer declined"),
    Stage.withdrawn: lazy("Withdrawn"),
    Stage.rejected: lazy("Rejected"),
}

#: Every move staff may make. Stages without an entry are final. Withdrawing is the applicant's, from any open stage.
MOVES: dict[Stage, tuple[Stage, ...]] = {
    Stage.received: (Stage.reviewing, Stage.interview, Stage.rejected),
    Stage.reviewing: (Stage.interview, Stage.offer, Stage.rejected),
    Stage.interview: (Stage.offer, Stage.rejected),
    Stage.offer: (Stage.hired, Stage.declined, Stage.rejected),
}
OPEN_STAGES = tuple(MOVES)
_PAIRS = [(start, end) for start, ends in MOVES.items() for end in (*ends, Stage.withdrawn)]
_LEGAL = ", ".join(f"'{start.value}>{end.value}'" for start, end in _PAIRS)


class EventKind(enum.Enum):
    """What happened to an application."""

    received = "received"
    moved = "moved"
    noted = "noted"
    mailed = "mailed"
    told = "told"
    bounced = "bounced"
    withdrawn = "withdrawn"
    document_added = "document_added"
    contact_changed = "contact_changed"
    released = "released"
    deletion_asked = "deletion_asked"
    interview = "interview"
    taken_back = "taken_back"
    rated = "rated"
    rating_changed = "rating_changed"
    names_shown = "names_shown"
    mail_taken_back = "mail_taken_back"
    address_corrected = "address_corrected"


class Application(Base):
    """One application. Queries of it need a scope: a person, the holder of its link, or a named sweep."""

    __tablename__ = "application"
    __table_args__ = (
        CheckConstraint("told_at IS NULL OR decided_at IS NOT NULL", name="told_after_decided"),
        Index("ix_application_draft_hash", "draft_hash", unique=True),
        Index("ix_application_new_email_hash", "new_email_hash", unique=True),
        Index("ix_application_inbox", "opening_id", "stage", "received_at"),
        Index("ix_application_told_stage", "told_stage", "received_at"),
    )
    needs_scope = True

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.APPLICATION))
    opening_id: Mapped[int] = mapped_column(
        ForeignKey("job_offer.post_id"), info=about(Data.PERSONAL, "what they applied for", Keep.APPLICATION)
    )
    #: The earlier application by the same address to the same opening, whatever its language (decision 13).
    first_id: Mapped[int | None] = mapped_column(
        ForeignKey("application.id", ondelete="SET NULL"),
        info=about(Data.PERSONAL, "links a second application to the first", Keep.APPLICATION),
    )
    name: Mapped[str] = mapped_column(Text, info=about(Data.PERSONAL, "to address the applicant", Keep.APPLICATION))
    email: Mapped[str] = mapped_column(String(254), info=about(Data.PERSONAL, "to answer", Keep.APPLICATION))
    #: An address they want to be reached at instead; it counts once a link that was mailed there has been used.
    new_email: Mapped[str | None] = mapped_column(
        String(254), info=about(Data.PERSONAL, "to be proved by its owner", Keep.APPLICATION)
    )
    new_email_hash: Mapped[str | None] = mapped_column(
        String(64), info=about(Data.SECRET, "finds the page that proves the new address", Keep.APPLICATION)
    )
    #: Lower case, for finding applications of one address; never a reason to refuse.
    email_key: Mapped[str] = mapped_column(
        String(254), index=True, info=about(Data.PERSONAL, "finds a second application", Keep.APPLICATION)
    )
    #: E.164 ("+4930901820"), or empty.
    phone: Mapped[str] = mapped_column(
        String(20), default="", info=about(Data.PERSONAL, "to call back, if they gave it", Keep.APPLICATION)
    )
    text: Mapped[str] = mapped_column(Text, info=about(Data.PERSONAL, "what they wrote", Keep.APPLICATION))
    #: Interface language they applied in; their page and mails are in it.
    locale: Mapped[str] = mapped_column(String(35), info=about(Data.PERSONAL, "language (BCP 47)", Keep.APPLICATION))
    stage: Mapped[Stage] = mapped_column(
        default=Stage.received, info=about(Data.PERSONAL, "where it is", Keep.APPLICATION)
    )
    received_at: Mapped[dt.datetime] = mapped_column(info=about(Data.PERSONAL, "response promise", Keep.APPLICATION))
    stage_since: Mapped[dt.datetime] = mapped_column(info=about(Data.PERSONAL, "time in stage", Keep.APPLICATION))
    #: Decide now, tell later: until `told_at` the applicant sees `told_stage` (decision 11).
    told_stage: Mapped[Stage] = mapped_column(
        enum_type(Stage, "told_stage"),
        default=Stage.received,
        info=about(Data.PERSONAL, "what the applicant sees", Keep.APPLICATION),
    )
    decided_at: Mapped[dt.datetime | None] = mapped_column(
        info=about(Data.PERSONAL, "when a rejection was decided", Keep.APPLICATION)
    )
    told_at: Mapped[dt.datetime | None] = mapped_column(
        info=about(Data.PERSONAL, "when the applicant was told; starts the retention period", Keep.APPLICATION)
    )
    withdraw_reason: Mapped[WithdrawReason | None] = mapped_column(
        info=about(Data.PERSONAL, "if they say", Keep.APPLICATION)
    )
    #: The form token's nonce: sending twice makes one application.
    form_nonce: Mapped[str] = mapped_column(
        String(64), unique=True, info=about(Data.INTERNAL, "recognises the same form", Keep.APPLICATION)
    )
    #: SHA-256 of what was sent: the same form with other content is another message.
    form_digest: Mapped[str] = mapped_column(
        String(64), info=about(Data.INTERNAL, "recognises the same content", Keep.APPLICATION)
    )
    #: The link of the draft it was sent from: whoever comes back to it is told that it was sent.
    draft_hash: Mapped[str | None] = mapped_column(
        String(64), info=about(Data.SECRET, "recognises the form's address", Keep.APPLICATION)
    )
    link_epoch: Mapped[int] = mapped_column(
        default=1, info=about(Data.SECRET, "raising it ends the applicant's old links", Keep.APPLICATION)
    )
    link_hash: Mapped[str | None] = mapped_column(
        String(64), unique=True, info=about(Data.SECRET, "finds the applicant's page", Keep.APPLICATION)
    )
    privacy_version: Mapped[int | None] = mapped_column(
        info=about(Data.PERSONAL, "which privacy notice they saw", Keep.APPLICATION)
    )
    source_id: Mapped[int | None] = mapped_column(
        ForeignKey("source_code.id"), info=about(Data.PERSONAL, "which of our codes led here", Keep.APPLICATION)
    )
    #: Looks like a program's: it waits apart, and no mail is sent to its address, until a person says that it is none.
    is_suspect: Mapped[bool] = mapped_column(
        default=False, info=about(Data.INTERNAL, "sorts out programs", Keep.APPLICATION)
    )
    #: Values of `Suspicion`.
    suspicions: Mapped[list[str]] = mapped_column(
        JSON, default=list, info=about(Data.INTERNAL, "why it looked like a program's", Keep.APPLICATION)
    )
    #: The applicant asked for deletion while it is kept for claims: locked, read by nobody (GDPR Art. 18).
    locked_at: Mapped[dt.datetime | None] = mapped_column(
        info=about(Data.PERSONAL, "kept for claims only", Keep.APPLICATION)
    )
    version: Mapped[int] = mapped_column(
        info=about(Data.INTERNAL, "notices two people moving at once", Keep.APPLICATION)
    )

    opening: Mapped[JobOffer] = relationship()
    first: Mapped["Application | None"] = relationship(remote_side=[id])
    answers: Mapped[list["Answer"]] = relationship(cascade="all, delete-orphan", order_by="Answer.position")
    documents: Mapped[list["Document"]] = relationship(cascade="all, delete-orphan", order_by="Document.id")
    events: Mapped[list["Event"]] = relationship(cascade="all, delete-orphan", order_by="Event.id")
    notes: Mapped[list["Note"]] = relationship(cascade="all, delete-orphan", order_by="Note.id")
    consents: Mapped[list["PoolConsent"]] = relationship(cascade="all, delete-orphan", order_by="PoolConsent.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's way to configure a mapper

    @property
    def moves(self) -> tuple[Stage, ...]:
        """The stages staff may move it to now."""
        return MOVES.get(self.stage, ())

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to decide something."""
        return self.stage in MOVES

    @property
    def is_untold(self) -> bool:
        """Whether a rejection was decided and the applicant has not been told."""
        return self.stage is Stage.rejected and self.told_at is None

    @property
    def may_withdraw(self) -> bool:
        """Whether the applicant may withdraw: judged by what they were told, so that nothing only decided shows."""
        return self.told_stage in MOVES

    @property
    def was_told(self) -> bool:
        """Whether a rejection was ever told, even if the mail came back later: from then on a claim can be made."""
        return self.told_stage is Stage.rejected or any(event.kind is EventKind.told for event in self.events)

    @property
    def ended_at(self) -> dt.datetime | None:
        """When its retention period began: with the answer that was told, or the move that ended it (decision 11).

        One that is locked has ended, whatever became of the mail that told it; one that waits apart ended as it came.
        """
        if self.is_suspect:
            return self.received_at
        if self.stage is Stage.rejected:
            return self.told_at or self.locked_at
        return None if self.is_open else self.stage_since

    @property
    def consent(self) -> "PoolConsent | None":
        """The consent to the talent pool that holds, if any."""
        last = self.consents[-1] if self.consents else None
        return last if last is not None and last.withdrawn_at is None else None


class Answer(Base):
    """The answer to one question of the opening, with the question's words at that time."""

    __tablename__ = "answer"
    needs_scope = True

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.APPLICATION))
    application_id: Mapped[int] = mapped_column(
        ForeignKey("application.id", ondelete="CASCADE"),
        index=True,
        info=about(Data.INTERNAL, "which application", Keep.APPLICATION),
    )
    question_id: Mapped[int | None] = mapped_column(
        ForeignKey("question.id", ondelete="SET NULL"), info=about(Data.INTERNAL, "which question", Keep.APPLICATION)
    )
    position: Mapped[int] = mapped_column(info=about(Data.INTERNAL, "order, from 0", Keep.APPLICATION))
    kind: Mapped[QuestionKind] = mapped_column(info=about(Data.INTERNAL, "how to show it", Keep.APPLICATION))
    label: Mapped[str] = mapped_column(Text, info=about(Data.INTERNAL, "the question as asked", Keep.APPLICATION))
    #: Text, number, ISO date, true/false, a value, or a list of values; null when not answered.
    value: Mapped[Any] = mapped_column(
        JSON(none_as_null=True), nullable=True, info=about(Data.PERSONAL, "what they answered", Keep.APPLICATION)
    )
    #: The answer in words, in the applicant's language at that time.
    shown: Mapped[str] = mapped_column(
        Text, default="", info=about(Data.PERSONAL, "what they answered", Keep.APPLICATION)
    )
    is_flagged: Mapped[bool] = mapped_column(
        default=False, info=about(Data.PERSONAL, "HR wanted to notice this answer", Keep.APPLICATION)
    )


class DocumentKind(enum.Enum):
    """What a document was sent as."""

    cv = "cv"
    answer = "answer"
    added = "added"


class Document(Base):
    """A file of an application."""

    __tablename__ = "document"
    needs_scope = True

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.APPLICATION))
    application_id: Mapped[int] = mapped_column(
        ForeignKey("application.id", ondelete="CASCADE"),
        index=True,
        info=about(Data.INTERNAL, "which application", Keep.APPLICATION),
    )
    file_id: Mapped[int] = mapped_column(
        ForeignKey("stored_file.id"), unique=True, info=about(Data.PERSONAL, "the file", Keep.APPLICATION)
    )
    kind: Mapped[DocumentKind] = mapped_column(info=about(Data.INTERNAL, "what it was sent as", Keep.APPLICATION))
    #: The question's words, for a file that answers one.
    label: Mapped[str] = mapped_column(Text, default="", info=about(Data.INTERNAL, "what it answers", Keep.APPLICATION))

    file: Mapped[StoredFile] = relationship(lazy="joined")


class Event(Base):
    """Something that happened to an application: who, when, what. Never changed, only added."""

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint(
            f"kind NOT IN ('moved', 'withdrawn') OR (from_stage || '>' || to_stage) IN ({_LEGAL})", name="legal_move"
        ),
    )
    needs_scope = True

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.APPLICATION))
    application_id: Mapped[int] = mapped_column(
        ForeignKey("application.id", ondelete="CASCADE"),
        index=True,
        info=about(Data.INTERNAL, "which application", Keep.APPLICATION),
    )
    at: Mapped[dt.datetime] = mapped_column(info=about(Data.PERSONAL, "when", Keep.APPLICATION))
    kind: Mapped[EventKind] = mapped_column(info=about(Data.PERSONAL, "what", Keep.APPLICATION))
    #: None: the applicant or the software.
    by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), info=about(Data.PERSONAL, "who", Keep.APPLICATION)
    )
    from_stage: Mapped[Stage | None] = mapped_column(
        enum_type(Stage, "from_stage"), info=about(Data.PERSONAL, "of a move", Keep.APPLICATION)
    )
    to_stage: Mapped[Stage | None] = mapped_column(
        enum_type(Stage, "to_stage"), info=about(Data.PERSONAL, "of a move", Keep.APPLICATION)
    )
    detail: Mapped[str] = mapped_column(
        Text, default="", info=about(Data.PERSONAL, "such as a mail's subject", Keep.APPLICATION)
    )

    by: Mapped[Person | None] = relationship(lazy="joined")


class Note(Base):
    """What a colleague wrote down. The applicant can ask to read it (GDPR Art. 15)."""

    __tablename__ = "note"
    needs_scope = True

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.APPLICATION))
    application_id: Mapped[int] = mapped_column(
        ForeignKey("application.id", ondelete="CASCADE"),
        index=True,
        info=about(Data.INTERNAL, "which application", Keep.APPLICATION),
    )
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=about(Data.PERSONAL, "who", Keep.APPLICATION))
    at: Mapped[dt.datetime] = mapped_column(info=about(Data.PERSONAL, "when", Keep.APPLICATION))
    text: Mapped[str] = mapped_column(Text, info=about(Data.PERSONAL, "what", Keep.APPLICATION))

    by: Mapped[Person] = relationship(lazy="joined")


#: What applicants agree to; stored with each consent as they read it.
POOL_WORDS = lazy("Keep my application for 12 months and write to me about other jobs that could fit")


class PoolConsent(Base):
    """That an applicant agreed to stay in the talent pool, with the words they agreed to (GDPR Art. 7(1))."""

    __tablename__ = "pool_consent"
    needs_scope = True

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.APPLICATION))
    application_id: Mapped[int] = mapped_column(
        ForeignKey("application.id", ondelete="CASCADE"),
        index=True,
        info=about(Data.INTERNAL, "which application", Keep.APPLICATION),
    )
    given_at: Mapped[dt.datetime] = mapped_column(info=about(Data.PERSONAL, "proof of consent", Keep.APPLICATION))
    #: As they read it, in their language.
    words: Mapped[str] = mapped_column(Text, info=about(Data.PERSONAL, "proof of consent", Keep.APPLICATION))
    until: Mapped[dt.datetime] = mapped_column(index=True, info=about(Data.PERSONAL, "when it ends", Keep.APPLICATION))
    #: When they were asked whether to stay longer; silence lets it end.
    asked_at: Mapped[dt.datetime | None] = mapped_column(
        info=about(Data.INTERNAL, "asks once for renewal", Keep.APPLICATION)
    )
    withdrawn_at: Mapped[dt.datetime | None] = mapped_column(
        info=about(Data.PERSONAL, "when they left", Keep.APPLICATION)
    )
