"""Markdown to clean HTML, once, when a text is saved."""

import dataclasses
import functools
import html
import re
from typing import Any
from urllib.parse import unquote

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

from jobboard.core.markdown_blocks import (
    caption_pictures,
    drop_empty_heads,
    fence,
    lead_to_pictures,
    make_callouts,
    wrap_tables,
)
from jobboard.core.markdown_dollars import dollars_plugin
from jobboard.core.markdown_drawn import Drawings, Trouble, apart, in_words, or_place, place, renamed, together
from jobboard.core.markdown_maker import made_by

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
        "label",
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
    "div": {"class", "tabindex", "role", "aria-label"},
    "h2": {"id"},
    "h3": {"id"},
    "h4": {"id"},
    "h5": {"id"},
    "h6": {"id"},
    "img": {"src", "alt", "title", "width", "height", "loading"},
    "input": {"type", "checked", "disabled", "class"},
    "li": {"id", "class"},
    "ol": {"start", "class"},
    "p": {"class"},
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
    """A rendered text: safe HTML, its plain words, and the minutes it takes to read (at least 1)."""

    html: str
    text: str
    minutes: int
    #: The renderer's fingerprint (`markdown_maker`); "" when the text should be rendered again soon.
    made_by: str = ""
    #: Formulas and diagrams that are shown as their source.
    troubles: tuple[Trouble, ...] = ()


def render(source: str) -> Rendered:
    """Render CommonMark with tables, footnotes, task lists, captions, callouts, code, formulas and diagrams; nothing else.

    Headings start at h2 (the page's own title is the h1). Images and links with other schemes than http, https and
    mailto lose their target; pictures of other hosts become links, as no page asks a third party for anything.
    """
    parser = _parser()
    env: dict[str, Any] = {}
    tokens = parser.parse(source, env)
    _lower_headings(tokens)
    _lead_to_headings(tokens)
    drop_empty_heads(tokens)
    wrap_tables(tokens)
    lead_to_pictures(tokens)
    caption_pictures(tokens)
    make_callouts(tokens)
    drawings = Drawings(tokens)
    clean = nh3.clean(
        parser.renderer.render(tokens, parser.options, env),
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener",
        strip_comments=True,
    )
    whole = drawings.put_into(clean)
    text = plain(whole)
    minutes = max(1, round(len(text.split()) / WORDS_PER_MINUTE))
    maker = made_by() if drawings.is_complete else ""
    return Rendered(whole, text, minutes, maker, tuple(drawings.troubles))


#: What a short text may hold: no headings, pictures or tables.
SHORT_TAGS = frozenset({"a", "b", "br", "code", "del", "em", "i", "li", "ol", "p", "s", "strong", "ul"})


@functools.lru_cache(500)
def render_short(source: str) -> str:
    """Safe HTML of a few sentences in Markdown, such as about a person; whatever is more than that is left out.

    Rendered when it is shown, once for each text: that takes less time than reading one from the database.
    """
    return nh3.clean(
        render(source).html,
        tags=set(SHORT_TAGS),
        attributes={"a": {"href"}},
        attribute_filter=_no_anchor,
        link_rel="noopener",
    )


def plain(markup: str) -> str:
    """The words of clean HTML, for search and summaries."""
    spaced = re.sub(r"<(?:br|/?(?:p|div|li|h\d|td|th|pre|tr|blockquote))\b[^>]*>", " ", in_words(markup))
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", spaced)).split())


def quoted(markup: str) -> str:
    """Clean HTML without anchors, to stand on a page beside the same text or another with the same headings."""
    attributes = {tag: set(names) - {"id"} for tag, names in ATTRIBUTES.items()}
    rest, pieces = apart(markup)
    clean = nh3.clean(rest, tags=set(TAGS), attributes=attributes, attribute_filter=_no_anchor, link_rel="noopener")
    return together(clean, [renamed(piece) for piece in pieces])


def _no_anchor(tag: str, name: str, value: str) -> str | None:
    return None if name == "href" and value.startswith("#") else _attribute(tag, name, value)


def excerpt(text: str, length: int = 300) -> str:
    """The start of a plain text, cut at a word, at most `length` characters with its ellipsis."""
    if len(text) <= length:
        return text
    return text[: length - 1].rsplit(" ", 1)[0].rstrip(",;:–- ") + "…"


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False})
    parser.enable(["table", "strikethrough"])
    parser.use(footnote_plugin).use(tasklists_plugin, label=True)
    parser.use(anchors_plugin, min_level=1, max_level=4, slug_func=anchor)
    parser.use(dollars_plugin)
    for kind in ("fence", "code_block"):
        parser.add_render_rule(kind, or_place(fence))
    for kind in ("math_inline", "math_block"):
        parser.add_render_rule(kind, place)
    parser.add_render_rule("footnote_caption", _caption)
    return parser


def anchor(title: str) -> str:
    """The id of a heading: prefixed, so that no heading can take an id of the page around it.

    Of the id that another system gives the same heading it makes the same: those keep the words, and differ in what joins them.
    """
    return "s-" + (re.sub(r"[\W_]+", "-", title.lower()).strip("-") or "section")


def _caption(_self: Any, tokens: list[Token], index: int, _options: Any, _env: Any) -> str:
    """The number of a footnote, the same wherever the text leads to it."""
    return f"[{tokens[index].meta['id'] + 1}]"


def _lower_headings(tokens: list[Token]) -> None:
    """An h1 in a text becomes an h2; when a text starts at h1 all its headings move down by one."""
    has_h1 = any(token.tag == "h1" for token in tokens)
    for token in tokens:
        if has_h1 and token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + 1)}"


def _lead_to_headings(tokens: list[Token]) -> None:
    """A link within the text leads to the heading it names, also by the id that other systems give it: `#why-how`."""
    ids = {str(token.attrs["id"]) for token in tokens if token.type == "heading_open" and "id" in token.attrs}
    for link in (child for token in tokens for child in token.children or () if child.type == "link_open"):
        sign, named = str(link.attrs.get("href", ""))[:1], unquote(str(link.attrs.get("href", ""))[1:])
        if sign == "#" and named not in ids and anchor(named) in ids:
            link.attrs["href"] = f"#{anchor(named)}"


def _attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src" and (not value.startswith("/") or value.startswith("//")):
        return None
    if tag == "input" and name == "type" and value != "checkbox":
        return None
    return value
