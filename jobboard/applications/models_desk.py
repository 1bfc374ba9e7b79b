"""How staff keep order among applications: tags, who looks after one, who has looked, mentions, filters, bulk runs, words."""

import datetime as dt

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from jobboard.applications.models import Application, Note, Stage
from jobboard.core.base import Base, Data, Keep, Key, about
from jobboard.people.models import Person

#: Characters of a tag and of a filter's name.
LONGEST_TAG, LONGEST_NAME = 40, 80


class Tag(Base):
    """A word that those who hire put on applications. One name stands once, however it is written."""

    __tablename__ = "tag"

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.APPLICATION))
    name: Mapped[str] = mapped_column(String(LONGEST_TAG), info=about(Data.PERSONAL, "sorts", Keep.APPLICATION))
    #: The name folded, by which it is recognised and addressed.
    key: Mapped[str] = mapped_column(
        String(120), unique=True, info=about(Data.PERSONAL, "recognises the name", Keep.APPLICATION)
    )


class ApplicationTag(Base):
    """That an application has a tag."""

    __tablename__ = "application_tag"
    needs_scope = True

    application_id: Mapped[int] = mapped_column(
        ForeignKey("application.id", ondelete="CASCADE"),
        primary_key=True,
        info=about(Data.INTERNAL, "which application", Keep.APPLICATION),
    )
    tag_id: Mapped[int] = mapped_column(
        ForeignKey("tag.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
        info=about(Data.PERSONAL, "which tag", Keep.APPLICATION),
    )


class ApplicationAssignee(Base):
    """That somebody looks after an application."""

    __tablename__ = "application_assignee"
    needs_scope = True

    application_id: Mapped[int] = mapped_column(
        ForeignKey("application.id", ondelete="CASCADE"),
        primary_key=True,
        info=about(Data.INTERNAL, "which application", Keep.APPLICATION),
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
        info=about(Data.PERSONAL, "who looks after it", Keep.APPLICATION),
    )


class ApplicationSeen(Base):
    """Up to which event somebody has looked at an application; what came later is unread."""

    __tablename__ = "application_seen"
    needs_scope = True

    application_id: Mapped[int] = mapped_column(
        ForeignKey("application.id", ondelete="CASCADE"),
        primary_key=True,
        info=about(Data.INTERNAL, "which application", Keep.APPLICATION),
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
        info=about(Data.PERSONAL, "who looked", Keep.APPLICATION),
    )
    #: The number of the last event there was; 0 when there was none.
    event_id: Mapped[int] = mapped_column(info=about(Data.INTERNAL, "what is unread", Keep.APPLICATION))


class Mention(Base):
    """That a note calls somebody by name."""

    __tablename__ = "mention"
    __table_args__ = (UniqueConstraint("note_id", "person_id", name="uq_mention_note_id_person_id"),)
    needs_scope = True

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.APPLICATION))
    note_id: Mapped[int] = mapped_column(
        ForeignKey("note.id", ondelete="CASCADE"), info=about(Data.INTERNAL, "which note", Keep.APPLICATION)
    )
    application_id: Mapped[int] = mapped_column(
        ForeignKey("application.id", ondelete="CASCADE"),
        index=True,
        info=about(Data.INTERNAL, "which application", Keep.APPLICATION),
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"),
        index=True,
        info=about(Data.PERSONAL, "who is called", Keep.APPLICATION),
    )
    #: When they opened the application; until then it stands among the new ones.
    read_at: Mapped[dt.datetime | None] = mapped_column(info=about(Data.PERSONAL, "what is new", Keep.APPLICATION))

    note: Mapped[Note] = relationship()
    application: Mapped[Application] = relationship()


