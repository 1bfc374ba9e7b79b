"""Links of imported posts to each other: what a reference meant at the old home, and new addresses for it. Pure."""

import posixpath
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from jobboard.posts.markup_moved import bare_path
from jobboard.transfer.markup_images import DEFINED, DESTINATION, image_spans, without_code

#: The end of a link's words and its target; images look the same from here and are left out.
LINKED = re.compile(rf"\]\(\s*{DESTINATION}")
#: An address that stands for itself.
ALONE = re.compile(r"<(?P<alone>https?://[^\s<>]+)>", re.IGNORECASE)
SOURCE_FILE = re.compile(r"\.(?:md|markdown|mdown|mkd|mkdn)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """What a reference means: a page by its path, or (`is_file`) a post by its file; and what follows of it."""

    path: str
    is_file: bool
    #: "#part", or "".
    rest: str


def link_spans(markdown: str) -> list[tuple[int, int]]:
    """Start and end of every link's target outside of code."""
    masked = without_code(markdown)
    defined = [match for match in DEFINED.finditer(masked) if not match["label"].startswith("^")]  # not footnotes
    matches = [*LINKED.finditer(masked), *defined]
    spans = {match.span("angled" if match["angled"] is not None else "bare") for match in matches}
    spans |= {match.span("alone") for match in ALONE.finditer(masked)}
    return sorted(spans - set(image_spans(markdown)))


def _is_alone(markdown: str, start: int, end: int) -> bool:
    """Whether a target is `<https://…>` by itself, and not the target of words."""
    before = markdown[:start]
    return before.endswith("<") and markdown.startswith(">", end) and not re.search(r"\](?:\(|:)\s*<\Z", before[-40:])


def links_of(markdown: str) -> list[str]:
    """Every link's target as written, each once, in the order of the text."""
    return list(dict.fromkeys(markdown[start:end] for start, end in link_spans(markdown)))


def with_links(markdown: str, addresses: Mapping[str, str]) -> str:
    """The text with new addresses for the targets that have one."""
    pieces, at = [], 0
    for start, end in link_spans(markdown):
        if (address := addresses.get(markdown[start:end])) is None:
            continue
        if _is_alone(markdown, start, end):
            words = re.sub(r"([\\\[\]*_`])", r"\\\1", markdown[start:end])
            pieces += [markdown[at : start - 1], f"[{words}]({address})"]
            at = end + 1
        else:
            pieces += [markdown[at:start], address]
            at = end
    return "".join([*pieces, markdown[at:]])


def link_meant(target: str, page: str, hosts: Collection[str]) -> Link | None:
    """What a target means on the old site; None when it leads to another site, or within the page.

    `page` is the path the page with the link stood at, "" when unknown; `hosts` are the old site's own, without "www.".
    """
    try:
        parts = urlsplit(target)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    if parts.netloc and host in hosts and (number := re.fullmatch(r"p=(\d+)", parts.query)):
        return Link(f"wordpress:{host}:{number[1]}", True, f"#{parts.fragment}" if parts.fragment else "")
    if (
        (parts.scheme and parts.scheme not in {"http", "https"})
        or (parts.netloc and host not in hosts)
        or not parts.path
    ):
        return None
    rest = f"#{parts.fragment}" if parts.fragment else ""
    path = unquote(parts.path)
    if not parts.netloc and (path.startswith("@/") or (SOURCE_FILE.search(path) and not path.startswith("/"))):
        return Link(path, True, rest)
    if not parts.netloc and not path.startswith("/") and not page:
        return None
    return Link(bare_path(posixpath.normpath(posixpath.join("/", posixpath.dirname(page), path))), False, rest)


def file_name(path: str) -> str:
    """The place of a post's file as references to files name it: without `content`, ending and `index`."""
    parts = SOURCE_FILE.sub("", path.removeprefix("@")).strip("/").split("/")
    parts = parts[1:] if parts[0] == "content" else parts
    parts = parts[:-1] if parts[-1] == "index" and len(parts) > 1 else parts
    return "/".join(parts)


def file_meant(reference: str, below: str) -> list[str]:
    """The places a reference to a file may mean, in the file `below` the imported folder; the likeliest first."""
    if reference.startswith("@/"):
        return [file_name(reference)]
    folder = posixpath.dirname(below)
    return [file_name(posixpath.normpath(posixpath.join(folder, reference))), file_name(reference)]
