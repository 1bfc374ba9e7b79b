"""Which questions of an opening must not be asked, and why in words: the rules of `markup_not_to_ask` applied to texts."""

import dataclasses
import functools
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jobboard.core import i18n
from jobboard.core.i18n import _
from jobboard.openings.markup_not_to_ask import ASKS_NOT_TO, FILLING, FRAMES, GRANTED, TOPICS, WORDS, Topic
from jobboard.openings.models import QuestionKind

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
#: A word of a text, and up to four that are no new thought.
_WORD = r"[^\s,.?!;]+"
_REST = rf"(?: (?!(?:and|und|or|oder|but|aber|what|which|how|wie|was|welche\w*)\b){_WORD}){{1,4}}"
_NEVER = "(?!)"


@dataclasses.dataclass(frozen=True)
class Asked:
    """That a question asks what must not be asked: in which of its texts (label, help or choices), and in which language."""

    place: str
    locale: str
    topic: Topic

    def words(self, locale: str) -> str:
        """The reason, the law and what to ask instead, for somebody who is writing in this language."""
        why = _(
            "%(what)s It must not be asked (%(law)s). %(instead)s",
            what=self.topic.what,
            law=self.topic.law,
            instead=self.topic.instead,
        )
        return why if self.locale == locale else f"{i18n.language_name(self.locale)}: {why}"


def asked_of(question: Mapping[str, Any]) -> list[Asked]:
    """What of a question must not be asked, each topic once, where it stands first.

    `question` has `kind`, and `label` and `help` per language, and `choices` with their `label`, as `set_questions` takes it.
    """
    is_file = QuestionKind(question["kind"]) is QuestionKind.file
    texts = [("label", code, text, False) for code, text in question["label"].items()]
    texts += [("help", code, text, False) for code, text in (question.get("help") or {}).items()]
    choices = [choice["label"] for choice in question.get("choices") or []]
    texts += [("choices", code, text, True) for words in choices for code, text in words.items()]
    found: dict[str, Asked] = {}
    for place, code, text, is_answer in texts:
        for topic in topics_in(text, is_answer=is_answer, is_file=is_file):
            found.setdefault(topic.name, Asked(place, code, topic))
    return list(found.values())


def topics_in(text: str, *, is_answer: bool = False, is_file: bool = False) -> list[Topic]:
    """What a text asks for that must not be asked."""
    sentences = [_without_granted(one) for one in _sentences(text) if not _asks_not_to(one)]
    return [rule.topic for rule in _rules() if any(rule.finds(one, is_answer, is_file) for one in sentences)]


@dataclasses.dataclass(frozen=True)
class _Rule:
    """A topic as expressions: one that finds an asking in a sentence, and those that a clause alone may be."""

    topic: Topic
    asking: re.Pattern[str]
    alone: re.Pattern[str]
    answer: re.Pattern[str]
    in_file: re.Pattern[str]

    def finds(self, sentence: str, is_answer: bool, is_file: bool) -> bool:
        """Whether a sentence of a question, or of one of its choices, asks for it."""
        if self.asking.search(sentence) or (is_file and self.in_file.search(sentence)):
            return True
        alone = self.answer if is_answer else self.alone
        return any(alone.fullmatch(clause) for clause in _clauses(sentence))


@functools.cache
def _rules() -> tuple[_Rule, ...]:
    return tuple(_rule(topic) for topic in TOPICS)


def _rule(topic: Topic) -> _Rule:
    things = _phrases(topic.things)
    framed = [frame.replace("THING", _one_of(things)) for frame in _phrases(FRAMES)]
    filling = _expression(FILLING)
    alone = _one_of([*things, *_phrases(topic.alone)])
    return _Rule(
        topic,
        _finding([*_phrases(topic.asks), *framed]),
        re.compile(f"(?:{filling} )*{alone}(?: {filling})*"),
        re.compile(_one_of(_phrases(topic.answers))),
        _finding(_phrases(topic.in_files)),
    )


@functools.cache
def _granted() -> re.Pattern[str]:
    return _finding(_phrases(GRANTED))


@functools.cache
def _refusals() -> re.Pattern[str]:
    return _finding(_phrases(ASKS_NOT_TO))


def _one_of(expressions: Sequence[str]) -> str:
    return f"(?:{'|'.join(expressions) or _NEVER})"


def _finding(expressions: Sequence[str]) -> re.Pattern[str]:
    """Finds any of these as whole words."""
    return re.compile(rf"(?<!\w){_one_of(expressions)}(?!\w)")


def _phrases(block: str) -> list[str]:
    """The expressions of a block of phrases."""
    joined = re.sub(r"(?<=[|(])\s*\n\s*", "", block)
    return [_expression(phrase) for phrase in " ".join(joined.split()).split(";") if phrase.strip()]


def _expression(phrase: str) -> str:
    """A phrase of the rules as a regular expression."""
    text = phrase.strip()
    while named := re.search(r"\{([a-z]+)\}", text):
        text = text.replace(named[0], "REST" if named[1] == "rest" else WORDS[named[1]])
    text = re.sub(r"\((?!\?)", "(?:", text.translate(_UMLAUTS))
    text = re.sub(r"(?<!\))\*", lambda _match: r"\w*", text)  # behind a group it repeats
    several = f"(?:{_WORD} ){{0,3}}"
    return text.replace("… ", several).replace("…", several).replace("WORD", _WORD).replace("REST", _REST)


def _sentences(text: str) -> Iterator[str]:
    """The sentences of a text: lower case, without accents and signs that say nothing, umlauts as "ae"; with their end."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_UMLAUTS)
    plain = "".join(char for char in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(char))
    plain = re.sub(r"[\u00ad\u200b-\u200d'’‘´`]", "", plain)
    plain = re.sub(r"\b(?:[a-z]\. ?){2,}", lambda match: match[0].replace(".", "").replace(" ", "") + " ", plain)
    plain = re.sub(r"(?<=\d)\.(?= ?\w)|(?<=\bgeb)\.", " ", plain)  # "18. Lebensjahr" is one sentence
    plain = re.sub(r":(?!\w)|[/&()\[\]\"„“”«»|•]|\s[–—-]\s", " , ", plain)
    plain = re.sub(r"[^\w\s,.?!;]", " ", plain.replace("_", " "))
    for sentence in re.findall(r"[^.?!;\n]+[.?!;]?", plain):
        yield " ".join(re.sub(r"\s*([,.?!;])", r"\1", sentence).replace(",", ", ").split())


def _asks_not_to(sentence: str) -> bool:
    return not sentence.endswith("?") and _refusals().search(sentence) is not None


def _without_granted(sentence: str) -> str:
    return " ".join(_granted().sub(", ", sentence).split())


def _clauses(sentence: str) -> list[str]:
    """The parts of a sentence that may stand for themselves: "age", "date of birth" of "Age and date of birth?"."""
    return [part.strip() for part in re.split(r"[,.?!;]| (?:and|und|or|oder) ", sentence) if part.strip()]
