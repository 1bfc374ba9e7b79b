"""Which wordings of an opening shut people out, and whether its title is neutral: the rules of `markup_unfair` applied."""

import dataclasses
import functools
import html
import re
from collections.abc import Iterator

from jobboard.openings.markup_not_to_ask import ASKS_NOT_TO
from jobboard.openings.markup_not_to_ask import WORDS as ASKING_WORDS
from jobboard.openings.markup_phrases import finding, phrases, sentences
from jobboard.openings.markup_unfair import ASKED, WORDINGS, WORDS, Wording

#: German words for who does a job, in the form for men that once stood for all (also at the end of a compound).
MASCULINE = tuple(
    """
    entwickler programmierer sachbearbeiter bearbeiter mitarbeiter arbeiter verkäufer käufer berater betreuer pfleger erzieher
    lehrer fahrer helfer leiter ingenieur techniker mechaniker mechatroniker elektroniker elektriker informatiker physiker
    chemiker mathematiker statistiker administrator direktor moderator redakteur disponent referent assistent praktikant
    student absolvent dozent konstrukteur monteur schlosser schweißer tischler schreiner maurer maler gärtner koch kellner
    bäcker metzger friseur lagerist kommissionierer staplerfahrer zeichner planer prüfer buchhalter controller einkäufer
    verwalter vertreter geschäftsführer chef architekt designer gestalter texter übersetzer lektor fotograf journalist
    jurist anwalt notar arzt apotheker therapeut psychologe biologe pädagoge soziologe wissenschaftler forscher professor
    trainer ausbilder meister spezialist experte analyst stratege koordinator organisator operator sekretär pilot
    polizist beamter angestellter auszubildender sprecher optiker akustiker hausmeister manager
    kaufmann fachmann hausmann kameramann
    """.split()  # noqa: SIM905 - seventy words read better so
)
#: Compounds only: alone they are English words that German uses for everybody.
IN_COMPOUNDS = frozenset({"manager", "controller", "designer", "trainer", "analyst", "operator"})
#: Words that end like a person and are none.
NO_PERSONS = frozenset({"halbleiter", "supraleiter", "blitzableiter", "strickleiter", "wellenleiter", "lautsprecher"})
FEMININE = ("krankenschwester", "kauffrau", "fachfrau", "putzfrau", "reinigungsfrau", "sekretärin", "hausdame")
#: English titles that name a gender, and what they are when they do not.
ENGLISH = re.compile(
    r"\b(?:(?:sales|chair|fore|crafts|handy|business|camera|draughts|drafts|repair|door|police|fire|work|delivery|service|spokes|"
    r"post|mail|front|middle|line|ware?house|bar)[- ]?(?:man|men|woman|women|maid|maids)|stewardess(?:es)?|hostess(?:es)?|"
    r"waitress(?:es)?|actress(?:es)?|seamstress(?:es)?|salesladys?|salesladies|cleaning lady|tea lady|maid|housewife|"
    r"headmaster|headmistress|manageress(?:es)?|governess|male nurse|girl friday|waiter)\b",
    re.IGNORECASE,
)
#: Somebody wrote the marker into the title: the site adds its own, which is another matter.
MARKED = re.compile(
    r"\b[mwfdx]\s*[/|,·]\s*[mwfdx]\b|\b(?:all|any|every) genders?\b|alle geschlechter|\bgn\b|\bdivers\b|geschlecht egal",
    re.IGNORECASE,
)
_MASCULINE = re.compile(
    rf"(?<![\w-])(?P<front>[\w-]*?)(?P<stem>{'|'.join(MASCULINE)})(?P<ending>e[ns]?|n|s)?(?![\w])", re.IGNORECASE
)
#: What makes a form for all of it: Entwickler:in, Entwickler*innen, Entwickler/-in, Entwickler(in).
_OPENED = re.compile(r"\s?[:*_·/(]\s?-?\s?(?:in|innen)\b|-(?=\w)", re.IGNORECASE)
#: Behind these it is no job but whom the job is about.
_ABOUT = re.compile(r"\b(?:für|von|mit|an|unter|der|des|den)\s(?:[\w-]+\s)?$", re.IGNORECASE)


