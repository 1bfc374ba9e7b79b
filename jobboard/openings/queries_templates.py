"""Finding templates."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import defer

from jobboard.core.db import session
from jobboard.openings.models_templates import OpeningTemplate


def templates() -> Sequence[OpeningTemplate]:
    """All templates by name, without their content."""
    statement = sa.select(OpeningTemplate).options(defer(OpeningTemplate.content)).order_by(OpeningTemplate.name)
    return session().execute(statement).scalars().all()


def name_is_free(name: str, own_id: int | None) -> bool:
    """Whether no other template has this name."""
    statement = sa.select(OpeningTemplate.id).where(OpeningTemplate.name == name)
    found = session().execute(statement).scalar_one_or_none()
    return found is None or found == own_id
