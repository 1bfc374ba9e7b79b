"""What an entry is to the chain: the hash of its content, and its link to the one before."""

import datetime as dt
import hashlib
import json
from typing import Any

#: What the first entry is chained to.
START = "0" * 64


def content_digest(salt: str, by_id: int | None, kind: str | None, subject: int | None, details: Any) -> str:
    """SHA-256 in hex of an entry's content with its salt."""
    content = json.dumps([by_id, kind, subject, details or None], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{salt}:{content}".encode()).hexdigest()


def chained(before: str, number: int, at: dt.datetime, action: str, digest: str) -> str:
    """The chain value of an entry, in hex; `before` is the one of the entry before it, or 64 zeros."""
    moment = at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(f"{before}:{number}:{moment}:{action}:{digest}".encode()).hexdigest()
