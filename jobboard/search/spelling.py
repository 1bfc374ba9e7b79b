"""Words that were perhaps meant: a letter or two away from what was typed, and compounds written apart or together.

Words are compared folded, so umlauts in either spelling make no difference here (docs/decisions/0026).
"""

import dataclasses
import functools
import itertools
import re
import string
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from jobboard.search.models import HEAD, LONGEST, SHORTEST
from jobboard.search.words import LANGUAGES, LINKS, LONGEST_WORD, MOST_WORDS, Term, fold, query_terms, stem

#: Letters of the shortest word that is corrected, and of the shortest that may have two mistakes.
CORRECTED, TWO_MISTAKES = 3, 6
#: Another form of a word is compared too when it has so many letters; it counts as one mistake.
LONG_FORM = 5
#: Ends of a word for a woman or women: "Administartorinnen" is compared as "Administartor" too.
FEMALE = ("innen", "in")
#: What a word is parted into has so many letters at least.
SHORTEST_PART = 2

#: A word with its way of saying who: "Entwickler*in" is one.
_WORD = re.compile(r"[^\W_]+(?:(?:/-?|[*:_·])in(?:nen)?(?![^\W_]))?")
_QUOTED = re.compile(r"[\"“”„‟«»][^\"“”„‟«»]*[\"“”„‟«»]")
_SPACES = re.compile(r"\s+")


@dataclasses.dataclass(frozen=True)
class Word:
    """A word of a query, where it stands in it, and what is looked for."""

    text: str
    start: int
    end: int
    term: Term

    @property
    def folded(self) -> str:
        """The word as the index holds it."""
        return self.term.words[0]


@dataclasses.dataclass(frozen=True)
class Unit:
    """What can be left out of a query: a word, or words in quotes with their quotes."""

    text: str
    start: int
    end: int


def normal(query: str) -> str:
    """A query in whose text `words_in` and `units_in` tell places."""
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", query)).strip()


def words_in(query: str) -> list[Word]:
    """The words of a normal query, as many as are looked at."""
    found = ((match, query_terms(match[0])) for match in _WORD.finditer(query))
    return [Word(match[0], match.start(), match.end(), terms[0]) for match, terms in found if terms][:MOST_WORDS]


def units_in(query: str) -> list[Unit]:
    """The words and the words in quotes of a normal query, in their order."""
    phrases = [Unit(match[0], match.start(), match.end()) for match in _QUOTED.finditer(query) if words_in(match[0])]
    words = [Unit(word.text, word.start, word.end) for word in words_in(query)]
    free = [one for one in words if not any(phrase.start <= one.start < phrase.end for phrase in phrases)]
    return sorted([*phrases, *free], key=lambda unit: unit.start)


def without_quotes(query: str) -> str:
    """A normal query whose words may stand anywhere."""
    return normal(_QUOTED.sub(lambda match: f" {match[0][1:-1]} ", query))


def replaced(query: str, pieces: Iterable[tuple[int, int, str]]) -> str:
    """A normal query with other texts at these places, which do not overlap."""
    for start, end, text in sorted(pieces, reverse=True):
        query = query[:start] + text + query[end:]
    return normal(query)


def reach(word: str) -> int:
    """How many mistakes a folded word may have to be recognised."""
    if len(word) < CORRECTED or not word.isalpha():
        return 0
    return 1 if len(word) < TWO_MISTAKES else 2


def forms_of(word: Word) -> list[str]:
    """What a word is compared as, folded: itself, without the ending for women, and its stems."""
    text = word.folded
    bare = [text.removesuffix(end) for end in FEMALE if text.endswith(end)][:1]
    stems = [fold(stem(text, language)) for language in LANGUAGES]
    return [text, *dict.fromkeys(one for one in (*bare, *stems) if one != text and len(one) >= LONG_FORM)]


