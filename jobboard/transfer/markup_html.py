"""HTML inside of Markdown posts, which this site shows as text: what has a counterpart in Markdown becomes that. Pure."""

import re
from dataclasses import dataclass, field

ATTRIBUTE = re.compile(r"([\w:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|`([^`]*)`|([^\s\"'>]+))")
#: Elements that only lay out what is in them: taken out, their content stays as paragraphs of its own.
BLOCKS = frozenset({"div", "section", "article", "center", "figure", "figcaption", "picture", "p", "header", "footer"})
#: The same within a line.
SPANS = frozenset({"span", "font", "small", "u", "nobr", "abbr"})
MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "del": "~~", "s": "~~"}
HEADING = re.compile(r"h([1-6])")


@dataclass
class HtmlState:
    """What is open at a place of the text."""

    #: Targets of open links; "" for one without a target.
    links: list[str] = field(default_factory=list)
    #: How many block elements are open: their content is not indented code.
    depth: int = 0


def attributes_of(text: str) -> dict[str, str]:
    """Attributes as HTML and Hugo write them: src="a.png" alt='A'."""
    return {name.lower(): next((value for value in values if value), "") for name, *values in ATTRIBUTE.findall(text)}


def opened(name: str, attributes: dict[str, str], state: HtmlState, *, is_closed: bool) -> str | None:
    """The Markdown for an opening tag; None when there is none. `is_closed`: its closing tag follows somewhere."""
    if name in {"br", "hr"}:
        return "\\\n" if name == "br" else "\n\n---\n\n"
    if name in BLOCKS:
        state.depth += is_closed and name != "p"
        return "\n\n"
    if name in SPANS or name == "source":  # other sizes of the picture that follows
        return ""
    if name == "a" and is_closed:
        state.links.append(target(attributes.get("href", "")))
        return "[" if state.links[-1] else ""
    if is_closed and (level := HEADING.fullmatch(name)):
        return f"\n\n{'#' * int(level[1])} "
    return MARKS.get(name) if is_closed else None


def closed(name: str, state: HtmlState) -> str | None:
    """The Markdown for a closing tag; None when there is none."""
    if name in BLOCKS:
        state.depth = max(0, state.depth - (name != "p"))
        return "\n\n"
    if name in SPANS:
        return ""
    if name == "a" and state.links:
        address = state.links.pop()
        return f"]({address})" if address else ""
    return "\n\n" if HEADING.fullmatch(name) else MARKS.get(name)


def is_told(name: str) -> bool:
    """Whether something is lost when the element becomes Markdown: its layout."""
    return name in BLOCKS | SPANS and name != "p"


def target(address: str) -> str:
    """An address as a Markdown link takes it."""
    address = " ".join(address.split())
    if re.search(r"[<>]", address):
        return ""
    return f"<{address}>" if re.search(r"[\s()]", address) else address


def dedented(text: str) -> str:
    """Text inside of elements: its lines are indented for looks, not as code."""
    return re.sub(r"(?m)(?<=\n)[ \t]+", "", text)
