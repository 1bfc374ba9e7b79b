"""How mails leave: by SMTP, as files of a folder (the demo), or not at all."""

import contextlib
import dataclasses
import os
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit
from urllib.request import url2pathname

from email_validator import EmailNotValidError, validate_email
from werkzeug.http import parse_options_header

from jobboard.core import clock
from jobboard.core.forms import clean_line
from jobboard.core.mail_headers import AS_SMTP, AS_SMTPUTF8
from jobboard.mail.models import OutboxMail, Problem

#: Seconds for connecting and for each answer of the mail server but the last.
TIMEOUT = 30.0
#: Seconds for everything before the last line of the message: after them it is not sent any more.
BEFORE_LAST_LINE = 120.0
#: Seconds for the answer to the last line. The server may have the mail already: who leaves earlier delivers it again
#: with each try (RFC 5321 §4.5.3.2.6 asks for these ten minutes).
LAST_ANSWER = 600.0
#: Seconds for saying goodbye.
GOODBYE = 5.0


def longest_send() -> float:
    """Seconds after which no send that was begun can deliver anything; the lease of a mail is longer (mail/tasks.py)."""
    return BEFORE_LAST_LINE + LAST_ANSWER + GOODBYE


class NotAccepted(Exception):
    """A mail did not leave. The text is the mail server's, for staff, or the code of a `Problem`."""


class TryLater(NotAccepted):
    """It may leave another time: no connection, or an answer of 4xx."""


class GiveUp(NotAccepted):
    """It will never leave: an answer of 5xx, or an address the server cannot take."""


class AddressRefused(GiveUp):
    """Nobody has this address, or takes mail there any more."""


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
        """Hand one message over in a connection of its own. Only what is said of this recipient can be for good."""
        rules = AS_SMTP if recipient.isascii() else AS_SMTPUTF8
        with _answers(), self._connection() as server:
            if not recipient.isascii() and not server.has_extn("smtputf8"):
                raise GiveUp(Problem.no_smtputf8)
            content = _dotted(message.as_bytes(policy=rules))
            of_mail, of_recipient = _options(server, message, recipient)
            _expect(2, server.mail(sender, of_mail), refused=TryLater)
            code, words = server.rcpt(recipient, of_recipient)
            _expect(2, (code, words), refused=AddressRefused if is_of_address(_line(code, words)) else None)
            _expect(3, server.docmd("DATA"))
            server.send(content)
            server.hurry(LAST_ANSWER)
            server.send(b".\r\n")
            _expect(2, server.getreply())

    def greet(self) -> None:
        """Connect, encrypt and sign in as for a mail, and leave."""
        with _answers(), self._connection():
            pass

    @contextlib.contextmanager
    def _connection(self) -> Iterator["_Watched"]:
        server = self._connected()
        try:
            server.ehlo_or_helo_if_needed()
            if not self.is_tls and self.starttls != "never":
                self._encrypt(server)
            if self.user:
                server.login(self.user, self.password)
            yield server
        finally:
            server.leave()

    def _connected(self) -> "_Watched":
        if self.is_tls:
            return _WatchedTls(self.host, self.port, timeout=TIMEOUT, context=ssl.create_default_context())
        return _Watched(self.host, self.port, timeout=TIMEOUT)

    def _encrypt(self, server: smtplib.SMTP) -> None:
        if server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        elif self.starttls == "required":
            raise TryLater(Problem.no_starttls)


