"""Which applications have come to their end, and until when one is kept."""

import datetime as dt

import sqlalchemy as sa

from jobboard.applications.models import OPEN_STAGES, Application, PoolConsent, Stage
from jobboard.applications.queries import openings_with_titles
from jobboard.core import clock
from jobboard.core.db import session
from jobboard.site.queries import current_site


def retention() -> dt.timedelta:
    """How long an application is kept after its end: the site's setting."""
    return dt.timedelta(days=current_site().retention_days)


def locked_until(row: Application, kept: dt.timedelta) -> dt.datetime:
    """Until when an application would be locked whose applicant wants it gone; that ends the talent pool too."""
    return (row.ended_at or clock.now()) + kept


def kept_until(row: Application, kept: dt.timedelta) -> dt.datetime | None:
    """When an application is deleted; None while nobody can say, because it has not ended or its answer was not told."""
    ended = row.ended_at
    if ended is None:
        return None
    consent = row.consent
    return max(ended + kept, consent.until) if consent is not None else ended + kept


def due_for_erasure(now: dt.datetime, kept: dt.timedelta) -> sa.Select[Application]:
    """The applications whose time is over, the longest over first.

    The time runs from the answer that was told, or from the move that ended it (decision 11); never from the closing of the
    opening. What waits apart as a program's runs from its coming. A consent to the talent pool that holds keeps one longer.
    """
    ended = sa.case(
        (Application.is_suspect, Application.received_at),
        (Application.stage == Stage.rejected, sa.func.coalesce(Application.told_at, Application.locked_at)),
        (Application.stage.in_(OPEN_STAGES), None),
        else_=Application.stage_since,
    )
    in_pool = sa.exists().where(
        PoolConsent.application_id == Application.id, PoolConsent.withdrawn_at.is_(None), PoolConsent.until > now
    )
    statement = sa.select(Application).where(ended <= now - kept, ~in_pool).order_by(ended, Application.id)
    return statement.execution_options(scope="retention")


def consents_to_renew(now: dt.datetime, before: dt.timedelta) -> sa.Select[PoolConsent]:
    """Consents that end soon and whose applicants were not asked yet."""
    statement = (
        sa.select(PoolConsent)
        .join(Application, Application.id == PoolConsent.application_id)
        .where(Application.is_suspect.is_(False), Application.locked_at.is_(None))
    )
    statement = statement.where(
        PoolConsent.withdrawn_at.is_(None),
        PoolConsent.asked_at.is_(None),
        PoolConsent.until > now,
        PoolConsent.until <= now + before,
    )
    return statement.order_by(PoolConsent.until).execution_options(scope="retention")


def count_of(statement: sa.Select[Application]) -> int:
    """How many applications a statement finds."""
    options = statement.get_execution_options()
    counted = sa.select(sa.func.count()).select_from(statement.order_by(None).subquery()).execution_options(**options)
    return int(session().execute(counted).scalar_one())


def due_by_opening(statement: sa.Select[Application]) -> list[tuple[str, int]]:
    """(title, number) of the openings whose applications a statement finds."""
    options = statement.get_execution_options()
    counted = statement.order_by(None).with_only_columns(Application.opening_id, sa.func.count())
    rows = session().execute(counted.group_by(Application.opening_id).execution_options(**options)).all()
    titles = {offer.id: offer.texts[0].title for offer in openings_with_titles([row[0] for row in rows])}
    return sorted((titles[opening_id], number) for opening_id, number in rows)
