"""Applying: one page, looked over once, sent once. No account, no cookie, no JavaScript needed."""

import functools

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from markupsafe import escape
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as BaseResponse

from jobboard.applications.actions_draft import begin_anew, content_digest, end, link_of, mail_link
from jobboard.applications.actions_submit import submit
from jobboard.applications.forms import ApplyForm, apply_form
from jobboard.applications.markup import review_rows
from jobboard.applications.models_draft import Draft
from jobboard.applications.queries import digest_sent_with, is_sent_from
from jobboard.applications.queries_draft import draft_by_id, draft_by_link
from jobboard.applications.views_files import Files
from jobboard.applications.views_sending import (
    PROOF_FROM,
    form_from,
    is_complete,
    is_taking,
    keep_draft,
    limits_of,
    may_keep,
    sending_of,
    suspicions_of,
    token_of,
)
from jobboard.core import clock, i18n
from jobboard.core.access import Public, access
from jobboard.core.db import writing
from jobboard.core.faults import failpoint
from jobboard.core.i18n import _
from jobboard.core.kept import kept
from jobboard.core.limits import caller, is_allowed, is_used_up
from jobboard.core.pages import source_of_request
from jobboard.core.skeleton import Skeleton, hole
from jobboard.core.tokens import FormToken, fresh_form_token, signed_form_token
from jobboard.core.web import languages_of_page, private_page, public_page, see
from jobboard.openings.models import JobOffer
from jobboard.openings.queries import offer_at
from jobboard.openings.views import closed_page, page_context, similar_cards
from jobboard.posts.models import Kind, PostText
from jobboard.posts.views import moved_or_404
from jobboard.site.models import PageKind
from jobboard.site.queries import kept_page, use_kept_site

bp = Blueprint("applications", __name__)

Answer = Response | BaseResponse
#: Links to unfinished forms that are mailed.
MAILED_PER_HOST, MAILED_PER_ADDRESS = "20 per hour", "3 per hour"
APPLY = "/<language:language>/jobs/<slug>/apply/"


def opening_of(slug: str) -> tuple[JobOffer, PostText]:
    """The opening of an address and the text the address names; 404 for one that is not public, an old one leads on."""
    use_kept_site()
    return offer_at(slug, clock.now()) or moved_or_404(Kind.opening, slug)


@bp.route(APPLY, methods=["GET", "POST"])
@access(Public.anyone, writes=True)
def apply(slug: str) -> Answer:
    """The form of an opening. Nothing typed or uploaded is lost to an error, an old token or a second try."""
    offer, text = opening_of(slug)
    if offer.apply_url:
        return redirect(offer.apply_url)
    if request.method == "POST":
        return _take(offer, text, token_of(offer))
    if not is_taking(offer, None):
        return private_page(closed_page(offer, text), 410)
    form, token = apply_form(offer), fresh_form_token("apply", offer.id)
    form.src.data = source_of_request()
    return private_page(form_page(offer, text, form, Files(form, None), token))


@bp.route(f"{APPLY}<token>/", methods=["GET", "POST"])
@access(Public.link, writes=True)
def draft(slug: str, token: str) -> Answer:
    """The form as somebody left it: after a reload, from the review, or by the link in a mail."""
    offer, text = opening_of(slug)
    found = draft_by_link(token, offer.id)
    if request.method == "POST":
        return _take(offer, text, _token_of(found) if found else token_of(offer))
    if found is None:
        return sent_or_gone(offer, text, token)
    if not is_taking(offer, found.issued_at):
        return too_late(offer, text, form_from(offer, found))
    form = form_from(offer, found)
    return private_page(form_page(offer, text, form, Files(form, found), _token_of(found)))


def _token_of(found: Draft) -> FormToken:
    """The form token a draft was begun with."""
    return FormToken("apply", found.opening_id, found.issued_at, found.nonce)


