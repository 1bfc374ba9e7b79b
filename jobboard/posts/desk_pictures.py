"""Pictures for texts: uploaded by button, drop or paste, or on a page of their own without a script."""

import re

from flask import Blueprint, g, jsonify, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from jobboard.core.access import WRITING, access
from jobboard.core.db import writing
from jobboard.core.i18n import _
from jobboard.core.limits import is_allowed
from jobboard.files.actions_pictures import keep_unshown, receive_picture
from jobboard.files.checks import PictureRefused
from jobboard.files.markup import picture_path
from jobboard.files.models import StoredFile
from jobboard.files.storage import StorageError
from jobboard.posts.desk_editor import edit_url, post_or_404
from jobboard.posts.forms_pictures import PictureForm

bp = Blueprint("pictures", __name__, url_prefix="/pictures")

UPLOADS = "120 per hour"  # of one person


@bp.post("/")
@access(WRITING, writes=True)
def upload() -> tuple[BaseResponse, int] | BaseResponse:
    """Take a picture in for the script of the editor; the answer is the Markdown that shows it."""
    form = PictureForm(prefix="picture-")
    row = _received(form)
    if row is None:
        return jsonify(error=next(message for _id, _label, message in form.error_list)), 422
    return jsonify(markdown=markdown_of(row, form.alt.data or ""))


@bp.route("/<int:post_id>/<locale>/", methods=["GET", "POST"])
@access(WRITING, writes=True)
def index(post_id: int, locale: str) -> str | tuple[str, int]:
    """The pictures of a post, each with the Markdown that shows it, and a form to add one."""
    post, form = post_or_404(post_id, locale), PictureForm(prefix="picture-")
    row = _received(form) if form.is_submitted() else None
    fresh = markdown_of(row, form.alt.data or "") if row is not None else ""
    page = render_template(
        "desk/pictures/index.html",
        form=form if form.errors else PictureForm(formdata=None, prefix="picture-"),
        title=post.text(locale).title,
        edit_url=edit_url(post_or_404(post_id, locale), locale),
        fresh=fresh,
        pictures=[(picture_path(one.file.key, one.file.name), one.file) for one in post.images],
    )
    return (page, 422) if form.errors else page


def _received(form: PictureForm) -> StoredFile | None:
    """The uploaded picture's row; None when the form says what is wrong."""
    if not form.validate_on_submit():
        return None
    if not is_allowed(UPLOADS, "pictures", str(g.person.id)):
        form.picture.errors = [_("Too many pictures in a short time. Please try again in an hour.")]
        return None
    file = request.files[form.picture.name]
    try:
        picture = receive_picture(file.stream, file.filename or "")
    except PictureRefused as refused:
        form.picture.errors = [str(refused)]
        return None
    except StorageError:
        form.picture.errors = [_("The picture could not be kept just now. Please try again in a few minutes.")]
        return None
    with writing():
        return keep_unshown(picture)


def markdown_of(row: StoredFile, alt: str) -> str:
    """The Markdown that shows a picture."""
    words = re.sub(r"([\\\[\]`*_<!])", r"\\\1", alt)
    return f"![{words}]({picture_path(row.key, row.name)})"
