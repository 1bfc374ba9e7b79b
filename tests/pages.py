"""Pages as a browser without JavaScript sees them: what a form holds, and what its error summary says."""

import itertools
import json
import re
from typing import Any
from xml.etree.ElementTree import Element  # as lxml and html5lib build them; the pages are our own

import html5lib
import lxml.html

from tests.html_rules import rule_problems
from tests.schemas import json_problems, schema_of

#: Twenty times as fast as html5lib, which `html_problems` asks whether a page is valid.
PARSER = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True)


def page_of(response: Any) -> Element:
    """The page of a response as a tree."""
    tree: Element = lxml.html.document_fromstring(response.text.encode(), parser=PARSER)
    return tree


def form_of(response: Any, ending: str = "", having: str = "") -> dict[str, Any]:
    """What a browser would send of the first form whose address ends so and that has this field: several as a list."""
    forms = [one for one in page_of(response).iter("form") if one.get("method") == "post"]
    found = [sent_of(one) for one in forms if one.get("action", "").endswith(ending)]
    return next(one for one in found if not having or having in one)


def sent_of(form: Element) -> dict[str, Any]:
    """What a browser would send of a form, but for its buttons."""
    found: dict[str, Any] = {}
    for control in form.iter():
        if (name := control.get("name")) and (value := _value(control)) is not None:
            _add(found, name, value)
    return found


def _add(found: dict[str, Any], name: str, value: str) -> None:
    if name in found:
        found[name] = [*(found[name] if isinstance(found[name], list) else [found[name]]), value]
    else:
        found[name] = value


def _value(control: Element) -> str | None:
    """What a control sends, or None for one that sends nothing."""
    kind = control.get("type")
    if control.tag == "textarea":
        return (control.text or "").removeprefix("\n")
    if control.tag == "select":
        options = list(control.iter("option"))
        chosen = next((one for one in options if "selected" in one.attrib), options[0] if options else None)
        return None if chosen is None else chosen.get("value", chosen.text or "")
    if control.tag != "input" or kind in {"file", "submit"}:
        return None
    if kind in {"radio", "checkbox"} and "checked" not in control.attrib:
        return None
    return control.get("value", "on" if kind in {"radio", "checkbox"} else "")


def words_of(element: Element) -> str:
    """The text of an element with single spaces."""
    return " ".join("".join(element.itertext()).split())


def errors_of(response: Any) -> list[str]:
    """The lines of the error summary, in their order."""
    page = page_of(response)
    summary = next((one for one in page.iter("div") if "error-summary" in one.get("class", "")), None)
    return [] if summary is None else [words_of(line) for line in summary.iter("li")]


def kept_of(response: Any) -> list[str]:
    """The words about every file that is kept over errors."""
    return [words_of(one) for one in page_of(response).iter() if "kept-file" in one.get("class", "").split()]


def head_of(response: Any, name: str) -> str:
    """The text of the first element of a kind."""
    return words_of(next(page_of(response).iter(name)))


#: Attributes whose words are ids of the same page.
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-errormessage", "list", "form")


def structured(response: Any) -> dict[str, Any]:
    """What a page says as schema.org, by type; an AssertionError where it is not valid."""
    scripts = [one for one in page_of(response).iter("script") if one.get("type") == "application/ld+json"]
    found = [json.loads(one.text or "") for one in scripts]
    assert [problem for one in found for problem in json_problems(schema_of(one["@type"]), one)] == []
    return {one["@type"]: one for one in found}


def html_problems(response: Any) -> list[str]:
    """What is wrong with a page: its syntax, the standard's rules, its outline, its references, what must have words."""
    return checked_page(response.text)[1]


def checked_page(text: str) -> tuple[Element, list[str]]:
    """A page as a tree, and what is wrong with it."""
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    page: Element = parser.parse(text)
    found = [f"line {place[0]}: {code} {data or ''}".rstrip() for place, code, data in parser.errors]
    found += rule_problems(page)
    return page, [*found, *_outline_problems(page), *_reference_problems(page), *_wordless(page)]


def _outline_problems(page: Element) -> list[str]:
    levels = [int(one.tag[1]) for one in page.iter() if re.fullmatch("h[1-6]", str(one.tag))]
    found = [] if levels.count(1) == 1 else [f"{levels.count(1)} headings of the first level"]
    found += [f"h{b} after h{a}" for a, b in itertools.pairwise(levels) if b > a + 1]
    for name in ("html", "head", "title", "main"):
        if len(list(page.iter(name))) != 1:
            found.append(f"not one {name}")
    return found if page.get("lang") else [*found, "no language"]


def _reference_problems(page: Element) -> list[str]:
    ids = [one.get("id", "") for one in page.iter() if one.get("id") is not None]
    found = [f"id {one!r} twice" for one in sorted(set(ids)) if ids.count(one) > 1]
    found += [f"id {one!r}" for one in ids if not one or re.search(r"\s", one)]
    wanted = {
        (name, one) for element in page.iter() for name in REFERENCES for one in (element.get(name) or "").split()
    }
    inner = {("href", one.get("href", "")[1:]) for one in page.iter("a") if one.get("href", "").startswith("#")}
    return found + [f"{name}={one!r} leads nowhere" for name, one in sorted(wanted | inner) if one not in ids]


def _wordless(page: Element) -> list[str]:
    found = [f"img without alt: {one.get('src')}" for one in page.iter("img") if one.get("alt") is None]
    labelled = {one.get("for") for one in page.iter("label")} - {None}
    inside = {id(control) for label in page.iter("label") for control in label.iter()}
    for control in [one for name in ("input", "select", "textarea") for one in page.iter(name)]:
        is_named = control.get("id") in labelled or id(control) in inside or control.get("aria-label")
        if control.get("type") != "hidden" and not is_named and not control.get("aria-labelledby"):
            found.append(f"{control.tag} without a label: {control.get('name')}")
    for element in [*page.iter("a"), *page.iter("button")]:
        has_picture = any(one.get("alt") or one.get("aria-label") for one in element.iter())
        if not words_of(element) and not element.get("aria-label") and not has_picture:
            found.append(f"{element.tag} without words: {element.get('href') or element.get('name')}")
    return found
