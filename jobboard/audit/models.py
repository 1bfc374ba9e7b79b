"""The audit log: who of the staff saw, downloaded, changed or exported what; each entry is chained to the one before."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from jobboard.core.base import Base, Data, Keep, Key, about
from jobboard.core.i18n import lazy

#: Every action the log knows, as "noun.verb", and its words.
ACTIONS = {
    "application.moved": lazy("Moved an application"),
    "factor.added": lazy("Added a second factor"),
    "factor.code_used": lazy("Used a recovery code"),
    "factor.codes_made": lazy("Made recovery codes"),
    "factor.removed": lazy("Removed a second factor"),
    "factor.reset": lazy("Removed somebody’s second factors"),
    "invitation.resent": lazy("Sent an invitation again"),
    "invitation.withdrawn": lazy("Withdrew an invitation"),
    "password.changed": lazy("Changed the password"),
    "password.reset": lazy("Set a new password by a link"),
    "password.reset_asked": lazy("Asked for a link for a new password"),
    "person.invited": lazy("Invited somebody"),
    "person.joined": lazy("Accepted an invitation"),
    "person.left": lazy("Ended somebody’s access"),
    "person.role_changed": lazy("Changed somebody’s role"),
    "sign_in.refused": lazy("Was refused at signing in"),
    "sign_in.succeeded": lazy("Signed in"),
    "staff.created": lazy("Was made staff on the command line"),
    "opening.overridden": lazy("Decided to publish an opening all the same"),
}


class AuditEntry(Base):
    """One thing somebody did. Never changed, only added; its content can be erased, its place in the chain stays."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_about", "about_kind", "about_id"),
        Index("ix_audit_entry_by_id", "by_id", "number"),
        Index("ix_audit_entry_action", "action", "number"),
    )

    #: Counted without gaps: one that is missing was taken out.
    number: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "place in the chain, from 1", Keep.AUDIT))
    at: Mapped[dt.datetime] = mapped_column(info=about(Data.INTERNAL, "when", Keep.AUDIT))
    action: Mapped[str] = mapped_column(String(60), info=about(Data.INTERNAL, "what, as noun.verb", Keep.AUDIT))
    #: None: the software, or somebody who was not signed in.
    by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), info=about(Data.INTERNAL, "who of the staff", Keep.AUDIT)
    )
    about_kind: Mapped[str | None] = mapped_column(String(30), info=about(Data.INTERNAL, "kind of thing", Keep.AUDIT))
    about_id: Mapped[int | None] = mapped_column(info=about(Data.PERSONAL, "which one, until it is erased", Keep.AUDIT))
    details: Mapped[Any] = mapped_column(
        JSON(none_as_null=True), nullable=True, info=about(Data.PERSONAL, "more about it, until erased", Keep.AUDIT)
    )
    #: Erased with the content: without it nobody can find the content again by trying.
    salt: Mapped[str | None] = mapped_column(String(32), info=about(Data.SECRET, "hides the content", Keep.AUDIT))
    digest: Mapped[str] = mapped_column(String(64), info=about(Data.INTERNAL, "hash of salt and content", Keep.AUDIT))
    #: SHA-256 over the chain of the entry before, this one's number, moment, action and digest.
    chain: Mapped[str] = mapped_column(String(64), info=about(Data.INTERNAL, "tells what was altered", Keep.AUDIT))


class AuditHead(Base):
    """The one row with the end of the chain: writers queue for it, so that the chain never forks."""

    __tablename__ = "audit_head"

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "always 1", Keep.SITE))
    number: Mapped[int] = mapped_column(info=about(Data.INTERNAL, "of the last entry", Keep.SITE))
    chain: Mapped[str] = mapped_column(String(64), info=about(Data.INTERNAL, "of the last entry", Keep.SITE))
