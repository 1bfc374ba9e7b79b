"""The outbox for staff: what left, what waits, what could not be delivered and why."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, current_app, flash, g, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from jobboard.audit.actions import record
from jobboard.audit.views import note_look
from jobboard.core.access import HIRING, access
from jobboard.core.db import Page, first_or_404, page_number, session, writing
from jobboard.core.forms import DeskForm, checked_button
from jobboard.core.i18n import _
from jobboard.core.web import own_path, see
from jobboard.mail.actions import mask_links, retry
from jobboard.mail.models import STATE_LABELS, MailState, OutboxMail
from jobboard.mail.queries import counts_by_state, for_staff, outbox

bp = Blueprint("mail", __name__, url_prefix="/mail")

PER_PAGE = 50


@bp.get("/")
@access(HIRING)
def index() -> str:
    """The mails of one state or all, what failed first."""
    asked = request.args.get("state", "")
    state = MailState(asked) if asked in {one.value for one in MailState} else None
    counts, number = counts_by_state(), page_number(request.args.get("page"))
    rows = session().execute(outbox(state).offset((number - 1) * PER_PAGE).limit(PER_PAGE)).scalars()
    total = counts[state] if state else sum(counts.values())
    page = Page(list(rows), number, PER_PAGE, total, lambda n: url_for("desk.mail.index", state=asked or None, page=n))
    return render_template(
        "desk/mail/index.html",
        page=page,
        hidden=names_hidden(page.items),
        tabs=_tabs(state, counts),
        labels=STATE_LABELS,
        has_transport=current_app.extensions["mail_transport"] is not None,
        button_form=DeskForm(formdata=None),
    )


@bp.get("/<int:mail_id>/")
@access(HIRING, trace="audit")
def show(mail_id: int) -> str:
    """One mail as its recipient reads it, but for the links that are theirs alone."""
    mail = mail_or_404(mail_id)
    note_look("mail.viewed", _about(mail), g.person, mail=mail_id)
    return render_template(
        "desk/mail/show.html",
        mail=mail,
        hidden=names_hidden([mail]),
        text=mask_links(mail.text, _("(link for the recipient only)")),
        labels=STATE_LABELS,
        button_form=DeskForm(formdata=None),
    )


@bp.post("/<int:mail_id>/retry/")
@access(HIRING, writes=True)
def try_again(mail_id: int) -> BaseResponse:
    """Try a mail again now that was tried before, and go back to where the button was pressed."""
    mail = mail_or_404(mail_id)
    checked_button()
    with writing():
        if may_retry := mail.may_retry:
            retry(mail)
            record("mail.retried", _about(mail), g.person, mail=mail.id)
    is_waiting = _("The mail was not tried again: it has left, or leaves by itself when its time has come.")
    flash(_("The mail will be tried again now.") if may_retry else is_waiting)
    return see(own_path(request.form.get("next"), url_for("desk.mail.index")))


def mail_or_404(mail_id: int) -> OutboxMail:
    """The mail with this id."""
    return first_or_404(for_staff().where(OutboxMail.id == mail_id))


def names_hidden(mails: Sequence[OutboxMail]) -> dict[int, str]:
    """By id of a mail what the applicant it is about is called, where this person may not know yet who that is.

    They do not read it.
    """
    called: Callable[[Sequence[OutboxMail], Any], dict[int, str]] = current_app.extensions["mail_names"]
    return called(mails, g.person)


def _about(mail: OutboxMail) -> tuple[str, int]:
    """What an entry of the audit log is about: the application, so that the entry is emptied with it, or the mail itself."""
    is_of_application = mail.about_kind == "application" and mail.about_id is not None
    return ("application", mail.about_id or 0) if is_of_application else ("mail", mail.id)


def _tabs(chosen: MailState | None, counts: dict[MailState, int]) -> list[dict[str, object]]:
    everything = {
        "text": _("All"),
        "count": sum(counts.values()),
        "url": url_for("desk.mail.index"),
        "is_current": chosen is None,
    }
    return [everything] + [
        {
            "text": STATE_LABELS[state],
            "count": counts[state],
            "url": url_for("desk.mail.index", state=state.value),
            "is_current": state is chosen,
        }
        for state in (MailState.failed, MailState.queued, MailState.sent)
    ]
