"""Who works here: inviting, joining, changing roles, ending access. Each is in the audit log."""

import datetime as dt
from collections.abc import Callable

import sqlalchemy as sa
from flask import current_app

from jobboard.audit.actions import record
from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.core.tokens import link_token, new_token, token_hash
from jobboard.core.tokens_anew import keep_link
from jobboard.core.web import site_url
from jobboard.mail.actions import LinkEnded, cancel, private_link, queue
from jobboard.mail.models import OutboxMail
from jobboard.people.actions import create_person, end_sessions, set_password
from jobboard.people.actions_factors import forget_factors
from jobboard.people.models import Person
from jobboard.people.models_doors import Invitation, PasswordReset, SignInStep
from jobboard.people.queries import person_by_email
from jobboard.people.queries_staff import is_last_admin

MAIL = "people/invitation"


class LastAdmin(ValueError):
    """Without this admin nobody could change anything any more."""


def invite(email: str, name: str, role: Role, locale: str, by: Person, now: dt.datetime) -> Invitation:
    """Invite somebody: a mail with a link that is good for 72 hours and for one person."""
    row = Invitation(email=email.strip().lower(), name=name, role=role, locale=locale, invited_by=by)
    session().add(row)
    _send(row, now)
    record("person.invited", ("invitation", row.id), by, role=role.value)
    return row


def send_again(row: Invitation, by: Person, now: dt.datetime) -> None:
    """Send an invitation once more; the link of the mail before ends."""
    cancel(("invitation", row.id), MAIL)
    _send(row, now)
    record("invitation.resent", ("invitation", row.id), by)


def withdraw(row: Invitation, by: Person | None) -> None:
    """Take an invitation back; its link ends, and a mail that has not left never does. `by` is None for the command line."""
    record("invitation.withdrawn", ("invitation", row.id), by)
    _forget(row)


def _send(row: Invitation, now: dt.datetime) -> None:
    row.seed, row.sent_at = new_token(), now
    row.link_hash = row.seed  # unique until the id is known
    session().flush()
    row.link_hash = token_hash(_token(row))
    queue(
        MAIL,
        to_address=row.email,
        to_name=row.name,
        locale=row.locale,
        about=("invitation", row.id),
        inviter=row.invited_by.name if row.invited_by else "",
        link=private_link("invitation", row.id),
    )


def _token(row: Invitation) -> str:
    return link_token(f"invitation:{row.seed}", row.id, 0, row.link_hash)


def invitation_address(invitation_id: int, to_address: str) -> str:
    """The absolute link of an invitation, for the mail that leaves. Raises `LinkEnded` when it was withdrawn."""
    row = session().get(Invitation, invitation_id)
    if row is None or row.email != to_address.lower():
        raise LinkEnded(f"invitation {invitation_id} is gone")
    return site_url(f"/desk/invitation/{_token(row)}/")


def join(row: Invitation, name: str, hashed: str, now: dt.datetime) -> Person:
    """Accept an invitation with a password's hash. An author known by the address keeps their page and gets the role."""
    person = person_by_email(row.email) or create_person(name, email=row.email)
    person.role, person.left_at, person.locale = row.role, None, row.locale
    set_password(person, hashed, now)
    session().flush()
    record("person.joined", ("person", person.id), person, role=row.role.value)
    _forget(row)
    return person


def _forget(row: Invitation) -> None:
    """Delete an invitation and its mails; one that a worker is sending right now leads to a page that says it ended."""
    is_about = sa.and_(OutboxMail.about_kind == "invitation", OutboxMail.about_id == row.id)
    session().execute(sa.delete(OutboxMail).where(is_about))
    session().delete(row)


def change_role(person: Person, role: Role, by: Person) -> None:
    """Give somebody another role, from their next page on. Raises `LastAdmin`."""
    if person.role is Role.admin and role is not Role.admin and is_last_admin(person):
        raise LastAdmin
    before, person.role = person.role, role
    record("person.role_changed", ("person", person.id), by, before=before.value if before else None, after=role.value)


def end_access(person: Person, by: Person | None, now: dt.datetime) -> None:
    """Somebody leaves: nothing opens any more from their next page on. The byline stays. Raises `LastAdmin`."""
    if person.role is Role.admin and is_last_admin(person):
        raise LastAdmin
    record("person.left", ("person", person.id), by, role=person.role.value if person.role else None)
    person.role, person.password_hash, person.left_at = None, None, now
    end_sessions(person, now)
    forget_factors(person)
    for model in (PasswordReset, SignInStep):
        session().execute(sa.delete(model).where(model.person_id == person.id))
    follow_all: list[Callable[[Person], None]] = current_app.extensions["person_left"]
    for follow in follow_all:
        follow(person)


keep_link(Invitation.link_hash, _token)
