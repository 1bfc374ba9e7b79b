"""Addresses of other systems in the one form in which they are kept and asked for. Pure."""

import re

#: Longest path that is kept, in characters.
LONGEST_PATH = 500


def bare_path(path: str) -> str:
    """A decoded path without what means the same page: "/blog/a/index.html", "/blog/a/" and "//blog/a" are "/blog/a"."""
    parts = [part for part in path.split("/") if part]
    if parts and re.fullmatch(r"index\.html?", parts[-1]):
        parts.pop()
    return "/" + "/".join(parts)
