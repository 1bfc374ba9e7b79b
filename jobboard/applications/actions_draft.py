"""Keeping what somebody typed and uploaded until they send it; nothing here commits."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from jobboard.applications.actions_submit import digest_of
from jobboard.applications.models_draft import Draft, DraftFile
from jobboard.applications.models_reasons import Suspicion
from jobboard.applications.queries_draft import draft_by_id, draft_to_change
from jobboard.core import clock, i18n
from jobboard.core.db import session, write_new
from jobboard.core.tokens import FormToken, link_token, token_hash
from jobboard.core.tokens_anew import keep_link
from jobboard.core.web import site_url
from jobboard.files.actions import Upload, staged
from jobboard.mail.actions import LinkEnded, private_link, queue
from jobboard.mail.models import OutboxMail
from jobboard.mail.queries import mails_about
from jobboard.openings.markup import shown_title
from jobboard.openings.models import JobOffer

PURPOSE = "draft"
_MAILS_ABOUT = sa.delete(OutboxMail).where(
    OutboxMail.about_kind == PURPOSE, OutboxMail.about_id == sa.bindparam("draft_id")
)
#: What says which files it has goes with it in the database.
_DRAFT = sa.delete(Draft).where(Draft.id == sa.bindparam("draft_id"))
#: Nothing of what is deleted is looked for among the session's rows.
_UNSEEN = {"synchronize_session": False, "scope": "form"}
#: Drafts that are deleted in one transaction.
AT_ONCE = 200
#: How long a draft is kept after its last change; one whose link was mailed is kept longer.
KEPT_FOR, KEPT_WITH_LINK = dt.timedelta(hours=24), dt.timedelta(days=7)


def link_of(draft: Draft) -> str:
    """The token of the link to a draft: made from its nonce, as SQLite gives an id that became free to another one."""
    return link_token(f"{PURPOSE}:{draft.nonce}", draft.opening_id, 1, draft.link_hash)


def keep(
    token: FormToken,
    *,
    fields: Mapping[str, list[str]],
    uploads: Mapping[str, Upload],
    removed: Collection[str],
    suspicions: Collection[str],
    moment: int | None = None,
) -> Draft:
    """The draft of a form with what it holds now: begun when there is none, else changed.

    `uploads` are new files by field; `removed` are fields whose file goes. Files that nobody has any more are swept.
    `moment` is the browser's clock in milliseconds: words that were slow on their way replace none that are newer.
    """
    found = draft_to_change(token.nonce)
    draft = found or _begin(token)
    if moment is None or moment >= draft.moment:
        draft.fields, draft.locale = dict(fields), i18n.page_language()
        draft.moment = draft.moment if moment is None else moment
    # Who walked into the trap once stays in it; a calculation that was missing may have been done since.
    draft.suspicions = sorted(({*draft.suspicions} & {Suspicion.trap.value}) | {*suspicions})
    draft.expires_at = max(draft.expires_at, clock.now() + KEPT_FOR)
    gone = [one for one in draft.files if one.field in {*uploads, *removed}]
    for one in gone:
        one.file.staged_until = clock.now()
        draft.files.remove(one)
    if gone:
        session().flush()  # before others take their places
    for one in draft.files:
        one.file.staged_until = draft.expires_at
    draft.files += [DraftFile(field=field, file=staged(upload, draft.expires_at)) for field, upload in uploads.items()]
    if found is None:
        _write(draft)
    else:
        session().flush()
    return draft


def _begin(token: FormToken) -> Draft:
    draft = Draft(
        opening_id=token.subject,
        nonce=token.nonce,
        issued_at=token.issued_at,
        locale=i18n.page_language(),
        fields={},
        moment=0,
        suspicions=[],
        expires_at=clock.now() + KEPT_FOR,
        files=[],
    )
    draft.link_hash = token_hash(link_of(draft))
    return draft


def _write(draft: Draft) -> None:
    """Write a new draft with its files."""
    write_new(draft)
    for one in draft.files:
        write_new(one.file)
        one.draft_id, one.file_id = draft.id, one.file.id
    write_new(*draft.files)


def end(draft: Draft) -> None:
    """The draft is over, and with it the mails that lead to it: its number may be another one's soon. Its files stay."""
    session().execute(_MAILS_ABOUT, {"draft_id": draft.id}, execution_options=_UNSEEN)
    session().execute(_DRAFT, {"draft_id": draft.id}, execution_options=_UNSEEN)
    session().expunge(draft)


def begin_anew(draft: Draft, nonce: str) -> None:
    """Make it the draft of another application than the one that was sent with its form."""
    draft.nonce = nonce
    draft.link_hash = token_hash(link_of(draft))


def content_digest(draft: Draft) -> str:
    """SHA-256 of everything a draft holds: what was looked at is what is sent."""
    data: dict[str, Any] = draft.data()
    fields = {name: values for name, values in data["fields"].items() if any(values)}
    return digest_of(fields, [f"{field} {sha256}" for field, sha256 in data["files"].items()])


def mail_link(draft: Draft, offer: JobOffer, address: str) -> OutboxMail:
    """Queue a mail with the link to a draft; it is kept for a week then."""
    draft.expires_at = max(draft.expires_at, clock.now() + KEPT_WITH_LINK)
    for one in draft.files:
        one.file.staged_until = draft.expires_at
    return queue(
        "applications/draft",
        to_address=address,
        to_name="",  # whose address it is nobody has shown, so nothing of what was typed goes there
        locale=draft.locale,
        about=(PURPOSE, draft.id),
        title=shown_title(offer, draft.locale),
        link=private_link(PURPOSE, draft.id),
        until=i18n.day_and_time(draft.expires_at),
    )


def draft_address(draft_id: int, to_address: str) -> str:
    """The absolute link to a draft; asked for when a mail leaves.

    Raises `LinkEnded` when it is gone, or when nobody asked for a mail about it to this address.
    """
    draft = draft_by_id(draft_id)
    asked = mails_about(PURPOSE, draft_id).where(OutboxMail.to_address == to_address)
    if draft is None or session().execute(asked.with_only_columns(OutboxMail.id).limit(1)).first() is None:
        raise LinkEnded(f"draft {draft_id} is gone, or another address's")
    language = i18n.interface_for(draft.locale)
    return site_url(f"/{language}/jobs/{draft.opening.text(language).slug}/apply/{link_of(draft)}/")


def drop_drafts(now: dt.datetime) -> int:
    """Delete drafts past their time with the mails that lead to them; their files go with the sweep of staged ones."""
    old = sa.select(Draft.id).where(Draft.expires_at <= now).limit(AT_ONCE).execution_options(scope="sweep")
    old = old.with_for_update(skip_locked=True)  # one that somebody is keeping at this moment is not old
    ids = list(session().execute(old).scalars())
    session().execute(sa.delete(OutboxMail).where(OutboxMail.about_kind == PURPOSE, OutboxMail.about_id.in_(ids)))
    session().execute(sa.delete(Draft).where(Draft.id.in_(ids)).execution_options(scope="sweep"))
    return len(ids)


keep_link(Draft.link_hash, link_of)
