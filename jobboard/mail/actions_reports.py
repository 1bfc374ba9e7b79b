"""Delivery reports (RFC 3464): a mail server that took a mail tells later that it could not deliver it."""

import dataclasses
import enum
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import Message
from email.parser import HeaderParser
from typing import Any

from jobboard.core.forms import clean_line
from jobboard.mail.actions import give_up
from jobboard.mail.models import GivenUp, MailState
from jobboard.mail.queries import mail_called
from jobboard.mail.transport import is_of_address

#: Characters of the server's words that are kept.
LONGEST_WORDS = 500


@dataclasses.dataclass(frozen=True)
class Report:
    """What a report says: the Message-IDs it may be about, the surest first, and why the mail failed, or None if it did not."""

    message_ids: tuple[str, ...]
    words: str | None
    #: Whether it says that nobody has the address.
    is_of_address: bool = False


class Outcome(enum.Enum):
    """What came of a report."""

    marked = "marked"
    known = "known"
    no_failure = "no_failure"
    not_ours = "not_ours"


def read_report(data: bytes) -> Report | None:
    """The report in a message; None for a message that is none, such as somebody's answer or a holiday notice."""
    # compat32 reads every header anybody wrote; the newer policies raise on some of them.
    message = message_from_bytes(data, policy=policy.compat32)
    status = next((part for part in message.walk() if part.get_content_type() == "message/delivery-status"), None)
    if status is None:
        return None
    blocks: list[Any] = list(status.get_payload()) if status.is_multipart() else []
    ids = [*_envelope_ids(blocks), *_returned_ids(message)]
    failed = next((one for one in blocks if _is_failure(one)), None)
    if failed is None:
        return Report(tuple(dict.fromkeys(ids)), None)
    words = _words(failed)
    return Report(tuple(dict.fromkeys(ids)), words, is_of_address(_field(failed, "Status") or words))


def take_report(report: Report) -> Outcome:
    """Mark the mail a report is about as not delivered. A report that comes twice changes nothing the second time."""
    if report.words is None:
        return Outcome.no_failure
    mail = mail_called(report.message_ids)
    if mail is None:
        return Outcome.not_ours
    if mail.state is MailState.failed:
        return Outcome.known
    give_up(mail, report.words, GivenUp.address if report.is_of_address else GivenUp.message)
    return Outcome.marked


def _envelope_ids(blocks: list[Any]) -> Iterator[str]:
    """The id we gave with the envelope (transport.envelope_id), where the servers on the way handed it on."""
    for block in blocks:
        if found := _field(block, "Original-Envelope-Id"):
            text = re.sub(r"\+([0-9A-F]{2})", lambda match: chr(int(match[1], 16)), found)
            yield f"<{text.strip('<>')}>"


def _returned_ids(message: Message) -> Iterator[str]:
    """The Message-IDs of the returned message or of its headers."""
    for part in message.walk():
        returned: Any = None
        if part.get_content_type() == "message/rfc822" and part.is_multipart():
            returned = part.get_payload(0)
        elif part.get_content_type() in {"text/rfc822-headers", "message/rfc822-headers"}:
            content = part.get_payload(decode=True)
            returned = (
                HeaderParser().parsestr(content.decode("utf-8", "replace")) if isinstance(content, bytes) else None
            )
        if returned is not None and (found := _field(returned, "Message-ID")):
            yield found


def _is_failure(block: Any) -> bool:
    """Whether a block of fields says that a recipient gets nothing. "delayed" is no failure, and who relays knows no more."""
    action = _field(block, "Action").lower()
    return action.startswith("failed") or (not action and _field(block, "Status").startswith("5"))


def _words(block: Any) -> str:
    """The words of the server that refused, without the name of its protocol; else the status."""
    diagnostic = _field(block, "Diagnostic-Code")
    words = diagnostic.partition(";")[2].strip() or diagnostic or _field(block, "Status")
    return words[:LONGEST_WORDS]


def _field(block: Any, name: str) -> str:
    """One field as one line, "" when it is absent."""
    return clean_line(str(block.get(name, "")))
