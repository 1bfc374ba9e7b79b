"""Cutting texts and queries into words: folded, in their word forms, and German compounds in their parts (decision 23).

It is done here and not by a database, so that every database finds the same.
"""

import dataclasses
import functools
import hashlib
import re
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

import snowballstemmer

#: The languages whose word forms are known, and what Snowball calls them.
LANGUAGES = {"de": "german", "en": "english"}
#: Words of a query that are looked at; more only costs.
MOST_WORDS = 12
LONGEST_WORD = 40
#: Letters of a compound, of a part in its middle, and of a part that is taken although the rest is unknown.
SHORTEST_COMPOUND, SHORTEST_PART, SHORTEST_HEAD = 7, 3, 5
#: What German puts between the parts of a compound.
LINKS = ("", "s", "es", "n", "en", "er", "e")

_WORD = re.compile(r"[^\W_]+")
_PHRASE = re.compile(r"[\"“”„‟«»]([^\"“”„‟«»]*)[\"“”„‟«»]")
_APOSTROPHE = re.compile(r"[^\W_]+(?:['’][^\W_]+)+")
#: "ü", "ue" and "u" are one to a searcher: both spellings of an umlaut fold to the bare vowel.
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "a"})
_UMLAUT = re.compile(r"([aou])e+")
#: "Entwicklerin" is also an "Entwickler".
_FEMALE = re.compile(r"(.{3,}(?:er|or|ent|ant|ist|eur|ar))(?:in|innen)")
#: Names whose signs are part of them, and the word each becomes: "C" finds no "C++", and "C++" no "Communication".
_NAMES = (
    (re.compile(r"(?<![^\W_])c\+\+"), " cpp "),
    (re.compile(r"(?<![^\W_])([cf])#(?![^\W_])"), r"\1sharp"),
    (re.compile(r"(?:(?<![^\W_])|(?<=\basp))\.net(?![^\W_])"), " dotnet "),
    (re.compile(r"(?<=[^\W_])\.js(?![^\W_])"), "js"),
)
#: A word as it stands in a text, with the signs of such a name.
_WRITTEN = re.compile(r"[^\W_]+(?:\+\+|#|\.js(?![^\W_]))?|\.net(?![^\W_])", re.IGNORECASE)
#: "Entwickler:in", "Entwickler*innen" and "Entwickler/-in" are one word.
_SIGNED = re.compile(r"(er|or|ent|ant|ist|eur|ar)(?:/-?|[*:_·])(in(?:nen)?)(?![\w-])")


@dataclasses.dataclass(frozen=True)
class Term:
    """One thing a query asks for: a word in any of its forms (the first also as a beginning), or words in this order."""

    words: tuple[str, ...]
    is_phrase: bool = False


@dataclasses.dataclass(frozen=True)
class Cut:
    """A text as an index holds it: its words folded and in order, and the other forms under which each is found."""

    words: list[str]
    forms: list[str]


def cut(text: str, language: str) -> Cut:
    """A text in its words; `language` is that of the text."""
    found = Cut([], [])
    for word in _words(text):
        first, *others = _forms(word, language.split("-", maxsplit=1)[0])
        if first:
            found.words.append(first)
            found.forms.extend(others)
    return found


def query_terms(query: str) -> list[Term]:
    """What a query asks for. Any text is a legal query; what stands in quotes is looked for as it stands."""
    terms: list[Term] = []
    rest = []
    end = 0
    for match in _PHRASE.finditer(query):
        rest.append(query[end : match.start()])
        end = match.end()
        words = tuple(fold(word) for word in _words(match[1]) if fold(word))[:MOST_WORDS]
        if len(words) == 1:
            rest.append(match[1])
        elif words:
            terms.append(Term(words, is_phrase=True))
    rest.append(query[end:])
    joined = " ".join(rest)
    parts = ([fold(word) for word in _words(match[0]) if fold(word)] for match in _APOSTROPHE.finditer(joined))
    # "don't" is no "don", and nothing that begins with t
    terms += [Term(tuple(words), is_phrase=len(words) > 1) for words in parts if words]
    rest = [_APOSTROPHE.sub(" ", joined)]
    terms += [Term(tuple(_query_forms(word))) for word in _words(" ".join(rest)) if fold(word)]
    return terms[:MOST_WORDS]


def fold(word: str) -> str:
    """A lower-case word without accents, umlauts either way as the bare vowel: "Köln" and "koeln" are "koln"."""
    return _UMLAUT.sub(r"\1", fold_accents(word.translate(_SPELLED)))


def fold_accents(text: str) -> str:
    """A text without accents: "é" is "e"; letters that are more than a letter with an accent stay."""
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))


