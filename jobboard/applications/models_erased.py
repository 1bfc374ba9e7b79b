"""That an application was here and is gone: a count, nothing about a person."""

import datetime as dt
import enum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from jobboard.applications.models import Stage
from jobboard.core.base import Base, Data, Keep, Key, about, enum_type


class ErasureReason(enum.Enum):
    """Why an application was deleted."""

    retention = "retention"
    applicant = "applicant"


class ErasedApplication(Base):
    """The proof of an erasure (GDPR Art. 5(2)): which opening, in which month it had arrived, how it ended, when it went.

    Figures count on with it, so that they do not fall when applications are deleted.
    """

    __tablename__ = "erased_application"

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.SITE))
    opening_id: Mapped[int | None] = mapped_column(
        ForeignKey("job_offer.post_id", ondelete="SET NULL"),
        index=True,
        info=about(Data.INTERNAL, "figures of an opening", Keep.SITE),
    )
    #: "2026-11": a day would tell more than a count needs.
    received_month: Mapped[str] = mapped_column(String(7), info=about(Data.INTERNAL, "figures", Keep.SITE))
    stage: Mapped[Stage] = mapped_column(info=about(Data.INTERNAL, "how it ended", Keep.SITE))
    #: The furthest stage of the way it had come to.
    reached: Mapped[Stage] = mapped_column(
        enum_type(Stage, "reached"), default=Stage.received, info=about(Data.INTERNAL, "figures", Keep.SITE)
    )
    source_id: Mapped[int | None] = mapped_column(
        ForeignKey("source_code.id"), info=about(Data.INTERNAL, "figures of a source", Keep.SITE)
    )
    #: Whether the applicant heard within the promised time; None: nothing was promised, or they left before.
    is_promise_kept: Mapped[bool | None] = mapped_column(info=about(Data.INTERNAL, "figures", Keep.SITE))
    #: Nobody had found it to be a person's: it counts in no figure.
    is_suspect: Mapped[bool] = mapped_column(default=False, info=about(Data.INTERNAL, "figures", Keep.SITE))
    reason: Mapped[ErasureReason] = mapped_column(info=about(Data.INTERNAL, "why it went", Keep.SITE))
    erased_on: Mapped[dt.date] = mapped_column(info=about(Data.INTERNAL, "when it went", Keep.SITE))


class RetentionRun(Base):
    """When retention last looked (one row): a clock that jumped since is not believed at once."""

    __tablename__ = "retention_run"

    id: Mapped[int] = mapped_column(primary_key=True, info=about(Data.INTERNAL, "the only row", Keep.SITE))
    at: Mapped[dt.datetime] = mapped_column(info=about(Data.INTERNAL, "by the clock of that moment", Keep.SITE))
