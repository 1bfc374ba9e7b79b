"""What happened to an opening."""

from collections.abc import Sequence

import sqlalchemy as sa

from jobboard.core.db import session
from jobboard.openings.models_history import OfferEvent


def events_of(offer_id: int) -> Sequence[OfferEvent]:
    """Everything somebody did to an opening, the newest first, with who it was."""
    statement = sa.select(OfferEvent).where(OfferEvent.offer_id == offer_id)
    return session().execute(statement.order_by(OfferEvent.at.desc(), OfferEvent.id.desc())).scalars().all()