def other_beginnings(word: str) -> set[str]:
    """The words one mistake in the first letters away; those with more mistakes or later ones begin alike."""
    found = {word[1:], word[:1] + word[2:], word[1:2] + word[:1] + word[2:]}
    found.add(word[:1] + word[2:3] + word[1:2] + word[3:])
    for letter in string.ascii_lowercase:
        found |= {letter + word[1:], word[:1] + letter + word[2:], letter + word, word[:1] + letter + word[1:]}
    return {one for one in found if SHORTEST <= len(one) <= LONGEST and one != word}


def alike(word: str) -> tuple[str, int, int]:
    """(head, from size, to size) of the words that begin like this one and may be meant by it."""
    return word[:HEAD], len(word) - reach(word), len(word) + reach(word)


def nearest(word: Word, known: Iterable[str], mistakes: int = 2) -> list[tuple[int, str]]:
    """(mistakes, folded word) of the known words that may be meant, the nearest first; none is the word itself."""
    found: dict[str, int] = {}
    for place, form in enumerate(forms_of(word)):
        most, letters = min(mistakes, reach(form)), set(form)
        for one in known if most else ():
            # A mistake changes two letters of the set at most; most words are out by that.
            if abs(len(one) - len(form)) > most or len(letters ^ set(one)) > 2 * most or one == word.folded:
                continue
            far = distance(form, one, most)
            if far <= most and (far or place):
                cost = far + (place > 0)
                found[one] = min(cost, found.get(one, cost))
    first = word.folded[0]
    return sorted(
        ((cost, one) for one, cost in found.items()),
        key=lambda row: (row[0], row[1][0] != first, abs(len(row[1]) - len(word.folded)), row[1]),
    )


def distance(one: str, other: str, most: int) -> int:
    """How many letters to insert, leave out, replace or swap with their neighbour; more than `most` is `most` + 1.

    Each place is changed once at most (optimal string alignment).
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        current = [row]
        for column, wanted in enumerate(other, 1):
            cost = min(last[column] + 1, current[-1] + 1, last[column - 1] + (letter != wanted))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == wanted:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        if min(*current, *last) > most:
            return most + 1
        before, last = last, current
    return min(last[-1], most + 1)


def joined(query: str, words: list[Word]) -> Iterator[tuple[Word, Word, str]]:
    """Neighbours in a normal query as one word, with each of the links German puts between: "Daten Bank", "front-end"."""
    for one, other in itertools.pairwise(words):
        if query[one.end : other.start] not in {" ", "-"}:
            continue
        wholes = (one.text + link + other.text.lower() for link in LINKS)
        for whole in {fold(whole.lower()): whole for whole in reversed([*wholes])}.values():
            if len(whole) <= LONGEST_WORD:
                yield one, other, whole


def parted(word: Word) -> list[tuple[str, str]]:
    """A word as two, with and without a link German may have put between: the most even without one first."""
    found = []
    for at in range(SHORTEST_PART, len(word.text) - SHORTEST_PART + 1):
        for link in LINKS:
            head, tail = word.text[:at], word.text[at:]
            if head.endswith(link) and len(head) - len(link) >= SHORTEST_PART:
                found.append((bool(link), -min(len(head) - len(link), len(tail)), head.removesuffix(link), tail))
    return [(head, tail) for _link, _even, head, tail in sorted(found)]


def folded_word(text: str) -> str:
    """One word as the index holds it; "" for what is none."""
    terms = query_terms(text)
    return terms[0].words[0] if len(terms) == 1 else ""


@functools.cache
def german_words() -> dict[str, str]:
    """The words German compounds are made of as they are spelled, by their folded form; without mere joints ("Arbeits")."""
    lines = (Path(__file__).parent / "words_de.txt").read_text(encoding="utf-8").splitlines()
    found = {folded_word(word): word for line in lines if not line.startswith("#") for word in line.split()}
    return {word: text for word, text in found.items() if not (word.endswith("s") and word[:-1] in found)}


def spelled(word: str, texts: Iterable[str]) -> str:
    """A folded word as it is spelled most often in the first of these texts that has it; as it is where none has."""
    for text in texts:
        spellings = [match[0] for match in _WORD.finditer(text) if fold(match[0].lower()) == word]
        if spellings:
            return max(dict.fromkeys(spellings), key=spellings.count)
    return word