@dataclasses.dataclass(frozen=True)
class Found:
    """A wording that was found, and the words it was found by, as they were read."""

    wording: Wording
    words: str


def wordings_in(text: str) -> list[Found]:
    """The unfair wordings of a text, each once."""
    read = list(sentences(text))
    found = []
    for wording, finds, granted in _rules():
        for sentence in read:
            if wording is ASKED and _refusals().search(sentence):
                continue
            if match := finds.search(granted.sub(" , ", sentence)):
                found.append(Found(wording, " ".join(match[0].split())))
                break
    return found


@functools.cache
def _rules() -> list[tuple[Wording, re.Pattern[str], re.Pattern[str]]]:
    return [(one, finding(phrases(one.finds, WORDS)), finding(phrases(one.granted, WORDS))) for one in WORDINGS]


@functools.cache
def _refusals() -> re.Pattern[str]:
    return finding(phrases(ASKS_NOT_TO, ASKING_WORDS))


def gendered_words(title: str, locale: str) -> list[str]:
    """The words of a title that name one gender only; none where a marker stands in it."""
    if MARKED.search(title):
        return []
    found = [match[0] for match in ENGLISH.finditer(title)]
    return [*found, *_german(title)] if locale.startswith("de") else found


def _german(title: str) -> Iterator[str]:
    lower = title.lower()
    for match in _MASCULINE.finditer(title):
        word, stem = match[0].lower(), match["stem"].lower()
        front = match["front"].lower()
        if word in NO_PERSONS or (stem in IN_COMPOUNDS and len(front) < 3):
            continue
        pair = f"{stem.removesuffix('mann')}frau" if stem.endswith("mann") else f"{_feminine(stem)}in"
        if pair in lower.replace("-", "") or "/-frau" in lower or "-frau" in lower:
            continue
        if not _OPENED.match(title, match.end()) and not _ABOUT.search(title[: match.start()]):
            yield match[0]
    for written in re.findall(r"[\w-]+", title):
        word = written.lower()
        if re.search(r"[a-zäöüß]In(?:nen)?$", written):  # EntwicklerIn
            continue
        stem = word.removesuffix("innen").removesuffix("in")
        is_feminine = word.endswith(FEMININE) or (
            stem != word and any(stem.endswith(_feminine(one)) for one in MASCULINE)
        )
        if is_feminine and not _has_other_form(word, stem, lower):
            yield word


def _feminine(stem: str) -> str:
    """The stem a word for women has: Koch, Köchin."""
    return {"koch": "köch", "arzt": "ärzt", "anwalt": "anwält", "psychologe": "psycholog", "biologe": "biolog",
            "pädagoge": "pädagog", "soziologe": "soziolog", "experte": "expert", "stratege": "strateg",
            "beamter": "beamt"}.get(stem, stem)  # fmt: skip


def _has_other_form(word: str, stem: str, title: str) -> bool:
    """Whether a title with a word for women has the one for men too, or opens it for all."""
    others = [one for one in MASCULINE if _feminine(one) != one and stem.endswith(_feminine(one))]
    if word.endswith(FEMININE):
        return "mann" in title or "pfleger" in title or "sekretär" in title.replace(word, "")
    return bool(re.search(rf"{re.escape(stem)}(?!in)", title)) or any(one in title for one in others)


def passages(markup: str) -> str:
    """The words of rendered Markdown, one paragraph, heading or point per line; code says nothing to applicants."""
    text = re.sub(r"<(pre|code)\b.*?</\1>", " ", markup, flags=re.DOTALL)
    text = re.sub(r"<(?:br|/?(?:p|div|li|h\d|td|th|tr|blockquote|dd|dt))\b[^>]*>", "\0", " ".join(text.split()))
    return html.unescape(re.sub(r"<[^>]+>", "", text)).replace("\0", "\n")
