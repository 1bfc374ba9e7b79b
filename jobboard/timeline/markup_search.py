"""How what a search found is shown: title and a piece of the text, the words that were asked for marked."""

import dataclasses
import datetime as dt
import re
from collections.abc import Sequence

from markupsafe import Markup, escape

from jobboard.core import i18n
from jobboard.core.markdown import excerpt, plain
from jobboard.posts.markup import canonical_url, marked, text_url
from jobboard.posts.models import Post, PostText
from jobboard.search.words import Term, marks

#: Characters of a snippet, and of what stands before its first marked word.
LENGTH, BEFORE = 240, 60
#: So much of a long text is looked through for the best piece.
LOOKED_AT = 60_000
#: The end of a heading, an entry or a cell that is no sentence, and what shows it where all stands in one line.
_UNFINISHED, _ENDED = re.compile(r"(?<![.!?:;,…>\s])\s*</(?:p|li|h[1-6]|d[td]|t[dh])>"), " · "


@dataclasses.dataclass(frozen=True)
class Hit:
    """One thing that was found."""

    kind: str
    url: str
    title: Markup
    snippet: Markup
    lang: str
    lang_name: str
    is_foreign: bool
    published_at: dt.datetime | None


def hit(post: Post, terms: Sequence[Term], marker: str, lang: str | None = None) -> Hit:
    """A post in the language that was asked for, else in the page's where that text holds the words, else in one that does."""
    language = i18n.page_language()
    best = post.text(lang or language)
    texts = [best, *(text for text in post.texts if text is not best)]
    text = best if lang else next((one for one in texts if _holds(one, terms)), best)
    words = f"{text.summary} {plain(_UNFINISHED.sub(_ENDED, text.html))}".strip()
    return Hit(
        kind=post.kind.value,
        # Under the page's own language the reader would be led to another text than the one that was found.
        url=text_url(text) if post.text(language) is text else canonical_url(text),
        title=with_marks(marked(text.title, post.kind, marker), text.locale, terms),
        snippet=snippet(words, text.locale, terms),
        lang=text.locale,
        lang_name=i18n.language_name(text.locale),
        is_foreign=text.locale != language,
        published_at=post.publish_at,
    )


def _holds(text: PostText, terms: Sequence[Term]) -> bool:
    words = f"{text.title} {text.summary} {plain(text.html)}"[:LOOKED_AT]
    return {number for _start, _end, number in marks(words, text.locale, terms)} == set(range(len(terms)))


def with_marks(text: str, language: str, terms: Sequence[Term]) -> Markup:
    """A text with the words that were asked for in `<mark>`."""
    pieces: list[Markup] = []
    at = 0
    for start, end, _number in marks(text, language, terms):
        pieces += [escape(text[at:start]), Markup("<mark>{}</mark>").format(text[start:end])]
        at = end
    return Markup("").join([*pieces, escape(text[at:])])


def snippet(text: str, language: str, terms: Sequence[Term]) -> Markup:
    """The piece of a text that holds the most of what was asked for; its beginning where nothing of it stands there."""
    text = text[:LOOKED_AT]
    found = list(marks(text, language, terms))
    if not found:
        return escape(excerpt(text, LENGTH))

    def distinct(first: int) -> int:
        until = found[first][0] + LENGTH - BEFORE
        return len({number for start, _end, number in found[first : first + LENGTH] if start < until})

    first = max(range(min(len(found), 200)), key=distinct)
    start = max(0, found[first][0] - BEFORE)
    if start:
        start = text.find(" ", start, found[first][0]) + 1 or found[first][0]
    piece = excerpt(text[start:], LENGTH)
    return Markup("{}{}").format("… " if start else "", with_marks(piece, language, terms))
