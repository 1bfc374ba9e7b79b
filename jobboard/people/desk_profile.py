"""What readers learn of a person: changed by themselves, and by admins for everybody, also for who only writes."""

import sqlalchemy as sa
from flask import Blueprint, flash, g, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core.access import ALL_STAFF, Role, access
from jobboard.core.db import first_or_404, session, writing
from jobboard.core.i18n import _, languages
from jobboard.core.limits import is_allowed
from jobboard.core.old_addresses import is_free
from jobboard.core.web import see
from jobboard.files.actions_pictures import keep_unshown, receive_picture
from jobboard.files.checks import PictureRefused
from jobboard.files.markup import picture_path
from jobboard.files.models import StoredFile
from jobboard.files.storage import StorageError
from jobboard.people.actions_profile import save_profile
from jobboard.people.forms_profile import ProfileForm, profile_form
from jobboard.people.markup import profile
from jobboard.people.models import Person

bp = Blueprint("profile", __name__)

UPLOADS = "30 per hour"  # of one person


@bp.route("/account/profile/", methods=["GET", "POST"])
@access(ALL_STAFF, writes=True)
def own() -> str | BaseResponse | tuple[str, int]:
    """One's own page as readers see it."""
    return _edit(g.person, url_for("desk.people.account"))


@bp.route("/staff/<int:person_id>/profile/", methods=["GET", "POST"])
@access(frozenset({Role.admin}), writes=True)
def edit(person_id: int) -> str | BaseResponse | tuple[str, int]:
    """Somebody's page as readers see it, whether they work here, did so, or only write."""
    return _edit(first_or_404(sa.select(Person).where(Person.id == person_id)), url_for("desk.staff.index"))


def _edit(person: Person, back: str) -> str | BaseResponse | tuple[str, int]:
    form = profile_form(person)
    if not form.is_submitted():
        return _page(form, person, back)
    is_typed_well = form.validate()
    picture = person.picture if "csrf_token" in form.errors else _picture(form, person)
    is_fine = is_typed_well and not form.picture.errors
    values = form.values() | {"picture": picture}
    if is_fine and not is_free(Person, values["slug"], person.id):
        form.slug.errors, is_fine = [_("Somebody else has or had this address.")], False
    if not is_fine or "preview" in request.form:
        page = _page(form, person, back, picture, _looking_like(values) if is_fine else None)
        return page if is_fine else (page, 422)
    try:
        with writing():
            save_profile(person, values, g.person)
    except sa.exc.IntegrityError:  # somebody took the address in the same moment
        form.slug.errors = [_("Somebody else has or had this address.")]
        return _page(form, person, back, picture), 409
    flash(_("Saved."))
    return see(back)


def _picture(form: ProfileForm, person: Person) -> StoredFile | None:
    """The picture to show: the one just uploaded, else one kept from before, else the person's. The form says what is wrong."""
    file = request.files.get(form.picture.name)
    if file is not None and file.filename:
        received = _received(form)
        if received is not None:
            form.kept.data, form.no_picture.data = received.key, False
            return received
    if form.no_picture.data:
        return None
    kept = sa.select(StoredFile).where(StoredFile.key == (form.kept.data or ""), StoredFile.is_public)
    return session().execute(kept).scalar_one_or_none() or person.picture


def _received(form: ProfileForm) -> StoredFile | None:
    file = request.files[form.picture.name]
    problem = _("Too many pictures in a short time. Please try again in an hour.")
    if is_allowed(UPLOADS, "pictures", str(g.person.id)):
        try:
            picture = receive_picture(file.stream, file.filename or "", is_square=True)
        except PictureRefused as refused:
            problem = str(refused)
        except StorageError:
            problem = _("The picture could not be kept just now. Please try again in a few minutes.")
        else:
            with writing():
                return keep_unshown(picture)
    form.picture.errors = [problem]
    return None


def _looking_like(values: dict[str, object]) -> Person:
    """Somebody who looks as the form says and is nobody: to be shown, never to be kept."""
    return Person(**values)


def _page(
    form: ProfileForm, person: Person, back: str, picture: StoredFile | None = None, looks: Person | None = None
) -> str:
    shown = picture if form.is_submitted() else person.picture
    return render_template(
        "desk/people/profile.html",
        form=form,
        texts=[getattr(form, f"{name}_{code}") for name in ("job", "bio") for code in languages()],
        member=person,
        is_self=person.id == g.person.id,
        back=back,
        picture=picture_path(shown.key, shown.name) if shown else None,
        preview=profile(looks) if looks is not None else None,
    )
