"""Words staff write once and use in many mails: of their own, or instead of the product's in a standard mail."""

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from jobboard.core.base import Base, Data, Keep, Key, Texts, about


class MailTemplate(Base):
    """A mail's subject and text per language, with placeholders (`mail.markup_templates`)."""

    __tablename__ = "mail_template"
    __table_args__ = (CheckConstraint("(kind IS NULL) <> (name IS NULL)", name="kind_or_name"),)
    #: Applicants read these words in their mails, and a request has them from memory (`core.kept`).
    readers_see = True

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.SITE))
    #: The standard mail whose words it replaces, as room/name; None for one that people choose by its name.
    kind: Mapped[str | None] = mapped_column(
        String(60), unique=True, info=about(Data.INTERNAL, "which standard mail", Keep.SITE)
    )
    name: Mapped[str | None] = mapped_column(
        String(80), unique=True, info=about(Data.INTERNAL, "what people choose it by", Keep.SITE)
    )
    subject: Mapped[Texts] = mapped_column(default=dict, info=about(Data.INTERNAL, "by language", Keep.SITE))
    body: Mapped[Texts] = mapped_column(default=dict, info=about(Data.INTERNAL, "plain text, by language", Keep.SITE))
    changed_at: Mapped[dt.datetime] = mapped_column(info=about(Data.INTERNAL, "when it was saved", Keep.SITE))
    changed_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), info=about(Data.INTERNAL, "who saved it", Keep.SITE)
    )
    version: Mapped[int] = mapped_column(info=about(Data.INTERNAL, "notices two people saving at once", Keep.SITE))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's way to configure a mapper
