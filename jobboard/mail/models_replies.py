"""What mail servers and networks say when a mail does not leave, in words: by the name of the error, or by the reply's codes.

Replies are RFC 5321's three digits and, where a server gives them, RFC 3463's three numbers, which say more. What is kept of an
error is always its own text, so a better explanation also explains what happened before.
"""

import re
from typing import Any

from jobboard.core.i18n import lazy

_NO_SUCH_BOX = lazy("There is no mailbox with this address.")
_NO_SUCH_DOMAIN = lazy("No mail can be sent to the part of the address after the @.")
_BOX_REFUSES = lazy("The mailbox does not take this mail.")
_BOX_CLOSED = lazy("The mailbox takes no mail: it is closed or blocked.")
_BOX_FULL = lazy("The mailbox is full.")
_TOO_BIG = lazy("The mail is too big for the recipient's mail server.")
_NO_ROOM = lazy("The mail server has no room at the moment.")
_BUSY = lazy("The mail server is busy or not ready; it may take the mail later.")
_NOT_REACHED = lazy("The recipient's mail server cannot be reached.")
_TOO_LONG = lazy("It was tried for too long without success.")
_POLICY = lazy("The mail server does not take mails like this one, or none from this site.")
_SENDER = lazy("The mail server does not take mails from the sender's address.")
_NOT_YET = lazy("The mail server wants to be asked again later, as it does with senders it does not know.")
_SIGN_IN = lazy("The mail server refuses the sign-in: user or password in JOBBOARD_SMTP_URL are not right.")
_CONTENT = lazy("The mail server could not do anything with the content of the mail.")
_NOT_UNDERSTOOD = lazy("The mail server did not understand this site.")

#: By the numbers after the first of RFC 3463's three: subject and detail, else the subject alone.
_BY_STATUS: dict[str, Any] = {
    **dict.fromkeys(("1.1", "1.3", "1.6"), _NO_SUCH_BOX),
    **dict.fromkeys(("1.2", "1.10", "4.4"), _NO_SUCH_DOMAIN),
    **dict.fromkeys(("1.7", "1.8", "7.27"), _SENDER),
    "1": _NO_SUCH_BOX,
    "2.1": _BOX_CLOSED,
    "2.2": _BOX_FULL,
    **dict.fromkeys(("2.3", "3.4"), _TOO_BIG),
    "2": _BOX_REFUSES,
    "3.1": _NO_ROOM,
    "3": _BUSY,
    "4.7": _TOO_LONG,
    "4": _NOT_REACHED,
    "5": _NOT_UNDERSTOOD,
    "6": _CONTENT,
    **dict.fromkeys(("7.8", "7.9", "7.14"), _SIGN_IN),
    "7": _POLICY,
}
#: By RFC 5321's reply code, where there is nothing else.
_BY_CODE: dict[str, Any] = {
    **dict.fromkeys(("421", "450", "451"), _BUSY),
    "452": _NO_ROOM,
    **dict.fromkeys(("430", "530", "535"), _SIGN_IN),
    **dict.fromkeys(("500", "501", "502", "503", "504", "555"), _NOT_UNDERSTOOD),
    "550": _BOX_REFUSES,
    "551": _NO_SUCH_BOX,
    "552": _BOX_FULL,
    "553": _NO_SUCH_BOX,
    "554": _POLICY,
    "556": _NO_SUCH_DOMAIN,
}
#: By the name of Python's error: what happened before a mail server could say anything.
_BY_ERROR: dict[str, Any] = {
    "ConnectionRefusedError": lazy(
        "The mail server refuses connections: it is not running, or listens at another port."
    ),
    "gaierror": lazy("The mail server's name is unknown: JOBBOARD_SMTP_URL is wrong, or the network is away."),
    "TimeoutError": lazy("The mail server did not answer in time."),
    "SSLCertVerificationError": lazy("The mail server's certificate is not valid, so nothing was sent."),
    "SSLError": lazy("No encrypted connection to the mail server could be made."),
    "SMTPServerDisconnected": lazy("The mail server ended the connection."),
    "SMTPNotSupportedError": lazy("The mail server cannot do what this site asks of it, such as signing in."),
    "SMTPAuthenticationError": _SIGN_IN,
    "OSError": lazy("The mail server cannot be reached."),
    "PermissionError": lazy("The folder for mails cannot be written to."),
}
_BY_ERROR |= dict.fromkeys(
    ("ConnectionResetError", "BrokenPipeError", "SSLEOFError"), _BY_ERROR["SMTPServerDisconnected"]
)
_BY_ERROR |= dict.fromkeys(("ConnectionAbortedError", "SSLZeroReturnError"), _BY_ERROR["SMTPServerDisconnected"])

#: Where an error begins: alone, or behind a mail's subject and ": ".
_BEGIN = re.compile(r"(?:^|(?<=: ))(?:(?P<error>\w*[Ee]rror|SMTP\w+): |(?P<code>[45]\d\d)(?=[ -]|$)|(?=[45]\.\d))")
_STATUS = re.compile(r"[ -]*[45]\.(\d{1,3})\.(\d{1,3})(?!\d)")
#: What this software once wrote before the reply to a sign-in.
_OLD_SIGN_IN = "The mail server refused the sign-in: "


def reply_words(text: str) -> tuple[str, str, str]:
    """What stands before an error, the error in words of the reader's language, and the error itself.

    The words are "" for an error nobody knows.
    """
    text = text.replace(_OLD_SIGN_IN, "SMTPAuthenticationError: ")
    for found in _BEGIN.finditer(text):
        words = _words_of_error(found["error"], text) if found["error"] else _words_of_reply(text, found)
        if words is not None:
            return text[: found.start()], str(words), text[found.start() :]
    return "", "", text


def _words_of_error(name: str, text: str) -> Any:
    if name == "SMTPServerDisconnected" and "timed out" in text:
        name = "TimeoutError"
    return _BY_ERROR.get(name)


def _words_of_reply(text: str, found: re.Match[str]) -> Any:
    """The numbers where they say something, else the code. A sign-in that is asked for comes as a policy of any number."""
    status = _STATUS.match(text, found.end())
    code = found["code"] or ""
    if status is None or _BY_CODE.get(code) is _SIGN_IN:
        return _BY_CODE.get(code)
    subject, detail = status.groups()
    is_for_now = (code or status[0].strip(" -"))[0] == "4"
    if is_for_now and subject == "7":
        return _NOT_YET  # greylisting has no number of its own: it is a policy that is not for good
    by_code = _BY_CODE.get(code)
    if subject == "0" or (is_for_now and detail == "0" and by_code is not None):
        return by_code
    return _BY_STATUS.get(f"{subject}.{detail}") or _BY_STATUS.get(subject) or by_code
