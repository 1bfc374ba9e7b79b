"""What to look at before a post is published, in words: each point with its reason and the way to its field."""

import dataclasses
import datetime as dt
import enum
import hashlib
import html
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from flask import current_app, url_for

from jobboard.core import i18n
from jobboard.core.i18n import _, lazy, ngettext
from jobboard.core.markdown_drawn import NAMELESS, UNDRAWN
from jobboard.posts.markup import canonical_url
from jobboard.posts.models import Kind, Post, PostText
from jobboard.posts.queries_links import Gone, gone

#: Links named in one sentence.
MOST_NAMED = 5
GONE_WORDS = {
    Gone.unknown: lazy("there is no such page"),
    Gone.unpublished: lazy("not published"),
    Gone.closed: lazy("closed"),
}


class Weight(enum.Enum):
    """How much a point weighs: it hinders publishing for good, until somebody gives a reason, or not at all."""

    never = "never"
    law = "law"
    advice = "advice"


@dataclasses.dataclass(frozen=True)
class Override:
    """That somebody decided to publish all the same."""

    who: str
    at: dt.datetime
    reason: str


@dataclasses.dataclass(frozen=True)
class Item:
    """A point that is not as it should be: what is wrong, why it matters (law or habit), and where to mend it.

    `name` is its point and, where it is about a text, the text's language: "youth-de". `evidence` is what was judged.
    """

    name: str
    weight: Weight
    text: str
    why: str
    url: str
    evidence: str = ""
    override: Override | None = None

    @property
    def point(self) -> str:
        """The point of the list it belongs to."""
        return self.name.partition("-")[0]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what was judged: an override holds for this version of it only."""
        return hashlib.sha256(f"{self.name}\n{self.evidence}".encode()).hexdigest()

    @property
    def blocks(self) -> bool:
        """Whether it hinders publishing now."""
        return self.weight is Weight.never or (self.weight is Weight.law and self.override is None)


@dataclasses.dataclass(frozen=True)
class Checklist:
    """Everything that was looked at: what is not as it should be, the heaviest first, and what is."""

    items: Sequence[Item]
    #: What each point is called.
    labels: Mapping[str, str]

    @property
    def fine(self) -> list[str]:
        """The points that are as they should be."""
        found = {item.point for item in self.items}
        return [label for point, label in self.labels.items() if point not in found]

    @property
    def blocking(self) -> list[Item]:
        """What hinders publishing."""
        return [item for item in self.items if item.blocks]

    @property
    def settled(self) -> list[Item]:
        """What somebody decided to publish all the same."""
        return [item for item in self.items if item.override is not None]

    @property
    def advice(self) -> list[Item]:
        """What could be better."""
        return [item for item in self.items if item.weight is Weight.advice]


def checklist_of(items: Iterable[Item], points: Mapping[str, Any]) -> Checklist:
    """The list of what was found, in the order of the points, and the points nothing was found about."""
    order = list(points)
    found = sorted(items, key=lambda item: (list(Weight).index(item.weight), order.index(item.point)))
    return Checklist(found, {point: str(label) for point, label in points.items()})


#: What is looked at in the texts of any post.
TEXT_POINTS = {
    "summary": lazy("Summary"),
    "empty": lazy("Text in every language"),
    "alt": lazy("Descriptions of pictures"),
    "drawn": lazy("Formulas and diagrams"),
    "links": lazy("Links"),
}


def article_checklist(post: Post, now: dt.datetime) -> Checklist:
    """What to look at before an article is published: advice only, as nothing of it is a matter of law for every site."""
    return checklist_of(text_items(post, now), TEXT_POINTS)


def text_items(post: Post, now: dt.datetime) -> list[Item]:
    """The points about the texts of a post, in all its languages."""
    links = {text.locale: own_links(text) for text in post.texts}
    dead = gone({path for found in links.values() for path in found.values()}, now)
    items = []
    for text in post.texts:
        items += _words_missing(text)
        count = len(re.findall(r"<img\b(?![^>]*\balt=\"[^\"]*\w)", text.html))
        if count:
            items.append(_undescribed(text, count))
        items += _drawn(text)
        if named := [(href, dead[path]) for href, path in links[text.locale].items() if path in dead]:
            items.append(_dead(text, named))
    return items


def _words_missing(text: PostText) -> list[Item]:
    items = []
    if not text.summary.strip():
        what = _("The summary is missing.")
        why = _("Good practice: it stands in lists, feeds and search results.")
        items.append(Item(f"summary-{text.locale}", Weight.advice, said(text, what), why, field_url(text, "summary")))
    if not text.markdown.strip():
        is_original = text.locale == text.post.original_locale
        what = _("There is no text yet.") if is_original else _("The translation has a title and no text.")
        why = _("Good practice: readers of this language are led to an empty page.")
        items.append(Item(f"empty-{text.locale}", Weight.advice, said(text, what), why, field_url(text, "markdown")))
    return items


def _undescribed(text: PostText, count: int) -> Item:
    what = ngettext(
        "A picture has no words: write them between the brackets of ![…].",
        "%(num)d pictures have no words: write them between the brackets of ![…].",
        count,
    )
    return Item(f"alt-{text.locale}", Weight.advice, said(text, what), _why_words(), field_url(text, "markdown"))


def _why_words() -> str:
    """WCAG 2.2, 1.1.1; for public bodies BITV, for services to consumers the BFSG (standards.md §4)."""
    return _("Good practice, and law for public bodies: who does not see the picture hears its words (WCAG 1.1.1).")


def _drawn(text: PostText) -> list[Item]:
    """Formulas and diagrams that are shown as their source, and diagrams without a name."""
    items, url = [], field_url(text, "markdown")
    if count := len(re.findall(rf'class="[^"]*\b{UNDRAWN}"', text.html)):
        what = ngettext(
            "A formula or diagram is shown as its source; the preview says why.",
            "%(num)d formulas and diagrams are shown as their source; the preview says why.",
            count,
        )
        why = _("Good practice: few readers read the source.")
        items.append(Item(f"drawn-{text.locale}", Weight.advice, said(text, what), why, url))
    if count := text.html.count(NAMELESS):
        what = ngettext(
            "A diagram has no name: write it in quotation marks behind ```mermaid.",
            "%(num)d diagrams have no name: write it in quotation marks behind ```mermaid.",
            count,
        )
        items.append(Item(f"alt-{text.locale}-diagrams", Weight.advice, said(text, what), _why_words(), url))
    return items


def _dead(text: PostText, named: Sequence[tuple[str, Gone]]) -> Item:
    shown = [f"{href} ({GONE_WORDS[why]})" for href, why in named[:MOST_NAMED]]
    more = len(named) - len(shown)
    if more:
        shown.append(ngettext("one more", "%(num)d more", more))
    what = ngettext(
        "A link leads nowhere: %(links)s.", "Links lead nowhere: %(links)s.", len(named), links=i18n.listed(shown)
    )
    why = _("Good practice: readers end on an error page.")
    return Item(f"links-{text.locale}", Weight.advice, said(text, what), why, field_url(text, "markdown"))


def said(text: PostText, words: str) -> str:
    """A sentence about a text; where the post has several, with the language it is about before it."""
    if len(text.post.texts) == 1:
        return words
    return _("%(language)s: %(words)s", language=i18n.language_name(text.locale), words=words)


def field_url(text: PostText, field: str) -> str:
    """The address of a field of the page on which this text is written."""
    endpoint = "desk.openings.edit" if text.kind is Kind.opening else "desk.posts.edit"
    return url_for(endpoint, post_id=text.post_id, locale=text.locale, _anchor=field)


def own_links(text: PostText) -> dict[str, str]:
    """The links and pictures of a text that stay on this site: as written, and the path each leads to."""
    base = canonical_url(text)
    own = urlsplit(str(current_app.config["SITE_URL"])).netloc
    found = {}
    for written in re.findall(r"<(?:a|img)\b[^>]*\s(?:href|src)=\"([^\"]+)\"", text.html):
        href = html.unescape(written)
        try:
            parts = urlsplit(urljoin(f"//{own}{base}", href))
        except ValueError:
            continue
        if href.startswith("#") or parts.netloc != own or parts.scheme not in {"", "http", "https"}:
            continue
        found[href] = unquote(parts.path) or "/"
    return found
