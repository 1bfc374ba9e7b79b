"""Templates: an opening's words and facts under a name, to begin others from. Nothing public: they are no posts."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from jobboard.core.base import Base, Data, Keep, Key, about


class OpeningTemplate(Base):
    """What a new opening may begin with."""

    __tablename__ = "opening_template"

    id: Mapped[Key] = mapped_column(info=about(Data.INTERNAL, "identity", Keep.SITE))
    name: Mapped[str] = mapped_column(
        String(120), unique=True, info=about(Data.INTERNAL, "shown on the desk", Keep.SITE)
    )
    #: As `posts.actions_copies.copied` gives it: facts, texts by language, byline and categories.
    content: Mapped[dict[str, Any]] = mapped_column(
        JSON, info=about(Data.INTERNAL, "what openings begin with", Keep.SITE)
    )
    changed_at: Mapped[dt.datetime] = mapped_column(info=about(Data.INTERNAL, "shown on the desk", Keep.SITE))
