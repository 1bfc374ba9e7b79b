"""Headings with an id of their own, `## Why {#why}`, as Jekyll, Hugo and Zola have them: here the words make the id. Pure."""

import re

from jobboard.core.markdown import anchor
from jobboard.transfer.markup_images import without_code

HEADING = re.compile(
    r"^(?P<start> {0,3}#{1,6}[ \t]+(?P<words>[^\n]*?))[ \t]*\{:?[ \t]*#(?P<id>[\w:.-]+)[^}\n]*\}[ \t#]*$", re.MULTILINE
)
LINK = re.compile(r"\]\(#(?P<id>[\w:.-]+)\)")


def with_own_anchors(markdown: str) -> str:
    """The text without ids on its headings; links to them lead to what the headings are called here. Code stays."""
    masked = without_code(markdown)
    headings = list(HEADING.finditer(masked))
    if not headings:
        return markdown
    ids = {match["id"]: anchor(re.sub(r"[*_`\[\]]", "", markdown[slice(*match.span("words"))])) for match in headings}
    changes = [(match.end("start"), match.end(), "") for match in headings]
    changes += [(*match.span("id"), ids[match["id"]]) for match in LINK.finditer(masked) if match["id"] in ids]
    for start, end, words in sorted(changes, reverse=True):
        markdown = markdown[:start] + words + markdown[end:]
    return markdown
