"""Code in the Markdown of other systems: where it stands, and the word behind its fence. Pure."""

import bisect
import re

from markdown_it import MarkdownIt

#: An indented line behind an empty one, or at the start: only then there may be code without a fence.
MAY_BE_INDENTED = re.compile(r"(?:\A|\n[ \t]*\n)(?: {4}|[ ]{0,3}\t)")
#: Zola, Hugo and others write options behind the language: "rust,linenos,hl_lines=1-3 8".
INFO = re.compile(r"[ \t]*(?P<language>[^\s,{]*)(?P<rest>[^\n]*)")
MARKED = re.compile(r"hl_lines\s*=\s*(?P<lines>\[[^\]]*\]|\"[^\"]*\"|[\d\s-]+)")
NUMBERS = re.compile(r"\d{1,6}(?:-\d{1,6})?")


def indented_code(markdown: str) -> list[tuple[int, int]]:
    """Start and end of every indented code block, as CommonMark finds them: in lists, behind HTML, not in fences."""
    if not MAY_BE_INDENTED.search(markdown):
        return []
    starts = [0, *(match.end() for match in re.finditer("\n", markdown)), len(markdown)]
    tokens = MarkdownIt("commonmark", {"html": True}).parse(markdown)
    lines = [token.map for token in tokens if token.type == "code_block" and token.map]
    last = len(starts) - 1
    return [(starts[min(first, last)], starts[min(end, last)]) for first, end in lines]


def first_from(spans: list[tuple[int, int]], at: int) -> tuple[int, int] | None:
    """The first of the spans that begins at a place or behind it."""
    index = bisect.bisect_left(spans, (at, at))
    return spans[index] if index < len(spans) else None


def code_info(info: str) -> str:
    """What stands behind a fence as this site reads it: the language, and the lines to mark in braces."""
    match = INFO.match(info)
    if match is None or not match["rest"].strip():
        return info.rstrip()
    return with_lines(match["language"], match["rest"]) or info.rstrip()


def with_lines(language: str, options: str) -> str:
    """A language with the lines that the options mark: "rust {1-3,8}"."""
    marked = MARKED.search(options)
    numbers = NUMBERS.findall(marked["lines"]) if marked else re.findall(r"\A\s*\{([\d\s,-]{1,200})\}\s*\Z", options)
    return f"{language} {{{','.join(numbers)}}}" if numbers and language else language


def fenced(code: str, options: str) -> str:
    """A fenced code block, longer fenced than anything inside it; of the options the language and marked lines are kept."""
    words = options.split()
    language = words[0].strip("\"',") if words and "=" not in words[0] else ""
    return fence(without_raw(code).lstrip("\n"), with_lines(re.sub(r"[^\w+#.-]", "", language), options))


def fence(code: str, info: str) -> str:
    """A fenced block of exactly this code, without the line breaks at its end."""
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    mark = "`" * max(3, longest + 1)
    return f"{mark}{info}\n{code.rstrip(chr(10))}\n{mark}"


def unescaped(text: str) -> str:
    """Hugo's commands that are shown instead of run: `{{</* x */>}}` reads `{{< x >}}`."""
    return re.sub(r"(\{\{[<%])/\*(.{0,600}?)\*/([>%]\}\})", r"\1\2\3", text, flags=re.DOTALL)


def without_raw(text: str) -> str:
    """Code without the marks that keep Liquid from looking into it."""
    return re.sub(r"\{%-?\s*(?:end)?raw\s*-?%\}[ \t]*\n?", "", text)
