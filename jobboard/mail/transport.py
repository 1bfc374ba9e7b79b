"""How mails leave: by SMTP, as files of a folder (the demo), or not at all."""

import contextlib
import dataclasses
import os
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit
from urllib.request import url2pathname

import idna

from jobboard.core import clock
from jobboard.mail.models import OutboxMail

#: Seconds for connecting and for each answer of the mail server.
TIMEOUT = 10.0
#: Seconds for all of its answers together: a server that drips must not outlive the lease of the mail (mail/tasks.py).
DEADLINE = 60.0


class NotAccepted(Exception):
    """A mail did not leave. The text is the mail server's, for staff."""


class TryLater(NotAccepted):
    """It may leave another time: no connection, or an answer of 4xx."""


class GiveUp(NotAccepted):
    """It will never leave: an answer of 5xx, or an address the server cannot take."""


class Transport(Protocol):
    """Takes one message to one recipient; raises `TryLater` or `GiveUp`."""

    def send(self, message: EmailMessage, sender: str, recipient: str) -> None:
        """Hand the message over."""

    def greet(self) -> None:
        """Raises `NotAccepted` when nothing could be handed over now; for `jobboard check`."""


def open_transport(url: str) -> Transport | None:
    """The transport of a JOBBOARD_SMTP_URL; None when there is none. Raises `ValueError` for a URL that says nothing."""
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme == "file":
        return FolderTransport(Path(url2pathname(parts.path)))
    options = parse_qs(parts.query)
    starttls = options.get("starttls", ["offered"])[0]
    if starttls not in {"offered", "required", "never"} or not parts.hostname:
        raise ValueError("smtp://user:password@host:port?starttls=required")
    is_tls = parts.scheme == "smtps"
    return SmtpTransport(
        host=parts.hostname,
        port=parts.port or (465 if is_tls else 587 if parts.username else 25),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        is_tls=is_tls,
        starttls=starttls,
    )


@dataclasses.dataclass(frozen=True)
class SmtpTransport:
    """A mail server (RFC 5321). `starttls` is offered (used when there), required, or never."""

    host: str
    port: int
    user: str = ""
    password: str = dataclasses.field(default="", repr=False)
    is_tls: bool = False
    starttls: str = "offered"

    def send(self, message: EmailMessage, sender: str, recipient: str) -> None:
        """Hand one message over in a connection of its own."""
        with _answers(), self._connection() as server:
            options = ["SMTPUTF8"] if not recipient.isascii() else []
            if options and not server.has_extn("smtputf8"):
                raise GiveUp("The mail server takes no addresses with letters beyond ASCII (SMTPUTF8).")
            rules = policy.SMTPUTF8 if options else policy.SMTP
            server.sendmail(sender, [recipient], message.as_bytes(policy=rules), [*options])

    def greet(self) -> None:
        """Connect, encrypt and sign in as for a mail, and leave."""
        with _answers(), self._connection():
            pass

    @contextlib.contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        with self._connected() as server, _deadline(server):
            server.ehlo_or_helo_if_needed()
            if not self.is_tls and self.starttls != "never":
                self._encrypt(server)
            if self.user:
                server.login(self.user, self.password)
            yield server

    def _connected(self) -> smtplib.SMTP:
        if self.is_tls:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=ssl.create_default_context())
        return smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)

    def _encrypt(self, server: smtplib.SMTP) -> None:
        if server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        elif self.starttls == "required":
            raise TryLater("The mail server offers no STARTTLS, which JOBBOARD_SMTP_URL requires.")


@contextlib.contextmanager
def _deadline(server: smtplib.SMTP) -> Iterator[None]:
    """Cut the connection when everything together takes too long; whoever waits for an answer then gets an `OSError`."""

    def cut() -> None:
        with contextlib.suppress(OSError):
            if server.sock is not None:
                server.sock.shutdown(socket.SHUT_RDWR)

    watchdog = threading.Timer(DEADLINE, cut)
    watchdog.daemon = True
    watchdog.start()
    try:
        yield
    finally:
        watchdog.cancel()


@contextlib.contextmanager
def _answers() -> Iterator[None]:
    """Turn what smtplib raises into "later" or "never"."""
    try:
        yield
    except NotAccepted:
        raise
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        raise _refusal(code, words) from error
    except smtplib.SMTPAuthenticationError as error:
        # 5xx here is our password, not the recipient: mending the setting mends every mail.
        raise TryLater(f"The mail server refused the sign-in: {_line(error.smtp_code, error.smtp_error)}") from error
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code, error.smtp_error) from error
    except UnicodeError as error:
        raise GiveUp("The address cannot be written the way the mail server needs it.") from error
    except (OSError, smtplib.SMTPException) as error:
        raise TryLater(f"{type(error).__name__}: {error}"[:500]) from error


def _refusal(code: int, words: bytes | str) -> NotAccepted:
    return GiveUp(_line(code, words)) if 500 <= code < 600 else TryLater(_line(code, words))


def _line(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}"[:500]


@dataclasses.dataclass(frozen=True)
class FolderTransport:
    """Each mail becomes a file: for the demo, and for looking at mails without a server."""

    folder: Path

    def send(self, message: EmailMessage, sender: str, recipient: str) -> None:  # noqa: ARG002 - the protocol's
        """Write the message as an .eml file, whole or not at all; sent twice it is one file."""
        moment = message["Date"].datetime.strftime("%Y-%m-%dT%H-%M-%SZ")
        words = re.sub(r"[^A-Za-z0-9@.]+", "-", f"{recipient} {message['Subject']}").strip("-.")[:80]
        unique = re.sub(r"\W", "", str(message["Message-ID"]))[:8]
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self.folder / f"{moment} {words} {unique}.eml"
            part = path.with_suffix(".part")
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(message.as_bytes(policy=policy.SMTPUTF8))
            part.replace(path)
        except OSError as error:
            raise TryLater(str(error)) from error

    def greet(self) -> None:
        """The folder can be made and written to."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise TryLater(str(error)) from error
        if not os.access(self.folder, os.W_OK):
            raise TryLater(f"{self.folder} cannot be written to")


def compose(mail: OutboxMail, *, sender: str, sender_name: str, text: str, html: str) -> EmailMessage:
    """The message of an outbox row, links already in place. Raises `GiveUp` for an address that cannot be written."""
    message = EmailMessage(policy=policy.SMTP)
    try:
        message["From"] = _address(sender, sender_name)
        message["To"] = _address(mail.to_address, mail.to_name)
        if mail.reply_to:
            message["Reply-To"] = _address(mail.reply_to)
    except ValueError as error:  # every error of the header registry is one
        raise GiveUp("The address cannot be written into a mail.") from error
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = mail.message_id
    if mail.in_reply_to:
        message["In-Reply-To"] = message["References"] = mail.in_reply_to
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = mail.locale  # last: setting the content takes such headers away
    return message


def ascii_domain(address: str) -> str:
    """The address with its domain as DNS knows it (IDNA 2008). The part before the @ is the recipient's own affair."""
    local, _at, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError as error:
        raise GiveUp("The part of the address after the @ is no host name.") from error


def _address(address: str, name: str = "") -> Address:
    local, _at, domain = ascii_domain(address).rpartition("@")
    return Address(" ".join(name.split()), local, domain)