def marks(text: str, language: str, terms: Sequence[Term]) -> Iterator[tuple[int, int, int]]:
    """(start, end, number of the term) of every word of a text that a query asks for."""
    code = language.split("-", maxsplit=1)[0]
    wanted = [(number, frozenset(term.words), term) for number, term in enumerate(terms)]
    for match in _WRITTEN.finditer(text):
        forms = [form for word in _words(match[0]) for form in _forms(word, code)]
        for number, words, term in wanted:
            if any(form in words for form in forms) or (not term.is_phrase and _begins(forms, term.words[0])):
                yield match.start(), match.end(), number
                break


def made_by() -> str:
    """The fingerprint of this way of cutting: texts that were cut in another way are cut anew."""
    return hashlib.sha256(Path(__file__).read_bytes() + _LIST.read_bytes()).hexdigest()[:16]


def _begins(forms: list[str], beginning: str) -> bool:
    return any(form.startswith(beginning) for form in forms)


def _words(text: str) -> list[str]:
    plain = _SIGNED.sub(r"\1\2", unicodedata.normalize("NFKC", text).lower())
    for name, word in _NAMES:
        plain = name.sub(word, plain)
    return [word[:LONGEST_WORD] for word in _WORD.findall(plain)]


@functools.lru_cache(maxsize=50_000)
def _forms(word: str, language: str) -> tuple[str, ...]:
    """The folded word, then its other forms: its stem, and in German the parts of a compound with theirs."""
    found = [fold(word), *_stems(word, language)]
    if word.endswith("js"):  # "Node.js" is also found by "node js"
        found += [word.removesuffix("js"), "js"]
    if language == "de":
        parts = compound_parts(found[0])
        found += [form for part in parts for form in (part, *(_stems(part, "de") if len(part) > SHORTEST_PART else ()))]
    return (found[0], *dict.fromkeys(form for form in found[1:] if form and form != found[0]))


def _query_forms(word: str) -> list[str]:
    """A query's language is unknown: the word, and its stems in every language."""
    return list(dict.fromkeys(filter(None, [fold(word), *(form for code in LANGUAGES for form in _stems(word, code))])))


class _Stemmers(threading.local):
    """The stemmers of this thread: each holds the word it is at, so two threads that shared one would mix their words up."""

    def __init__(self) -> None:
        self.of = {code: snowballstemmer.stemmer(name) for code, name in LANGUAGES.items()}


_STEMMERS = _Stemmers()


def stem(word: str, language: str) -> str:
    """The stem of a lower-case word in one of the `LANGUAGES`."""
    stemmed: str = _STEMMERS.of[language].stemWord(word)
    return stemmed


def _stems(word: str, language: str) -> list[str]:
    if language not in LANGUAGES:
        return []
    male = _FEMALE.fullmatch(word) if language == "de" else None
    return [fold(stem(one, language)) for one in (word, *([male[1]] if male else []))]


_LIST = Path(__file__).parent / "words_de.txt"


@functools.cache
def _known() -> frozenset[str]:
    """The folded words that compounds are taken apart into."""
    lines = _LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(fold(word.lower()) for line in lines if not line.startswith("#") for word in line.split())


def compound_parts(word: str) -> tuple[str, ...]:
    """The parts of a folded German compound as far as the word list knows them: "datenbankadministrator" has two.

    All parts are known, or the last one alone is told: "gabelstaplerfahrer" has "fahrer".
    """
    if len(word) < SHORTEST_COMPOUND or word in _known():
        return ()
    whole = _split(word)
    if whole:
        return whole
    tails = (word[at:] for at in range(SHORTEST_PART, len(word) - SHORTEST_HEAD + 1))
    return next(((tail,) for tail in tails if _is_known(tail)), ())


@functools.lru_cache(maxsize=20_000)
def _split(word: str) -> tuple[str, ...]:
    """All parts of a word, or nothing when some are unknown; long parts first."""
    for at in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
        tail = word[at:]
        if not _is_known(tail):
            continue
        for link in LINKS:
            head = word[:at].removesuffix(link) if link else word[:at]
            if len(head) + len(link) != at or len(head) < SHORTEST_PART:
                continue
            parts = (head,) if head in _known() else _split(head)
            if parts:
                return (*parts, tail)
    return ()


def _is_known(word: str) -> bool:
    """Whether a word is in the list, or one with another ending: the last part of a compound has the ending of the whole."""
    if word in _known():
        return True
    stems = _stems(word, "de") if len(word) > SHORTEST_HEAD else []
    return any(word.startswith(one) for stem in stems for one in _known_by_stem().get(stem, ()))


@functools.cache
def _known_by_stem() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in _known():
        for stem in _stems(word, "de"):
            found.setdefault(stem, []).append(word)
    return found
