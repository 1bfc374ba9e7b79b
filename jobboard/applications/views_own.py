"""The applicant's own page behind a signed link: where it stands, everything sent, and what they may do with it."""

from typing import Any

from flask import Response, abort, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from jobboard.applications.actions import (
    add_document,
    change_contact,
    join_pool,
    leave_pool,
    mail_links,
    private_address,
    withdraw,
)
from jobboard.applications.actions_archive import archive_of
from jobboard.applications.actions_erasing import ask_for_deletion
from jobboard.applications.forms_own import ContactForm, DocumentForm, LostLinkForm, WithdrawForm
from jobboard.applications.markup import next_words, pool_state, promised_on, steps
from jobboard.applications.models import POOL_WORDS, Application
from jobboard.applications.queries import application_by_link, document_of, sent_from
from jobboard.applications.queries_erasing import kept_until, retention
from jobboard.applications.views import bp
from jobboard.core import i18n
from jobboard.core.access import Public, access
from jobboard.core.db import scrub, writing
from jobboard.core.forms import read_phone, shown_phone
from jobboard.core.i18n import _
from jobboard.core.limits import caller, is_allowed
from jobboard.core.web import private_page, see
from jobboard.files.actions import receive
from jobboard.files.checks import FileRefused
from jobboard.files.markup import attachment
from jobboard.files.storage import StorageError
from jobboard.files.views import download
from jobboard.openings.queries import offer_to_show, offers_by_id
from jobboard.site.queries import current_site

OWN = "/<language:language>/applications/<token>/"
LOST_PER_HOST, LOST_PER_ADDRESS = "20 per hour", "3 per hour"
#: Documents of one application, so that a link cannot fill the disk.
MOST_DOCUMENTS = 20


@bp.get(OWN)
@access(Public.link)
def show(token: str) -> Response:
    """Where it stands, what comes next and by when, everything that was sent, and when it is deleted."""
    return private_page(own_page(token, application_or_404(token)))


def own_page(token: str, row: Application, document_form: DocumentForm | None = None) -> str:
    """The applicant's page; one that is locked shows that and nothing else."""
    template = "applications/locked.html" if row.locked_at is not None else "applications/show.html"
    form = document_form or DocumentForm(formdata=None)
    done = request.args.get("done", "")
    return render_template(template, token=token, document_form=form, done=done, **_context(row))


@bp.route(f"{OWN}withdraw/", methods=["GET", "POST"])
@access(Public.link, writes=True)
def withdraw_application(token: str) -> Response | BaseResponse:
    """Ask first, then withdraw: a GET (or a mail scanner) changes nothing."""
    row = application_or_404(token)
    form = WithdrawForm()
    if not row.may_withdraw:
        return see(url_for("applications.show", token=token))
    if request.method == "POST" and form.validate():
        with writing():
            withdraw(row, form.chosen)
        return see(url_for("applications.show", token=token))
    body = render_template("applications/withdraw.html", form=form, token=token, **_context(row))
    return private_page(body, 422 if form.errors else 200)


@bp.get(f"{OWN}documents/<int:document_id>/")
@access(Public.link)
def document(token: str, document_id: int) -> Response:
    """One of the files the applicant sent."""
    found = document_of(application_or_404(token), document_id) or abort(404)
    response = download(found.file)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@bp.post(f"{OWN}documents/")
@access(Public.link, writes=True)
def add(token: str) -> Response | BaseResponse:
    """One more document, as long as somebody still has to decide."""
    row = application_or_404(token)
    form = DocumentForm()
    if not row.may_withdraw:
        return see(url_for("applications.show", token=token))
    upload, problem = form.document.data, ""
    if not upload or not upload.filename:
        problem = _("Please choose a file.")
    elif len(row.documents) >= MOST_DOCUMENTS:
        problem = _("There are %(number)d documents already; no more can be added.", number=MOST_DOCUMENTS)
    else:
        try:
            received = receive(upload.stream, upload.filename)
        except FileRefused as refused:
            problem = str(refused)
        except StorageError:
            problem = _("This file could not be stored just now. Please try again in a few minutes.")
    if problem:
        form.document.errors = [problem]
        return private_page(own_page(token, row, form), 422)
    with writing():
        add_document(row, received)
    return see(url_for("applications.show", token=token, done="added"))


