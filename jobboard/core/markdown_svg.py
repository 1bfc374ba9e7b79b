"""Diagrams as SVG that may stand in a page: the shapes and words of what a renderer made, written anew.

Named shapes, numbers and our own classes pass; no link, picture, style, script, filter, HTML, or anything outside of the
drawing. Colours are the site's, by class (prose.css), so a diagram is legible in light, dark and on paper. What has no
style sheet (a feed reader) draws lines and words in the colour of its text.
"""

import dataclasses
import html
import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

#: Kinds that prose.css knows how to draw, by the class or role their renderer gives them.
KINDS = {
    "flowchart-v2": "flowchart",
    "flowchart": "flowchart",
    "sequence": "sequence",
    "stateDiagram": "state",
    "classDiagram": "class",
    "class": "class",
    "er": "er",
}
SVG, HREF = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
SHAPES = frozenset({"g", "path", "rect", "circle", "ellipse", "line", "polygon", "polyline", "text", "tspan", "marker"})
LENGTH = re.compile(r"-?\d{0,7}\.?\d{0,20}(?:e-\d{1,3})?(?:em|%|px)?")
NUMBERS = re.compile(r"[-+\d.,\seE]{1,20000}")
#: Attributes by what they may hold.
ATTRIBUTES = {
    **dict.fromkeys(("x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width", "height"), LENGTH),
    **dict.fromkeys(("dx", "dy", "refX", "refY", "markerWidth", "markerHeight"), LENGTH),
    "points": NUMBERS,
    "viewBox": NUMBERS,
    "d": re.compile(r"[-+\d.,\seEMmLlHhVvCcSsQqTtAaZz]{1,60000}"),
    "transform": re.compile(r"(?:\s*(?:translate|rotate|scale|matrix)\([-+\d.,\se]{1,200}\))+\s*"),
    "text-anchor": re.compile(r"start|middle|end"),
    "dominant-baseline": re.compile(r"central|middle|auto|hanging"),
    "orient": re.compile(r"auto(?:-start-reverse)?|-?\d{1,3}"),
    "markerUnits": re.compile(r"userSpaceOnUse|strokeWidth"),
}
ANCHOR = re.compile(r"text-anchor:\s*(start|middle|end)")
MARKERS = ("marker-start", "marker-mid", "marker-end")
REFERENCE = re.compile(r"url\(#([\w.:-]{1,200})\)")
#: Classes of the renderer that prose.css draws by, there with `d-` before them; the others say nothing to a reader.
CLASSES = re.compile(
    r"""node|cluster|label|edgeLabel|background|label-container|outer-path|divider|title-state|marker|cross
    |edge-pattern-(?:dotted|dashed)|edge-thickness-(?:thick|invisible)|flowchart-link|transition|relation|relationshipLine
    |dashed-line|note-edge|state-start|fork-join|note|noteText|actor|actor-line|actor-man|messageLine[01]|messageText
    |labelBox|labelText|loopLine|loopText|sectionTitle|activation[012]|sequenceNumber
    |aggregation|extension|composition|dependency|lollipop""",
    re.VERBOSE,
)
#: Elements inside each other, and characters of one diagram.
DEEPEST, LONGEST = 60, 300_000
#: From this width on (pixels) a diagram is at least so wide (rem): on a small screen it scrolls instead of being illegible.
LEAST = ((1200, 60), (960, 46), (780, 42), (620, 34), (460, 27))


class NotADrawing(ValueError):
    """What was to be written is no diagram that may stand in a page; the message says what is wrong."""


@dataclasses.dataclass(frozen=True)
class Drawing:
    """A diagram: its kind (a value of `KINDS`), its SVG, and the name and description its source gives it."""

    kind: str
    svg: str
    name: str
    description: str
    #: Class by its least width: "", "at-least-27", …
    size: str


def drawing(markup: str, prefix: str) -> Drawing:
    """A renderer's SVG as it may stand in a page; ids in it begin with `prefix`. Raises `NotADrawing`."""
    if len(markup) > 2_000_000 or "<!" in markup:
        raise NotADrawing("too large")
    try:
        root = ET.fromstring(markup)  # noqa: S314 - there is no document type in it, hence no entity
    except (ET.ParseError, ValueError) as error:
        raise NotADrawing(str(error)) from error
    kind = KINDS.get(root.get("aria-roledescription", ""))
    box = [float(part) for part in NUMBERS.findall(root.get("viewBox", ""))[0].split()] if root.get("viewBox") else []
    if kind is None or len(box) != 4 or not all(abs(part) < 20_000 for part in box):
        raise NotADrawing("not one of the kinds that are drawn")
    body = _Drawer(root, prefix).body()
    width, height = (max(1, round(part)) for part in box[2:])
    view = " ".join(f"{part:.6g}" for part in box)
    size = next((f"at-least-{rem}" for least, rem in LEAST if width >= least), "")
    svg = (
        f'<svg viewBox="{view}" width="{width}" height="{height}" fill="none" stroke="currentColor" '
        f'font-size="16" aria-hidden="true">{body}</svg>'
    )
    if len(svg) > LONGEST:
        raise NotADrawing("too large")
    return Drawing(kind, svg, _words(root.find(f"{SVG}title")), _words(root.find(f"{SVG}desc")), size)


