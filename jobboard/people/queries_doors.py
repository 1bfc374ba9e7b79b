"""Finding invitations, links for a new password, and half-done sign-ins; each only while it is open."""

import datetime as dt

import sqlalchemy as sa

from jobboard.core.db import session
from jobboard.core.tokens import token_hash
from jobboard.mail.models import OutboxMail
from jobboard.people.models_doors import Invitation, PasswordReset, SignInStep

#: How long a link in a mail opens something, and how long a sign-in may take.
INVITED, RESETTING, SIGNING_IN = dt.timedelta(hours=72), dt.timedelta(hours=1), dt.timedelta(minutes=10)


def invitation_by_link(token: str, now: dt.datetime, *, lock: bool = False) -> Invitation | None:
    """The invitation of a link, while it is open; locked where it is to be used, as it is used once."""
    statement = sa.select(Invitation).where(
        Invitation.link_hash == token_hash(token), Invitation.sent_at > now - INVITED
    )
    statement = statement.with_for_update(of=Invitation) if lock else statement
    return session().execute(statement).unique().scalar_one_or_none()


def invitation_for(email: str) -> Invitation | None:
    """The invitation for an address, whether its link is still open or not."""
    statement = sa.select(Invitation).where(Invitation.email == email.strip().lower())
    return session().execute(statement).scalar_one_or_none()


def invitations() -> sa.Select[Invitation]:
    """All that were not accepted, the latest first."""
    return sa.select(Invitation).order_by(Invitation.sent_at.desc(), Invitation.id.desc())


def reset_by_link(token: str, now: dt.datetime, *, lock: bool = False) -> PasswordReset | None:
    """What a link for a new password stands for: within the hour, and for somebody who may still sign in."""
    statement = sa.select(PasswordReset).where(
        PasswordReset.link_hash == token_hash(token), PasswordReset.asked_at > now - RESETTING
    )
    statement = statement.with_for_update(of=PasswordReset) if lock else statement
    row = session().execute(statement).unique().scalar_one_or_none()
    person = row.person if row else None
    return row if person is not None and person.role is not None and person.left_at is None else None


def reset_mails() -> sa.ColumnElement[bool]:
    """Mails that nobody of the staff reads but their recipient: that somebody forgot a password is their own affair."""
    return OutboxMail.kind == "people/reset"


def sign_in_step(token: str | None, now: dt.datetime) -> SignInStep | None:
    """The half-done sign-in of a cookie's token, within its ten minutes and of somebody who may still sign in."""
    if not token:
        return None
    statement = sa.select(SignInStep).where(
        SignInStep.token_hash == token_hash(token), SignInStep.begun_at > now - SIGNING_IN
    )
    row = session().execute(statement).scalar_one_or_none()
    is_gone = row is not None and row.person is not None and (row.person.role is None or row.person.left_at is not None)
    return None if is_gone else row
