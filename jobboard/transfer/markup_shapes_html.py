"""Descriptions written as HTML, as Markdown: what people write in an editor, everything else as its text. Pure."""

import re
from html.parser import HTMLParser

from jobboard.transfer.markup_html import target

MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*"}
#: Elements that begin a paragraph of their own.
BLOCKS = frozenset(
    {"p", "div", "section", "article", "header", "footer", "blockquote", "table", "tr", "figure", "dl", "dt", "dd"}
)
SKIPPED = frozenset({"script", "style", "head", "title", "template"})
HEADING = re.compile(r"h([1-6])")


def markdown_of(html: str) -> str:
    """The Markdown that reads like this HTML; text that only looks like Markdown stays text."""
    writer = _Writer()
    writer.feed(html)
    writer.close()
    return writer.markdown()


class _Writer(HTMLParser):
    """Collects blocks; each is a prefix (of a list or heading) and its words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._blocks: list[str] = []
        self._words: list[str] = []
        self._prefix = ""
        self._lists: list[int | None] = []  # numbers of ordered lists; None for others
        self._links: list[str] = []
        self._open: list[str] = []
        self._skipping = 0

    def markdown(self) -> str:
        self._end_block()
        text = "\n\n".join(self._blocks)
        # Items of one list stand together.
        return re.sub(r"(?m)(^ *(?:-|\d+\.) [^\n]*)\n\n(?= *(?:-|\d+\.) )", r"\1\n", text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SKIPPED:
            self._skipping += 1
        elif tag in {"ul", "ol"}:
            self._end_block()
            self._lists.append(1 if tag == "ol" else None)
        elif tag == "li":
            self._begin(self._bullet())
        elif level := HEADING.fullmatch(tag):
            self._begin(f"{'#' * max(2, int(level[1]))} ")  # the page's own heading is the first
        elif tag in BLOCKS:
            # A paragraph inside of an item belongs to it.
            if not (self._prefix and not "".join(self._words).strip()):
                self._begin("")
        elif tag == "br":
            self._words.append("\\\n")
        elif tag in MARKS:
            self._open.append(MARKS[tag])
            self._words.append(MARKS[tag])
        elif tag == "a":
            self._links.append(target(dict(attrs).get("href") or ""))
            self._words.append("[" if self._links[-1] else "")

    def handle_endtag(self, tag: str) -> None:
        if tag in SKIPPED:
            self._skipping = max(0, self._skipping - 1)
        elif tag in {"ul", "ol"}:
            self._end_block()
            if self._lists:
                self._lists.pop()
        elif tag == "li" or tag in BLOCKS or HEADING.fullmatch(tag):
            self._end_block()
        elif tag in MARKS:
            if MARKS[tag] in self._open:
                self._close_marks(self._open.index(MARKS[tag]))
        elif tag == "a" and self._links:
            address = self._links.pop()
            self._words.append(f"]({address})" if address else "")

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self._words.append(re.sub(r"([\\`*_\[\]<>#|~])", r"\\\1", re.sub(r"\s+", " ", data)))

    def _close_marks(self, start: int) -> None:
        """Close the marks that are open from here on, the inner ones first; one around nothing is taken back."""
        while len(self._open) > start:
            mark = self._open.pop()
            inside = self._words[len(self._words) - 1 - self._words[::-1].index(mark) + 1 :]
            if "".join(inside).strip():
                self._words.append(mark)
            else:
                del self._words[len(self._words) - len(inside) - 1 :]

    def _bullet(self) -> str:
        indent = "  " * max(0, len(self._lists) - 1)
        number = self._lists[-1] if self._lists else None
        if number is None:
            return f"{indent}- "
        self._lists[-1] = number + 1
        return f"{indent}{number}. "

    def _begin(self, prefix: str) -> None:
        self._end_block()
        self._prefix = prefix

    def _end_block(self) -> None:
        self._close_marks(0)
        words = "".join(self._words)
        words = re.sub(r"(?:\\\n|\s)+\Z|\A(?:\\\n|\s)+", "", words)
        if words:
            indent = " " * len(self._prefix) if self._prefix.strip()[:1] in {"-", *"0123456789"} else ""
            self._blocks.append(self._prefix + words.replace("\n", f"\n{indent}"))
            self._prefix = ""
        self._words = []
