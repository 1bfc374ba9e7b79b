"""Pages as a browser without JavaScript sees them: what a form holds, and what its error summary says."""

from typing import Any
from xml.etree.ElementTree import Element  # what html5lib builds; the pages are our own

import html5lib


def page_of(response: Any) -> Element:
    """The page of a response as a tree; fails when the page has no end."""
    tree: Element = html5lib.parse(response.text, namespaceHTMLElements=False)
    return tree


def form_of(response: Any, ending: str = "", having: str = "") -> dict[str, Any]:
    """What a browser would send of the first form whose address ends so and that has this field: several as a list."""
    forms = [one for one in page_of(response).iter("form") if one.get("method") == "post"]
    found = [_sent_of(one) for one in forms if one.get("action", "").endswith(ending)]
    return next(one for one in found if not having or having in one)


def _sent_of(form: Element) -> dict[str, Any]:
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
