"""Blocks of a text that plain CommonMark does not have: marked code, named tables, pictures with captions, callouts."""

import html
import re
from typing import Any

from markdown_it.token import Token
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.lexers.special import TextLexer
from pygments.util import ClassNotFound

#: The word after "```" and the lines to mark: "python {2,5-7}"; what follows a comma is for a compiler ("rust,ignore").
INFO = re.compile(r"\s*([^\s{,]*)[^\s{]*\s*(?:\{([\d\s,-]{1,200})\})?")
LINES = re.compile(r"(\d{1,6})(?:\s*-\s*(\d{1,6}))?")
#: The first line of a quotation that is a callout, as GitHub writes them.
CALLOUT = re.compile(r"\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]")


def fence(_self: Any, tokens: list[Token], index: int, _options: Any, _env: Any) -> str:
    """A code block that a keyboard can scroll, labelled with its language; the lines named behind it are marked."""
    language, lines = INFO.match(tokens[index].info).groups("")  # type: ignore[union-attr] # it matches any text
    lexer = _lexer(language)
    code = tokens[index].content
    formatter = HtmlFormatter(nowrap=True, hl_lines=_marked(lines, code.count("\n")))
    name = language if isinstance(lexer, TextLexer) else lexer.name
    label = f'<span class="code-language">{html.escape(name)}</span>' if name else ""
    inner = highlight(code, lexer, formatter)
    return f'<div class="highlight">{label}<pre tabindex="0"><code>{inner}</code></pre></div>\n'


def _lexer(language: str) -> Lexer:
    try:
        return get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return TextLexer(stripnl=False)


def _marked(lines: str, count: int) -> list[int]:
    """The numbers, from 1, of the lines to mark, of those there are."""
    pairs = [(int(start), int(end or start)) for start, end in LINES.findall(lines)]
    return [number for number in range(1, count + 1) if any(start <= number <= end for start, end in pairs)]


#: How a column is set, as the parser says it by style and our style sheet by class.
ALIGNED = {"text-align:right": "at-end", "text-align:center": "at-center"}


def drop_empty_heads(tokens: list[Token]) -> None:
    """A table whose headings hold nothing has none: Markdown cannot leave the row out, and its readers hear empty cells."""
    for index in range(len(tokens) - 1, -1, -1):
        if tokens[index].type == "thead_open":
            end = _closing(tokens, index)
            if not any(token.content.strip() for token in tokens[index:end] if token.type == "inline"):
                del tokens[index : end + 1]


def wrap_tables(tokens: list[Token]) -> None:
    """A wide table scrolls inside its own box instead of moving the page; the box is named by the columns' headings."""
    for index in range(len(tokens) - 1, -1, -1):
        if tokens[index].type in {"th_open", "td_open"} and (name := ALIGNED.get(str(tokens[index].attrGet("style")))):
            tokens[index].attrSet("class", name)
        elif tokens[index].type == "table_open":
            head = tokens[index : _closing(tokens, index + 1)] if tokens[index + 1].type == "thead_open" else []
            name = ", ".join(filter(None, (words_of(token) for token in head if token.type == "inline")))
            label = f' aria-label="{html.escape(name)}"' if name else ""
            tokens.insert(index, block(f'<div class="table-scroll" tabindex="0" role="group"{label}>'))
        elif tokens[index].type == "table_close":
            tokens.insert(index + 1, block("</div>"))


def lead_to_pictures(tokens: list[Token]) -> None:
    """A picture that is not this site's becomes a link to it, or its words where it has no address of the web."""
    for token in tokens:
        children: list[Token] = []
        depth = 0
        for child in token.children or ():
            depth += child.nesting if child.type.startswith("link_") else 0
            source = str(child.attrs.get("src", "")) if child.type == "image" else ""
            if child.type != "image" or (source.startswith("/") and not source.startswith("//")):
                children.append(child)
                continue
            words = Token("text", "", 0, content=child.content or source)
            if depth or not source.startswith(("http://", "https://", "//")):
                children.append(words)
                continue
            address = f"https:{source}" if source.startswith("//") else source
            children += [Token("link_open", "a", 1, attrs={"href": address}), words, Token("link_close", "a", -1)]
        if token.children is not None:
            token.children = children


def caption_pictures(tokens: list[Token]) -> None:
    """A picture that stands alone may be wider than a line ("lone"); with a title, its caption, it becomes a figure."""
    for before, inline, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        children = inline.children or []
        if before.type != "paragraph_open" or before.hidden or len(children) != 1:
            continue
        if children[0].type == "image":
            before.attrSet("class", "lone")
        if children[0].type == "image" and (title := str(children[0].attrs.pop("title", "")).strip()):
            before.tag = after.tag = "figure"
            before.attrs.pop("class")
            children.append(Token("html_inline", "", 0, content=f"<figcaption>{html.escape(title)}</figcaption>"))


def make_callouts(tokens: list[Token]) -> None:
    """A quotation that begins with a line such as `[!NOTE]` becomes a callout of that kind.

    Its title is empty: the word depends on the language and is put in when the text is shown (`markdown_page`).
    """
    for index in range(len(tokens) - 3, -1, -1):
        kind = _callout(tokens[index : index + 3])
        if not kind:
            continue
        opening, closing = tokens[index], tokens[_closing(tokens, index)]
        opening.tag = closing.tag = "div"
        opening.attrs = {"class": f"callout is-{kind}", "role": "note"}
        paragraph = tokens[index + 2]
        paragraph.children = (paragraph.children or [])[2:]
        rest = [] if paragraph.children else tokens[index + 1 : index + 4]
        tokens[index + 1 : index + 1 + len(rest)] = [block(f'<p class="callout-title is-{kind}"></p>')]


def _callout(tokens: list[Token]) -> str:
    """The kind of callout that a quotation's first three tokens begin, in small letters; "" for a quotation."""
    quotation, paragraph, inline = tokens
    if quotation.type != "blockquote_open" or paragraph.type != "paragraph_open":
        return ""
    first, *others = inline.children or [Token("text", "", 0)]
    found = CALLOUT.fullmatch(first.content.strip()) if first.type == "text" else None
    is_alone = not others or others[0].type in {"softbreak", "hardbreak"}
    return found[1].lower() if found and is_alone else ""


def _closing(tokens: list[Token], opening: int) -> int:
    """Where the block that opens here is closed."""
    level = tokens[opening].level
    kind = tokens[opening].type.replace("_open", "_close")
    return next(at for at in range(opening, len(tokens)) if tokens[at].type == kind and tokens[at].level == level)


def block(markup: str) -> Token:
    """A piece of our own HTML among the blocks."""
    return Token("html_block", "", 0, content=markup + "\n")


def words_of(inline: Token) -> str:
    """The plain words of a line."""
    return "".join(child.content for child in inline.children or [] if child.type in {"text", "code_inline"})