class SavedFilter(Base):
    """A view of the inbox somebody comes back to."""

    __tablename__ = "saved_filter"
    __table_args__ = (UniqueConstraint("person_id", "name", name="uq_saved_filter_person_id_name"),)

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.STAFF))
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), info=about(Data.INTERNAL, "whose", Keep.STAFF)
    )
    name: Mapped[str] = mapped_column(String(LONGEST_NAME), info=about(Data.INTERNAL, "what it is called", Keep.STAFF))
    #: The canonical query of the inbox.
    query: Mapped[str] = mapped_column(Text, info=about(Data.PERSONAL, "what it shows", Keep.STAFF))
    #: Whether all who hire see it.
    is_shared: Mapped[bool] = mapped_column(default=False, info=about(Data.INTERNAL, "who sees it", Keep.STAFF))

    person: Mapped[Person] = relationship()


class BulkRun(Base):
    """One move of several applications at once, which can be taken back as long as nobody was told."""

    __tablename__ = "bulk_run"

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.RUN))
    #: The number of the form: sending it twice is one run.
    nonce: Mapped[str] = mapped_column(
        String(64), unique=True, info=about(Data.INTERNAL, "recognises the same form", Keep.RUN)
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), info=about(Data.PERSONAL, "who", Keep.RUN)
    )
    at: Mapped[dt.datetime] = mapped_column(index=True, info=about(Data.INTERNAL, "when", Keep.RUN))
    to_stage: Mapped[Stage] = mapped_column(info=about(Data.INTERNAL, "where to", Keep.RUN))
    #: When the answers leave; None when nobody is told yet.
    send_after: Mapped[dt.datetime | None] = mapped_column(info=about(Data.INTERNAL, "until when to stop it", Keep.RUN))
    mails_back_at: Mapped[dt.datetime | None] = mapped_column(
        info=about(Data.INTERNAL, "when the answers were taken back", Keep.RUN)
    )
    moves_back_at: Mapped[dt.datetime | None] = mapped_column(
        info=about(Data.INTERNAL, "when the decisions were taken back", Keep.RUN)
    )

    person: Mapped[Person] = relationship()


class BulkItem(Base):
    """One application of a bulk run."""

    __tablename__ = "bulk_item"
    needs_scope = True

    run_id: Mapped[int] = mapped_column(
        ForeignKey("bulk_run.id", ondelete="CASCADE"),
        primary_key=True,
        info=about(Data.INTERNAL, "which run", Keep.RUN),
    )
    application_id: Mapped[int] = mapped_column(
        ForeignKey("application.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
        info=about(Data.INTERNAL, "which application", Keep.RUN),
    )
    #: False: somebody else changed it meanwhile, so it was left as it was.
    is_done: Mapped[bool] = mapped_column(info=about(Data.INTERNAL, "whether it was moved", Keep.RUN))
    #: The version it had after the run: what was changed since is not taken back.
    version: Mapped[int] = mapped_column(info=about(Data.INTERNAL, "notices later changes", Keep.RUN))


class ApplicationWords(Base):
    """The words of an application as it is searched: cut and folded, with a space on both sides of each.

    A row of a plain table on purpose: it goes with its application, in the same transaction and by the database itself
    (decision 17).
    """

    __tablename__ = "application_words"
    needs_scope = True

    application_id: Mapped[int] = mapped_column(
        ForeignKey("application.id", ondelete="CASCADE"),
        primary_key=True,
        info=about(Data.INTERNAL, "which application", Keep.APPLICATION),
    )
    #: Name, addresses, telephone, and the names of documents.
    who: Mapped[str] = mapped_column(Text, info=about(Data.PERSONAL, "finds the applicant", Keep.APPLICATION))
    #: Letter, answers, notes, and the words of documents.
    words: Mapped[str] = mapped_column(Text, info=about(Data.PERSONAL, "finds what was written", Keep.APPLICATION))
    #: The last event there was when they were cut; a later one means that they are out of date.
    event_id: Mapped[int] = mapped_column(info=about(Data.INTERNAL, "notices what is out of date", Keep.APPLICATION))
    #: The way of cutting (`search.words.made_by`).
    cut_by: Mapped[str] = mapped_column(String(64), info=about(Data.INTERNAL, "notices a new way", Keep.APPLICATION))
