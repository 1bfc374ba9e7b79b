"""What writing needs beside the posts: revisions, words not saved yet, who is at it, and addresses a text had before."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from jobboard.core.base import Base, Data, Keep, Key, about
from jobboard.people.models import Person
from jobboard.posts.models import Kind


class Revision(Base):
    """A text as it was saved once."""

    __tablename__ = "revision"
    __table_args__ = (Index("ix_revision_text", "post_id", "locale", "id"),)

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity, and their order", Keep.POST))
    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), info=about(Data.INTERNAL, "which post", Keep.POST)
    )
    locale: Mapped[str] = mapped_column(String(35), info=about(Data.INTERNAL, "language (BCP 47)", Keep.POST))
    at: Mapped[dt.datetime] = mapped_column(info=about(Data.INTERNAL, "when it was saved", Keep.POST))
    #: None: found as it is, from an import or from before there were revisions.
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"),
        index=True,
        info=about(Data.INTERNAL, "who saved it; none: not written on the desk", Keep.POST),
    )
    #: The post's version after the save: what a form that was opened then is compared with.
    version: Mapped[int] = mapped_column(info=about(Data.INTERNAL, "which save of the post", Keep.POST))
    title: Mapped[str] = mapped_column(Text, info=about(Data.INTERNAL, "the text then", Keep.POST))
    summary: Mapped[str] = mapped_column(Text, default="", info=about(Data.INTERNAL, "the text then", Keep.POST))
    notice: Mapped[str] = mapped_column(Text, default="", info=about(Data.INTERNAL, "the text then", Keep.POST))
    markdown: Mapped[str] = mapped_column(Text, default="", info=about(Data.INTERNAL, "the text then", Keep.POST))
    #: What the kind of post has beside its texts (`posts.markup_kinds`); None: nothing.
    facts: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True), info=about(Data.INTERNAL, "an opening's facts then", Keep.POST)
    )

    person: Mapped[Person | None] = relationship()


class Unsaved(Base):
    """What somebody typed and has not saved: offered to them when they come back. Nobody else sees it."""

    __tablename__ = "unsaved"
    __table_args__ = (UniqueConstraint("person_id", "place"),)

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.UNSAVED))
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), info=about(Data.INTERNAL, "who typed it", Keep.UNSAVED)
    )
    #: Which form: "article/12/en", or "opening/new/de" for one that is not there yet.
    place: Mapped[str] = mapped_column(String(80), info=about(Data.INTERNAL, "which form", Keep.UNSAVED))
    post_id: Mapped[int | None] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"),
        index=True,
        info=about(Data.INTERNAL, "which post; none: a new one", Keep.UNSAVED),
    )
    #: Every field of the form by its name, as a browser sends it.
    fields: Mapped[dict[str, list[str]]] = mapped_column(
        JSON, info=about(Data.INTERNAL, "what was typed", Keep.UNSAVED)
    )
    #: The browser's clock in milliseconds: what is slow on its way replaces nothing newer.
    moment: Mapped[int] = mapped_column(BigInteger, info=about(Data.INTERNAL, "tells older from newer", Keep.UNSAVED))
    saved_at: Mapped[dt.datetime] = mapped_column(index=True, info=about(Data.INTERNAL, "shown", Keep.UNSAVED))


class Editing(Base):
    """That somebody has a text open for writing. It says nothing once they were silent for two minutes."""

    __tablename__ = "editing"

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"),
        primary_key=True,
        info=about(Data.INTERNAL, "which post", Keep.EDITING),
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
        info=about(Data.INTERNAL, "who", Keep.EDITING),
    )
    locale: Mapped[str] = mapped_column(
        String(35), primary_key=True, info=about(Data.INTERNAL, "language of the text", Keep.EDITING)
    )
    began_at: Mapped[dt.datetime] = mapped_column(info=about(Data.INTERNAL, "shown in minutes", Keep.EDITING))
    at: Mapped[dt.datetime] = mapped_column(index=True, info=about(Data.INTERNAL, "last sign of life", Keep.EDITING))

    person: Mapped[Person] = relationship(lazy="joined")


class OldSlug(Base):
    """An address that a public text had before: it leads to the text, and no other text of the kind gets it."""

    __tablename__ = "old_slug"
    __table_args__ = (UniqueConstraint("kind", "slug"),)
    readers_see = True

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.POST))
    kind: Mapped[Kind] = mapped_column(info=about(Data.PUBLIC, "namespace of the slug", Keep.POST))
    slug: Mapped[str] = mapped_column(String(120), info=about(Data.PUBLIC, "address before", Keep.POST))
    text_id: Mapped[int] = mapped_column(
        ForeignKey("post_text.id", ondelete="CASCADE"),
        index=True,
        info=about(Data.INTERNAL, "where it leads", Keep.POST),
    )
    until: Mapped[dt.datetime] = mapped_column(info=about(Data.INTERNAL, "when the text got another", Keep.POST))


class OldPath(Base):
    """Where a text stood before it came here: answers when nothing of this site stands there (decision 22)."""

    __tablename__ = "old_path"
    readers_see = True

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.POST))
    #: From the root, decoded, as `posts.markup_moved.bare_path` makes it.
    path: Mapped[str] = mapped_column(String(500), unique=True, info=about(Data.PUBLIC, "address before", Keep.POST))
    text_id: Mapped[int] = mapped_column(
        ForeignKey("post_text.id", ondelete="CASCADE"),
        index=True,
        info=about(Data.INTERNAL, "where it leads", Keep.POST),
    )
