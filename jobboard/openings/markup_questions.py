"""Which questions of an opening must not be asked, and why in words: the rules of `markup_not_to_ask` applied to texts."""

import dataclasses
import functools
import re
from collections.abc import Mapping
from typing import Any

from jobboard.core import i18n
from jobboard.core.i18n import _
from jobboard.openings.markup_not_to_ask import ASKS_NOT_TO, FILLING, FRAMES, GRANTED, TOPICS, WORDS, Topic
from jobboard.openings.markup_phrases import expression, finding, one_of, phrases, sentences
from jobboard.openings.models import QuestionKind


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
    asking = [_without_granted(one) for one in sentences(text) if not _asks_not_to(one)]
    return [rule.topic for rule in _rules() if any(rule.finds(one, is_answer, is_file) for one in asking)]


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
    things = phrases(topic.things, WORDS)
    framed = [frame.replace("THING", one_of(things)) for frame in phrases(FRAMES, WORDS)]
    filling = expression(FILLING, WORDS)
    alone = one_of([*things, *phrases(topic.alone, WORDS)])
    return _Rule(
        topic,
        finding([*phrases(topic.asks, WORDS), *framed]),
        re.compile(f"(?:{filling} )*{alone}(?: {filling})*"),
        re.compile(one_of(phrases(topic.answers, WORDS))),
        finding(phrases(topic.in_files, WORDS)),
    )


@functools.cache
def _granted() -> re.Pattern[str]:
    return finding(phrases(GRANTED, WORDS))


@functools.cache
def _refusals() -> re.Pattern[str]:
    return finding(phrases(ASKS_NOT_TO, WORDS))


def _asks_not_to(sentence: str) -> bool:
    return not sentence.endswith("?") and _refusals().search(sentence) is not None


def _without_granted(sentence: str) -> str:
    return " ".join(_granted().sub(", ", sentence).split())


def _clauses(sentence: str) -> list[str]:
    """The parts of a sentence that may stand for themselves: "age", "date of birth" of "Age and date of birth?"."""
    return [part.strip() for part in re.split(r"[,.?!;]| (?:and|und|or|oder) ", sentence) if part.strip()]
