"""What a saved text gets when it is shown: words in its language, links at its headings, its table of contents."""

import dataclasses
import re
from collections.abc import Sequence

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
#: What stands before the address of a link or an image on this site, in cleaned HTML: all attributes are quoted there.
OWN_ADDRESS = re.compile(r"""(<(?:a|img)(?:\s+[a-z-]+(?:="[^"]*")?)*?\s+(?:href|src)=")(?=/(?!/))""")
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


def on_page(html: str, locale: str) -> Markup:
    """A saved text as it stands on its own page: its headings lead to themselves."""
    return worded(HEADING.sub(r'\1<a class="heading-link" href="#\3">\4</a></\2>', html), locale)


def with_host(html: str, site: str) -> Markup:
    """A saved text to be read elsewhere, such as in a feed reader: `site` ("https://jobs.example.org") before paths."""
    return Markup(OWN_ADDRESS.sub(lambda found: found[1] + site, html))  # noqa: S704 - cleaned when it was saved


def contents(html: str, minutes: int) -> Sequence[Part]:
    """The table of contents of a long text; nothing for a short one or one of few parts."""
    found = re.findall(r'<(h[23]) id="(s-[^"]+)"[^>]*>(.*?)</\1>', html, re.DOTALL)
    if minutes < LONG_MINUTES or sum(tag == "h2" for tag, _anchor, _inner in found) < LONG_PARTS:
        return ()
    return [Part(f"#{anchor}", plain(inner), tag == "h3") for tag, anchor, inner in found]
