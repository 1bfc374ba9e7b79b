"""Every mail the demo sent, for whoever tries it out. This blueprint exists in the demo only."""

import dataclasses
import datetime as dt
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from pathlib import Path

from flask import Blueprint, Response, current_app, render_template

from jobboard.core.access import Public, access
from jobboard.core.web import private_page
from jobboard.mail.transport import FolderTransport

bp = Blueprint("demo_mail", __name__, url_prefix="/demo/mails")

#: Mails on the page.
MOST = 100


@dataclasses.dataclass(frozen=True)
class SentMail:
    """A mail as the page shows it."""

    subject: str
    to: str
    sent_at: dt.datetime
    lang: str
    text: str
    attachments: list[str]


@bp.get("/")
@access(Public.anyone)
def index() -> Response:
    """The mails, newest first, with links one can follow."""
    transport = current_app.extensions["mail_transport"]
    folder = transport.folder if isinstance(transport, FolderTransport) else None
    return private_page(render_template("demo/mails.html", mails=sent_mails(folder) if folder else [], folder=folder))


def sent_mails(folder: Path) -> list[SentMail]:
    """The newest mails of the file transport's folder, by the moment in their names."""
    paths = sorted(folder.glob("*.eml"), key=lambda path: (path.name[:20], path.stat().st_mtime_ns), reverse=True)
    return [mail for path in paths[:MOST] if (mail := _read(path)) is not None]


def _read(path: Path) -> SentMail | None:
    """One file as a mail; None for one that is no mail."""
    try:
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert isinstance(message, EmailMessage)
        body = message.get_body(("plain",))
        return SentMail(
            subject=str(message["Subject"]),
            to=str(message["To"]),
            sent_at=message["Date"].datetime,
            lang=str(message["Content-Language"]),
            text=body.get_content() if body else "",
            attachments=[part.get_filename() or "" for part in message.iter_attachments()],
        )
    except (OSError, MessageError, AttributeError, LookupError):
        return None
