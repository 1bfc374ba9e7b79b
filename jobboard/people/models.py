"""A person is a public author, a staff member, or both; an author keeps the byline after leaving."""

import datetime as dt
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from jobboard.core.access import Role
from jobboard.core.base import Base, Data, Keep, Key, Texts, about
from jobboard.core.old_addresses import OldAddress
from jobboard.files.models import StoredFile


class OldPersonSlug(OldAddress, Base):
    """An address that a person's page had before."""

    __tablename__ = "old_person_slug"

    owner_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True, info=about(Data.INTERNAL, "whose", Keep.SITE)
    )


class Person(Base):
    """Somebody who writes here, works here, or both. Who stands on a public byline has a page (`posts.queries.has_page`)."""

    __tablename__ = "person"
    readers_see = True
    old_addresses: ClassVar[type[OldAddress]] = OldPersonSlug

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.STAFF))
    slug: Mapped[str] = mapped_column(
        String(120), unique=True, info=about(Data.PUBLIC, "address of the page", Keep.STAFF)
    )
    name: Mapped[str] = mapped_column(Text, info=about(Data.PUBLIC, "byline", Keep.STAFF))
    job: Mapped[Texts] = mapped_column(default=dict, info=about(Data.PUBLIC, "what they do here", Keep.STAFF))
    bio: Mapped[Texts] = mapped_column(default=dict, info=about(Data.PUBLIC, "author box", Keep.STAFF))
    #: [{"label": "Mastodon", "url": "https://…"}], rendered with rel=me.
    links: Mapped[list[dict[str, Any]]] = mapped_column(
        JSON, default=list, info=about(Data.PUBLIC, "author box", Keep.STAFF)
    )
    picture_id: Mapped[int | None] = mapped_column(
        ForeignKey("stored_file.id"), info=about(Data.PUBLIC, "face of the author", Keep.STAFF)
    )
    #: Unique without regard to case; kept in lower case.
    email: Mapped[str | None] = mapped_column(
        String(254), unique=True, info=about(Data.INTERNAL, "signs in and gets mail", Keep.STAFF)
    )
    role: Mapped[Role | None] = mapped_column(info=about(Data.INTERNAL, "what they may do; none: nothing", Keep.STAFF))
    password_hash: Mapped[str | None] = mapped_column(
        String(200), info=about(Data.SECRET, "argon2id; signs in", Keep.STAFF)
    )
    locale: Mapped[str | None] = mapped_column(
        String(35), info=about(Data.INTERNAL, "language of the desk", Keep.STAFF)
    )
    #: Single keys do something on the desk; who does not want that switches it off (WCAG 2.1.4).
    has_keys: Mapped[bool] = mapped_column(default=True, info=about(Data.INTERNAL, "keys of the desk", Keep.STAFF))
    left_at: Mapped[dt.datetime | None] = mapped_column(
        info=about(Data.INTERNAL, "from then on nothing opens any more", Keep.STAFF)
    )

    picture: Mapped[StoredFile | None] = relationship(lazy="joined")


class StaffSession(Base):
    """One sign-in on one device. Ending it is at once: the cookie only holds the token whose hash is here."""

    __tablename__ = "staff_session"
    __table_args__ = (Index("ix_staff_session_person_id", "person_id"),)

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.SESSION))
    token_hash: Mapped[str] = mapped_column(
        String(64), unique=True, info=about(Data.SECRET, "recognises the cookie", Keep.SESSION)
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), info=about(Data.INTERNAL, "who", Keep.SESSION)
    )
    device: Mapped[str] = mapped_column(
        String(80), info=about(Data.INTERNAL, "browser and system in words, to recognise it", Keep.SESSION)
    )
    created_at: Mapped[dt.datetime] = mapped_column(info=about(Data.INTERNAL, "absolute limit", Keep.SESSION))
    seen_at: Mapped[dt.datetime] = mapped_column(info=about(Data.INTERNAL, "idle limit", Keep.SESSION))
    ended_at: Mapped[dt.datetime | None] = mapped_column(info=about(Data.INTERNAL, "signed out", Keep.SESSION))
    #: When the person last showed a password or passkey in it; pages that change how one signs in want it fresh.
    proven_at: Mapped[dt.datetime | None] = mapped_column(info=about(Data.INTERNAL, "last proof", Keep.SESSION))
    #: What a passkey has to sign next, used once.
    challenge: Mapped[str | None] = mapped_column(
        String(120), info=about(Data.SECRET, "what a passkey signs", Keep.SESSION)
    )

    person: Mapped[Person] = relationship(lazy="joined")
