"""Addresses: which are the site's own, what they are as paths, and which part of a page they name."""

import dataclasses
import re
from urllib.parse import SplitResult, unquote, urljoin, urlsplit


@dataclasses.dataclass(frozen=True)
class Target:
    """Where an address leads: a path with its query on this site, or (`path` is "") another host; and the part named."""

    path: str
    fragment: str = ""
    host: str = ""
    scheme: str = ""


@dataclasses.dataclass(frozen=True)
class Place:
    """The site under test: where it is served, and under which name it writes its absolute addresses."""

    served: str
    named: str

    def url(self, path: str) -> str:
        """The absolute address of a path as the site writes it."""
        return f"{self.named}{path}"

    def target(self, page: str, written: str, base: str = "") -> Target | None:
        """What an address on a page (a path) means; None for one that cannot be read."""
        try:
            parts = urlsplit(urljoin(base or self.url(page), written.strip()))
            host = parts.netloc
        except ValueError:
            return None
        if parts.scheme not in {"http", "https"}:
            return Target("", scheme=parts.scheme)
        if not host:
            return None
        if f"{parts.scheme}://{host}" not in {self.served, self.named}:
            return Target("", host=host, scheme=parts.scheme)
        return Target(_path(parts), unquote(parts.fragment))


def _path(parts: SplitResult) -> str:
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path


def language_of(path: str) -> str:
    """The language an address begins with, or ""."""
    found = re.match(r"/([a-z]{2})/", path)
    return found[1] if found else ""


def without_query(path: str) -> str:
    """The path alone."""
    return path.partition("?")[0]
