"""What the HTML standard asks beyond syntax: what may stand in what, which attributes there are, and what they may say.

Only elements that pages of ours may have are known; another one is a problem, so a new one comes here with its rules.
"""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


SVG = "{http://www.w3.org/2000/svg}"

PHRASING = words(
    "a abbr audio b bdi bdo br button cite code data datalist del dfn em i iframe img input ins kbd label link map mark "
    "math meta meter noscript object output picture progress q ruby s samp script select slot small span strong sub sup "
    f"svg {SVG}svg template textarea time u var video wbr"
)
FLOW = PHRASING | words(
    "address article aside blockquote details dialog div dl fieldset figure footer form h1 h2 h3 h4 h5 h6 "
    "header hgroup hr main menu nav ol p pre search section table ul"
)
HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
SCRIPTS = frozenset(["script", "template"])
#: Elements that hold words and what stands in a line, and nothing else.
LINES = words(
    "abbr b bdi bdo cite code data dfn em h1 h2 h3 h4 h5 h6 i kbd label mark output p pre q s samp small "
    "span strong sub sup time u var button"
)
#: Elements that hold what their own parent may hold.
TRANSPARENT = frozenset(["a", "ins", "del", "map", "noscript"])
HOLDS: dict[str, frozenset[str]] = {
    **dict.fromkeys(LINES, PHRASING),
    **dict.fromkeys(["ul", "ol", "menu"], frozenset(["li"]) | SCRIPTS),
    **dict.fromkeys(["thead", "tbody", "tfoot"], frozenset(["tr"]) | SCRIPTS),
    **dict.fromkeys(
        words(
            "address article aside blockquote body dd details dialog div figure fieldset footer form header li "
            "main nav section search td th dt figcaption caption"
        ),
        FLOW,
    ),
    "html": frozenset(["head", "body"]),
    "head": frozenset(["base", "link", "meta", "noscript", "script", "style", "template", "title"]),
    "hgroup": HEADINGS | frozenset(["p"]) | SCRIPTS,
    "dl": frozenset(["dt", "dd", "div"]) | SCRIPTS,
    "table": frozenset(["caption", "colgroup", "thead", "tbody", "tfoot", "tr"]) | SCRIPTS,
    "colgroup": frozenset(["col", "template"]),
    "tr": frozenset(["td", "th"]) | SCRIPTS,
    "select": frozenset(["option", "optgroup", "hr"]) | SCRIPTS,
    "optgroup": frozenset(["option"]) | SCRIPTS,
    "datalist": PHRASING | frozenset(["option"]),
    "legend": PHRASING | HEADINGS,
    "summary": PHRASING | HEADINGS | frozenset(["hgroup"]),
    "picture": frozenset(["source", "img"]) | SCRIPTS,
    "video": FLOW | frozenset(["source", "track"]),
    "audio": FLOW | frozenset(["source", "track"]),
    **dict.fromkeys(words("area base br col embed hr img input link meta source track wbr"), frozenset()),
    **dict.fromkeys(["option", "title", "textarea", "script", "style", "progress", "meter"], frozenset()),
}
#: Children that stand beside flow in one kind of parent only.
ONLY_IN = {
    "li": {"ul", "ol", "menu"},
    "dt": {"dl", "div"},
    "dd": {"dl", "div"},
    "legend": {"fieldset"},
    "figcaption": {"figure"},
    "summary": {"details"},
    "caption": {"table"},
    "option": {"select", "datalist", "optgroup"},
    "source": {"picture", "video", "audio"},
}
HOLDS["template"] = FLOW | frozenset(ONLY_IN) | words("tr td th tbody thead colgroup")
INTERACTIVE = frozenset(["a", "button", "details", "iframe", "input", "label", "select", "textarea"])
#: Ancestors below which some elements may not stand, at any depth.
NOT_BELOW: dict[str, frozenset[str]] = {
    "a": INTERACTIVE,
    "button": INTERACTIVE,
    "label": frozenset(["label"]),
    "form": frozenset(["form"]),
    "header": frozenset(["header", "footer", "main"]),
    "footer": frozenset(["header", "footer", "main"]),
    "dt": frozenset(["header", "footer", "article", "aside", "nav", "section"]) | HEADINGS,
    "th": frozenset(["header", "footer", "article", "aside", "nav", "section"]) | HEADINGS,
    "address": frozenset(["header", "footer", "article", "aside", "nav", "section", "address"]) | HEADINGS,
    **dict.fromkeys(["article", "aside", "nav", "section"], frozenset(["main"])),
    "caption": frozenset(["table"]),
}
GLOBAL = words(
    "accesskey autocapitalize autofocus class contenteditable dir draggable enterkeyhint hidden id inert "
    "inputmode is itemid itemprop itemref itemscope itemtype lang nonce popover role slot spellcheck "
    "style tabindex title translate"
)
FIELD = "autocomplete disabled form name required"
BUTTON = "disabled form formaction formenctype formmethod formnovalidate formtarget name popovertarget type value"
INPUT = (
    f"{FIELD} accept alt capture checked dirname formaction formenctype formmethod formnovalidate formtarget height list "
    "max maxlength min minlength multiple pattern placeholder popovertarget readonly size src step type value width"
)
ATTRIBUTES: dict[str, frozenset[str]] = {
    name: words(text)
    for name, text in {
        "html": "xmlns",
        "a": "href hreflang download ping referrerpolicy rel target type",
        "base": "href target",
        "blockquote": "cite", "q": "cite", "ins": "cite datetime", "del": "cite datetime",
        "button": BUTTON,
        "col": "span", "colgroup": "span",
        "data": "value",
        "details": "name open",
        "dialog": "open",
        "fieldset": "disabled form name",
        "form": "accept-charset action autocomplete enctype method name novalidate rel target",
        "img": "alt crossorigin decoding fetchpriority height ismap loading referrerpolicy sizes src srcset usemap width",
        "input": INPUT,
        "label": "for",
        "li": "value",
        "link": "as blocking color crossorigin disabled fetchpriority href hreflang imagesizes imagesrcset integrity "
                "media referrerpolicy rel sizes type",
        "meta": "charset content http-equiv media name property",  # property: RDFa, which Open Graph is
        "meter": "high low max min optimum value", "progress": "max value",
        "ol": "reversed start type",
        "optgroup": "disabled label",
        "option": "disabled label selected value",
        "output": "for form name",
        "script": "async blocking crossorigin defer fetchpriority integrity nomodule referrerpolicy src type",
        "select": f"{FIELD} multiple size",
        "source": "height media sizes src srcset type width",
        "style": "blocking media",
        "td": "colspan headers rowspan", "th": "abbr colspan headers rowspan scope",
        "textarea": f"{FIELD} cols dirname maxlength minlength placeholder readonly rows wrap",
        "time": "datetime",
        "track": "default kind label src srclang",
    }.items()
}  # fmt: skip
BOOLEAN = words(
    "autofocus checked disabled hidden inert multiple novalidate open readonly required reversed selected "
    "defer async nomodule formnovalidate default itemscope"
)
REQUIRED = {"img": "src", "link": "href", "html": "lang", "optgroup": "label", "source": "srcset"}
ROLES = words(
    "alert alertdialog application article banner blockquote button caption cell checkbox code "
    "columnheader combobox complementary contentinfo definition deletion dialog document emphasis feed "
    "figure form generic grid gridcell group heading img insertion link list listbox listitem log main "
    "marquee math menu menubar menuitem menuitemcheckbox menuitemradio meter navigation none note option "
    "paragraph presentation progressbar radio radiogroup region row rowgroup rowheader scrollbar search "
    "searchbox separator slider spinbutton status strong subscript superscript switch tab table tablist "
    "tabpanel term textbox time timer toolbar tooltip tree treegrid treeitem"
)
ARIA = words(
    "activedescendant atomic autocomplete braillelabel brailleroledescription busy checked colcount "
    "colindex colindextext colspan controls current describedby description details disabled dropeffect "
    "errormessage expanded flowto grabbed haspopup hidden invalid keyshortcuts label labelledby level "
    "live modal multiline multiselectable orientation owns placeholder posinset pressed readonly relevant "
    "required roledescription rowcount rowindex rowindextext rowspan selected setsize sort valuemax "
    "valuemin valuenow valuetext"
)
ARIA_VALUES = {
    "aria-current": {"page", "step", "location", "date", "time", "true", "false"},
    "aria-hidden": {"true", "false"},
    "aria-expanded": {"true", "false"},
    "aria-pressed": {"true", "false", "mixed"},
    "aria-invalid": {"true", "false", "grammar", "spelling"},
    "aria-live": {"off", "polite", "assertive"},
    "aria-disabled": {"true", "false"},
}
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
DATE = r"\d{4}-\d{2}-\d{2}"
CLOCK = r"\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?"
DATETIME = re.compile(
    rf"\d{{4}}|\d{{4}}-\d{{2}}|{DATE}|{CLOCK}|{DATE}[T ]{CLOCK}(Z|[+-]\d{{2}}:?\d{{2}})?|P[\dTDHMSW.]+|\d{{4}}-W\d{{2}}"
)
VALUES: dict[tuple[str, str], re.Pattern[str]] = {
    ("time", "datetime"): DATETIME,
    ("", "lang"): LANGUAGE,
    ("", "hreflang"): re.compile(f"{LANGUAGE.pattern}|x-default"),
    ("", "dir"): re.compile("ltr|rtl|auto"),
    ("", "tabindex"): re.compile(r"-?\d+"),
    ("img", "loading"): re.compile("lazy|eager"),
    ("img", "decoding"): re.compile("sync|async|auto"),
    ("", "width"): re.compile(r"\d+"),
    ("", "height"): re.compile(r"\d+"),
    ("", "maxlength"): re.compile(r"\d+"),
    ("", "rows"): re.compile(r"[1-9]\d*"),
    ("", "colspan"): re.compile(r"[1-9]\d*"),
    ("", "rowspan"): re.compile(r"\d+"),
    ("", "start"): re.compile(r"-?\d+"),
    ("th", "scope"): re.compile("row|col|rowgroup|colgroup"),
    ("form", "method"): re.compile("get|post|dialog"),
    ("form", "enctype"): re.compile(r"application/x-www-form-urlencoded|multipart/form-data|text/plain"),
    ("button", "type"): re.compile("submit|reset|button"),
    ("input", "type"): re.compile(
        "hidden|text|search|tel|url|email|password|date|month|week|time|datetime-local|number|range|color|checkbox|radio|"
        "file|submit|image|reset|button"
    ),
}
ADDRESSES = frozenset(["href", "src", "action", "formaction", "cite", "poster"])
CANDIDATE = re.compile(r"\s*(\S*[^\s,])\s+(\d+)w\s*")


