"""Images that a Markdown text shows: their references as written, the files they mean, and new addresses. Reads no image."""

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from jobboard.transfer.markup_body import Finding
from jobboard.transfer.markup_body_code import first_from, indented_code
from jobboard.transfer.markup_frontmatter_sites import OldSite, hosts_of
from jobboard.transfer.markup_post_problems import PostKind

LABEL = r"(?:[^\[\]\\]|\\.|\[[^\[\]]{0,300}\]){0,1000}"
DESTINATION = r"(?:<(?P<angled>[^<>\n]*)>|(?P<bare>[^\s()<>]+(?:\([^\s()<>]*\)[^\s()<>]*)*))"
INLINE = re.compile(rf"!\[{LABEL}\]\(\s*{DESTINATION}", re.DOTALL)
USED = re.compile(rf"!\[(?P<text>{LABEL})\](?:\[(?P<label>[^\[\]]{{0,300}})\])?(?!\()", re.DOTALL)
DEFINED = re.compile(rf"^ {{0,3}}\[(?P<label>[^\[\]\n]+)\]:[ \t]*\n?[ \t]*{DESTINATION}", re.MULTILINE)
FENCE = re.compile(r"^[ \t>]*(?:[-*+][ ]+|\d+[.)][ ]+)?(?P<mark>`{3,}|~{3,})[^\n]*$|(?P<code>`+)", re.MULTILINE)
HOST = re.compile(r"^(?:https?:)?//[^/]*", re.IGNORECASE)
#: Folders that are the root of the built site's addresses, besides the folder itself.
STATIC_FOLDERS = ("static", "assets", "content", "source", "public")


@dataclass(frozen=True, slots=True)
class Images:
    """The files behind a text's references (as written there), and what is to tell."""

    files: Mapping[str, Path] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def find_images(markdown: str, path: Path, root: Path, site: OldSite, line_of: Callable[[str], int]) -> Images:
    """The images of a text that stands in the file `path` below `root`; nothing outside of `root` is ever answered.

    `line_of` gives the line of the file at which a reference stands.
    """
    files: dict[str, Path] = {}
    findings: dict[str, Finding] = {}
    for reference in references(markdown):
        if reference in files or reference in findings:
            continue
        line = line_of(reference)
        is_absolute = re.match(r"(?:[a-z][a-z0-9+.-]*:|//)", reference, re.IGNORECASE)
        if is_absolute and not hosts_of(reference) & site.hosts:
            findings[reference] = Finding(PostKind.remote_image, line, reference[:200])
            continue
        found, is_outside = _file(HOST.sub("", reference) if is_absolute else reference, path, root, site)
        if found:
            files[reference] = found
        else:
            kind = PostKind.image_outside if is_outside else PostKind.missing_image
            findings[reference] = Finding(kind, line, reference[:200])
    return Images(files, tuple(findings.values()))


def references(markdown: str) -> list[str]:
    """Every image reference of a text outside of code, as written, in the order of the text."""
    return [markdown[start:end] for start, end in image_spans(markdown)]


def with_images(markdown: str, addresses: Mapping[str, str]) -> str:
    """The text with new addresses for the references that have one."""
    pieces, at = [], 0
    for start, end in image_spans(markdown):
        if (address := addresses.get(markdown[start:end])) is not None:
            pieces += [markdown[at:start], address]
            at = end
    return "".join([*pieces, markdown[at:]])


def image_spans(markdown: str) -> list[tuple[int, int]]:
    """Start and end of every image reference outside of code."""
    masked = without_code(markdown)
    matches = list(INLINE.finditer(masked))
    labels = {" ".join((match["label"] or match["text"]).casefold().split()) for match in USED.finditer(masked)}
    matches += [match for match in DEFINED.finditer(masked) if " ".join(match["label"].casefold().split()) in labels]
    return sorted({match.span("angled" if match["angled"] is not None else "bare") for match in matches})


@functools.lru_cache(maxsize=8)  # one text is looked at for images, links, and both once more
def without_code(markdown: str) -> str:
    """The text of the same length with code blocks and code spans blanked, so that positions stay."""
    return "".join(_blanked(markdown))


def _blanked(markdown: str) -> Iterator[str]:
    at, indented = 0, indented_code(markdown)
    while True:
        match, code = FENCE.search(markdown, at), first_from(indented, at)
        begin = match.start() if match else len(markdown)
        if code and code[0] <= begin:
            begin, end = code
        elif match:
            end = _code_end(markdown, match)
        else:
            break
        yield markdown[at:begin]
        is_lone_mark = match is not None and begin == match.start() and end == match.end() and match["code"]
        yield markdown[begin:end] if is_lone_mark else re.sub(r"[^\n]", " ", markdown[begin:end])
        at = end
    yield markdown[at:]


def _code_end(markdown: str, match: re.Match[str]) -> int:
    """Where the code ends that begins at the match: a fence without an end reaches to the end of the text."""
    if mark := match["mark"]:
        if mark[0] == "`" and "`" in match[0].replace(mark, "", 1):
            return match.end()
        close = re.compile(rf"^[ \t>]*{mark[0]}{{{len(mark)},}}[ \t]*$", re.MULTILINE).search(markdown, match.end())
        return close.end() if close else len(markdown)
    paragraph = markdown.find("\n\n", match.end(), match.end() + 5000)
    limit = paragraph if paragraph >= 0 else match.end() + 5000
    close = re.compile(rf"(?<!`){match[0]}(?!`)").search(markdown, match.end(), limit)
    return close.end() if close else match.end()


def _file(reference: str, path: Path, root: Path, site: OldSite) -> tuple[Path | None, bool]:
    """The file of a reference, and whether the reference leads out of the folder that is imported."""
    name = unquote(re.split(r"[?#]", reference, maxsplit=1)[0])
    if site.base_path and name.startswith(f"{site.base_path}/"):
        name = name.removeprefix(site.base_path)
    is_outside = False
    for candidate in _candidates(name, path, root):
        try:
            real = candidate.resolve()
            is_inside = real.is_relative_to(root.resolve())
            is_outside = is_outside or not is_inside
            if is_inside and real.is_file():
                return real, False
        except (OSError, ValueError, RuntimeError):
            continue
    return None, is_outside


def _candidates(name: str, path: Path, root: Path) -> Iterator[Path]:
    """Where the file may lie: beside the post, in the folder of its name, below the folders of static files."""
    below = name.lstrip("/")
    if not below:
        return
    if not name.startswith("/"):
        yield path.parent / name
        yield path.parent / path.stem / name
    for folder in ("", *STATIC_FOLDERS):
        yield root / folder / below
    if name.startswith("/") and _is_bundle(path, root):
        yield path.parent / Path(below).name


def _is_bundle(path: Path, root: Path) -> bool:
    """Whether the file is the text of a bundle: then "/posts/my-post/a.png" means the file beside it."""
    return path.stem.split(".")[0] == "index" and path.parent != root