def _words(element: ET.Element | None) -> str:
    return " ".join("".join(element.itertext()).split())[:300] if element is not None else ""


def short(value: str) -> str:
    """Numbers with two decimals: a tenth of a pixel is more than anybody sees."""
    value = re.sub(r"-?\d+(?:\.\d+)?e-\d+", "0", value)
    return re.sub(r"(\.\d\d)\d+", r"\1", value)


class _Drawer:
    """Writes the allowed parts of a tree, each marker that is used once."""

    def __init__(self, root: ET.Element, prefix: str) -> None:
        self._root, self._prefix = root, prefix
        self._by_id = {found.get("id", ""): found for found in root.iter()}
        self._markers: dict[str, str] = {}

    def body(self) -> str:
        """Everything inside the drawing."""
        inner = "".join(part for child in self._root for part in self._part(child, 0))
        done: dict[str, str] = {}
        while missing := self._markers.keys() - done.keys():
            for name in sorted(missing):
                done[name] = "".join(self._shape(self._by_id[name], 0, f' id="{self._markers[name]}"'))
        return "".join(done.values()) + inner

    def _part(self, element: ET.Element, depth: int) -> Iterator[str]:
        name = element.tag.removeprefix(SVG) if isinstance(element.tag, str) else ""
        if depth > DEEPEST:
            raise NotADrawing("too deep")
        if name == "use":
            target = self._by_id.get((element.get("href") or element.get(HREF) or "").removeprefix("#"))
            if target is not None and target.tag != f"{SVG}symbol":
                yield from self._children(target, depth)
        elif name in {"a", "svg", "switch"}:
            yield from self._children(element, depth)
        elif name in SHAPES and name != "marker" and not _is_hidden(element):
            yield from self._shape(element, depth)

    def _children(self, element: ET.Element, depth: int) -> Iterator[str]:
        for child in element:
            yield from self._part(child, depth + 1)
            if child.tail and element.tag in {f"{SVG}text", f"{SVG}tspan"}:
                yield html.escape(child.tail, quote=False)

    def _shape(self, element: ET.Element, depth: int, more: str = "") -> Iterator[str]:
        name = element.tag.removeprefix(SVG)
        is_text = name in {"text", "tspan"}
        inner = html.escape(element.text or "", quote=False) if is_text else ""
        inner += "".join(self._children(element, depth))
        if name == "g" and not inner:
            return
        paint = ' fill="currentColor" stroke="none"' if name == "text" else ""
        yield f"<{name}{more}{paint}{self._attributes(element)}>{inner}</{name}>"

    def _attributes(self, element: ET.Element) -> str:
        kept = [
            f' {name}="{short(value)}"'
            for name, value in element.items()
            if name in ATTRIBUTES and ATTRIBUTES[name].fullmatch(value)
        ]
        anchor = ANCHOR.search(element.get("style", ""))
        if anchor and "text-anchor" not in element.attrib:
            kept.append(f' text-anchor="{anchor[1]}"')
        for name in MARKERS:
            found = REFERENCE.fullmatch(element.get(name, ""))
            target = self._by_id.get(found[1]) if found else None
            if found and target is not None and target.tag == f"{SVG}marker":
                own = self._markers.setdefault(found[1], f"{self._prefix}-{len(self._markers)}")
                kept.append(f' {name}="url(#{own})"')
        names = _classes(element)
        return "".join(kept) + (f' class="{" ".join(names)}"' if names else "")


def _classes(element: ET.Element) -> list[str]:
    """Our classes of a shape: those of the renderer that mean something, and whether it is a filling or a line only."""
    names = [f"d-{name}" for name in dict.fromkeys(element.get("class", "").split()) if CLASSES.fullmatch(name)]
    style = element.get("style", "").replace(" ", "")
    if element.tag == f"{SVG}path" and element.get("stroke") == "none":
        names.append("is-filling")
    elif element.tag == f"{SVG}path" and element.get("fill") == "none":
        names.append("is-line")
    if element.tag == f"{SVG}rect" and "stroke:none" in style and element.get("fill", "none") != "none":
        names.append("d-background")
    weight = element.get("font-weight", "") or (re.findall(r"font-weight:([a-z0-9]+)", style) or [""])[0]
    if weight in {"bold", "bolder", "600", "700"}:
        names.append("is-bold")
    return names


def _is_hidden(element: ET.Element) -> bool:
    style = element.get("style", "").replace(" ", "")
    return any(rule in style for rule in ("opacity:0;", "display:none", "visibility:hidden"))
