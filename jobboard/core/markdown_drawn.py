"""Formulas and diagrams of a text: found before it is rendered, drawn outside of this process, put in after the cleaning.

The cleaning (nh3) never sees them: it leaves an empty element that only our renderer writes, and what takes its place was
written by `markdown_mathml` and `markdown_svg`, which let nothing through that they do not name. What cannot be drawn stays
in the text as the source it is.
"""

import dataclasses
import enum
import functools
import hashlib
import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from flask import current_app, has_app_context
from markdown_it.token import Token

from jobboard.core import markdown_mathml, markdown_svg
from jobboard.core.markdown_mathml import NotMathML
from jobboard.core.markdown_svg import NotADrawing

#: Formulas and diagrams of one text, and the characters of one, beyond which they stay as their source.
MOST_FORMULAS, MOST_DIAGRAMS = 500, 20
LONGEST_FORMULA, LONGEST_DIAGRAM = 4_000, 20_000
#: "mermaid "How a request travels"": a diagram's name stands behind its language.
MERMAID = re.compile(
    r"""\s*mermaid(?:\s+(?:"([^"\n]{0,300})"|“([^”\n]{0,300})”|'([^'\n]{0,300})'"""
    r"""|([^\s"“'{][^"\n]{0,300})))?\s*""",
    re.IGNORECASE,
)
#: The class of what could not be drawn, for the checklist of those who publish; and what a diagram without a name has.
UNDRAWN, NAMELESS = "is-undrawn", 'role="img" aria-label=""'
PLACE = re.compile(r'<(span|div) class="drawn-(\d{1,6})"></\1>')
MADE = re.compile(r'<math\b.*?</math>|<figure class="diagram [^>]*>.*?</figure>', re.DOTALL)


class Problem(enum.Enum):
    """Why a formula or a diagram is shown as its source."""

    not_understood = "not_understood"
    #: It can be read, but holds what may not or cannot stand in a page.
    not_supported = "not_supported"
    too_large = "too_large"
    too_slow = "too_slow"
    #: Nobody could draw at this moment; the worker tries again.
    not_now = "not_now"
    #: This machine has nothing to draw it with, and the writer can do nothing about it.
    not_installed = "not_installed"


@dataclasses.dataclass(frozen=True)
class Wanted:
    """A formula or a diagram as it stands in a text."""

    source: str
    is_diagram: bool = False
    is_block: bool = False


@dataclasses.dataclass(frozen=True)
class Drawn:
    """What became of it: MathML or SVG nobody has looked at yet, or why not and what the drawing library says to it."""

    markup: str = ""
    problem: Problem | None = None
    detail: str = ""


@dataclasses.dataclass(frozen=True)
class Trouble:
    """A formula or diagram of a text that is shown as its source, for those who write."""

    wanted: Wanted
    problem: Problem
    detail: str


#: Draws outside of this process; `app.extensions["draw"]`.
Draw = Callable[[Sequence[Wanted]], Mapping[Wanted, Drawn]]


class Drawings:
    """The formulas and diagrams of one text, by their order."""

    def __init__(self, tokens: list[Token]) -> None:
        found = [(token, wanted) for token in _all(tokens) if (wanted := _wanted(token)) is not None]
        self._drawn = _draw([wanted for _token, wanted in found])
        self._pieces: list[str] = []
        self.troubles: list[Trouble] = []
        for token, wanted in found:
            token.meta = {**token.meta, "drawn": len(self._pieces)}
            self._pieces.append(self._piece(token, wanted))

    @property
    def is_complete(self) -> bool:
        """Whether drawing again would make nothing else of them."""
        return all(one.problem is not Problem.not_now for one in self._drawn.values())

    def put_into(self, clean: str) -> str:
        """The cleaned text with everything in its place."""
        return PLACE.sub(lambda found: self._pieces[int(found[2])], clean)

    def _piece(self, token: Token, wanted: Wanted) -> str:
        drawn = self._drawn[wanted]
        if drawn.problem is None:
            try:
                if wanted.is_diagram:
                    return _figure(drawn.markup, wanted.source, _name(token), len(self._pieces))
                return _formula(drawn.markup, wanted)
            except (NotMathML, NotADrawing) as error:
                drawn = Drawn(problem=Problem.not_supported, detail=str(error))
        if is_trouble := drawn.problem is not Problem.not_installed:
            self.troubles.append(Trouble(wanted, drawn.problem or Problem.not_supported, drawn.detail))
        return _source(token, wanted, is_trouble=is_trouble)


