"""Having formulas and diagrams drawn by the checking process: a text that ends it or takes too long ends nothing else."""

import io
import json
import time
from collections.abc import Iterator, Sequence

from jobboard.core.markdown_drawn import Drawn, Problem, Wanted
from jobboard.core.markdown_maker import version_of
from jobboard.files import answers
from jobboard.files.checker import CheckerGone, checker

#: The library that draws each, by whether it is a diagram.
LIBRARIES = {False: "math-core", True: "merman"}
#: Seconds that a text waits for its turn, and after which no more of it is drawn.
PATIENCE, LONGEST = 2.0, 15.0
#: What was drawn is kept: a preview asks for the same ones with every pause of typing. Number and characters of all.
MOST_KEPT, LARGEST_KEPT = 1_000, 10_000_000
#: Answers that say something about the formula or the diagram itself.
WORDS = {"too_slow": Problem.too_slow, "bomb": Problem.too_large}


_kept: dict[Wanted, Drawn] = {}


def draw(wanted: Sequence[Wanted]) -> dict[Wanted, Drawn]:
    """Draw each; slow, so before `writing()`. What the process dies of is found and left out, the others are drawn."""
    ends_at = time.monotonic() + LONGEST
    drawn: dict[Wanted, Drawn] = {}
    for is_diagram, library in LIBRARIES.items():
        these = [one for one in wanted if one.is_diagram is is_diagram]
        if not version_of(library):
            drawn |= dict.fromkeys(these, Drawn(problem=Problem.not_installed))
            continue
        drawn |= {one: found for one in these if (found := _kept.get(one)) is not None}
        new = [one for one in these if one not in drawn]
        for pack in [[one] for one in new] if is_diagram else [new]:
            drawn |= dict(_drawn(pack, ends_at))
    return drawn


def _drawn(pack: list[Wanted], ends_at: float) -> Iterator[tuple[Wanted, Drawn]]:
    """The formulas of a pack, or one diagram; a pack that fails is cut in two until the culprit is found."""
    if not pack:
        return
    if time.monotonic() > ends_at:
        yield from ((one, Drawn(problem=Problem.too_slow)) for one in pack)
        return
    try:
        answer = _ask(pack)
    except CheckerGone:
        yield from ((one, Drawn(problem=Problem.not_now)) for one in pack)
        return
    if (words := _read(answer, len(pack))) is not None:
        found = dict(zip(pack, words, strict=True))
        _keep(found)
        yield from found.items()
        return
    middle = len(pack) // 2
    yield from _drawn(pack[:middle], ends_at)
    yield from _drawn(pack[middle:], ends_at)


def _ask(pack: list[Wanted]) -> answers.Answer:
    if pack[0].is_diagram:
        return checker().ask("draw diagram", io.BytesIO(pack[0].source.encode()), wait=PATIENCE)
    order = json.dumps([[one.source, one.is_block] for one in pack]).encode()
    return checker().ask("draw formulas", io.BytesIO(order), wait=PATIENCE)


def _read(answer: answers.Answer, count: int) -> list[Drawn] | None:
    """What the process says of each; None when one of several ended it."""
    if answer.word == "ok":
        try:
            found = json.loads(answer.data)
            if len(found) == count:
                return [Drawn(markup=str(words)) if is_fine else _not_understood(words) for is_fine, words in found]
        except (ValueError, TypeError):  # it looked at hostile content and says nonsense
            pass
    return [Drawn(problem=WORDS.get(answer.word, Problem.not_supported))] if count == 1 else None


def _not_understood(words: object) -> Drawn:
    return Drawn(problem=Problem.not_understood, detail=" ".join(str(words).split())[:300])


def _keep(found: dict[Wanted, Drawn]) -> None:
    if len(_kept) + len(found) > MOST_KEPT or sum(len(one.markup) for one in list(_kept.values())) > LARGEST_KEPT:
        _kept.clear()
    _kept.update(found)
