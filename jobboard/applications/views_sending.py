"""One form of an opening on its way: read, kept as a draft, checked, sent."""

import datetime as dt

from flask import current_app, request
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import MultiDict

from jobboard.applications.actions_draft import keep
from jobboard.applications.actions_submit import GivenAnswer, Sending
from jobboard.applications.forms import ApplyForm, apply_form
from jobboard.applications.markup import value_of
from jobboard.applications.markup_proof import is_proof
from jobboard.applications.models import POOL_WORDS
from jobboard.applications.models_draft import Draft
from jobboard.applications.models_reasons import Suspicion
from jobboard.applications.queries import digest_sent_with
from jobboard.applications.views_files import Files
from jobboard.core import clock, i18n
from jobboard.core.db import writing
from jobboard.core.forms import clean_text, read_phone
from jobboard.core.limits import caller, is_allowed, is_used_up
from jobboard.core.tokens import BadFormToken, FormToken, read_form_token
from jobboard.openings.models import JobOffer
from jobboard.posts.models import Phase
from jobboard.site.models import PageKind
from jobboard.site.queries import kept_page
from jobboard.stats.queries import source_id_of

PER_HOST, PER_ADDRESS, PER_OPENING = "60 per hour", "10 per hour", "600 per hour"
#: Megabytes of forms and files that are kept of one host; forty people behind one address stay below.
KEPT_PER_HOST = "1000 per hour"
#: From a host that sent this many in an hour the calculation is asked for.
PROOF_FROM = "3 per hour"
#: What a draft keeps of one field's words, in characters: more than any field takes, less than harms.
MOST_KEPT = 200_000
#: The same form at the same moment: how often keeping it is tried again.
MOST_TRIES = 20


def token_of(offer: JobOffer) -> FormToken | None:
    """The form token that was sent, or None for one that is missing, altered or another form's."""
    try:
        return read_form_token(request.form.get("token"), "apply", offer.id)
    except BadFormToken:
        return None


def is_taking(offer: JobOffer, issued_at: dt.datetime | None) -> bool:
    """Whether an application may arrive now: the opening is open, or was when this form was handed out."""
    now = clock.now()
    if offer.phase(now) is Phase.open:
        return True
    ended, grace = offer.ended_at, current_app.config["GRACE"]
    return issued_at is not None and ended is not None and issued_at < ended and now < ended + grace


def limits_of(offer: JobOffer, email: str) -> list[tuple[str, str, str]]:
    """(limit, name, key) of what is counted: applications that arrived, not tries. Sending again is never punished."""
    return [
        (PER_HOST, "apply-host", caller()),
        (PER_ADDRESS, "apply-address", email.lower()),
        (PER_OPENING, "apply-opening", str(offer.id)),
    ]


def form_from(offer: JobOffer, draft: Draft) -> ApplyForm:
    """The form as a draft holds it."""
    pairs = [(name, value) for name, values in draft.fields.items() for value in values]
    return apply_form(offer, formdata=MultiDict(pairs))


def is_complete(form: ApplyForm, files: Files) -> bool:
    """Whether everything that is needed is there and good; what is not has its error at its field."""
    return files.check(is_valid=form.validate(), has_text=bool((form.text.data or "").strip()))


def keep_draft(token: FormToken, form: ApplyForm, files: Files) -> tuple[Draft, str | None]:
    """Keep what the request sent, in a transaction of its own. With it comes `digest_sent_with` its form."""
    fields = {field.name: _words(request.form.getlist(field.name)) for field in [*form.typed_fields, form.src]}
    suspicions = _suspicions(form)

    def kept() -> tuple[Draft, str | None]:
        with writing() as current:
            draft = keep(
                token,
                fields=fields,
                uploads=files.uploads,
                removed=files.removed,
                suspicions=suspicions,
                moment=_moment(),
            )
            for one in (*(kept.file for kept in draft.files), draft):
                if one in current:  # the page shows what is kept now, even when the same form is sent meanwhile
                    current.expunge(one)
            earlier = digest_sent_with(token.nonce)
        return draft, earlier

    for tries_left in range(MOST_TRIES, -1, -1):
        try:
            draft, earlier = kept()
            break
        except IntegrityError:  # the same form arrived several times at once; another one began the draft
            if not tries_left:
                raise
    files.settle(draft)
    return draft, earlier


def may_keep() -> bool:
    """Whether this host may have more kept: counted in megabytes that were sent, so that nobody fills the disk."""
    megabytes = -(-(request.content_length or 0) // 1_000_000)
    return is_allowed(KEPT_PER_HOST, "keep-megabytes", caller(), cost=max(1, megabytes))


def _moment() -> int | None:
    """The browser's clock when the form was read, in milliseconds; None without JavaScript."""
    text = request.form.get("moment", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


def _words(values: list[str]) -> list[str]:
    return [clean_text(value)[:MOST_KEPT] for value in values]


def _suspicions(form: ApplyForm) -> list[str]:
    """What this request tells about who fills in the form."""
    found = [Suspicion.trap.value] if form.homepage.data else []
    bits = current_app.config["PROOF_OF_WORK"]
    if bits and not is_proof(form.token.data or "", form.proof.data or "", bits):
        found.append(Suspicion.no_proof.value)
    return found


def suspicions_of(draft: Draft) -> list[str]:
    """Why a draft looks like a program's when it is sent. A missing calculation alone is none: it needs JavaScript."""
    found = [one for one in draft.suspicions if one != Suspicion.no_proof.value]
    if (clock.now() - draft.issued_at).total_seconds() < current_app.config["FORM_SECONDS"]:
        found.append(Suspicion.too_fast.value)
    if Suspicion.no_proof.value in draft.suspicions and (found or is_used_up(PROOF_FROM, "apply-host-proof", caller())):
        found.append(Suspicion.no_proof.value)
    return found


def sending_of(offer: JobOffer, draft: Draft, form: ApplyForm, digest: str, suspicions: list[str]) -> Sending:
    """What a complete form sends."""
    privacy = kept_page(PageKind.privacy, i18n.page_language())
    answers = []
    for question in offer.questions:
        field = form[f"q_{question.key}"]
        value, shown = value_of(question, field.data)
        answers.append(GivenAnswer(question, value, shown, draft.file(field.name)))
    return Sending(
        name=form.name.data or "",
        email=form.email.data or "",
        phone=read_phone(form.phone.data) if form.phone.data else "",
        text=form.text.data or "",
        locale=i18n.page_language(),
        nonce=draft.nonce,
        draft_hash=draft.link_hash,
        digest=digest,
        privacy_version=privacy.version if privacy else None,
        cv=draft.file("cv"),
        answers=answers,
        source_id=source_id_of(form.src.data or ""),
        pool_words=str(POOL_WORDS) if form.talent_pool.data else "",
        suspicions=suspicions,
    )
