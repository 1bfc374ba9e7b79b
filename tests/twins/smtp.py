"""A real SMTP server on 127.0.0.1 that keeps what it takes and can be told to refuse, hang up, or be slow."""

import asyncio
import dataclasses
import logging
import ssl
import threading
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.twins import child

ANYONE = "*"


@dataclasses.dataclass(frozen=True)
class Delivery:
    """One message the server took: the envelope, the message (its lines end in \\n) and the bytes as they came (\\r\\n)."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage
    raw: bytes
    #: What the sender asked to be named in a report (RFC 3461), as it came.
    envelope_id: str = ""


@dataclasses.dataclass
class _Order:
    """What the server was told to do to a recipient, and how many more times (None: always)."""

    recipient: str
    stage: str
    left: int | None
    reply: str = ""
    seconds: float = 0.0
    hang_up: bool = False
    keep: bool = False


class Mailbox:
    """The server and everything it took, oldest first. Start it, give `.url` to the app, ask `.messages`."""

    def __init__(self, *, user: str = "", password: str = "", tls: ssl.SSLContext | None = None) -> None:
        self.port = child.free_port()
        self.tls = tls
        self.user, self.password = user, password
        self.deliveries: list[Delivery] = []
        self.attempts: list[str] = []
        self._orders: list[_Order] = []
        self._changed = threading.Condition()
        self._controller: Controller | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """A value for JOBBOARD_SMTP_URL."""
        account = f"{self.user}:{self.password}@" if self.user else ""
        return f"smtp://{account}127.0.0.1:{self.port}"

    @property
    def messages(self) -> list[EmailMessage]:
        """The messages taken so far, parsed; `.get_body(('plain',)).get_content()` is the text."""
        with self._changed:
            return [delivery.message for delivery in self.deliveries]

    def start(self) -> None:
        """Listen; after `stop()` again on the same port, as a server that was down for a while does."""
        if self._controller:
            return
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)
        options: dict[str, Any] = {"ident": "Twin", "tls_context": self.tls}
        if self.user:
            options |= {"authenticator": self._knows, "auth_require_tls": False}
        self._controller = _Controller(_Handler(self), hostname="127.0.0.1", port=self.port, **options)
        self._controller.start()

    def stop(self) -> None:
        """Stop listening. What was taken stays."""
        if self._controller:
            self._controller.stop()
            self._controller = None

    def clear(self) -> None:
        """Forget all messages, attempts and orders: as new, for the next test."""
        with self._changed:
            self.deliveries.clear()
            self.attempts.clear()
            self._orders.clear()

    def refuse(self, recipient: str, reply: str, *, times: int | None = 1, at: str = "RCPT") -> None:
        """Answer `reply` ("451 4.3.0 try later") at MAIL and QUIT (to `ANYONE`), RCPT or DATA (after the message)."""
        self._order(_Order(recipient, at, times, reply=reply))

    def hang_up(self, recipient: str, *, times: int | None = 1, keep: bool = False, at: str = "DATA") -> None:
        """Close the connection without an answer; `keep=True` after taking the message, which the sender cannot know."""
        self._order(_Order(recipient, at, times, hang_up=True, keep=keep))

    def delay(self, recipient: str, seconds: float, *, times: int | None = 1, at: str = "DATA") -> None:
        """Wait before the answer."""
        self._order(_Order(recipient, at, times, seconds=seconds))

    def to(self, recipient: str) -> list[EmailMessage]:
        """The messages one address got."""
        with self._changed:
            return [delivery.message for delivery in self.deliveries if recipient in delivery.recipients]

    def wait_for(self, count: int, timeout: float = 60, *, to: str | None = None) -> list[EmailMessage]:
        """The messages as soon as there are `count` of them (to one address); fails after `timeout` seconds."""
        found: list[EmailMessage] = []

        def are_enough() -> bool:
            found[:] = [item.message for item in self.deliveries if to is None or to in item.recipients]
            return len(found) >= count

        self._wait(are_enough, timeout, lambda: f"{len(found)} of {count} messages came within {timeout} s")
        return found

    def wait_for_attempts(self, count: int, timeout: float = 60) -> list[str]:
        """The recipients named so far, as soon as there were `count` attempts, refused ones too."""
        self._wait(lambda: len(self.attempts) >= count, timeout, lambda: f"{len(self.attempts)} of {count} attempts")
        return list(self.attempts)

    def _wait(self, condition: Callable[[], bool], timeout: float, problem: Callable[[], str]) -> None:
        until = time.monotonic() + timeout
        with self._changed:
            while not condition():
                if not self._changed.wait(until - time.monotonic()):
                    raise AssertionError(problem())

    def _order(self, order: _Order) -> None:
        with self._changed:
            self._orders.append(order)

    def _knows(self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
        given = data if isinstance(data, LoginPassword) else LoginPassword(b"", b"")
        return AuthResult(
            success=given.login == self.user.encode() and given.password == self.password.encode(), handled=False
        )

    def next_order(self, recipients: list[str], stage: str) -> _Order | None:
        """Called by the server: the oldest order for one of these recipients, counted down."""
        with self._changed:
            for order in self._orders:
                if order.stage == stage and order.left != 0 and order.recipient in {ANYONE, *recipients}:
                    order.left = None if order.left is None else order.left - 1
                    return order
        return None

    def note(self, *, attempt: str = "", delivery: Delivery | None = None) -> None:
        """Called by the server: remember it and wake whoever waits."""
        with self._changed:
            if attempt:
                self.attempts.append(attempt)
            if delivery:
                self.deliveries.append(delivery)
            self._changed.notify_all()


class _Server(SMTP):
    """aiosmtpd with RFC 3461: it takes what a sender asks about reports."""

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd's name
        asked, arg = _without(arg, "RET=", "ENVID=")
        await super().smtp_MAIL(arg)
        if self.envelope:
            self.envelope.mail_options.extend(asked)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        _asked, arg = _without(arg, "NOTIFY=", "ORCPT=")
        await super().smtp_RCPT(arg)


def _without(arg: str | None, *names: str) -> tuple[list[str], str | None]:
    """The parameters of these names, and the command without them."""
    words = (arg or "").split(" ")
    asked = [word for word in words if word.upper().startswith(names)]
    return asked, " ".join(word for word in words if word not in asked) if arg is not None else None


class _Controller(Controller):
    """Starts our server."""

    def factory(self) -> SMTP:
        return _Server(self.handler, **self.SMTP_kwargs)


class _Handler:
    """aiosmtpd's hooks. A reply of None from `_obey` means: go on as usual."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    async def handle_EHLO(  # noqa: N802
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], "250-DSN", responses[-1]]

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = await self._obey(server, [], "MAIL", None)
        if reply is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return reply or "250 2.1.0 fine"

    async def handle_QUIT(self, server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        return await self._obey(server, [], "QUIT", None) or "221 2.0.0 bye"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.mailbox.note(attempt=address)
        reply = await self._obey(server, [address], "RCPT", None)
        if reply is None:
            envelope.rcpt_tos.append(address)
        return reply or "250 2.1.5 fine"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        raw = envelope.original_content or b""
        message = message_from_bytes(raw.replace(b"\r\n", b"\n"), policy=policy.default)
        assert isinstance(message, EmailMessage)
        asked = (option.partition("=")[2] for option in envelope.mail_options if option.upper().startswith("ENVID="))
        delivery = Delivery(envelope.mail_from or "", tuple(envelope.rcpt_tos), message, raw, next(asked, ""))
        reply = await self._obey(server, envelope.rcpt_tos, "DATA", delivery)
        if reply is None:
            self.mailbox.note(delivery=delivery)
        return reply or "250 2.0.0 kept"

    async def _obey(self, server: SMTP, recipients: list[str], stage: str, delivery: Delivery | None) -> str | None:
        """Do what was ordered; the reply to give, or None."""
        while order := self.mailbox.next_order(recipients, stage):
            await asyncio.sleep(order.seconds)
            if order.hang_up:
                if order.keep and delivery:
                    self.mailbox.note(delivery=delivery)
                if isinstance(server.transport, asyncio.Transport):
                    server.transport.abort()
                return "421 4.3.2 gone"
            if order.reply:
                return order.reply
            if order.left is None:  # an endless delay is obeyed once per command
                return None
        return None
