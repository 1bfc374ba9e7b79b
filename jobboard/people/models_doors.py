"""Ways in that are open for a while: invitations, links for a new password, and sign-ins that are half done."""

import datetime as dt

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from jobboard.core.access import Role
from jobboard.core.base import Base, Data, Keep, Key, about
from jobboard.people.models import Person


class Invitation(Base):
    """Somebody may join the staff. Gone once accepted or withdrawn; sending it again makes a new link."""

    __tablename__ = "invitation"

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.INVITATION))
    email: Mapped[str] = mapped_column(
        String(254), unique=True, info=about(Data.PERSONAL, "who is invited", Keep.INVITATION)
    )
    name: Mapped[str] = mapped_column(Text, info=about(Data.PERSONAL, "who is invited", Keep.INVITATION))
    role: Mapped[Role] = mapped_column(info=about(Data.INTERNAL, "what they will be", Keep.INVITATION))
    locale: Mapped[str] = mapped_column(String(35), info=about(Data.INTERNAL, "language of the mail", Keep.INVITATION))
    invited_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), info=about(Data.INTERNAL, "who asked", Keep.INVITATION)
    )
    sent_at: Mapped[dt.datetime] = mapped_column(
        info=about(Data.INTERNAL, "the link ends 72 hours on", Keep.INVITATION)
    )
    #: Random; with the site's secret key it makes the link, so that a copy of the database opens nothing.
    seed: Mapped[str] = mapped_column(String(64), info=about(Data.SECRET, "makes the link", Keep.INVITATION))
    link_hash: Mapped[str] = mapped_column(
        String(64), unique=True, info=about(Data.SECRET, "recognises the link", Keep.INVITATION)
    )

    invited_by: Mapped[Person | None] = relationship(lazy="joined")


class PasswordReset(Base):
    """Somebody asked for a new password for an address. The worker looks whose it is: the answer must not tell by its time."""

    __tablename__ = "password_reset"

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.HOUR))
    email: Mapped[str] = mapped_column(String(254), info=about(Data.PERSONAL, "where the link goes", Keep.HOUR))
    asked_at: Mapped[dt.datetime] = mapped_column(info=about(Data.INTERNAL, "the link ends an hour on", Keep.HOUR))
    seed: Mapped[str] = mapped_column(String(64), info=about(Data.SECRET, "makes the link", Keep.HOUR))
    #: Set by the worker when the address belongs to somebody.
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True, info=about(Data.INTERNAL, "whose password", Keep.HOUR)
    )
    link_hash: Mapped[str | None] = mapped_column(
        String(64), unique=True, info=about(Data.SECRET, "recognises the link", Keep.HOUR)
    )

    person: Mapped[Person | None] = relationship(lazy="joined")


class SignInStep(Base):
    """A sign-in that is not finished: the cookie holds the token whose hash is here, and it opens no page of the desk."""

    __tablename__ = "sign_in_step"

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.HOUR))
    token_hash: Mapped[str] = mapped_column(
        String(64), unique=True, info=about(Data.SECRET, "recognises the cookie", Keep.HOUR)
    )
    #: Who gave the right password; nobody yet when a passkey or the single sign-on will say who it is.
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True, info=about(Data.INTERNAL, "who", Keep.HOUR)
    )
    begun_at: Mapped[dt.datetime] = mapped_column(info=about(Data.INTERNAL, "ends ten minutes on", Keep.HOUR))
    wrong_codes: Mapped[int] = mapped_column(default=0, info=about(Data.INTERNAL, "after five begin anew", Keep.HOUR))
    #: A passkey's challenge, or what the single sign-on has to bring back; used once.
    secret: Mapped[str | None] = mapped_column(Text, info=about(Data.SECRET, "what must come back", Keep.HOUR))

    person: Mapped[Person | None] = relationship(lazy="joined")