@bp.route(f"{OWN}contact/", methods=["GET", "POST"])
@access(Public.link, writes=True)
def contact(token: str) -> Response | BaseResponse:
    """Name, address and telephone. With a new address the page moves to a new link, and whoever is here goes with it."""
    row = application_or_404(token)
    if row.locked_at is not None:
        return see(url_for("applications.show", token=token))
    form = ContactForm(data={"name": row.name, "email": row.email, "phone": shown_phone(row.phone)})
    if request.method == "POST" and form.validate():
        phone = read_phone(form.phone.data) if form.phone.data else ""
        offer, row_id = offer_to_show(row.opening_id), row.id
        with writing():
            change_contact(row, offer, name=form.name.data or "", email=form.email.data or "", phone=phone)
        return see(f"{private_address(row_id)}?done=contact")
    body = render_template("applications/contact.html", form=form, token=token, **_context(row))
    return private_page(body, 422 if form.errors else 200)


@bp.get(f"{OWN}download/")
@access(Public.link)
def archive(token: str) -> Response:
    """Everything as a ZIP: one JSON file and the documents as they were sent (GDPR Art. 15 and 20)."""
    row = application_or_404(token)
    response = Response(archive_of(row, offer_to_show(row.opening_id)), content_type="application/zip")
    response.headers["Content-Disposition"] = attachment(_("application.zip"))
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@bp.route(f"{OWN}delete/", methods=["GET", "POST"])
@access(Public.link, writes=True)
def delete(token: str) -> Response | BaseResponse:
    """Ask first, then delete; or lock, where a claim could still be made and it is kept for that alone."""
    row = application_or_404(token)
    if row.locked_at is not None:
        return see(url_for("applications.show", token=token))
    if request.method == "GET":
        return private_page(render_template("applications/delete.html", token=token, **_context(row)))
    with writing():
        until = ask_for_deletion(row, retention())
    if until is not None:
        return see(url_for("applications.show", token=token))
    scrub()
    return private_page(render_template("applications/deleted.html"))


@bp.post(f"{OWN}pool/")
@access(Public.link, writes=True)
def pool(token: str) -> BaseResponse:
    """Join the talent pool, stay in it, or leave it: one button each."""
    row = application_or_404(token)
    if row.locked_at is None:
        with writing():
            if "leave" in request.form:
                leave_pool(row)
            elif "join" in request.form:
                join_pool(row, str(POOL_WORDS))
    return see(url_for("applications.show", token=token, done="left" if "leave" in request.form else "joined"))


@bp.route("/<language:language>/applications/lost/", methods=["GET", "POST"])
@access(Public.anyone, writes=True)
def lost() -> Response | BaseResponse:
    """The link once more, to the stored address only. The answer never tells whether there is one."""
    form = LostLinkForm()
    if request.method == "GET":
        is_asked = request.args.get("asked") == "1"
        return private_page(render_template("applications/lost.html", form=form, is_asked=is_asked))
    if not form.validate():
        return private_page(render_template("applications/lost.html", form=form, is_asked=False), 422)
    address = (form.email.data or "").lower()
    if not is_allowed(LOST_PER_HOST, "lost-host", caller()):
        form.form_errors.append(_("The link was asked for many times from here. Please wait an hour."))
        return private_page(render_template("applications/lost.html", form=form, is_asked=False), 429)
    if is_allowed(LOST_PER_ADDRESS, "lost-address", address):
        with writing():
            rows = sent_from(address)
            if rows:
                mail_links(rows, {one.id: one for one in offers_by_id([row.opening_id for row in rows])})
    return see(url_for("applications.lost", asked=1))


def application_or_404(token: str) -> Application:
    """The application of a link; a wrong link looks like any unknown address."""
    return application_by_link(token) or abort(404)


def _context(row: Application) -> dict[str, Any]:
    text = row.opening.text(i18n.page_language())
    return {
        "application": row,
        "phone": shown_phone(row.phone),
        "title": text.title,
        "text": text,
        "is_foreign": text.locale != i18n.page_language(),
        "steps": steps(row),
        "next_words": next_words(row),
        "promised_on": promised_on(row),
        "retention_days": current_site().retention_days,
        "deleted_on": kept_until(row, retention()),
        "pool": pool_state(row),
    }