class _Watched(smtplib.SMTP):
    """A connection that is cut when everything together takes too long: single answers could drip in for ever."""

    _watchdog: threading.Timer | None = None
    _is_late = False

    def connect(self, host: str = "localhost", port: int = 0, source_address: Any = None) -> tuple[int, bytes]:
        """As always, with the time running from here."""
        self._watch(BEFORE_LAST_LINE)
        try:
            return super().connect(host, port, source_address)
        except BaseException:
            self._unwatch()
            raise

    def hurry(self, seconds: float) -> None:
        """Wait so long for what comes now. Raises `TryLater` when the time for what came before is over."""
        self._unwatch()
        if self._is_late:
            raise TryLater(Problem.too_slow)
        self._watch(seconds)
        if self.sock is not None:
            self.sock.settimeout(seconds)

    def leave(self) -> None:
        """Say goodbye. What the server answers changes nothing: the mail was taken or refused before."""
        with contextlib.suppress(smtplib.SMTPException, OSError):
            if self.sock is not None and not self._is_late:
                self.sock.settimeout(GOODBYE)
                self.docmd("QUIT")
        self.close()

    def close(self) -> None:
        """Close the connection, and watch it no longer."""
        self._unwatch()
        super().close()

    def _watch(self, seconds: float) -> None:
        self._watchdog = threading.Timer(seconds, self._cut)
        self._watchdog.daemon = True
        self._watchdog.start()

    def _unwatch(self) -> None:
        watchdog, self._watchdog = self._watchdog, None
        if watchdog is not None:
            watchdog.cancel()
            watchdog.join()  # one that is cutting right now has said so when this returns

    def _cut(self) -> None:
        """Whoever waits for an answer gets an `OSError`; whoever is still connecting sees it at the next `hurry`."""
        self._is_late = True
        with contextlib.suppress(OSError):
            if self.sock is not None:
                self.sock.shutdown(socket.SHUT_RDWR)


