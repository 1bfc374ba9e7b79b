"""Writing mails: rendered now, in the recipient's language, into the caller's transaction; they leave later."""

import dataclasses
import datetime as dt
import hmac
import logging
import re
import uuid
from collections.abc import Callable, Sequence
from typing import Any, cast
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app
from jinja2 import Environment, StrictUndefined

from jobboard.core import clock, i18n
from jobboard.core.db import session, writing
from jobboard.core.forms import clean_line
from jobboard.core.tokens import keyed_hashes
from jobboard.core.web import site_url
from jobboard.mail.markup_templates import PAGE_LINK, OwnWords, as_html, filled
from jobboard.mail.models import GivenUp, MailState, OutboxAttachment, OutboxMail

log = logging.getLogger("jobboard.mail")

#: Longest subject that is kept; mail programs show some 60 characters of it.
SUBJECT_LENGTH = 200

#: Hex digits of the keyed hash in a mark.
SEAL = 32
_MARKER = re.compile(rf"\[\[private-link:([a-z_]+):([0-9]+):([0-9a-f]{{{SEAL}}})\]\]")


@dataclasses.dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail: `content`, or the id of a stored file (of the room `files`), never both.

    A stored file needs no other owner: as long as a mail has it, it is kept, and it goes when its last mail went. Whose file it
    is, the mail must be `about`, so that both are deleted together. `content_type` may have parameters (RFC 2045 §5.1).
    """

    name: str
    content_type: str
    content: bytes | None = None
    file_id: int | None = None


def queue(
    kind: str,
    *,
    to_address: str,
    to_name: str,
    locale: str,
    about: tuple[str, int] | None = None,
    reply_to: str | None = None,
    in_reply_to: str | None = None,
    unsubscribe: str | None = None,
    send_after: dt.datetime | None = None,
    expires_at: dt.datetime | None = None,
    attachments: Sequence[Attachment] = (),
    own: OwnWords | None = None,
    **context: Any,
) -> OutboxMail:
    """Put one mail into the outbox; it leaves when the caller's transaction is committed, not before `send_after`.

    One that has not left by `expires_at` never does.
    Renders templates/mail/<kind>/{subject.txt,body.txt,body.html} in `locale` (the site's default when there is no
    catalog for it). Templates get `context`, `site`, `to_name`, `language`, and `page_url(endpoint, **values)`, which
    is absolute and in the recipient's language. Private links are written with `private_link`; `unsubscribe` is the one
    that ends a list with one click. `own` words stand instead of the kind's templates and are never one. Raises
    `ValueError` for a recipient's address that could leave its header, `UnknownPlaceholder`, and jinja2's
    `UndefinedError` for a name that nobody gave.
    """
    language = i18n.interface_for(locale)
    with i18n.force_locale(language):
        words = {**context, "to_name": clean_line(to_name), "language": language, "page_url": _page_url(language)}
        if own is None:
            subject, text, html = product_parts(kind, words)
        else:
            subject, text, html = product_parts("own", {**words, **_as_context(own)})
    now = clock.now()
    mail = OutboxMail(
        message_id=new_message_id(),
        in_reply_to=in_reply_to,
        unsubscribe=unsubscribe,
        kind=kind,
        about_kind=about[0] if about else None,
        about_id=about[1] if about else None,
        to_address=checked_address(to_address),
        to_name=clean_line(to_name),
        reply_to=_usable(reply_to),
        locale=language,
        subject=clean_line(subject)[:SUBJECT_LENGTH],
        text=tidy(text),
        html=html,
        state=MailState.queued,
        queued_at=now,
        due_at=max(now, send_after) if send_after else now,
        expires_at=expires_at,
        tries=0,
        attachments=[OutboxAttachment(**vars(one) | {"name": clean_line(one.name)}) for one in attachments],
    )
    session().add(mail)
    return mail


def product_parts(kind: str, words: dict[str, Any]) -> tuple[str, str, str]:
    """Subject, text and HTML of a kind of mail, in the language that holds now."""
    subject, text, html = (_render(f"mail/{kind}/{part}", words) for part in ("subject.txt", "body.txt", "body.html"))
    return subject, text, html


def _as_context(own: OwnWords) -> dict[str, Any]:
    # A private link has no place in a subject, which is not filled in when the mail leaves.
    subject, text = filled(own.subject, {**own.values, PAGE_LINK: ""}), filled(own.body, own.values)
    return {"subject": subject, "text": text, "paragraphs": as_html(own.body, own.values)}


def new_message_id() -> str:
    """A Message-ID nobody else has (RFC 5322 §3.6.4); the part after the @ is this site's host."""
    return f"<{uuid.uuid4().hex}@{urlsplit(str(current_app.config['SITE_URL'])).hostname}>"


