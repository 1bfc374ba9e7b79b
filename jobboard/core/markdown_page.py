"""What a saved text gets when it is shown: words in its language, links at its headings, its table of contents."""

import dataclasses
import re
from collections.abc import Sequence
from urllib.parse import urljoin

from markupsafe import Markup

from jobboard.core.i18n import _, force_locale, languages, lazy_pgettext, page_language
from jobboard.core.markdown import plain

#: Written above a callout, by the kind that stands in its Markdown.
CALLOUTS = {
    "note": lazy_pgettext("above a box in a text", "Note"),
    "tip": lazy_pgettext("above a box in a text", "Tip"),
    "important": lazy_pgettext("above a box in a text", "Important"),
    "warning": lazy_pgettext("above a box in a text", "Warning"),
    "caution": lazy_pgettext("above a box in a text", "Caution"),
}
CALLOUT_TITLE = re.compile(rf'(<p class="callout-title is-({"|".join(CALLOUTS)})">)</p>')
BACK = re.compile(r'<a (href="#fnref[^"]*" class="footnote-backref")')
#: A heading with an address. One that holds a link is none itself: links do not stand in links.
HEADING = re.compile(r'(<(h[2-4]) id="(s-[^"]+)"[^>]*>)((?:(?!</?h\d|<a\b).)+)</\2>', re.DOTALL)
#: A link or picture as the renderer writes it, and an address in it.
TAG, ADDRESS = re.compile(r'<(?:a|img)(?:\s+[\w-]+="[^"]*")*'), re.compile(r'(?<=\s)(href|src)="([^"]*)"')
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
    if "callout-title" not in html and 'class="footnotes"' not in html:
        return Markup(html)  # noqa: S704 - cleaned when it was saved
    with force_locale(locale if locale in languages() else page_language()):
        back, notes = Markup.escape(_("Back to the text")), Markup.escape(_("Footnotes"))
        html = CALLOUT_TITLE.sub(lambda found: f"{found[1]}{Markup.escape(CALLOUTS[found[2]])}</p>", html)
        html = BACK.sub(rf'<a aria-label="{back}" \1', html)
        html = html.replace('<section class="footnotes">', f'<section class="footnotes" aria-label="{notes}">')
    return Markup(html)  # noqa: S704 - cleaned when it was saved


def absolute(html: str, page_url: str) -> str:
    """Clean HTML whose links and pictures also lead there from elsewhere; `page_url` is the address it stands at."""

    def in_attribute(found: re.Match[str]) -> str:
        return f'{found[1]}="{urljoin(page_url, found[2])}"'

    return TAG.sub(lambda tag: ADDRESS.sub(in_attribute, tag[0]), html)


def on_page(html: str, locale: str) -> Markup:
    """A saved text as it stands on its own page: its headings lead to themselves."""
    return worded(HEADING.sub(r'\1<a class="heading-link" href="#\3">\4</a></\2>', html), locale)


def contents(html: str, minutes: int) -> Sequence[Part]:
    """The table of contents of a long text; nothing for a short one or one of few parts."""
    found = re.findall(r'<(h[23]) id="(s-[^"]+)"[^>]*>(.*?)</\1>', html, re.DOTALL)
    if minutes < LONG_MINUTES or sum(tag == "h2" for tag, _anchor, _inner in found) < LONG_PARTS:
        return ()
    return [Part(f"#{anchor}", plain(inner), tag == "h3") for tag, anchor, inner in found]
