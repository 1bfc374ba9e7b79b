"""The applicant's own page behind a signed link: where it stands, everything sent, and what they may do with it."""

from typing import Any

from flask import Response, abort, current_app, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from jobboard.applications.actions import address_of, join_pool, withdraw
from jobboard.applications.actions_archive import archive_of
from jobboard.applications.actions_erasing import ask_for_deletion
from jobboard.applications.actions_own import (
    add_document,
    ask_new_address,
    change_contact,
    leave_pool,
    may_join_pool,
    take_new_address,
)
from jobboard.applications.forms import ContactForm
from jobboard.applications.forms_own import DocumentForm, LostLinkForm, WithdrawForm
from jobboard.applications.markup import next_words, pool_state, promised_on, steps, whom_to_ask
from jobboard.applications.models import POOL_WORDS, Application
from jobboard.applications.models_draft import LostLink
from jobboard.applications.queries import application_by_link, application_by_new_address, document_of
from jobboard.applications.queries_erasing import kept_until, locked_until, retention
from jobboard.applications.views import bp
from jobboard.applications.views_files import NotTaken, take_in
from jobboard.core import clock, i18n
from jobboard.core.access import Public, access
from jobboard.core.db import scrub, writing
from jobboard.core.forms import read_phone, shown_phone
from jobboard.core.i18n import _
from jobboard.core.limits import caller, is_allowed
from jobboard.core.web import private_page, see
from jobboard.files.markup import attachment
from jobboard.files.views import download
from jobboard.openings.queries import offer_to_show
from jobboard.site.queries import current_site

OWN = "/<language:language>/applications/<token>/"
LOST_PER_HOST, LOST_PER_ADDRESS = "20 per hour", "3 per hour"
#: New addresses one application asks, and archives that are made of one.
ASKED_PER_ROW, ARCHIVES = "3 per day", "20 per hour"
#: Documents of one application, so that a link cannot fill the disk.
MOST_DOCUMENTS = 20


@bp.get(OWN)
@access(Public.link)
def show(token: str) -> Response:
    """Where it stands, what comes next and by when, everything that was sent, and when it is deleted."""
    return private_page(own_page(token, application_or_404(token)))


def own_page(token: str, row: Application, document_form: DocumentForm | None = None) -> str:
    """The applicant's page; one that is locked shows that and nothing else."""
    if row.locked_at is not None:
        return render_template("applications/locked.html", token=token, **_context(row))
    form = document_form or DocumentForm(formdata=None)
    done = request.args.get("done", "")
    panels = [panel(row, token) for panel in current_app.extensions["own_page_panels"]]
    context = {"document_form": form, "done": done, "panels": panels, "contact": whom_to_ask(row.opening)}
    return render_template("applications/show.html", token=token, **context, **_context(row))


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
            current = application_or_404(token, lock=True)
            if current.may_withdraw:
                withdraw(current, form.chosen)
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
    upload = form.document.data
    try:
        if not upload or not upload.filename:
            raise NotTaken(_("Please choose a file."))
        if len(row.documents) >= MOST_DOCUMENTS:
            raise NotTaken(_("There are %(number)d documents already; no more can be added.", number=MOST_DOCUMENTS))
        received = take_in(upload)
        with writing():
            current = application_or_404(token, lock=True)
            if current.may_withdraw and len(current.documents) < MOST_DOCUMENTS:
                add_document(current, received)
    except NotTaken as refused:
        form.document.errors = [str(refused)]
        return private_page(own_page(token, application_or_404(token), form), 422)
    return see(url_for("applications.show", token=token, done="added"))