def _take(offer: JobOffer, text: PostText, token: FormToken | None) -> Answer:
    """Keep what was sent; then show it for a last look, or the form again with what is wrong."""
    form = apply_form(offer)
    if not is_taking(offer, token.issued_at if token else None):
        return too_late(offer, text, form)
    files = Files(form, None)
    if not may_keep():
        form.form_errors.append(
            _("Much was sent from here in a short time. Please wait an hour; what you typed is still in the form.")
        )
        return private_page(form_page(offer, text, form, files, token or fresh_form_token("apply", offer.id)), 429)
    failpoint("before-file")
    files.receive()
    failpoint("after-file")
    found, earlier = keep_draft(token or fresh_form_token("apply", offer.id), form, files)
    is_valid = is_complete(form, files)
    if "later" in request.form:
        return _mail_link(offer, text, form, files, found)
    if token is None:
        form.form_errors.append(
            _("This form was open for too long or was changed on its way. Nothing is lost: please send it again.")
        )
    if token is None or not is_valid:
        return private_page(form_page(offer, text, form, files, _token_of(found)), 422)
    if earlier is None:
        return see(draft_url("review", text, found))
    return _sent_before(offer, text, form, files, is_same=earlier == content_digest(found))


def _mail_link(offer: JobOffer, text: PostText, form: ApplyForm, files: Files, found: Draft) -> Answer:
    """Mail the link to the form as it is, to go on another time or on another device; only the address must be good."""
    address, others = form.email.data or "", [field for field in form if field is not form.email]
    for field in others:
        field.errors = []
    if form.email.errors:
        return private_page(form_page(offer, text, form, files, _token_of(found)), 422)
    limits = ((MAILED_PER_HOST, "later-host", caller()), (MAILED_PER_ADDRESS, "later-address", address.lower()))
    if not all(is_allowed(*limit) for limit in limits):
        form.form_errors.append(_("The link was sent several times already. Please look among spam, or wait an hour."))
        return private_page(form_page(offer, text, form, files, _token_of(found)), 429)
    with writing():
        row = draft_by_id(found.id, lock=True)
        if row is not None:
            mail_link(row, offer, address)
    return see(f"{draft_url('draft', text, found)}?mailed=1")


def _sent_before(offer: JobOffer, text: PostText, form: ApplyForm, files: Files, *, is_same: bool) -> Answer:
    """The form of an application that arrived: sent again it is the same, with other content it is another one."""
    token = fresh_form_token("apply", offer.id)
    with writing():
        row = draft_by_id(files.draft.id, lock=True) if files.draft else None
        if row is not None and is_same:
            end(row)
        elif row is not None:
            begin_anew(row, token.nonce)
    if is_same or row is None:
        return see(url_for("applications.sent", slug=text.slug))
    files.draft = row
    form.form_errors.append(
        _(
            "This form was sent before with other content; that application has arrived. "
            "Send it again if this version should reach us as well."
        )
    )
    return private_page(form_page(offer, text, form, files, _token_of(row)), 409)


@bp.route(f"{APPLY}<token>/review/", methods=["GET", "POST"])
@access(Public.link, writes=True)
def review(slug: str, token: str) -> Answer:
    """A last look at everything, and the button that sends it."""
    offer, text = opening_of(slug)
    found = draft_by_link(token, offer.id)
    if found is None:
        return sent_or_gone(offer, text, token)
    form = form_from(offer, found)
    if not is_taking(offer, found.issued_at):
        return too_late(offer, text, form)
    files = Files(form, found)
    if not is_complete(form, files):
        return private_page(form_page(offer, text, form, files, _token_of(found)), 422)
    if request.method == "GET":
        return private_page(_review_page(offer, text, form, found))
    return _send(offer, text, form, found)