def rule_problems(page: Element) -> list[str]:
    """What is against the standard on a parsed page (tags without namespaces but for SVG), each with its element."""
    return list(_below(page, ()))


def start_tag(element: Element) -> str:
    """The start tag of an element as words, to find it by; long values cut."""
    values = "".join(f' {name}="{value[:80]}"' for name, value in element.attrib.items() if not name.startswith("{"))
    return f"<{name_of(element)}{values}>"


def name_of(element: Element) -> str:
    """The name of an element without a namespace; "" for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _below(element: Element, above: tuple[Element, ...]) -> Iterator[str]:
    if not isinstance(element.tag, str) or element.tag.startswith("{"):
        return  # a comment; what is inside of a picture has rules of its own
    yield from _attributes(element)
    yield from _own_shape(element)
    if above:
        yield from _standing(element, above)
    for child in element:
        yield from _below(child, (*above, element))


def _standing(element: Element, above: tuple[Element, ...]) -> Iterator[str]:
    """Whether an element may stand where it stands."""
    parent, tag = above[-1], element.tag
    holds = _holds(above)
    if tag in ONLY_IN:
        if parent.tag not in ONLY_IN[tag] | {"template"}:
            yield f"{start_tag(element)} in {start_tag(parent)}"
    elif holds is not None and tag not in holds:
        yield f"{start_tag(element)} in {start_tag(parent)}"
    is_hidden = tag == "input" and element.get("type") == "hidden"
    for one in above:
        if tag in NOT_BELOW.get(one.tag, ()) and not is_hidden:
            yield f"{start_tag(element)} inside of {start_tag(one)}"


def _holds(above: tuple[Element, ...]) -> frozenset[str] | None:
    """What the innermost of these elements may hold; None where nothing is known of it."""
    for element in reversed(above):
        if element.tag not in TRANSPARENT:
            return HOLDS.get(element.tag)
    return None


def _own_shape(element: Element) -> Iterator[str]:
    """What an element must have inside, and in which order."""
    tags = [child.tag for child in element if isinstance(child.tag, str) and child.tag not in SCRIPTS]
    shown = start_tag(element)
    if element.tag not in HOLDS and element.tag not in TRANSPARENT:
        yield f"{shown}: an element this site is not known to use"
    if element.tag == "details" and tags[:1] != ["summary"]:
        yield f"{shown} does not begin with its summary"
    if element.tag == "fieldset" and "legend" in tags[1:]:
        yield f"{shown}: its legend is not first"
    if element.tag == "figure" and "figcaption" in tags[1:-1]:
        yield f"{shown}: its caption is in the middle"
    if element.tag == "picture" and (tags.count("img") != 1 or tags[-1] != "img"):
        yield f"{shown} does not end with its one img"
    if element.tag == "dl" and tags and tags[0] == "dd":
        yield f"{shown} begins with a dd"
    if element.tag in HEADINGS | {"title", "summary", "legend", "th", "dt"} and not _has_words(element):
        yield f"{shown} is empty"


def _has_words(element: Element) -> bool:
    named = any(one.get("alt") or one.get("aria-label") for one in element.iter())
    return named or bool("".join(element.itertext()).strip()) or element.tag == "th"


def _attributes(element: Element) -> Iterator[str]:
    shown = start_tag(element)
    if (needed := REQUIRED.get(element.tag)) and not element.get(needed):
        yield f"{shown} without {needed}"
    for name, value in element.attrib.items():
        if name.startswith("aria-"):
            yield from (f"{shown}: {one}" for one in _aria_problems(name, value))
        elif name == "role":
            yield from (f"{shown}: no role {one!r}" for one in value.split() or [""] if one not in ROLES)
        elif not name.startswith("data-") and name not in GLOBAL | ATTRIBUTES.get(element.tag, frozenset()):
            yield f"{shown}: no attribute {name} here"
        elif problem := _value_problem(element.tag, name, value):
            yield f"{shown}: {problem}"
    if element.get("srcset") is not None:
        yield from (f"{shown}: {one}" for one in _srcset_problems(element))


def _aria_problems(name: str, value: str) -> Iterator[str]:
    if name.removeprefix("aria-") not in ARIA:
        yield f"no attribute {name}"
    elif name in ARIA_VALUES and value not in ARIA_VALUES[name]:
        yield f"{name} cannot be {value!r}"
    elif not value.strip():
        yield f"{name} is empty"


def _value_problem(tag: str, name: str, value: str) -> str:
    """What is wrong with the value of an attribute, or ""."""
    pattern = VALUES.get((tag, name)) or VALUES.get(("", name))
    if pattern and not pattern.fullmatch(value):
        return f"{name} cannot be {value!r}"
    if name in BOOLEAN and value not in {"", name}:
        return f"{name} is there or not, and has no value"
    if name in ADDRESSES and (re.search(r'[\s<>"\\^`{|}\x00-\x1f]', value) or (not value and name != "cite")):
        return f"{name} is no address"
    return ""


def _srcset_problems(element: Element) -> Iterator[str]:
    for one in element.get("srcset", "").split(", "):
        if not CANDIDATE.fullmatch(one):
            yield f"srcset: {one!r} is no address with a width"
    if not element.get("sizes"):
        yield "srcset with widths but without sizes"
