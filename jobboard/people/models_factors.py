"""What somebody signs in with besides the password: an authenticator app, passkeys, and recovery codes."""

import datetime as dt

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from jobboard.core.base import Base, Data, Keep, Key, about
from jobboard.people.models import Person


class Authenticator(Base):
    """A person's authenticator app. Its key is not here: it is made of the site's secret key and this row's seed."""

    __tablename__ = "authenticator"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, info=about(Data.INTERNAL, "whose", Keep.STAFF)
    )
    seed: Mapped[str] = mapped_column(String(64), info=about(Data.SECRET, "makes the key", Keep.STAFF))
    #: The half minute of the last code that was taken; codes of it and earlier ones open nothing any more.
    last_step: Mapped[int] = mapped_column(info=about(Data.INTERNAL, "a code counts once", Keep.STAFF))
    added_at: Mapped[dt.datetime] = mapped_column(info=about(Data.INTERNAL, "shown on the account", Keep.STAFF))


class RecoveryCode(Base):
    """One of ten codes for whoever has lost app and passkeys. 123 random bits, so a plain hash of it tells nothing."""

    __tablename__ = "recovery_code"
    __table_args__ = (Index("ix_recovery_code_person_id", "person_id"),)

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.STAFF))
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), info=about(Data.INTERNAL, "whose", Keep.STAFF)
    )
    code_hash: Mapped[str] = mapped_column(
        String(64), unique=True, info=about(Data.SECRET, "recognises the code", Keep.STAFF)
    )
    used_at: Mapped[dt.datetime | None] = mapped_column(info=about(Data.INTERNAL, "counts once", Keep.STAFF))


class Passkey(Base):
    """A WebAuthn credential: the public half. The private one never leaves the device."""

    __tablename__ = "passkey"
    __table_args__ = (Index("ix_passkey_person_id", "person_id"),)

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.STAFF))
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), info=about(Data.INTERNAL, "whose", Keep.STAFF)
    )
    #: base64url; at most 1023 bytes (WebAuthn §4).
    credential_id: Mapped[str] = mapped_column(
        String(1400), unique=True, info=about(Data.INTERNAL, "which credential", Keep.STAFF)
    )
    public_key: Mapped[bytes] = mapped_column(LargeBinary, info=about(Data.INTERNAL, "checks signatures", Keep.STAFF))
    sign_count: Mapped[int] = mapped_column(BigInteger, info=about(Data.INTERNAL, "tells copies apart", Keep.STAFF))
    transports: Mapped[list[str]] = mapped_column(
        JSON, default=list, info=about(Data.INTERNAL, "helps the browser find it", Keep.STAFF)
    )
    name: Mapped[str] = mapped_column(Text, info=about(Data.INTERNAL, "recognised by its owner", Keep.STAFF))
    added_at: Mapped[dt.datetime] = mapped_column(info=about(Data.INTERNAL, "shown on the account", Keep.STAFF))
    used_at: Mapped[dt.datetime | None] = mapped_column(info=about(Data.INTERNAL, "last used", Keep.STAFF))

    person: Mapped[Person] = relationship(lazy="joined")
