"""Mails that did not reach an applicant: what the screen, the inbox and the board warn of."""

from collections.abc import Collection, Iterable

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from jobboard.applications.models import OPEN_STAGES, Application, Stage
from jobboard.core.db import session
from jobboard.mail.models import MailState, OutboxMail
from jobboard.people.models import Person

#: Tells the address that was left; that it does not arrive is no news.
TO_THE_OLD_ADDRESS = "applications/address_left"


def came_back(row: Application, mails: Iterable[OutboxMail]) -> list[OutboxMail]:
    """Mails of an application that did not arrive, the newest of each kind, as long as there is something to do about it."""
    if not (row.is_open or row.is_untold):
        return []
    newest = {mail.kind: mail for mail in mails if mail.kind != TO_THE_OLD_ADDRESS}
    return [mail for mail in newest.values() if mail.state is MailState.failed]


def with_mails_back(ids: Collection[int], person: Person) -> frozenset[int]:
    """Which of these applications have a mail that did not arrive, by the rule of `came_back`; one query for any number."""
    if not ids:
        return frozenset()
    newer = aliased(OutboxMail)
    is_newest = ~sa.exists().where(
        newer.about_kind == OutboxMail.about_kind,
        newer.about_id == OutboxMail.about_id,
        newer.kind == OutboxMail.kind,
        sa.tuple_(newer.queued_at, newer.id) > sa.tuple_(OutboxMail.queued_at, OutboxMail.id),
    )
    is_untold = sa.and_(Application.stage == Stage.rejected, Application.told_at.is_(None))
    statement = (
        sa.select(Application.id)
        .join(OutboxMail, sa.and_(OutboxMail.about_kind == "application", OutboxMail.about_id == Application.id))
        .where(Application.id.in_(ids), OutboxMail.state == MailState.failed, is_newest)
        .where(OutboxMail.kind != TO_THE_OLD_ADDRESS, sa.or_(Application.stage.in_(OPEN_STAGES), is_untold))
    )
    return frozenset(session().execute(statement.execution_options(scope=f"person {person.id}")).scalars())