@bp.route(f"{OWN}contact/", methods=["GET", "POST"])
@access(Public.link, writes=True)
def contact(token: str) -> Response | BaseResponse:
    """Name, address and telephone. A new address counts once a link that is mailed there was used."""
    row = application_or_404(token)
    if row.locked_at is not None:
        return see(url_for("applications.show", token=token))
    form = ContactForm(data={"name": row.name, "email": row.email, "phone": shown_phone(row.phone)})
    if request.method == "POST" and form.validate() and _may_ask(form, row):
        phone = read_phone(form.phone.data) if form.phone.data else ""
        offer = offer_to_show(row.opening_id)
        with writing():
            current = application_or_404(token, lock=True)
            change_contact(current, name=form.name.data or "", phone=phone)
            is_asked = ask_new_address(current, offer, form.email.data or "") is not None
        return see(url_for("applications.show", token=token, done="asked" if is_asked else "contact"))
    body = render_template("applications/contact.html", form=form, token=token, **_context(row))
    return private_page(body, 422 if form.errors else 200)


def _may_ask(form: ContactForm, row: Application) -> bool:
    """Whether a mail may go to another address; how often is limited, so that nobody writes to strangers through us."""
    address = (form.email.data or "").lower()
    if address == row.email_key:
        return True
    limits = [
        (ASKED_PER_ROW, "address-row", str(row.id)),
        (LOST_PER_HOST, "address-host", caller()),
        (LOST_PER_ADDRESS, "address-address", address),
    ]
    if all(is_allowed(*limit) for limit in limits):
        return True
    form.form_errors.append(_("The address was changed several times already. Please wait a day."))
    return False


@bp.route("/<language:language>/applications/address/<token>/", methods=["GET", "POST"])
@access(Public.link, writes=True)
def new_address(token: str) -> Response | BaseResponse:
    """The owner of a new address says yes, by a button: a mail scanner that looks at the link changes nothing."""
    row = application_by_new_address(token) or abort(404)
    if request.method == "GET":
        title = row.opening.text(i18n.page_language()).title
        return private_page(render_template("applications/new_address.html", title=title, address=row.new_email))
    offer = offer_to_show(row.opening_id)
    with writing():
        current = application_by_new_address(token, lock=True) or abort(404)
        page = take_new_address(current, offer)
        address = address_of(page)
    return see(f"{address}?done=moved")


@bp.get(f"{OWN}download/")
@access(Public.link)
def archive(token: str) -> Response:
    """Everything as a ZIP: one JSON file and the documents as they were sent (GDPR Art. 15 and 20)."""
    row = application_or_404(token)
    if not is_allowed(ARCHIVES, "archive", token):
        abort(429)
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
        current = application_by_link(token, lock=True)
        until = ask_for_deletion(current, retention()) if current is not None else None
    if until is not None:
        return see(url_for("applications.show", token=token))
    scrub()
    return private_page(render_template("applications/deleted.html"))


@bp.post(f"{OWN}pool/")
@access(Public.link, writes=True)
def pool(token: str) -> BaseResponse:
    """Join the talent pool, stay in it, or leave it: one button each."""
    application_or_404(token)
    is_leaving = "leave" in request.form
    with writing():
        row = application_or_404(token, lock=True)
        if is_leaving:
            leave_pool(row)
        elif row.locked_at is None and may_join_pool(row):
            join_pool(row, str(POOL_WORDS))
    return see(url_for("applications.show", token=token, done="left" if is_leaving else "joined"))


@bp.route("/<language:language>/applications/lost/", methods=["GET", "POST"])
@access(Public.anyone, writes=True)
def lost() -> Response | BaseResponse:
    """The link once more, to the stored address only. Neither the answer nor its time tells whether there is one."""
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
        with writing() as current:
            current.add(LostLink(email=address, asked_at=clock.now()))
    return see(url_for("applications.lost", asked=1))


def application_or_404(token: str, *, lock: bool = False) -> Application:
    """The application of a link; a wrong link looks like any unknown address."""
    return application_by_link(token, lock=lock) or abort(404)


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
        "locked_until": locked_until(row, retention()) if row.was_told else None,
        "pool": pool_state(row),
    }
