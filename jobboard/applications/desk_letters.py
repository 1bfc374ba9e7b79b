"""Writing a mail to an applicant: from a template or freely, looked at before it leaves, and taken back if need be."""

import dataclasses
from typing import Any

from flask import Blueprint, abort, flash, g, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from jobboard.applications.actions import language_of
from jobboard.applications.actions_letters import (
    NotSent,
    letter_words,
    preview,
    send_letter,
    take_letter_back,
)
from jobboard.applications.desk_screen import application_or_404, face_of
from jobboard.applications.forms_letters import LetterForm
from jobboard.applications.models import Application
from jobboard.applications.views_files import NotTaken, take_in
from jobboard.core import i18n
from jobboard.core.access import HIRING, access
from jobboard.core.db import row_number, session, writing
from jobboard.core.forms import checked_button
from jobboard.core.i18n import _
from jobboard.core.tokens import sign, unsign
from jobboard.core.web import see
from jobboard.files.actions import Upload, keep_staged
from jobboard.files.markup import size_in_words
from jobboard.files.models import StoredFile
from jobboard.mail.markup_templates import PLACEHOLDERS
from jobboard.mail.queries_templates import named_templates, template_named
from jobboard.openings.models import JobOffer
from jobboard.openings.queries import offer_to_show
from jobboard.site.queries import current_site

bp = Blueprint("letters", __name__, url_prefix="/applications")

#: Files of one mail and their bytes together: mail servers refuse more than some 25 MB, and a mail's files grow by a third.
MOST_FILES, MOST_BYTES = 5, 15_000_000


@bp.route("/<int:application_id>/mail/", methods=["GET", "POST"])
@access(HIRING, writes=True)
def new(application_id: int) -> BaseResponse | str | tuple[str, int]:
    """Write, look at it as it will arrive, and send. What is attached is kept from one look to the next."""
    row = application_or_404(application_id)
    if row.is_suspect:
        abort(404)
    offer, form = offer_to_show(row.opening_id), LetterForm(data=_start(row))
    if request.method == "GET":
        return _page(row, offer, form, [])
    files = Enclosures(row)
    files.receive(form)
    if not form.validate_on_submit() or files.errors:
        form.files.errors = [*form.files.errors, *files.errors]
        return _page(row, offer, form, files.kept), 422
    if "send" not in request.form:
        return _page(row, offer, form, files.kept, is_preview=True)
    try:
        with writing():
            words = letter_words(row, offer, form.subject.data or "", form.body.data or "")
            send_letter(row, offer, words, g.person, files.again(), form.nonce.data or "")
    except NotSent:
        abort(404)
    return see(url_for("desk.applications.show", application_id=row.id))


@bp.post("/<int:application_id>/mail/<int:mail_id>/take-back/")
@access(HIRING, writes=True)
def take_back(application_id: int, mail_id: int) -> BaseResponse:
    """Take a mail back that has not left yet."""
    row = application_or_404(application_id)
    checked_button()
    with writing():
        is_back = take_letter_back(row, mail_id, g.person)
    if is_back:
        flash(_("The mail was taken back. Nobody gets it."))
    else:
        flash(_("This mail has left already."), "warning")
    return see(url_for("desk.applications.show", application_id=row.id))


def _start(row: Application) -> dict[str, str]:
    """What a new mail begins with: the chosen template in the applicant's language, else in another."""
    chosen = request.args.get("template", "")
    found = template_named(number) if (number := row_number(chosen)) is not None else None
    if found is None:
        return {"subject": "", "body": ""}
    language = language_of(row)
    return {"subject": i18n.pick(found.subject, language), "body": i18n.pick(found.body, language)}


class Enclosures:
    """The files of a mail that is being written: checked, kept for a day, and named by signed numbers in the form."""

    def __init__(self, row: Application) -> None:
        self.purpose = f"letter:{row.id}:{g.person.id}"
        self.errors: list[str] = []
        tokens = [token for token in request.form.getlist("kept") if token not in request.form.getlist("remove")]
        self.ids = [int(number) for token in tokens if (number := unsign(self.purpose, token))]

    def receive(self, form: LetterForm) -> None:
        """Take in what was uploaded, as far as there is room."""
        uploads: list[Upload] = []
        for one in form.files.data or []:
            if not one or not getattr(one, "filename", ""):
                continue
            try:
                uploads.append(take_in(one))
            except NotTaken as refused:
                self.errors.append(f"{one.filename}: {refused}")
        with writing():
            there = self.again()
            for upload in uploads:
                if len(there) >= MOST_FILES or sum(file.size for file in there) + upload.size > MOST_BYTES:
                    self.errors.append(_("A mail can have 5 files with 15 MB together. Please leave some out."))
                    break
                there.append(keep_staged(upload))
            self.ids = [file.id for file in there]

    def again(self) -> list[StoredFile]:
        """The kept files that are still there and still nobody's, in their order."""
        rows = [session().get(StoredFile, number) for number in self.ids[:MOST_FILES]]
        return [row for row in rows if row is not None and row.staged_until is not None]

    @property
    def kept(self) -> list["Enclosed"]:
        """What the form shows of them."""
        return [Enclosed(row.name, size_in_words(row.size), sign(self.purpose, str(row.id))) for row in self.again()]


@dataclasses.dataclass(frozen=True)
class Enclosed:
    """A file that is kept for the mail."""

    name: str
    size: str
    token: str


def _page(
    row: Application, offer: JobOffer, form: LetterForm, kept: list[Enclosed], *, is_preview: bool = False
) -> str:
    face, language = face_of(row), language_of(row)
    shown: dict[str, Any] = {}
    if is_preview:
        words = letter_words(row, offer, form.subject.data or "", form.body.data or "")
        subject, paragraphs = preview(words, face.name, _("(link for the recipient only)"))
        contact = offer.contact.email if offer.contact is not None else current_site().contact_email
        shown = {"subject": subject, "paragraphs": paragraphs, "answers_to": contact}
    return render_template(
        "desk/letters/new.html",
        application=row,
        face=face,
        form=form,
        kept=kept,
        shown=shown,
        language=language,
        language_name=i18n.language_name(language),
        named=[(one.id, one.name, language in one.body) for one in named_templates()],
        chosen=request.args.get("template", ""),
        placeholders=PLACEHOLDERS,
    )
