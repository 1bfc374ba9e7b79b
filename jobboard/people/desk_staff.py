"""The staff, for admins: who there is, inviting, roles, and ending access."""

import sqlalchemy as sa
from flask import Blueprint, abort, flash, g, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core import clock, i18n
from jobboard.core.access import ROLE_LABELS, Role, access
from jobboard.core.db import first_or_404, session, writing
from jobboard.core.forms import DeskForm, checked_button
from jobboard.core.i18n import _
from jobboard.core.web import see
from jobboard.people.actions_factors import reset_factors
from jobboard.people.actions_staff import LastAdmin, change_role, end_access, invite, send_again, withdraw
from jobboard.people.forms_access import InvitationForm, RoleForm
from jobboard.people.models import Person
from jobboard.people.models_doors import Invitation
from jobboard.people.queries import person_by_email
from jobboard.people.queries_doors import INVITED, invitation_for, invitations
from jobboard.people.queries_factors import factors_of
from jobboard.people.queries_staff import former_staff, only_authors, staff

bp = Blueprint("staff", __name__, url_prefix="/staff")

ADMINS = frozenset({Role.admin})
#: Rows of those who left; older ones stand in the audit log.
MOST_FORMER = 50


@bp.get("/")
@access(ADMINS)
def index() -> str:
    """Everybody who may sign in, who is invited, and who left."""
    return render_template(
        "desk/staff/index.html",
        rows=staff(),
        invitations=list(session().execute(invitations()).unique().scalars()),
        authors=list(session().execute(only_authors()).unique().scalars()),
        former=list(session().execute(former_staff().limit(MOST_FORMER)).unique().scalars()),
        labels=ROLE_LABELS,
        ended_before=clock.now() - INVITED,
        button_form=DeskForm(formdata=None),
    )


@bp.route("/invite/", methods=["GET", "POST"])
@access(ADMINS, writes=True, fresh=True)
def new() -> str | BaseResponse | tuple[str, int]:
    """Invite somebody by mail."""
    form = InvitationForm(role=Role.recruiter.value, locale=i18n.page_language())
    form.offer_languages()
    is_valid = form.validate_on_submit()
    if is_valid and (problem := _known(form.email.data or "")):
        form.email.errors, is_valid = [problem], False
    if not is_valid:
        page = render_template("desk/staff/new.html", form=form)
        return (page, 422) if form.is_submitted() else page
    try:
        with writing():
            invite(form.email.data or "", form.name.data or "", form.chosen, form.locale.data, g.person, clock.now())
    except sa.exc.IntegrityError:  # another admin invited them in the same moment
        abort(409, _("Somebody else has just invited this address."))
    flash(_("The invitation is on its way to %(email)s.", email=form.email.data))
    return see(url_for("desk.staff.index"))


def _known(email: str) -> str | None:
    """Why this address cannot be invited, or None."""
    person = person_by_email(email)
    if person is not None and person.role is not None and person.left_at is None:
        return _("%(name)s has this address and is staff already.", name=person.name)
    if invitation_for(email) is not None:
        return _("This address is invited already. The invitation can be sent again from the list.")
    return None


@bp.post("/invitations/<int:invitation_id>/resend/")
@access(ADMINS, writes=True)
def resend(invitation_id: int) -> BaseResponse:
    """Send an invitation again; the link before ends, the 72 hours begin anew."""
    row = _invitation(invitation_id)
    with writing():
        send_again(row, g.person, clock.now())
    flash(_("The invitation is on its way to %(email)s.", email=row.email))
    return see(url_for("desk.staff.index"))


@bp.post("/invitations/<int:invitation_id>/withdraw/")
@access(ADMINS, writes=True)
def take_back(invitation_id: int) -> BaseResponse:
    """Withdraw an invitation; its link opens nothing any more."""
    row = _invitation(invitation_id)
    with writing():
        withdraw(row, g.person)
    flash(_("The invitation is withdrawn."))
    return see(url_for("desk.staff.index"))


def _invitation(invitation_id: int) -> Invitation:
    checked_button()
    return first_or_404(sa.select(Invitation).where(Invitation.id == invitation_id))


@bp.route("/<int:person_id>/", methods=["GET", "POST"])
@access(ADMINS, writes=True, fresh=True)
def edit(person_id: int) -> str | BaseResponse | tuple[str, int]:
    """One person of the staff: their role, their second factors, and ending their access."""
    person = _member(person_id)
    form = RoleForm(role=person.role.value if person.role else None)
    if not form.validate_on_submit():
        page = _member_page(person, form)
        return (page, 422) if form.is_submitted() else page
    try:
        with writing():
            change_role(person, form.chosen, g.person)
    except LastAdmin:
        form.role.errors = [_last_admin()]
        return _member_page(person, form), 409
    flash(_("%(name)s is %(role)s now.", name=person.name, role=ROLE_LABELS[form.chosen]))
    is_admin_still = person.id != g.person.id or form.chosen is Role.admin
    return see(url_for("desk.staff.index" if is_admin_still else "desk.people.index"))


@bp.post("/<int:person_id>/end/")
@access(ADMINS, writes=True, fresh=True)
def end(person_id: int) -> BaseResponse | tuple[str, int]:
    """End somebody's access, from their next page on."""
    checked_button()
    person = _member(person_id)
    try:
        with writing():
            end_access(person, g.person, clock.now())
    except LastAdmin:
        form = RoleForm(formdata=None, role=Role.admin.value)
        form.form_errors.append(_last_admin())
        return _member_page(person, form), 409
    flash(_("The access of %(name)s has ended.", name=person.name))
    return see(url_for("desk.staff.index"))


@bp.post("/<int:person_id>/second-factors/remove/")
@access(ADMINS, writes=True, fresh=True)
def remove_factors(person_id: int) -> BaseResponse:
    """Take away the second factors of somebody who has lost them, recovery codes included; every session ends."""
    checked_button()
    person = _member(person_id)
    if person.id == g.person.id:
        abort(403, _("Your own second factors are changed on the page of your account."))
    with writing():
        reset_factors(person, g.person, clock.now())
    flash(_("%(name)s signs in with the password alone now.", name=person.name))
    return see(url_for("desk.staff.edit", person_id=person.id))


def _member(person_id: int) -> Person:
    """Somebody who works here; 404 for everybody else."""
    works_here = sa.and_(Person.role.is_not(None), Person.left_at.is_(None))
    return first_or_404(sa.select(Person).where(Person.id == person_id, works_here))


def _member_page(person: Person, form: RoleForm) -> str:
    return render_template(
        "desk/staff/edit.html",
        form=form,
        member=person,
        factors=factors_of(person),
        is_self=person.id == g.person.id,
        button_form=DeskForm(formdata=None),
    )


def _last_admin() -> str:
    return _("This is the only admin. Make somebody else an admin first.")
