"""Texts written as HTML, as Markdown: what people write in an editor, everything else as its text. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser

from jobboard.transfer.markup_body import Body, Finding, image_of
from jobboard.transfer.markup_body_code import fence
from jobboard.transfer.markup_html import target
from jobboard.transfer.markup_post_problems import PostKind

MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "del": "~~", "s": "~~", "strike": "~~"}
#: Elements that begin a paragraph of their own.
BLOCKS = frozenset(
    {"p", "div", "section", "article", "aside", "main", "header", "footer", "figure", "dl", "dt", "dd", "form"}
)
#: Elements whose blocks are put together when they end.
BOXES = frozenset({"ul", "ol", "li", "blockquote", "table", "tr", "td", "th", "figcaption"})
#: What a box stands in; elsewhere it is a paragraph.
INSIDE = {"tr": ("table",), "td": ("tr",), "th": ("tr",)}
CODES = frozenset({"code", "kbd", "samp", "tt"})
#: What pages load from elsewhere: it becomes a link.
EMBEDDED = frozenset({"iframe", "embed", "video", "audio", "source"})
SKIPPED = frozenset({"script", "style", "head", "title", "template"})
HEADING = re.compile(r"h([1-6])")
LANGUAGE = re.compile(r"(?:^|\s)(?:lang(?:uage)?-|brush:\s*)([\w+#.-]+)")
#: Boxes deeper than this are paragraphs, and marks are left out: nobody can read them anyway.
DEEPEST = 20


def markdown_of(html: str) -> str:
    """The Markdown that reads like this HTML, without its images; text that only looks like Markdown stays text."""
    return body_of(html, None).markdown


def body_of(html: str, shown: Callable[[str], bool] | None) -> Body:
    """The same with images, and with what is to tell about it.

    `shown` says of an image's address whether the image is at hand; those that are not become links.
    """
    writer = _Writer(shown)
    writer.feed(html)
    writer.close()
    return Body(writer.markdown(), tuple(writer.findings.values()))


@dataclass(slots=True)
class _Box:
    """An open element with the blocks inside of it so far."""

    tag: str
    #: The number of the next item of an ordered list.
    number: int = 1
    blocks: list[str] = field(default_factory=list)
    #: The cells of a table's rows; `heads` says of each row whether all of its cells are headings.
    rows: list[list[str]] = field(default_factory=list)
    heads: list[bool] = field(default_factory=list)


class _Writer(HTMLParser):
    """Collects words into paragraphs and paragraphs into boxes."""

    def __init__(self, shown: Callable[[str], bool] | None) -> None:
        super().__init__(convert_charrefs=True)
        self.findings: dict[tuple[PostKind, str], Finding] = {}
        self._shown = shown
        self._boxes = [_Box("")]
        self._words: list[str] = []
        self._prefix = ""
        self._links: list[str] = []
        self._open: list[str] = []
        self._skipping = 0
        #: Words and language of the code that is open: a block, or a span.
        self._pre: list[str] | None = None
        self._span: list[str] | None = None
        self._language = ""

    def markdown(self) -> str:
        self._end_code()
        self._end_paragraph()
        self._close_boxes(1)
        return "\n\n".join(self._boxes[0].blocks)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag in SKIPPED:
            self._skipping += 1
        elif self._pre is not None:
            self._language = self._language or _language(attributes)
            self._pre.append("\n" if tag == "br" else "")
        elif tag == "pre":
            self._end_paragraph()
            self._pre, self._language = [], _language(attributes)
        elif tag in BOXES:
            self._open_box(tag, attributes)
        elif tag in BLOCKS or tag == "hr" or HEADING.fullmatch(tag):
            self._begin_block(tag)
        else:
            self._inline(tag, attributes)

    def _inline(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "br":
            self._words.append("\\\n")
        elif tag in CODES and self._span is None:
            self._span = []
        elif tag in MARKS and len(self._open) < DEEPEST:
            self._open.append(MARKS[tag])
            self._words.append(MARKS[tag])
        elif tag == "a" and not self._links:
            self._links.append(target(attributes.get("href", "")))
            self._words.append("[" if self._links[-1] else "")
        elif tag == "img" and "kg-bookmark" not in attributes.get("class", ""):
            self._image(attributes)
        elif tag in EMBEDDED and (address := target(attributes.get("src", ""))):
            self._tell(PostKind.embedded, tag)
            if not self._links:
                self._words.append(f"[{_escaped(attributes.get('title') or attributes['src'])}]({address})")

    def _image(self, attributes: dict[str, str]) -> None:
        source = attributes.get("src", "")
        if self._shown is None:
            return
        if self._shown(source):
            self._words.append(image_of(attributes) or "")
        elif (address := target(source)) and not self._links:
            words = attributes.get("alt") or source.rpartition("/")[2] or source
            self._words.append(f"[{_escaped(words)}]({address})")
        else:
            self._words.append(_escaped(attributes.get("alt", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag in SKIPPED:
            self._skipping = max(0, self._skipping - 1)
        elif tag == "pre" or (tag in CODES and self._pre is None):
            self._end_code()
        elif self._pre is not None:
            return
        elif tag in BOXES and tag in [box.tag for box in self._boxes]:
            self._end_paragraph()
            self._close_boxes(max(at for at, box in enumerate(self._boxes) if box.tag == tag))
        elif tag in BLOCKS or tag in BOXES or HEADING.fullmatch(tag):
            self._begin_block("p")
        elif tag in MARKS:
            if MARKS[tag] in self._open:
                self._close_marks(self._open.index(MARKS[tag]))
        elif tag == "a":
            self._close_link()

    def handle_data(self, data: str) -> None:
        if self._skipping:
            return
        code = self._pre if self._pre is not None else self._span
        if code is not None:
            code.append(data)
        else:
            self._words.append(_escaped(data))

    def _tell(self, kind: PostKind, name: str) -> None:
        old = self.findings.get((kind, name))
        self.findings[kind, name] = Finding(kind, 0, name, old.count + 1 if old else 1)

    def _begin_block(self, tag: str) -> None:
        if self._links and "[" in self._words:
            self._words.append(" ")  # a link around blocks is one paragraph
            return
        self._end_paragraph()
        if tag == "hr":
            self._boxes[-1].blocks.append("---")
        elif level := HEADING.fullmatch(tag):
            self._prefix = f"{'#' * max(2, int(level[1]))} "  # the page's own heading is the first

    def _open_box(self, tag: str, attributes: dict[str, str]) -> None:
        self._end_paragraph()
        if tag in {"td", "th", "tr", "li"}:  # their end may be left out
            lists = {"table"} if tag != "li" else {"ul", "ol"}
            inner = [at for at, box in enumerate(self._boxes) if box.tag in lists]
            ends = {"tr": {"tr"}, "li": {"li"}}.get(tag, {"td", "th"})
            same = [at for at, box in enumerate(self._boxes) if box.tag in ends and at > max(inner, default=0)]
            if same:
                self._close_boxes(same[0])
        if {"colspan", "rowspan"} & attributes.keys() or (tag == "table" and self._is_in("table")):
            self._tell(PostKind.flat_table, "table")
        fits = tag not in INSIDE or self._boxes[-1].tag in INSIDE[tag]
        if fits and len(self._boxes) <= DEEPEST:
            self._boxes.append(_Box(tag, _number(attributes.get("start", ""))))

    def _is_in(self, tag: str) -> bool:
        return any(box.tag == tag for box in self._boxes)

    def _close_boxes(self, start: int) -> None:
        """Close what is open from here on, the inner ones first."""
        while len(self._boxes) > start:
            box, outer = self._boxes.pop(), self._boxes[-1]
            if box.tag in {"td", "th"} and outer.tag == "tr":
                outer.rows.append([_cell(box.blocks)])
                outer.heads.append(box.tag == "th")
            elif box.tag == "tr" and outer.tag == "table":
                outer.rows.append([cell for [cell] in box.rows])
                outer.heads.append(all(box.heads))
            elif box.tag == "li":
                number = outer.number if outer.tag == "ol" else None
                outer.number += 1
                outer.blocks += [_item(box.blocks, number)] if box.blocks else []
            else:
                outer.blocks += [text] if (text := _closed(box)) else []

    def _close_marks(self, start: int) -> None:
        """Close the marks that are open from here on, the inner ones first; one around nothing is taken back."""
        while len(self._open) > start:
            mark = self._open.pop()
            at = len(self._words) - 1 - self._words[::-1].index(mark) if mark in self._words else len(self._words)
            inside = "".join(self._words[at + 1 :])
            words = re.sub(r"\A(?:\\\n|\s)+|(?:\\\n|\s)+\Z", "", inside)
            before, _words, after = inside.partition(words) if words else (inside, "", "")
            self._words[at:] = [before, f"{mark}{words}{mark}" if words else "", after]

    def _close_link(self) -> None:
        if not self._links:
            return
        address = self._links.pop()
        if address and "[" in self._words:
            at = len(self._words) - 1 - self._words[::-1].index("[")
            words = " ".join("".join(self._words[at + 1 :]).split())
            self._words[at:] = [f"[{words}]({address})" if words else ""]
        elif address:
            self._words.append(f"]({address})")

    def _end_code(self) -> None:
        """End the block or the span of code that is open."""
        if self._pre is not None:
            code = "".join(self._pre).replace("\r\n", "\n").replace("\r", "\n").removeprefix("\n")
            self._boxes[-1].blocks += [fence(code, self._language)] if code.strip() else []
        elif self._span is not None and (code := " ".join("".join(self._span).split())):
            mark = "`" * (max((len(run) for run in re.findall("`+", code)), default=0) + 1)
            pad = " " if code.startswith("`") or code.endswith("`") else ""
            self._words.append(f"{mark}{pad}{code}{pad}{mark}")
        self._pre, self._span, self._language = None, None, ""

    def _end_paragraph(self) -> None:
        if self._span is not None:
            self._end_code()
        self._close_marks(0)
        self._close_link()
        words = re.sub(r"(?:\\\n|\s)+\Z|\A(?:\\\n|\s)+", "", "".join(self._words))
        # A break before a heading's end or inside of a heading would end it.
        words = words.replace("\\\n", " ") if self._prefix else _plain_starts(words)
        if words:
            self._boxes[-1].blocks.append(self._prefix + words)
        self._words, self._prefix = [], ""


def _escaped(text: str) -> str:
    """Text without line breaks, in which nothing is a mark of Markdown."""
    return re.sub(r"([\\`*_\[\]<>#|~])", r"\\\1", re.sub(r"\s+", " ", text))


def _plain_starts(words: str) -> str:
    """Lines of a paragraph that do not begin as a list or a rule does."""
    words = re.sub(r"(?m)^ *([-+=])(?=[ -=]|$)", r"\\\1", words)
    return re.sub(r"(?m)^ *(\d{1,9})([.)])(?= |$)", r"\1\\\2", words)


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else 1


def _language(attributes: dict[str, str]) -> str:
    match = LANGUAGE.search(attributes.get("class", ""))
    return match[1] if match else re.sub(r"[^\w+#.-]", "", attributes.get("lang", ""))  # as WordPress has it on <pre>


def _item(blocks: list[str], number: int | None) -> str:
    """An item of a list; a list inside of it stands close to its words."""
    bullet = "- " if number is None else f"{number}. "
    text = blocks[0]
    for block in blocks[1:]:
        text += ("\n" if re.match(r"(?:- |\d+\. )", block) else "\n\n") + block
    return bullet + re.sub(r"\n(?=[^\n])", "\n" + " " * len(bullet), text)


def _cell(blocks: list[str]) -> str:
    """The words of a table's cell in one line."""
    return re.sub(r"(?<!\\)\|", r"\\|", " ".join(" ".join(blocks).replace("\\\n", " ").split()))


def _closed(box: _Box) -> str:
    """What a box becomes, "" when there is nothing in it."""
    if box.tag == "table":
        return "\n\n".join([*box.blocks, *([_table(box)] if any(map(any, box.rows)) else [])])
    if box.tag in {"ul", "ol"}:
        return "\n".join(box.blocks)
    text = "\n\n".join(box.blocks)
    if box.tag == "blockquote":
        return "\n".join(f"> {line}" if line else ">" for line in text.split("\n")) if text else ""
    if box.tag == "figcaption" and text and not re.search(r"[*\n]", text):
        return f"*{text}*"
    return text


def _table(box: _Box) -> str:
    """A table in Markdown, which always has a row of headings: an empty one where the source has none."""
    width = max(map(len, box.rows))
    rows = [row + [""] * (width - len(row)) for row in box.rows]
    head = rows.pop(0) if box.heads[0] else [""] * width
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * width, *rows])
