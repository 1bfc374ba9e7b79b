"""Placeholders in words that staff write: a closed list, filled in one pass, and never code.

`{{ name }}` is a placeholder because it looks like one word or several; a word nobody knows is refused with its name. What
looks otherwise, such as `{{ 7*7 }}` or `{% if %}`, is text and stays as it was typed.
"""

import dataclasses
import re
from collections.abc import Mapping

from markupsafe import Markup, escape

from jobboard.core.i18n import _, lazy

#: What can be filled in, and what it says.
PLACEHOLDERS = {
    "name": lazy("the applicant’s name"),
    "opening": lazy("the opening’s title"),
    "contact": lazy("the opening’s contact"),
    "stage": lazy("the stage, as the applicant’s page shows it"),
    "date": lazy("the day it is written"),
    "page_link": lazy("the link to the applicant’s page"),
}
#: The one that must not stand in a subject: subjects are seen by many programs on the way.
PAGE_LINK = "page_link"

_SHAPE = re.compile(r"\{\{[ \t]*(?P<shape>[^\W\d]\w*(?:[ \t-]+\w+)*)[ \t]*\}\}")
_SHAPE_OR_LINK = re.compile(rf"{_SHAPE.pattern}|https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")
_LINK = Markup('<a href="{0}">{0}</a>')


@dataclasses.dataclass(frozen=True)
class OwnWords:
    """A mail in words of the staff's own: subject and plain text with placeholders, and what these stand for."""

    subject: str
    body: str
    values: Mapping[str, str]


class UnknownPlaceholder(ValueError):
    """A placeholder nobody knows; `str()` is the sentence for the person."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return _("“{{ %(name)s }}” is not known. Known are: %(known)s.", name=self.name, known=", ".join(PLACEHOLDERS))


def placeholders_of(text: str) -> set[str]:
    """The placeholders in a text. Raises `UnknownPlaceholder`."""
    found = set()
    for match in _SHAPE.finditer(text):
        name = _called(match[1])
        if name not in PLACEHOLDERS:
            raise UnknownPlaceholder(match[1])
        found.add(name)
    return found


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its placeholders filled; what is filled in is not looked at again. Raises `UnknownPlaceholder`."""
    placeholders_of(text)
    return _SHAPE.sub(lambda match: values[_called(match[1])], text)


def _called(written: str) -> str:
    return re.sub(r"[ \t-]+", "_", written).lower()


def as_html(text: str, values: Mapping[str, str], *, has_link: bool = True) -> list[Markup]:
    """Plain text as paragraphs of HTML: empty lines part them, line ends stay, placeholders are filled.

    Web addresses the text itself holds become links; in what is filled in they stay words: applicants choose their name. With
    `has_link` the value of `page_link` is an address, else words that stand for it.
    """
    parts = [part.strip("\n") for part in re.split(r"\n[ \t]*\n", text) if part.strip()]
    return [Markup("<br>\n").join(_line(line, values, has_link) for line in part.split("\n")) for part in parts]


def _line(line: str, values: Mapping[str, str], has_link: bool) -> Markup:
    found, end = Markup(""), 0
    for match in _SHAPE_OR_LINK.finditer(line):
        found += escape(line[end : match.start()]) + _piece(match, values, has_link)
        end = match.end()
    return found + escape(line[end:])


def _piece(match: re.Match[str], values: Mapping[str, str], has_link: bool) -> Markup:
    if match["shape"] is None:
        return _LINK.format(match[0])
    name = _called(match["shape"])
    return _LINK.format(values[name]) if name == PAGE_LINK and has_link else escape(values[name])
