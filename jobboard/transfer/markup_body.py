"""The text of a post from Jekyll, Hugo or Zola as the Markdown of this site: highlighted code, figures, summaries. Pure.

Commands of the old system that have no counterpart stay in the text as they are and are told. Code is never touched.
"""

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from jobboard.core.markdown import excerpt, plain, render
from jobboard.transfer.markup_body_code import code_info, fenced, first_from, indented_code, unescaped, without_raw
from jobboard.transfer.markup_html import HtmlState, attributes_of, closed, dedented, is_told, opened, target
from jobboard.transfer.markup_post_problems import PostKind

SUMMARY_LENGTH = 300
MORE = re.compile(r"<!--\s*more\s*-->", re.IGNORECASE)

TOKEN = re.compile(
    r"""
    (?P<fence>^[ \t>]*(?:[-*+][ ]+|\d+[.)][ ]+)?(?P<mark>`{3,}|~{3,})(?P<info>[^\n]*)$)
    |(?P<code>`+)
    |(?P<comment><!--)
    |(?P<escaped>\{\{[<%]/\*(?P<inner>.{0,600}?)\*/[>%]\}\})
    |(?P<short>\{\{(?P<short_mark>[<%])(?P<short_text>.{0,600}?)[>%]\}\})
    |(?P<tag>\{%-?(?P<tag_text>.{0,600}?)-?%\})
    |(?P<expression>\{\{-?(?P<expression_text>.{0,600}?)-?\}\})
    |(?P<attributes>\{:[^}\n]{0,300}\})
    |(?P<html><(?P<html_close>/?)(?P<html_name>[a-zA-Z][a-zA-Z0-9-]*)(?P<html_text>(?:\s(?:\{\{<[^{}<>]{0,300}>\}\}|[^<>]){0,3000})?)/?>)
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
#: Commands that themes have for an image, and what they call its address.
IMAGE_COMMANDS = frozenset({"figure", "image", "img", "picture"})
IMAGE_SOURCES = ("src", "image_path", "path", "url", "file", "link")
#: `{{ site.baseurl }}` and `{{ "/a.png" | relative_url }}`: what is left of them is a path.
BASE = re.compile(r"(?:site\.(?:base)?url|site\.github\.url|base_?url)(?:\s*\|[^}]*)?", re.IGNORECASE)
PATH = re.compile(
    r"[\"']([^\"']*)[\"']\s*\|\s*(?:relative_url|absolute_url|prepend:\s*site\.(?:base)?url)\s*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a text that is to tell: its first line, how often, and the parameters of its sentence."""

    kind: PostKind
    line: int
    name: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Body:
    """A text in Markdown, and what is to tell about it."""

    markdown: str
    findings: tuple[Finding, ...] = ()


def converted(text: str, first_line: int = 1) -> Body:
    """The text as Markdown of this site; `first_line` is the line of the file at which it begins."""
    return _Converter(text, first_line).body()


class _Converter:
    """Goes through a text once, from one token to the next."""

    def __init__(self, text: str, first_line: int) -> None:
        self.text, self.line, self.counted = text, first_line, 0
        self.findings: dict[tuple[PostKind, str], Finding] = {}
        #: Closing marks that were looked for in vain: they are not looked for again.
        self.absent: set[str] = set()
        self.html_state = HtmlState()
        self.indented = indented_code(text)

    def body(self) -> Body:
        pieces: list[str] = []
        at = 0
        while True:
            match, code = TOKEN.search(self.text, at), first_from(self.indented, at)
            begin = match.start() if match else len(self.text)
            if code and code[0] <= begin and not self.html_state.depth:
                pieces.append(_after(pieces, self.text[at : code[0]]) + without_raw(unescaped(self.text[slice(*code)])))
                at = code[1]
                continue
            if match is None:
                break
            between = self.text[at:begin]
            pieces.append(_after(pieces, dedented(between) if self.html_state.depth else between))
            replaced, at = self.replaced(match)
            if replaced.startswith("\n\n"):
                _end_paragraph(pieces)
            pieces.append(replaced)
        pieces.append(_after(pieces, self.text[at:]))
        return Body("".join(pieces), tuple(self.findings.values()))

    def replaced(self, match: re.Match[str]) -> tuple[str, int]:
        """What stands in the place of a token (with what belongs to it), and where to go on."""
        steps: dict[str, Callable[[re.Match[str]], tuple[str, int]]] = {
            "fence": self.fence,
            "code": self.code,
            "comment": self.comment,
            "escaped": lambda found: (unescaped(found[0]), found.end()),
            "short": self.short,
            "tag": self.tag,
            "expression": self.expression,
            "attributes": lambda found: self.kept(found, PostKind.shortcode, "{: }"),
            "html": self.html,
        }
        return next(step(match) for name, step in steps.items() if match[name] is not None)

    def tell(self, at: int, kind: PostKind, name: str = "") -> None:
        self.line += self.text.count("\n", self.counted, at)
        self.counted = max(self.counted, at)
        old = self.findings.get((kind, name))
        line, count = (old.line, old.count + 1) if old else (self.line, 1)
        self.findings[kind, name] = Finding(kind, line, name, count)

    def kept(self, match: re.Match[str], kind: PostKind, name: str) -> tuple[str, int]:
        self.tell(match.start(), kind, name[:60])
        return match[0], match.end()

    def end(self, pattern: str, at: int) -> re.Match[str] | None:
        """The next closing mark, None when there is none in the rest of the text."""
        if pattern in self.absent:
            return None
        found = re.compile(pattern, re.MULTILINE).search(self.text, at)
        if found is None:
            self.absent.add(pattern)
        return found

    def fence(self, match: re.Match[str]) -> tuple[str, int]:
        mark = match["mark"]
        if mark[0] == "`" and "`" in match[0][match[0].index(mark) + len(mark) :]:
            return match[0], match.end()
        close = self.end(rf"^[ \t>]*{mark[0]}{{{len(mark)},}}[ \t]*$", match.end())
        end = close.end() if close else len(self.text)
        opening = self.text[match.start() : match.start("info")] + code_info(match["info"])
        return opening + without_raw(unescaped(self.text[match.end() : end])), end

    def code(self, match: re.Match[str]) -> tuple[str, int]:
        paragraph = self.text.find("\n\n", match.end(), match.end() + 5000)
        limit = paragraph if paragraph >= 0 else match.end() + 5000
        close = re.compile(rf"(?<!`){match[0]}(?!`)").search(self.text, match.end(), limit)
        end = close.end() if close else match.end()
        return without_raw(unescaped(self.text[match.start() : end])), end

    def comment(self, match: re.Match[str]) -> tuple[str, int]:
        if not (close := self.end("-->", match.end())):
            return match[0], match.end()
        self.tell(match.start(), PostKind.comment_left_out)
        return "", close.end()

    def short(self, match: re.Match[str]) -> tuple[str, int]:
        """Hugo's `{{< name … >}}` and `{{% name … %}}`."""
        text = match["short_text"].strip()
        name, _, rest = text.partition(" ")
        if name == "highlight" and (close := self.end(r"\{\{[<%]\s*/\s*highlight\s*[>%]\}\}", match.end())):
            return fenced(self.text[match.end() : close.start()], rest), close.end()
        if name in {"ref", "relref"} and (place := self.linked(match, rest)):
            return place, match.end()
        if name in IMAGE_COMMANDS and (image := image_of(attributes_of(rest))):
            return image, match.end()
        if name.startswith("/"):
            return match[0], match.end()
        return self.kept(match, PostKind.shortcode, name)

    def tag(self, match: re.Match[str]) -> tuple[str, int]:
        """Liquid's and Tera's `{% name … %}`."""
        name, _, rest = match["tag_text"].strip().partition(" ")
        if name == "highlight" and (close := self.end(r"\{%-?\s*endhighlight\s*-?%\}", match.end())):
            return fenced(self.text[match.end() : close.start()], rest), close.end()
        if name == "raw" and (close := self.end(r"\{%-?\s*endraw\s*-?%\}", match.end())):
            return self.text[match.end() : close.start()], close.end()
        if re.fullmatch(r"end\w*", name):
            return match[0], match.end()
        if name == "include" and (image := self.included(rest)):
            return image, match.end()
        if name in {"post_url", "link"} and (place := self.linked(match, rest)):
            return place, match.end()
        return self.kept(match, PostKind.shortcode, re.split(r"[\s(]", name)[0] or "{% %}")

    @staticmethod
    def included(rest: str) -> str | None:
        """Jekyll's `{% include figure.html src="…" %}`, under the names that themes give such files."""
        file, _, options = rest.strip().partition(" ")
        is_image = re.search(r"figure|image|img|picture", file, re.IGNORECASE)
        return image_of(attributes_of(options)) if is_image else None

    def linked(self, match: re.Match[str], rest: str) -> str | None:
        """The file that a command names as a link's target, as Zola names it: "@/posts/a.md". None elsewhere."""
        before = self.text[max(0, match.start() - 80) : match.start()]
        is_target = re.search(r"(?:\]\(|^ {0,3}\[[^\[\]\n]+\]:)\s*(?:\{\{[^{}]*\}\}\s*)?\Z", before, re.MULTILINE)
        return place_named(rest) if is_target else None

    def expression(self, match: re.Match[str]) -> tuple[str, int]:
        """`{{ … }}`: paths are resolved, everything else is told by its first word."""
        resolved = without_expressions(match[0])
        if resolved != match[0]:
            return resolved, match.end()
        if (called := re.fullmatch(r"\s*(\w+)\((.*)\)\s*", match["expression_text"], re.DOTALL)) and (
            called[1] in IMAGE_COMMANDS and (image := image_of(attributes_of(called[2].replace(",", " "))))
        ):
            return image, match.end()
        return self.kept(match, PostKind.shortcode, re.split(r"[\s(|]", match["expression_text"].strip())[0] or "{{ }}")

    def html(self, match: re.Match[str]) -> tuple[str, int]:
        """Elements with a counterpart in Markdown become that; others stay, and only their start is told."""
        name, attributes = match["html_name"], attributes_of(without_commands(match["html_text"]))
        if name.lower() == "img" and (image := image_of(attributes)):
            return image, match.end()
        if match["html_close"]:
            markdown = closed(name, self.html_state)
            return (match[0] if markdown is None else markdown), match.end()
        is_closed = self.end(rf"</{name}\s*>", match.end()) is not None
        markdown = opened(name, attributes, self.html_state, is_closed=is_closed)
        if markdown is None:
            return self.kept(match, PostKind.html, name.lower())
        if is_told(name):
            self.tell(match.start(), PostKind.html_left_out, name)
        if name == "br" and self.text[self.text.rfind("\n", 0, match.start()) + 1 :].startswith("|"):
            markdown = " "
        is_doubled = name == "br" and markdown != " " and self.text[match.end() : match.end() + 1] == "\n"
        return markdown, match.end() + is_doubled


def _end_paragraph(pieces: list[str]) -> None:
    """Takes white space off the end, before a paragraph begins that an HTML element made."""
    while pieces and not pieces[-1].strip():
        pieces.pop()
    if pieces:
        pieces[-1] = pieces[-1].rstrip()


def _after(pieces: list[str], text: str) -> str:
    """What follows such a paragraph, without further empty lines."""
    return text.lstrip("\n") if pieces and pieces[-1].endswith("\n\n") else text


def without_expressions(text: str) -> str:
    """A path without `{{ site.baseurl }}` and the like."""
    text = re.sub(rf"\{{\{{-?\s*{BASE.pattern}\s*-?\}}\}}", "", text, flags=re.IGNORECASE)
    return re.sub(rf"\{{\{{-?\s*{PATH.pattern}-?\}}\}}", r"\1", text, flags=re.IGNORECASE)


def place_named(rest: str) -> str | None:
    """The file that a command's words name, as Zola names it: "@/posts/a.md"."""
    place = re.search(r"[^\s\"'`=|]+", rest.strip().removeprefix("path="))
    return f"@/{place[0].lstrip('/')}" if place else None


def without_commands(attributes: str) -> str:
    """The attributes of an element with the files that commands name in them, and paths without expressions."""
    named = re.sub(
        r"\{\{[<%]\s*(?:rel)?ref\s+(.{1,300}?)[>%]\}\}", lambda match: place_named(match[1]) or "", attributes
    )
    named = re.sub(r"\{%-?\s*(?:post_url|link)\s+(.{1,300}?)-?%\}", lambda match: place_named(match[1]) or "", named)
    return without_expressions(named)


def image_of(attributes: dict[str, str]) -> str | None:
    """An image in Markdown; None without an address."""
    source = next((attributes[name] for name in IMAGE_SOURCES if attributes.get(name)), "")
    source = without_expressions(source).strip()
    if not source or re.search(r"[<>\n]", source):
        return None
    text = re.sub(r"([\[\]\\])", r"\\\1", " ".join((attributes.get("alt") or attributes.get("caption", "")).split()))
    title = " ".join((attributes.get("title") or attributes.get("caption", "")).split()).replace('"', '\\"')
    return f'![{text}]({target(source)} "{title}")' if title else f"![{text}]({target(source)})"


def split_more(text: str, separator: str = "") -> tuple[str, str]:
    """The text before the "more" mark ("" without one), and the whole text without the mark; no line moves."""
    match = MORE.search(text) or (
        re.search(rf"^{re.escape(separator)}[ \t]*$", text, re.MULTILINE) if separator else None
    )
    if not match:
        return "", text
    return text[: match.start()].rstrip(), text[: match.start()] + text[match.end() :]


def plain_summary(markdown: str) -> str:
    """A Markdown text as one plain paragraph of at most 300 characters, cut at a word."""
    return excerpt(plain(render(markdown[:20_000]).html), SUMMARY_LENGTH)


def first_paragraph(markdown: str) -> str:
    """The first paragraph with words in it, plain, at most 300 characters, cut at a word; "" without one."""
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(markdown[:20_000])
    for opening, inline in itertools.pairwise(tokens):
        if opening.type == "paragraph_open" and opening.level == 0 and (words := _words(inline.children or [])):
            return excerpt(words, SUMMARY_LENGTH)
    return ""


def _words(children: list[Token]) -> str:
    kinds = {"text", "code_inline"}
    return " ".join(
        "".join(
            child.content if child.type in kinds else " " if "break" in child.type else "" for child in children
        ).split()
    )


def heading_and_rest(markdown: str) -> tuple[str, str]:
    """The words of a first-level heading at the very start and the text without it; "" when there is none."""
    match = re.match(r"\s*#[ \t]+(?P<words>[^\n]+?)[ \t#]*(?:\n+|$)", markdown)
    return (plain(render(match["words"]).html), markdown[match.end() :]) if match else ("", markdown)
