"""`jobboard create-staff`: the first admin, and everybody after them."""

import secrets
import sys

import click
from flask.cli import with_appcontext

from jobboard.audit.actions import record
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session, writing
from jobboard.core.forms import EMAIL_LENGTH, clean_line
from jobboard.mail.actions import checked_address
from jobboard.people.actions import create_person, hash_password, set_password
from jobboard.people.actions_factors import reset_factors
from jobboard.people.actions_passwords import password_problem
from jobboard.people.actions_staff import withdraw
from jobboard.people.queries import person_by_email, somebody_to_sign_in
from jobboard.people.queries_doors import invitation_for
from jobboard.people.queries_factors import factors_of

ROLES = click.Choice([role.value for role in Role])


@click.command("create-staff")
@click.argument("email")
@click.option("--name", required=True, help="As it stands in bylines.")
@click.option("--role", type=ROLES, required=True, help="What they may do.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--generate", is_flag=True, help="Make a password and print it, this once.")
@with_appcontext
def create_staff(email: str, name: str, role: str, *, password_stdin: bool, generate: bool) -> None:
    """Let somebody sign in at the desk. An author who is known by this EMAIL keeps their page and gets the role."""
    email, name = _checked(email, name)
    known = person_by_email(email)
    if known is not None and known.role is not None and known.left_at is None:
        raise click.ClickException(f"{email} is staff already, as {known.role.value}.")
    password = _password(password_stdin=password_stdin, generate=generate)
    problem = password_problem(password, (name, email))
    if problem is not None:
        raise click.ClickException(str(problem))
    hashed = hash_password(password)
    with writing():
        person = known or create_person(name, email=email)
        person.role, person.left_at = Role(role), None
        set_password(person, hashed, clock.now())
        session().flush()
        record("staff.created", ("person", person.id), role=role)
        if (invitation := invitation_for(email)) is not None:
            withdraw(invitation, None)  # it would give somebody who is in already another role and password
    click.echo(f"{email} can sign in as {role}.")
    if generate:
        click.echo(f"Password: {password}")


@click.command("reset-second-factor")
@click.argument("email")
@with_appcontext
def reset_second_factor(email: str) -> None:
    """Let somebody in by the password alone who has lost app, passkeys and recovery codes. They are signed out everywhere."""
    person = somebody_to_sign_in(email)
    if person is None:
        raise click.ClickException(f"Nobody of the staff has the address {email}.")
    with writing():
        had_any = bool(factors_of(person))
        reset_factors(person, None, clock.now())
    click.echo(f"{email} signs in with the password alone now." if had_any else f"{email} had no second factor.")


def new_password() -> str:
    """A password of 80 random bits in four groups, without letters that look alike."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _letter in range(4)) for _group in range(4))


def _checked(email: str, name: str) -> tuple[str, str]:
    try:
        email = checked_address(email).lower()
    except ValueError as error:
        raise click.BadParameter("This is no e-mail address. Example: name@example.org") from error
    name = clean_line(name)
    if not name or len(email) > EMAIL_LENGTH:
        raise click.BadParameter("A name is needed." if not name else "The address is too long.")
    return email, name


def _password(*, password_stdin: bool, generate: bool) -> str:
    """The password, never from the command line: that is seen by everybody on the machine and kept in its history."""
    if password_stdin and generate:
        raise click.UsageError("Choose one of --password-stdin and --generate.")
    if generate:
        return new_password()
    if password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    prompted: str = click.prompt("Password", hide_input=True, confirmation_prompt="Once more")
    return prompted
