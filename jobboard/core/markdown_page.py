"""What a saved text gets when it is shown: words in its language, links at its headings, its table of contents."""

import dataclasses
import re
from collections.abc import Sequence
from urllib.parse import urljoin

from markupsafe import Markup

from jobboard.core.i18n import _, force_locale, languages, lazy, lazy_pgettext, page_language
from jobboard.core.markdown import Rendered, plain
from jobboard.core.markdown_drawn import Problem, without_pictures

#: Written above a callout, by the kind that stands in its Markdown.
CALLOUTS = {
    "note": lazy_pgettext("above a box in a text", "Note"),
    "tip": lazy_pgettext("above a box in a text", "Tip"),
    "important": lazy_pgettext("above a box in a text", "Important"),
    "warning": lazy_pgettext("above a box in a text", "Warning"),
    "caution": lazy_pgettext("above a box in a text", "Caution"),
}
CALLOUT_TITLE = re.compile(rf'(<p class="callout-title is-({"|".join(CALLOUTS)})">)</p>')
#: What a diagram is called that its author gave no name, by the class of its kind.
DIAGRAMS = {
    "flowchart": lazy_pgettext("kind of diagram", "Flowchart"),
    "sequence": lazy_pgettext("kind of diagram", "Sequence diagram"),
    "state": lazy_pgettext("kind of diagram", "State diagram"),
    "class": lazy_pgettext("kind of diagram", "Class diagram"),
    "er": lazy_pgettext("kind of diagram", "Entity relationship diagram"),
}
NAMELESS = re.compile(
    rf'(<figure class="diagram is-({"|".join(DIAGRAMS)})[^>]*><div class="diagram-box"[^>]* aria-label=")(?=")'
)
BACK = re.compile(r'<a (href="#fnref[^"]*" class="footnote-backref")')
#: A heading with an address. One that holds a link is none itself: links do not stand in links.
HEADING = re.compile(r'(<(h[2-4]) id="(s-[^"]+)"[^>]*>)((?:(?!</?h\d|<a\b).)+)</\2>', re.DOTALL)
#: A link or picture as the renderer writes it, and an address in it.
TAG, ADDRESS = re.compile(r'<(?:a|img)(?:\s+[\w-]+="[^"]*")*'), re.compile(r'(?<=\s)(href|src)="([^"]*)"')
#: What has words that depend on the language.
WORDED = re.compile(r'class="(?:callout-title|footnotes|formula"|diagram )')
#: From here on a text is long: minutes to read, and parts.
LONG_MINUTES, LONG_PARTS = 3, 3


@dataclasses.dataclass(frozen=True)
class Part:
    """A part of a text in its table of contents."""

    url: str
    words: str
    is_sub: bool


def worded(html: str, locale: str) -> Markup:
    """A saved text with the words that it does not hold itself, in its language where the site has that one."""
    if not WORDED.search(html):
        return Markup(html)  # noqa: S704 - cleaned when it was saved
    with force_locale(locale if locale in languages() else page_language()):
        back, notes = Markup.escape(_("Back to the text")), Markup.escape(_("Footnotes"))
        html = CALLOUT_TITLE.sub(lambda found: f"{found[1]}{Markup.escape(CALLOUTS[found[2]])}</p>", html)
        html = BACK.sub(rf'<a aria-label="{back}" \1', html)
        html = html.replace('<section class="footnotes">', f'<section class="footnotes" aria-label="{notes}">')
        html = _drawn(html)
    return Markup(html)  # noqa: S704 - cleaned when it was saved


def absolute(html: str, page_url: str) -> str:
    """Clean HTML whose links and pictures also lead there from elsewhere; `page_url` is the address it stands at."""

    def in_attribute(found: re.Match[str]) -> str:
        return f'{found[1]}="{urljoin(page_url, found[2])}"'

    return TAG.sub(lambda tag: ADDRESS.sub(in_attribute, tag[0]), html)


def _drawn(html: str) -> str:
    formula, source = Markup.escape(_("Formula")), Markup.escape(_("The diagram as text"))
    html = html.replace('<div class="formula" ', f'<div class="formula" aria-label="{formula}" ')
    html = NAMELESS.sub(lambda found: f"{found[1]}{Markup.escape(DIAGRAMS[found[2]])}", html)
    summary = '<details class="diagram-source"><summary>'
    return html.replace(f"{summary}</summary>", f"{summary}{source}</summary>")


def in_feed(html: str, locale: str) -> Markup:
    """A saved text for a feed: readers know MathML or show its TeX; a diagram is its name and its source."""
    return worded(without_pictures(html), locale)


#: Why a formula (False) or a diagram (True) is shown as its source; that follows.
PROBLEMS = {
    (Problem.not_understood, False): lazy("This formula cannot be read, so its source is shown:"),
    (Problem.not_understood, True): lazy("This diagram cannot be read, so its source is shown:"),
    (Problem.not_supported, False): lazy(
        "Something in this formula cannot be shown on a page, so its source is shown:"
    ),
    (Problem.not_supported, True): lazy(
        "Only flowcharts and sequence, state, class and entity relationship diagrams are drawn, "
        "so the source of this one is shown:"
    ),
    (Problem.too_large, False): lazy("This formula is too long, or there are too many, so its source is shown:"),
    (Problem.too_large, True): lazy("This diagram is too large, or there are too many, so its source is shown:"),
    (Problem.too_slow, False): lazy("This formula takes too long, so its source is shown:"),
    (Problem.too_slow, True): lazy("This diagram takes too long to draw, so its source is shown:"),
    (Problem.not_now, False): lazy(
        "This formula could not be set now. Once saved it will be tried again; until then its source is shown:"
    ),
    (Problem.not_now, True): lazy(
        "This diagram could not be drawn now. Once saved it will be tried again; until then its source is shown:"
    ),
}
#: Characters of a source that are named.
NAMED_LENGTH = 120


@dataclasses.dataclass(frozen=True)
class Notice:
    """What is said to a writer about a formula or a diagram: a sentence, its beginning, and what the library says (English)."""

    words: str
    source: str
    detail: str


def notices(rendered: Rendered) -> list[Notice]:
    """What to say about each formula and diagram of a text that is shown as its source."""
    return [
        Notice(str(PROBLEMS[one.problem, one.wanted.is_diagram]), _beginning(one.wanted.source), one.detail)
        for one in rendered.troubles
    ]


def _beginning(source: str) -> str:
    first, *rest = source.strip().splitlines() or [""]
    return first[:NAMED_LENGTH] + ("…" if rest or len(first) > NAMED_LENGTH else "")


def on_page(html: str, locale: str) -> Markup:
    """A saved text as it stands on its own page: its headings lead to themselves."""
    return worded(HEADING.sub(r'\1<a class="heading-link" href="#\3">\4</a></\2>', html), locale)


def contents(html: str, minutes: int) -> Sequence[Part]:
    """The table of contents of a long text; nothing for a short one or one of few parts."""
    found = re.findall(r'<(h[23]) id="(s-[^"]+)"[^>]*>(.*?)</\1>', html, re.DOTALL)
    if minutes < LONG_MINUTES or sum(tag == "h2" for tag, _anchor, _inner in found) < LONG_PARTS:
        return ()
    return [Part(f"#{anchor}", plain(inner), tag == "h3") for tag, anchor, inner in found]
