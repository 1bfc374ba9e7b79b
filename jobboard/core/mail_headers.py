"""How the headers of our mails are written."""

from email import policy
from typing import Any

#: Headers that hold addresses or names in angle brackets and nothing else.
WHOLE = frozenset({"list-unsubscribe", "list-id", "message-id", "in-reply-to", "references"})


class _Rules(policy.EmailPolicy):
    """How headers are written: those that hold addresses stay on one line, as far as they are ASCII.

    Python's email folds a long address without a space into encoded words, and no mail program reads those as an address
    (RFC 2047 §5, RFC 2369 §2).
    """

    def fold_binary(self, name: str, value: Any) -> bytes:
        """A header as it is sent."""
        if name.lower() in WHOLE and str(value).isascii():
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return bytes(super().fold_binary(name, value))


AS_SMTP, AS_SMTPUTF8 = _Rules(linesep="\r\n"), _Rules(linesep="\r\n", utf8=True)
