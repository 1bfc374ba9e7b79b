"""Applying: one page, sent once; and the applicant's own page behind a signed link."""

import datetime as dt
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as BaseResponse

from jobboard.applications.actions import submit, withdraw
from jobboard.applications.forms import ApplyForm, WithdrawForm, apply_form
from jobboard.applications.markup import next_words, promised_on, steps
from jobboard.applications.models import Application
from jobboard.applications.queries import application_by_link, document_of, sent_with
from jobboard.applications.views_files import Files, sending_of
from jobboard.core import clock, i18n
from jobboard.core.access import Public, access
from jobboard.core.db import writing
from jobboard.core.faults import failpoint
from jobboard.core.i18n import _
from jobboard.core.limits import caller, is_allowed, is_used_up
from jobboard.core.tokens import BadFormToken, FormToken, issue_form_token, read_form_token
from jobboard.core.web import private_page, public_page, see
from jobboard.files.views import download
from jobboard.openings.models import JobOffer
from jobboard.openings.queries import offer_to_show
from jobboard.openings.views import closed_page, page_context
from jobboard.posts.models import Kind, Phase, PostText
from jobboard.posts.views import text_or_404
from jobboard.site.models import PageKind
from jobboard.site.queries import current_site, newest_page

bp = Blueprint("applications", __name__)

#: A form opened before the deadline may still be sent for this long after it.
GRACE = dt.timedelta(minutes=30)
PER_HOST, PER_ADDRESS = "60 per hour", "10 per hour"


@bp.route("/<language:language>/jobs/<slug>/apply/", methods=["GET", "POST"])
@access(Public.anyone, writes=True)
def apply(slug: str) -> Response | BaseResponse:
    """The form of an opening. Nothing typed or uploaded is lost to an error, an old token or a second try."""
    text = text_or_404(Kind.opening, slug)
    offer = offer_to_show(text.post_id)
    if offer.apply_url:
        return redirect(offer.apply_url)
    token = _token(offer)
    form = apply_form(offer.questions)
    if not _is_taking(offer, token):
        body = closed_page(offer, text) if request.method == "GET" else _too_late(offer, text, form)
        return _answer(body, 410)
    if request.method == "GET":
        return _answer(_page(offer, text, form, Files(form, offer.id)))
    return _take(offer, text, form, token)


def _token(offer: JobOffer) -> FormToken | None:
    """The form's token, or None for one that is missing, altered or another form's."""
    try:
        return read_form_token(request.form.get("token"), "apply", offer.id)
    except BadFormToken:
        return None


def _is_taking(offer: JobOffer, token: FormToken | None) -> bool:
    """Whether an application may arrive now: the opening is open, or was when this form was handed out."""
    now = clock.now()
    if offer.phase(now) is Phase.open:
        return True
    ended = offer.ended_at
    return token is not None and ended is not None and token.issued_at < ended and now < ended + GRACE


def _take(offer: JobOffer, text: PostText, form: ApplyForm, token: FormToken | None) -> Response | BaseResponse:
    files = Files(form, offer.id)
    failpoint("before-file")
    files.receive()
    failpoint("after-file")
    is_valid = files.check(is_valid=form.validate(), has_text=bool((form.text.data or "").strip()))
    if token is None:
        message = _("This form was open for too long or was changed on its way. Nothing is lost: please send it again.")
        return _again(offer, text, form, files, 422, message)
    if not is_valid:
        return _again(offer, text, form, files, 422)
    if sent_with(token.nonce) is None and any(is_used_up(*limit) for limit in _limits(form)):
        message = _(
            "There were many applications from here in a short time. Nothing is lost: please send it again later."
        )
        return _again(offer, text, form, files, 429, message)
    return _send(offer, text, form, files, token)


def _limits(form: ApplyForm) -> list[tuple[str, str, str]]:
    """(limit, name, key) of what is counted: applications that arrived, not tries. Sending again is never punished."""
    return [(PER_HOST, "apply-host", caller()), (PER_ADDRESS, "apply-address", (form.email.data or "").lower())]


def _send(offer: JobOffer, text: PostText, form: ApplyForm, files: Files, token: FormToken) -> Response | BaseResponse:
    """One transaction: application, files, event, mail. The same form sent twice is one application."""
    privacy = newest_page(PageKind.privacy, i18n.page_language())
    version = privacy.version if privacy else None
    digest = files.digest()
    is_new = False
    try:
        with writing():
            if sent_with(token.nonce) is None:
                submit(offer, sending_of(offer, form, files, token.nonce, digest, version))
                is_new = True
    except IntegrityError:
        is_new = False  # the same form arrived twice at once; the other one is in
    failpoint("after-commit")
    if is_new:
        for limit in _limits(form):
            is_allowed(*limit)
    there = sent_with(token.nonce)
    if there is not None and there.form_digest != digest:
        message = _(
            "This form was sent before with other content; that application has arrived. "
            "Send it again if this version should reach us as well."
        )
        return _again(offer, text, form, files, 409, message)
    return see(url_for("applications.sent", slug=text.slug))


def _again(
    offer: JobOffer, text: PostText, form: ApplyForm, files: Files, status: int, message: str | None = None
) -> Response:
    """The form once more with everything that was typed, the good files kept, and a fresh token."""
    files.stage()
    if message:
        form.form_errors.append(message)
    return _answer(_page(offer, text, form, files), status)


def _page(offer: JobOffer, text: PostText, form: ApplyForm, files: Files) -> str:
    form.token.data = issue_form_token("apply", offer.id)
    return render_template(
        "applications/apply.html",
        form=form,
        files=files,
        privacy=newest_page(PageKind.privacy, i18n.page_language()),
        **page_context(offer, text),
    )


def _too_late(offer: JobOffer, text: PostText, form: ApplyForm) -> str:
    return render_template("applications/too_late.html", form=form, **page_context(offer, text))


def _answer(body: str, status: int = 200) -> Response:
    response = Response(body, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@bp.get("/<language:language>/jobs/<slug>/apply/sent/")
@access(Public.anyone)
def sent(slug: str) -> Response:
    """What happens now. The same page for everybody: it never tells whether somebody applied before."""
    text = text_or_404(Kind.opening, slug)
    return public_page(render_template("applications/sent.html", **page_context(offer_to_show(text.post_id), text)))


@bp.get("/<language:language>/applications/<token>/")
@access(Public.link)
def show(token: str) -> Response:
    """The applicant's page: where it stands, what comes next and by when, and everything that was sent."""
    row = application_or_404(token)
    return private_page(render_template("applications/show.html", token=token, **_context(row)))


@bp.route("/<language:language>/applications/<token>/withdraw/", methods=["GET", "POST"])
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


@bp.get("/<language:language>/applications/<token>/documents/<int:document_id>/")
@access(Public.link)
def document(token: str, document_id: int) -> Response:
    """One of the files the applicant sent."""
    found = document_of(application_or_404(token), document_id) or abort(404)
    response = download(found.file)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def application_or_404(token: str) -> Application:
    """The application of a link; a wrong link looks like any unknown address."""
    return application_by_link(token) or abort(404)


def _context(row: Application) -> dict[str, Any]:
    text = row.opening.text(i18n.page_language())
    return {
        "application": row,
        "title": text.title,
        "text": text,
        "is_foreign": text.locale != i18n.page_language(),
        "steps": steps(row),
        "next_words": next_words(row),
        "promised_on": promised_on(row),
        "retention_days": current_site().retention_days,
    }