def checked_address(address: str) -> str:
    """The address without white space around it; raises `ValueError` when it is none or could leave its header."""
    address = address.strip()
    local, _at, domain = address.rpartition("@")
    if not local or not domain or re.search(r"[\s\x00-\x1f\x7f<>,;:\"]", address):
        raise ValueError("not an e-mail address")
    return address


def _usable(reply_to: str | None) -> str | None:
    """Where answers go; None for an address that is none: somebody's typing mistake must not keep an application out."""
    try:
        return checked_address(reply_to) if reply_to else None
    except ValueError:
        log.warning("the address answers should go to is no e-mail address")
        return None


def private_link(purpose: str, subject: int) -> str:
    """What stands in a stored body where a link only for the recipient will be (decision 10).

    It is filled in when the mail leaves, by `current_app.extensions["mail_links"][purpose](subject)`. The mark carries a
    keyed hash, so that nobody who types something like it into a form gets a link filled in.
    """
    return f"[[private-link:{purpose}:{subject}:{_seals(purpose, subject)[0]}]]"


class LinkEnded(Exception):
    """What a private link leads to is gone, or is not the one's any more whom a mail goes to."""


class LinkWaits(Exception):
    """What a private link leads to is not open yet to the one whom a mail goes to."""


def fill_links(body: str, to_address: str) -> str:
    """A body with the private links of who it goes to; marks that are not ours stay what somebody typed.

    Raises `KeyError` for a purpose nobody registered, and `LinkEnded` for one that is not this address's any more.
    """
    links: dict[str, Callable[[int, str], str]] = current_app.extensions["mail_links"]

    def filled(match: re.Match[str]) -> str:
        purpose, subject = match[1], int(match[2])
        return links[purpose](subject, to_address) if _is_sealed(purpose, subject, match[3]) else match[0]

    return _MARKER.sub(filled, body)


def mask_links(body: str, instead: str) -> str:
    """A body for staff: they never see an applicant's link, nor the mark of one that a key made which is gone."""
    return _MARKER.sub(lambda _mark: instead, body)


def cancel(about: tuple[str, int], kind: str, *, with_files: bool = True) -> list[str]:
    """Take the mails of this kind about one thing out of the outbox, as far as they did not arrive and nobody sends them.

    `with_files=False` leaves those that have attachments. Their subjects.
    """
    now = clock.now()
    is_free = sa.or_(OutboxMail.leased_until.is_(None), OutboxMail.leased_until <= now)
    statement = sa.delete(OutboxMail).where(
        OutboxMail.about_kind == about[0],
        OutboxMail.about_id == about[1],
        OutboxMail.kind == kind,
        OutboxMail.state != MailState.sent,
        is_free,
    )
    if not with_files:
        statement = statement.where(~sa.exists().where(OutboxAttachment.mail_id == OutboxMail.id))
    return list(session().execute(statement.returning(OutboxMail.subject)).scalars())


def take_back(mail_id: int, about: tuple[str, int], kind: str) -> bool:
    """Take one mail of this kind about one thing out of the outbox; False when it has left or is just leaving."""
    is_free = sa.or_(OutboxMail.leased_until.is_(None), OutboxMail.leased_until <= clock.now())
    found = sa.select(OutboxMail).where(OutboxMail.id == mail_id, OutboxMail.kind == kind)
    found = found.where(OutboxMail.about_kind == about[0], OutboxMail.about_id == about[1])
    found = found.where(OutboxMail.state == MailState.queued, is_free)
    mail = session().execute(found.with_for_update(skip_locked=True)).scalar_one_or_none()
    if mail is None:
        return False
    session().delete(mail)
    return True


def readdress(about: tuple[str, int], to_address: str, *, but: str) -> None:
    """Let the mails about one thing that have not left go to another address, except those of the kind `but`."""
    waiting = sa.and_(OutboxMail.about_kind == about[0], OutboxMail.about_id == about[1], OutboxMail.kind != but)
    statement = sa.update(OutboxMail).where(waiting, OutboxMail.state != MailState.sent)
    session().execute(statement.values(to_address=checked_address(to_address)))


