"""The site as its operator sets it: one row, and the legal pages."""

import datetime as dt
import enum
import uuid

from sqlalchemy import JSON, CheckConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from jobboard.core.base import Base, Data, Keep, Key, Texts, about
from jobboard.core.i18n import lazy


class Site(Base):
    """The only row (id 1)."""

    __tablename__ = "site"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("retention_days > 0", name="retention"),
    )
    readers_see = True

    id: Mapped[int] = mapped_column(primary_key=True, info=about(Data.INTERNAL, "the only row", Keep.SITE))
    #: Permanent part of the names of feeds, whatever becomes of the domain (RFC 4287 §4.2.6).
    uid: Mapped[str] = mapped_column(
        String(36), default=lambda: str(uuid.uuid4()), info=about(Data.PUBLIC, "identity of feeds", Keep.SITE)
    )
    name: Mapped[str] = mapped_column(Text, info=about(Data.PUBLIC, "header, titles, mails", Keep.SITE))
    tagline: Mapped[Texts] = mapped_column(default=dict, info=about(Data.PUBLIC, "front page", Keep.SITE))
    intro: Mapped[Texts] = mapped_column(default=dict, info=about(Data.PUBLIC, "front page, openings", Keep.SITE))
    #: Put behind every opening's title: "(m/w/d)", "(w/m/nb)", "(all genders)" (AGG §11).
    gender_marker: Mapped[str] = mapped_column(
        String(40), default="", info=about(Data.PUBLIC, "behind titles of openings", Keep.SITE)
    )
    time_zone: Mapped[str] = mapped_column(
        String(60), default="Europe/Berlin", info=about(Data.PUBLIC, "dates and deadlines (IANA name)", Keep.SITE)
    )
    organisation: Mapped[str] = mapped_column(
        Text, default="", info=about(Data.PUBLIC, "legal name of the employer", Keep.SITE)
    )
    organisation_url: Mapped[str] = mapped_column(
        Text, default="", info=about(Data.PUBLIC, "the employer's home page", Keep.SITE)
    )
    contact_email: Mapped[str] = mapped_column(
        String(254), default="", info=about(Data.PUBLIC, "who answers applicants", Keep.SITE)
    )
    #: Days after a rejection was told until everything of the application is deleted; Germany 180, Austria 210.
    retention_days: Mapped[int] = mapped_column(default=180, info=about(Data.PUBLIC, "shown to applicants", Keep.SITE))
    #: Days within which applicants hear back where an opening promises nothing of its own.
    response_days: Mapped[int | None] = mapped_column(info=about(Data.PUBLIC, "response promise", Keep.SITE))
    #: What tells the secret keys that made the stored links from others; "" before the worker first looked.
    keys_mark: Mapped[str] = mapped_column(
        String(64), default="", info=about(Data.INTERNAL, "tells when a secret key changed", Keep.SITE)
    )
    #: Values of roles whose people need a second factor; without one they can open nothing but the pages to set it up.
    second_factor_roles: Mapped[list[str]] = mapped_column(
        JSON, default=list, info=about(Data.INTERNAL, "who needs a second factor", Keep.SITE)
    )


class PageKind(enum.Enum):
    """Pages every site needs by law."""

    imprint = "imprint"
    privacy = "privacy"


PAGE_LABELS = {PageKind.imprint: lazy("Imprint"), PageKind.privacy: lazy("Privacy")}


class SitePage(Base):
    """One version of a legal page in one language. A change makes a new version: applications name the one they saw."""

    __tablename__ = "site_page"
    __table_args__ = (UniqueConstraint("kind", "locale", "version"),)
    readers_see = True

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.SITE))
    kind: Mapped[PageKind] = mapped_column(info=about(Data.PUBLIC, "which page", Keep.SITE))
    locale: Mapped[str] = mapped_column(String(35), info=about(Data.PUBLIC, "language (BCP 47)", Keep.SITE))
    version: Mapped[int] = mapped_column(info=about(Data.PUBLIC, "counts from 1", Keep.SITE))
    markdown: Mapped[str] = mapped_column(Text, info=about(Data.PUBLIC, "source", Keep.SITE))
    html: Mapped[str] = mapped_column(Text, info=about(Data.PUBLIC, "rendered at save", Keep.SITE))
    #: Fingerprint of the renderer that made `html`; what another one made is rendered anew.
    rendered_by: Mapped[str] = mapped_column(
        String(16), default="", index=True, info=about(Data.INTERNAL, "tells when a text is outdated", Keep.SITE)
    )
    created_at: Mapped[dt.datetime] = mapped_column(info=about(Data.PUBLIC, "in force since", Keep.SITE))
