"""MathML that may stand in a page: written anew from what a converter made, element by element.

Nothing is let through that is not named here: no link, no style, no HTML inside (`annotation-xml` and HTML in `mtext` are
how scripts get past cleaners). What is left is MathML Core (W3C), which browsers show without a script.
"""

import html
import re
from html.parser import HTMLParser

#: Elements of MathML Core with the attributes besides `COMMON` that may stand on each.
ELEMENTS: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        ("mrow", "mn", "mtext", "msqrt", "mroot", "msub", "msup", "msubsup", "munderover", "mphantom"), frozenset[str]()
    ),
    **dict.fromkeys(("mmultiscripts", "mprescripts", "mtr", "mtable", "mstyle"), frozenset[str]()),
    "mi": frozenset({"mathvariant"}),
    "mo": frozenset(
        {"form", "fence", "separator", "stretchy", "symmetric", "largeop", "movablelimits", "lspace", "rspace"}
        | {"minsize", "maxsize"}
    ),
    "mspace": frozenset({"width", "height", "depth"}),
    "mfrac": frozenset({"linethickness"}),
    "munder": frozenset({"accentunder"}),
    "mover": frozenset({"accent"}),
    "mtd": frozenset({"columnspan", "rowspan"}),
    "mpadded": frozenset({"width", "height", "depth", "lspace", "voffset"}),
}
COMMON = frozenset({"displaystyle", "scriptlevel"})
VALUE = re.compile(r"true|false|normal|prefix|infix|postfix|[+-]?\d{0,4}\.?\d{1,10}(?:em|ex|px|%)?")
#: What the converter says by style and the policy of our pages would ignore: classes of prose.css.
CLASSES = {
    "text-align: left": "at-start",
    "text-align: right": "at-end",
    "padding-left: 0": "tight-start",
    "padding-right: 0": "tight-end",
    "border-left: 0.05em solid currentcolor": "line-start",
    "border-right: 0.05em solid currentcolor": "line-end",
    "border-top: 0.05em solid currentcolor": "line-top",
    "border-bottom: 0.05em solid currentcolor": "line-bottom",
}
#: Elements inside each other; a browser's layout has a limit too.
DEEPEST = 200


class NotMathML(ValueError):
    """What was to be written is no formula that may stand in a page; the message names the element."""


class _Writer(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "math" and not self._open and not self.parts:
            name, kept = "mrow", ""  # the element itself is written by `formula`
        elif tag == "menclose" and ("notation", "box") in attrs:
            name, kept = "mrow", ' class="boxed"'
        elif tag in ELEMENTS and self._open:
            name, kept = tag, "".join(_kept(tag, attrs))
        else:
            raise NotMathML(tag)
        if len(self._open) >= DEEPEST:
            raise NotMathML("too deep")
        self._open.append(tag)
        self.parts.append(f"<{name}{kept}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            raise NotMathML(tag)
        self.parts.append(f"</{'mrow' if tag in {'math', 'menclose'} else tag}>")

    def handle_data(self, data: str) -> None:
        if not self._open:
            raise NotMathML(data[:20])
        self.parts.append(html.escape(data, quote=False))

    def handle_comment(self, data: str) -> None:
        raise NotMathML(data[:20])

    def handle_decl(self, decl: str) -> None:
        raise NotMathML(decl[:20])

    def handle_pi(self, data: str) -> None:
        raise NotMathML(data[:20])

    def unknown_decl(self, data: str) -> None:
        raise NotMathML(data[:20])

    def written(self, markup: str) -> str:
        self.feed(markup)
        self.close()
        if self._open or not self.parts:
            raise NotMathML("not closed")
        return "".join(self.parts)


def _kept(tag: str, attrs: list[tuple[str, str | None]]) -> list[str]:
    kept = [
        f' {name}="{value}"'
        for name, value in attrs
        if name in ELEMENTS[tag] | COMMON and value is not None and VALUE.fullmatch(value)
    ]
    rules = {rule.strip() for rule in (dict(attrs).get("style") or "").split(";")}
    names = [name for rule, name in CLASSES.items() if rule in rules]
    return [*kept, f' class="{" ".join(names)}"'] if names else kept


def formula(markup: str, tex: str, *, is_block: bool) -> str:
    """A converter's MathML as it may stand in a page, with the TeX it was made from (for search, copying and feeds).

    Raises `NotMathML` when anything is in it that may not.
    """
    inner = _Writer().written(markup)
    display = ' display="block"' if is_block else ""
    source = html.escape(tex, quote=False)
    annotation = f'<annotation encoding="application/x-tex">{source}</annotation>'
    return f"<math{display}><semantics>{inner}{annotation}</semantics></math>"