class _WatchedTls(_Watched, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


def _options(server: smtplib.SMTP, message: EmailMessage, recipient: str) -> tuple[list[str], list[str]]:
    """What is asked of the server: letters beyond ASCII, and (RFC 3461) a report that names the mail and holds no text."""
    of_mail = [] if recipient.isascii() else ["SMTPUTF8"]
    if not server.has_extn("dsn"):
        return of_mail, []
    return [*of_mail, "RET=HDRS", f"ENVID={envelope_id(str(message['Message-ID']))}"], ["NOTIFY=FAILURE"]


def envelope_id(message_id: str) -> str:
    """The Message-ID as SMTP carries it (xtext, RFC 3461 §4)."""
    text = message_id.strip("<>")
    return "".join(char if "!" <= char <= "~" and char not in "+=" else f"+{ord(char):02X}" for char in text)


def _dotted(content: bytes) -> bytes:
    """The message as DATA takes it: a dot before each line that begins with one, a line end at the end."""
    content = re.sub(rb"(?m)^\.", b"..", content)
    return content if content.endswith(b"\r\n") else content + b"\r\n"


@contextlib.contextmanager
def _answers() -> Iterator[None]:
    """Turn what goes wrong on the way to the recipient into "later": mending the server or the setting mends every mail."""
    try:
        yield
    except NotAccepted:
        raise
    except smtplib.SMTPAuthenticationError as error:
        raise TryLater(f"SMTPAuthenticationError: {_line(error.smtp_code, error.smtp_error)}") from error
    except smtplib.SMTPResponseException as error:
        raise TryLater(_line(error.smtp_code, error.smtp_error)) from error
    except UnicodeError as error:
        raise GiveUp(Problem.unwritable) from error
    except (OSError, smtplib.SMTPException) as error:
        raise TryLater(_named(error)) from error


def _named(error: Exception) -> str:
    """An error's text behind its name, by which it is explained (`models_replies`)."""
    return f"{type(error).__name__}: {error}"[:500]


def _expect(kind: int, answer: tuple[int, bytes], refused: type[NotAccepted] | None = None) -> None:
    """Go on when the answer's first digit is the one wanted; else raise `refused`, or what the answer itself means."""
    code, words = answer
    if code // 100 != kind:
        raise (refused or (GiveUp if code // 100 == 5 else TryLater))(_line(code, words))


def is_of_address(line: str) -> bool:
    """Whether a server's refusal of a recipient is about the address, and for good; else it is about us, or passes.

    RFC 3463: 5.1.x is of the address, 5.2.1 a mailbox that is switched off; 5.7.x is a rule of theirs that we broke. Servers
    without such a code say it by RFC 5321's own: 550 (no such mailbox), 551 and 553.
    """
    found = re.match(r"(?:(\d{3})\b[ -]*)?(?:([245])\.(\d{1,3})\.(\d{1,3})\b)?", line.strip())
    code, kind, subject, detail = found.groups() if found else (None,) * 4
    if kind is None:
        return code in {"550", "551", "553"}
    return kind == "5" and (subject == "1" or (subject, detail) == ("2", "1"))


def _line(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {clean_line(text)}"[:500]


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
                file.write(message.as_bytes(policy=AS_SMTPUTF8))
            part.replace(path)
        except OSError as error:
            raise TryLater(_named(error)) from error

    def greet(self) -> None:
        """The folder can be made and written to."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise TryLater(_named(error)) from error
        if not os.access(self.folder, os.W_OK):
            raise TryLater(f"PermissionError: {self.folder}")


@dataclasses.dataclass(frozen=True)
class Enclosed:
    """A file of a message with its bytes at hand."""

    name: str
    content_type: str
    content: bytes


def compose(
    mail: OutboxMail,
    *,
    sender: str,
    sender_name: str,
    text: str,
    html: str,
    unsubscribe: str = "",
    files: Sequence[Enclosed] = (),
) -> EmailMessage:
    """The message of an outbox row, links already in place. Raises `GiveUp` for an address that cannot be written."""
    message = EmailMessage(policy=AS_SMTP)
    try:
        message["From"] = _address(sender, sender_name)
        message["To"] = _address(mail.to_address, mail.to_name)
    except ValueError as error:  # every error of the header registry is one
        raise GiveUp(Problem.unwritable) from error
    _add_reply_to(message, mail)
    message["Subject"] = header_words(mail.subject)
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = mail.message_id
    if mail.in_reply_to:
        message["In-Reply-To"] = message["References"] = mail.in_reply_to
    if not mail.kind.endswith("/letter"):  # what a person wrote may be answered by an absence notice
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    if unsubscribe:
        _add_list(message, unsubscribe, sender_name)
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    for one in files:
        main_type, options = parse_options_header(one.content_type)
        kind, _slash, subtype = main_type.partition("/")
        message.add_attachment(one.content, kind, subtype, filename=header_words(one.name), params=options)
    message["Content-Language"] = mail.locale  # last: setting the content takes such headers away
    return message


def _add_list(message: EmailMessage, unsubscribe: str, name: str) -> None:
    """What mail programs show a button for: the list's name (RFC 2919), and one click that ends it (RFC 8058)."""
    host = urlsplit(unsubscribe).hostname
    words = header_words(name).translate(str.maketrans("", "", '"\\<>')) if name.isascii() else ""
    message["List-Id"] = f'"{words}" <alerts.{host}>' if words else f"<alerts.{host}>"
    message["List-Unsubscribe"] = f"<{unsubscribe}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _add_reply_to(message: EmailMessage, mail: OutboxMail) -> None:
    """Where answers go, if this message can say so: the mail matters more."""
    if not mail.reply_to:
        return
    with contextlib.suppress(ValueError, GiveUp):
        address = _address(mail.reply_to)
        if address.addr_spec.isascii() or not message["To"].addresses[0].addr_spec.isascii():
            message["Reply-To"] = address


def ascii_domain(address: str) -> str:
    """The address with its domain as DNS knows it (IDNA 2008). The part before the @ is the recipient's own affair."""
    local, _at, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        # Asked with a plain part before the @: what somebody has there is not judged here.
        found = validate_email(f"a@{domain}", check_deliverability=False, globally_deliverable=False)
        return f"{local}@{found.ascii_domain}"
    except EmailNotValidError as error:
        raise AddressRefused(Problem.no_host) from error


def _address(address: str, name: str = "") -> Address:
    local, _at, domain = ascii_domain(address).rpartition("@")
    return Address(header_words(name), local, domain)


def header_words(text: str) -> str:
    """Words as a header may hold them: one line without controls, and nothing in it that is read as an encoded word.

    Python's email decodes "=?utf-8?q?=0ABcc=3A…?=" when it is put in, and writes the line end that was hidden in it.
    """
    return clean_line(text).replace("=?", "= ?")