def _all(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from token.children or ()


def _wanted(token: Token) -> Wanted | None:
    if token.type == "math_inline":
        return Wanted(token.content)
    if token.type == "math_block" or (token.type == "fence" and token.info.strip().lower() == "math"):
        return Wanted(token.content.strip(), is_block=True) if token.content.strip() else None
    if token.type == "fence" and MERMAID.fullmatch(token.info):
        return Wanted(token.content, is_diagram=True, is_block=True)
    return None


def _name(token: Token) -> str:
    found = MERMAID.fullmatch(token.info)
    return " ".join((found[1] or found[2] or found[3] or found[4] or "").split()) if found else ""


def _draw(wanted: list[Wanted]) -> Mapping[Wanted, Drawn]:
    """Have drawn what is not too much; `not_now` outside of an application."""
    drawn: dict[Wanted, Drawn] = {}
    counts = {True: MOST_DIAGRAMS, False: MOST_FORMULAS}
    for one in dict.fromkeys(wanted):
        counts[one.is_diagram] -= 1
        longest = LONGEST_DIAGRAM if one.is_diagram else LONGEST_FORMULA
        is_small = counts[one.is_diagram] >= 0 and len(one.source) <= longest
        drawn[one] = Drawn(problem=Problem.not_now if is_small else Problem.too_large)
    due = [one for one, found in drawn.items() if found.problem is Problem.not_now]
    draw: Draw | None = current_app.extensions.get("draw") if has_app_context() else None
    return {**drawn, **draw(due)} if due and draw else drawn


def place(_self: Any, tokens: list[Token], index: int, _options: Any, _env: Any) -> str:
    """Render rule: the empty element that keeps the place through the cleaning."""
    token = tokens[index]
    name = "span" if token.type == "math_inline" else "div"
    return f'<{name} class="drawn-{token.meta["drawn"]}"></{name}>' + ("" if name == "span" else "\n")


def or_place(fence: Callable[..., str]) -> Callable[..., str]:
    """The render rule for fences: those that are drawn keep their place, the others are code."""

    @functools.wraps(fence)
    def rule(self: Any, tokens: list[Token], index: int, options: Any, env: Any) -> str:
        made = place if "drawn" in tokens[index].meta else fence
        return made(self, tokens, index, options, env)

    return rule


def _formula(markup: str, wanted: Wanted) -> str:
    made = markdown_mathml.formula(markup, wanted.source, is_block=wanted.is_block)
    # Named when it is shown, in the text's language (`markdown_page`).
    return f'<div class="formula" tabindex="0" role="group">{made}</div>' if wanted.is_block else made


def _figure(markup: str, source: str, name: str, number: int) -> str:
    prefix = f"dg-{hashlib.sha256(source.encode()).hexdigest()[:8]}-{number}"
    made = markdown_svg.drawing(markup, prefix)
    name = name or made.name
    spoken = html.escape(": ".join(filter(None, (name, made.description))))
    box = f'<div class="diagram-box" tabindex="0" role="img" aria-label="{spoken}">{made.svg}</div>'
    code = f'<pre tabindex="0"><code>{html.escape(source, quote=False)}</code></pre>'
    details = f'<details class="diagram-source"><summary></summary>{code}</details>'
    classes = " ".join(filter(None, ("diagram", f"is-{made.kind}", made.size)))
    # A caption stands at an end of its figure (HTML), so it holds what follows it.
    below = f"<figcaption>{html.escape(name)}{details}</figcaption>" if name else details
    return f'<figure class="{classes}">{box}{below}</figure>'


def _source(token: Token, wanted: Wanted, *, is_trouble: bool) -> str:
    """What is not drawn, as its author wrote it; marked where they can mend it."""
    text, mark = html.escape(wanted.source, quote=False), f" {UNDRAWN}" if is_trouble else ""
    if token.type == "math_inline":
        return f'<code class="formula-source{mark}">{token.markup}{text}{token.markup}</code>'
    label = "Mermaid" if wanted.is_diagram else "TeX"
    return (
        f'<div class="highlight{mark}"><span class="code-language">{label}</span>'
        f'<pre tabindex="0"><code>{text.rstrip()}\n</code></pre></div>'
    )


def apart(markup: str) -> tuple[str, list[str]]:
    """Stored HTML with an empty element for each formula and diagram, and those."""
    pieces: list[str] = []

    def keep(found: re.Match[str]) -> str:
        pieces.append(found[0])
        name = "div" if found[0].startswith("<figure") else "span"
        return f'<{name} class="drawn-{len(pieces) - 1}"></{name}>'

    return MADE.sub(keep, markup), pieces


def together(markup: str, pieces: Sequence[str]) -> str:
    """The opposite of `apart`."""
    return PLACE.sub(lambda found: pieces[int(found[2])] if int(found[2]) < len(pieces) else "", markup)


def renamed(piece: str) -> str:
    """A diagram to stand on a page beside the same one: with other ids."""
    return re.sub(r'( id="|url\(#)dg-', r"\1quoted-dg-", piece)


#: What is not words of a text: a formula's signs beside its TeX, a diagram's source below its labels.
FORMULA = re.compile(r"<math\b.*?<annotation[^>]*>(.*?)</annotation></semantics></math>", re.DOTALL)
DETAILS = re.compile(r'<details class="diagram-source">.*?</details>', re.DOTALL)
LABELS = re.compile(r"<(?:/?(?:text|tspan|svg|figcaption|figure))\b[^>]*>")


def in_words(markup: str) -> str:
    """HTML whose formulas are their TeX and whose diagrams are their labels, for search and summaries."""
    if "<math" not in markup and "<svg" not in markup:
        return markup
    return LABELS.sub(" ", DETAILS.sub("", FORMULA.sub(r"\1", markup)))


def without_pictures(markup: str) -> str:
    """HTML for readers that draw no SVG and would show its labels in a heap: diagrams are their name and their source."""
    markup = re.sub(r'<div class="diagram-box"[^>]*>.*?</div>', "", markup, flags=re.DOTALL)
    return re.sub(
        r'<details class="diagram-source"><summary>.*?</summary>(.*?)</details>', r"\1", markup, flags=re.DOTALL
    )
