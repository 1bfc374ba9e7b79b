"""What changed between two texts: lines, and within a changed line its words. Marks stand beside colours."""

import dataclasses
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

#: Unchanged lines shown around a change.
CONTEXT = 2
#: Longer lines are compared as a whole: words of a very long one would take seconds.
LONGEST_LINE = 4000


@dataclasses.dataclass(frozen=True)
class Line:
    """One line: "same", "removed", "added", or "gap" for lines left out (`count`). Parts say which words are changed."""

    kind: str
    parts: Sequence[tuple[bool, str]] = ()
    count: int = 0


@dataclasses.dataclass(frozen=True)
class Change:
    """One field that changed: its label and its lines."""

    label: str
    lines: Sequence[Line]


def changes(labels: Mapping[str, object], before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """The fields of two versions that differ, in the order of `labels`."""
    return [
        Change(str(label), diff(before.get(name, ""), after.get(name, "")))
        for name, label in labels.items()
        if before.get(name, "") != after.get(name, "")
    ]


def row_changes(before: Iterable[tuple[str, str]], after: Iterable[tuple[str, str]]) -> list[Change]:
    """The same for facts in words: (label, words) in one order."""
    old = dict(before)
    return [Change(label, diff(old.get(label, ""), words)) for label, words in after if old.get(label, "") != words]


def diff(before: str, after: str) -> list[Line]:
    """What became of a text. The same text has no lines."""
    old, new = before.split("\n") if before else [], after.split("\n") if after else []
    matcher = difflib.SequenceMatcher(None, old, new)
    found: list[Line] = []
    end = 0
    for group in matcher.get_grouped_opcodes(CONTEXT):
        if skipped := group[0][1] - end:
            found.append(Line("gap", count=skipped))
        for tag, start, stop, new_start, new_stop in group:
            found += _lines(tag, old[start:stop], new[new_start:new_stop])
        end = group[-1][2]
    if found and len(old) > end:
        found.append(Line("gap", count=len(old) - end))
    return found


def _lines(tag: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    if tag == "equal":
        yield from (Line("same", ((False, line),)) for line in old)
        return
    pairs = [_words(*pair) for pair in zip(old, new, strict=False)] if tag == "replace" else []
    yield from (Line("removed", parts) for parts, _new in pairs)
    yield from (Line("removed", ((True, line),)) for line in old[len(pairs) :])
    yield from (Line("added", parts) for _old, parts in pairs)
    yield from (Line("added", ((True, line),)) for line in new[len(pairs) :])


Parts = list[tuple[bool, str]]


def _words(old: str, new: str) -> tuple[Parts, Parts]:
    """A line as it was and as it is, with the words that differ marked; both wholly where hardly anything is the same."""
    if max(len(old), len(new)) > LONGEST_LINE:
        return [(True, old)], [(True, new)]
    before, after = re.findall(r"\s+|\w+|[^\w\s]", old), re.findall(r"\s+|\w+|[^\w\s]", new)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < 0.4:
        return [(True, old)], [(True, new)]
    left: Parts = []
    right: Parts = []
    for tag, start, stop, new_start, new_stop in matcher.get_opcodes():
        _add(left, tag != "equal", "".join(before[start:stop]))
        _add(right, tag != "equal", "".join(after[new_start:new_stop]))
    return left, right


def _add(parts: Parts, is_changed: bool, text: str) -> None:
    if text:
        parts.append((is_changed, text))
