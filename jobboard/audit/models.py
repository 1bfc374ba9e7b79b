"""The audit log: who of the staff saw, downloaded, changed or exported what; each entry is chained to the one before."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from jobboard.core.base import Base, Data, Keep, Key, about
from jobboard.core.i18n import lazy, lazy_pgettext

#: Every action the log knows, as "noun.verb", and its words.
ACTIONS = {
    "access.refused": lazy("Was refused"),
    "application.address_corrected": lazy("Corrected an applicant’s e-mail address"),
    "application.assigned": lazy("Changed who looks after an application"),
    "application.erased": lazy("An application was deleted"),
    "application.mailed": lazy("Wrote to an applicant"),
    "application.moved": lazy("Moved an application"),
    "application.name_shown": lazy("Showed a hidden name"),
    "application.noted": lazy("Wrote a note"),
    "application.rated": lazy("Rated an application"),
    "application.released": lazy("Found an application to be a person's"),
    "application.tagged": lazy("Changed the tags of an application"),
    "application.taken_back": lazy("Took a rejection or its answer back"),
    "application.told": lazy("Told an answer"),
    "application.viewed": lazy("Read an application"),
    "applications.exported": lazy("Exported applications"),
    "audit.exported": lazy("Exported the audit log"),
    "calendar.renewed": lazy("Made a new address of their calendar"),
    "document.downloaded": lazy("Downloaded a document"),
    "document.viewed": lazy("Read a document"),
    "factor.added": lazy("Added a second factor"),
    "factor.code_used": lazy("Used a recovery code"),
    "factor.codes_made": lazy("Made recovery codes"),
    "factor.removed": lazy("Removed a second factor"),
    "factor.reset": lazy("Removed somebody’s second factors"),
    "interview.called_off": lazy("Called an interview off"),
    "interview.proposed": lazy("Proposed times for an interview"),
    "invitation.resent": lazy("Sent an invitation again"),
    "invitation.withdrawn": lazy("Withdrew an invitation"),
    "mail.retried": lazy("Sent a mail again"),
    "mail.viewed": lazy("Read a mail"),
    "opening.overridden": lazy("Decided to publish an opening all the same"),
    "password.changed": lazy("Changed the password"),
    "password.reset": lazy("Set a new password by a link"),
    "password.reset_asked": lazy("Asked for a link for a new password"),
    "person.invited": lazy("Invited somebody"),
    "person.joined": lazy("Accepted an invitation"),
    "person.left": lazy("Ended somebody’s access"),
    "person.profile_changed": lazy("Changed somebody’s profile"),
    "person.role_changed": lazy("Changed somebody’s role"),
    "pool.contacted": lazy("Wrote to somebody in the talent pool"),
    "pool.viewed": lazy("Looked into the talent pool"),
    "reviewers.changed": lazy("Changed who may read applications"),
    "sign_in.refused": lazy("Was refused at signing in"),
    "sign_in.succeeded": lazy("Signed in"),
    "staff.created": lazy("Was made staff on the command line"),
}
#: Words of what an entry says more.
DETAILS = {
    "added": lazy_pgettext("audit", "added"),
    "after": lazy_pgettext("audit", "now"),
    "before": lazy_pgettext("audit", "before"),
    "kind": lazy_pgettext("audit", "kind"),
    "role": lazy_pgettext("audit", "role"),
    "count": lazy_pgettext("audit", "how many"),
    "document": lazy_pgettext("audit", "document"),
    "entries": lazy_pgettext("audit", "entries"),
    "format": lazy_pgettext("audit", "as"),
    "from": lazy_pgettext("audit", "from"),
    "interview": lazy_pgettext("audit", "interview"),
    "item": lazy_pgettext("audit", "point of the checklist"),
    "mail": lazy_pgettext("audit", "mail"),
    "opening": lazy_pgettext("audit", "opening"),
    "page": lazy_pgettext("audit", "page"),
    "people": lazy_pgettext("audit", "people"),
    "reason": lazy_pgettext("audit", "reason"),
    "stage": lazy_pgettext("audit", "stage"),
    "to": lazy_pgettext("audit", "to"),
    "way": lazy_pgettext("audit", "way"),
}
#: What an entry holds for machines only: it is not shown.
UNSHOWN = {"fingerprint"}
#: Words of values; those of other rooms come with `audit_words` of the app.
WORDS = {
    "mail": lazy_pgettext("audit", "by mail"),
    "letter": lazy_pgettext("audit", "by letter or call"),
    "retention": lazy_pgettext("audit", "its time was over"),
    "applicant": lazy_pgettext("audit", "the applicant wished it"),
    "all": lazy_pgettext("audit", "all of them"),
    "app": lazy_pgettext("audit", "code of an app"),
    "code": lazy_pgettext("audit", "code"),
    "invitation": lazy_pgettext("audit", "link of an invitation"),
    "passkey": lazy_pgettext("audit", "passkey"),
    "password": lazy_pgettext("audit", "password"),
    "proof": lazy_pgettext("audit", "password once more"),
    "recovery code": lazy_pgettext("audit", "recovery code"),
    "single sign-on": lazy_pgettext("audit", "single sign-on"),
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