def _send(offer: JobOffer, text: PostText, form: ApplyForm, found: Draft) -> Answer:
    """One transaction: application, files, event, mail, and the draft's end. Sent twice it is one application."""
    digest = content_digest(found)
    if request.form.get("content") != digest:
        words = _("This was changed in another window in the meantime. Please look at it once more before sending.")
        return private_page(_review_page(offer, text, form, found, words), 409)
    limits = limits_of(offer, form.email.data or "")
    if any(is_used_up(*limit) for limit in limits):
        words = _(
            "There were many applications from here in a short time. Nothing is lost: please send it again later."
        )
        return private_page(_review_page(offer, text, form, found, words), 429)
    suspicions, draft_id, nonce = suspicions_of(found), found.id, found.nonce
    is_new = False
    try:
        with writing():
            locked = draft_by_id(draft_id, lock=True)
            if locked is not None and content_digest(locked) == digest:
                submit(offer, sending_of(offer, locked, form, digest, suspicions))
                end(locked)
                is_new = True
    except IntegrityError:
        is_new = False  # the same form arrived twice at once; the other one is in
    failpoint("after-commit")
    if is_new:
        for limit in [*limits, (PROOF_FROM, "apply-host-proof", caller())]:
            is_allowed(*limit)
    elif (earlier := digest_sent_with(nonce)) != digest:
        # Changed or ended between the look at it and the sending; or the form was sent before with other content.
        return (
            see(request.path) if earlier is None else _sent_before(offer, text, form, Files(form, found), is_same=False)
        )
    return see(url_for("applications.sent", slug=text.slug))


def draft_url(view: str, text: PostText, found: Draft) -> str:
    """The address of a page of a draft."""
    return url_for(f"applications.{view}", slug=text.slug, token=link_of(found))


def form_page(offer: JobOffer, text: PostText, form: ApplyForm, files: Files, token: FormToken) -> str:
    """The form; its address is the draft's once there is one, so that a reload finds everything."""
    form.token.data, found = signed_form_token(token), files.draft
    return render_template(
        "applications/apply.html",
        form=form,
        files=files,
        draft=found,
        action=draft_url("draft", text, found) if found else url_for("applications.apply", slug=text.slug),
        is_mailed=request.method == "GET" and request.args.get("mailed") == "1",
        proof_bits=current_app.config["PROOF_OF_WORK"],
        privacy=kept_page(PageKind.privacy, i18n.page_language()),
        **page_context(offer, text),
    )


def _review_page(offer: JobOffer, text: PostText, form: ApplyForm, found: Draft, message: str = "") -> bytes:
    """What somebody looks over; the page around it is the same for all who apply there, so it is rendered once."""
    key = (text.id, i18n.page_language(), bool(message))
    page = kept("reviews", key, functools.partial(_review_around, offer, text, has_message=bool(message)))
    back, rows = draft_url("draft", text, found), review_rows(form, found, offer.questions)
    values = {
        "rows": current_app.jinja_env.get_template("applications/_review_rows.html").render(rows=rows, back=back),
        "message": escape(message),
        "content": content_digest(found),
        "back": escape(back),
        **{f"address:{code}": escape(address) for code, _name, address, _is_current in languages_of_page()},
    }
    return page.fill({name: value.encode() for name, value in values.items()})


def _review_around(offer: JobOffer, text: PostText, *, has_message: bool) -> Skeleton:
    return Skeleton(
        render_template(
            "applications/review.html",
            rows=hole("rows"),
            message=hole("message") if has_message else "",
            content=hole("content"),
            back=hole("back"),
            languages=[
                (code, name, hole(f"address:{code}"), is_now) for code, name, _url, is_now in languages_of_page()
            ],
            privacy=kept_page(PageKind.privacy, i18n.page_language()),
            **page_context(offer, text),
        )
    )


def too_late(offer: JobOffer, text: PostText, form: ApplyForm) -> Response:
    """The opening closed while somebody was writing: what they wrote to copy, and what is open instead."""
    template, similar = "applications/too_late.html", similar_cards(offer)
    return private_page(render_template(template, form=form, similar=similar, **page_context(offer, text)), 410)


def sent_or_gone(offer: JobOffer, text: PostText, token: str) -> Answer:
    """The way on from the link of a draft that is not there: it was sent, or nobody touched it for its time."""
    if is_sent_from(token):
        return see(url_for("applications.sent", slug=text.slug))
    return private_page(render_template("applications/gone.html", **page_context(offer, text)), 410)


@bp.get(f"{APPLY}sent/")
@access(Public.anyone)
def sent(slug: str) -> Response:
    """What happens now. The same page for everybody: it never tells whether somebody applied before."""
    offer, text = opening_of(slug)
    return public_page(render_template("applications/sent.html", **page_context(offer, text)))