def retry(mail: OutboxMail) -> OutboxMail:
    """Try a mail again now that could not be delivered, or that waits for its next try; every other stays as it is."""
    if mail.may_retry:
        mail.state = MailState.queued
        mail.tries, mail.due_at = 0, clock.now()
    return mail


def give_up(mail: OutboxMail, words: str, why: GivenUp = GivenUp.message) -> None:
    """A mail did not arrive and will not: staff see why, and what it is about learns of it in the same transaction."""
    mail.state, mail.leased_until, mail.last_error = MailState.failed, None, words
    session().flush()
    log.warning("mail %d (%s) could not be delivered", mail.id, mail.kind)
    hook = current_app.extensions["mail_failed"].get(mail.about_kind)
    follow(mail, hook and (lambda mail: hook(mail, why)))


def follow(mail: OutboxMail, hook: Callable[[OutboxMail], object] | None) -> None:
    """Do what follows from what became of a mail. It cannot undo that: a mail that left unmarked would leave again."""
    if hook is None:
        return
    session().flush()
    try:
        with session().begin_nested():
            hook(mail)
    except Exception:
        log.exception("mail %d (%s) is %s, but what follows from it failed", mail.id, mail.kind, mail.state.value)


def tidy(text: str) -> str:
    """A plain text body as people write it: no white space at line ends, at most one empty line in a row."""
    lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
    # "-- " with its space is what mail programs know as the start of a signature.
    return re.sub(r"\n{3,}", "\n\n", lines).replace("\n--\n", "\n-- \n") + "\n"


def seal_anew() -> int:
    """Let mails that did not leave have their links although the key that sealed the marks is gone; how many.

    A mark is sealed only where it leads the recipient to what is theirs: then it does not matter who wrote it.
    """
    columns = (OutboxMail.text, OutboxMail.html, OutboxMail.unsubscribe)
    marked = sa.or_(*(column.contains("[[private-link:") for column in columns))
    statement = sa.select(OutboxMail).where(OutboxMail.state != MailState.sent, marked).order_by(OutboxMail.id)
    changed = {}
    for mail in session().execute(statement, execution_options={"scope": "mail"}).scalars():
        bodies = {column.key: getattr(mail, column.key) for column in columns}
        sealed = {name: body and _sealed_anew(body, mail.to_address) for name, body in bodies.items()}
        if sealed != bodies:
            changed[mail.id] = sealed
    session().rollback()
    with writing() as current:
        for number, sealed in changed.items():
            is_waiting = sa.and_(OutboxMail.id == number, OutboxMail.state != MailState.sent)
            current.execute(sa.update(OutboxMail).where(is_waiting).values(sealed))
    return len(changed)


def _sealed_anew(body: str, to_address: str) -> str:
    def sealed(match: re.Match[str]) -> str:
        purpose, subject = match[1], int(match[2])
        if _is_sealed(purpose, subject, match[3]):
            return match[0]
        try:
            current_app.extensions["mail_links"][purpose](subject, to_address)
        except LinkWaits:
            pass  # it is theirs
        except (LinkEnded, KeyError):
            return match[0]
        return private_link(purpose, subject)

    return _MARKER.sub(sealed, body)


def _seals(purpose: str, subject: int) -> list[str]:
    """What proves a mark to be ours, by each of the secret keys, the newest first."""
    return [one[:SEAL] for one in keyed_hashes("mail-link", f"{purpose}:{subject}")]


def _is_sealed(purpose: str, subject: int, seal: str) -> bool:
    return any(hmac.compare_digest(seal, one) for one in _seals(purpose, subject))


def _render(template: str, words: dict[str, Any]) -> str:
    return _templates().get_template(template).render(site=current_app.extensions["mail_site"](), **words)


def _templates() -> Environment:
    """The app's templates, in which a name nobody gave is an error: a mail with a hole cannot be called back."""
    found = current_app.extensions.get("mail_templates")
    if found is None:
        found = current_app.jinja_env.overlay(undefined=StrictUndefined)
        current_app.extensions["mail_templates"] = found
    return cast("Environment", found)


def _page_url(language: str) -> Callable[..., str]:
    adapter = current_app.url_map.bind("localhost")

    def page_url(endpoint: str, **values: Any) -> str:
        """The absolute address of a page, in the mail's language where it has one."""
        if current_app.url_map.is_endpoint_expecting(endpoint, "language"):
            values.setdefault("language", language)
        return site_url(adapter.build(endpoint, values))

    return page_url
