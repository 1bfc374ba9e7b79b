"""Pages that a link in a mail opens: accepting an invitation, and a new password."""

from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, current_app, g, render_template, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core import clock
from jobboard.core.access import ROLE_LABELS, Public, access
from jobboard.core.db import writing
from jobboard.core.i18n import _
from jobboard.core.limits import caller, is_allowed
from jobboard.core.web import private_page, see
from jobboard.people.actions import hash_password
from jobboard.people.actions_doors import ask_reset, reset_password
from jobboard.people.actions_staff import join
from jobboard.people.desk_door import open_desk
from jobboard.people.forms import ChoosePasswordForm
from jobboard.people.forms_access import JoinForm, ResetForm
from jobboard.people.queries_doors import invitation_by_link, reset_by_link

T = TypeVar("T")

bp = Blueprint("links", __name__)

#: Links for a new password: for one address, and for any from one host.
RESETS_OF_ADDRESS, RESETS_OF_HOST = "3 per hour", "20 per hour"
#: Wrong links from one host; each is 256 bits, so this is against load, not against guessing.
LINKS_OF_HOST = "120 per 15 minutes"


@bp.route("/invitation/<token>/", methods=["GET", "POST"])
@access(Public.anyone, writes=True)
def invitation(token: str) -> BaseResponse:
    """Accept an invitation: choose a password, and be in."""
    row = _found(lambda: invitation_by_link(token, clock.now()))
    if row is None:
        return _ended("desk/links/invitation_ended.html")
    g.language = row.locale
    form = JoinForm(name=row.name, username=row.email)
    form.about = (row.name, row.email, form.name.data or "", current_app.extensions["mail_site"]().name)
    if not form.validate_on_submit():
        words = {"form": form, "invitation": row, "role": ROLE_LABELS[row.role]}
        page = render_template("desk/links/invitation.html", **words)
        return private_page(page, 422 if form.is_submitted() else 200)
    hashed = hash_password(form.new.data or "")
    with writing():
        still_there = invitation_by_link(token, clock.now(), lock=True)  # of two tabs one comes first
        person = join(still_there, form.name.data or "", hashed, clock.now()) if still_there else None
    if person is None:
        return _ended("desk/links/invitation_ended.html")
    open_desk(person, "invitation")
    return see(url_for("desk.people.index"))


@bp.route("/password/", methods=["GET", "POST"])
@access(Public.anyone, writes=True)
def forgotten() -> BaseResponse:
    """Ask for a link to a new password. Neither the answer nor its time tells whether the address is anybody's."""
    form = ResetForm()
    if request.method == "GET":
        return private_page(
            render_template("desk/links/forgotten.html", form=form, is_asked=request.args.get("asked") == "1")
        )
    if not form.validate_on_submit():
        return private_page(render_template("desk/links/forgotten.html", form=form, is_asked=False), 422)
    if not is_allowed(RESETS_OF_HOST, "reset host", caller()):
        form.form_errors.append(_("Links were asked for many times from here. Please wait an hour."))
        return private_page(render_template("desk/links/forgotten.html", form=form, is_asked=False), 429)
    email = (form.email.data or "").lower()
    if is_allowed(RESETS_OF_ADDRESS, "reset address", email):
        with writing():
            ask_reset(email, clock.now())
    return see(url_for("desk.links.forgotten", asked=1))


@bp.route("/password/<token>/", methods=["GET", "POST"])
@access(Public.anyone, writes=True)
def reset(token: str) -> BaseResponse:
    """Choose a new password. Every session of the person ends; the second factor is asked for as before."""
    row = _found(lambda: reset_by_link(token, clock.now()))
    if row is None or row.person is None:
        return _ended("desk/links/reset_ended.html")
    g.language = row.person.locale or g.language
    form = ChoosePasswordForm(username=row.email)
    form.about = (row.person.name, row.email, current_app.extensions["mail_site"]().name)
    if not form.validate_on_submit():
        page = render_template("desk/links/reset.html", form=form)
        return private_page(page, 422 if form.is_submitted() else 200)
    hashed = hash_password(form.new.data or "")
    with writing():
        still_there = reset_by_link(token, clock.now(), lock=True)  # of two tabs one comes first
        if still_there is not None and still_there.person is not None:
            reset_password(still_there.person, hashed, clock.now())
    if still_there is None:
        return _ended("desk/links/reset_ended.html")
    cookie.clear()
    return private_page(render_template("desk/links/reset_done.html"))


def _found(look: Callable[[], T | None]) -> T | None:
    """What a link stands for; nothing for a host that has tried many."""
    return look() if is_allowed(LINKS_OF_HOST, "links", caller()) else None


def _ended(template: str) -> BaseResponse:
    return private_page(render_template(template), 404)
