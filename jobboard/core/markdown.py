"""Markdown to clean HTML, once, when a text is saved."""

import dataclasses
import html
import itertools
import re
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

WORDS_PER_MINUTE = 220

TAGS = frozenset(
    [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "code",
        "dd",
        "del",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "input",
        "ins",
        "kbd",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "samp",
        "section",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
        "var",
    ]
)
ATTRIBUTES = {
    "*": {"lang", "dir"},
    "a": {"href", "title", "class", "id", "aria-label"},
    "code": {"class"},
    "div": {"class", "tabindex", "role"},
    "h2": {"id"},
    "h3": {"id"},
    "h4": {"id"},
    "h5": {"id"},
    "h6": {"id"},
    "img": {"src", "alt", "title", "width", "height", "loading"},
    "input": {"type", "checked", "disabled", "class"},
    "li": {"id", "class"},
    "ol": {"start", "class"},
    "pre": {"class", "tabindex"},
    "section": {"class"},
    "span": {"class"},
    "sup": {"class", "id"},
    "td": {"class"},
    "th": {"class", "scope"},
    "ul": {"class"},
}


@dataclasses.dataclass(frozen=True)
class Rendered:
    """A rendered text: safe HTML, its plain words, its headings, and the minutes it takes to read (at least 1)."""

    html: str
    text: str
    headings: tuple[tuple[int, str, str], ...]
    minutes: int


def render(source: str) -> Rendered:
    """Render CommonMark with tables, footnotes, task lists and highlighted code. Everything else is taken out.

    Headings start at h2 (the page's own title is the h1). Images and links with other schemes than http, https and
    mailto lose their target; images from other hosts are dropped, as no page asks a third party for anything.
    """
    parser = _parser()
    env: dict[str, Any] = {}
    tokens = parser.parse(source, env)
    _lower_headings(tokens)
    _wrap_tables(tokens)
    clean = nh3.clean(
        parser.renderer.render(tokens, parser.options, env),
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener",
        strip_comments=True,
    )
    text = plain(clean)
    return Rendered(clean, text, tuple(_headings(tokens)), max(1, round(len(text.split()) / WORDS_PER_MINUTE)))


def plain(markup: str) -> str:
    """The words of clean HTML, for search and summaries."""
    spaced = re.sub(r"<(?:br|/?(?:p|div|li|h\d|td|th|pre|tr|blockquote))\b[^>]*>", " ", markup)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", spaced)).split())


def quoted(markup: str) -> str:
    """Clean HTML without anchors, to stand on a page beside the same text or another with the same headings."""
    attributes = {tag: set(names) - {"id"} for tag, names in ATTRIBUTES.items()}
    return nh3.clean(markup, tags=set(TAGS), attributes=attributes, attribute_filter=_no_anchor, link_rel="noopener")


def _no_anchor(tag: str, name: str, value: str) -> str | None:
    return None if name == "href" and value.startswith("#") else _attribute(tag, name, value)


def excerpt(text: str, length: int = 300) -> str:
    """The start of a plain text, cut at a word, at most `length` characters with its ellipsis."""
    if len(text) <= length:
        return text
    return text[: length - 1].rsplit(" ", 1)[0].rstrip(",;:–- ") + "…"


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "highlight": _highlighted})
    parser.enable(["table", "strikethrough"])
    parser.use(footnote_plugin).use(tasklists_plugin)
    parser.use(anchors_plugin, min_level=1, max_level=4, slug_func=_anchor)
    parser.add_render_rule("fence", _fence)
    return parser


def _anchor(title: str) -> str:
    """The id of a heading: prefixed, so that no heading can take an id of the page around it."""
    return "s-" + (re.sub(r"[\W_]+", "-", title.lower()).strip("-") or "section")


def _fence(self: Any, tokens: list[Token], index: int, options: Any, _env: Any) -> str:
    """A code block that a keyboard can scroll, labelled with its language."""
    del self
    token = tokens[index]
    language = (token.info.split() or [""])[0]
    inner = options.highlight(token.content, language, "") or html.escape(token.content)
    label = f'<span class="code-language">{html.escape(language)}</span>' if language else ""
    return f'<div class="highlight">{label}<pre tabindex="0"><code>{inner}</code></pre></div>\n'


def _highlighted(code: str, language: str, _attrs: str) -> str:
    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        return ""
    return highlight(code, lexer, HtmlFormatter(nowrap=True))


def _lower_headings(tokens: list[Token]) -> None:
    """An h1 in a text becomes an h2; when a text starts at h1 all its headings move down by one."""
    has_h1 = any(token.tag == "h1" for token in tokens)
    for token in tokens:
        if has_h1 and token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + 1)}"


def _wrap_tables(tokens: list[Token]) -> None:
    """A wide table scrolls inside its own box instead of moving the page."""
    for index in range(len(tokens) - 1, -1, -1):
        if tokens[index].type == "table_open":
            tokens.insert(index, _block('<div class="table-scroll" tabindex="0" role="group">'))
        elif tokens[index].type == "table_close":
            tokens.insert(index + 1, _block("</div>"))


def _block(markup: str) -> Token:
    return Token("html_block", "", 0, content=markup + "\n")


def _headings(tokens: list[Token]) -> list[tuple[int, str, str]]:
    """(level, anchor, words) of every heading, for a table of contents."""
    found = []
    for opening, inline in itertools.pairwise(tokens):
        if opening.type == "heading_open":
            words = "".join(child.content for child in inline.children or [] if child.type in {"text", "code_inline"})
            found.append((int(opening.tag[1]), str(opening.attrs.get("id", "")), words))
    return found


def _attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src" and (not value.startswith("/") or value.startswith("//")):
        return None
    if tag == "input" and name == "type" and value != "checkbox":
        return None
    return value
