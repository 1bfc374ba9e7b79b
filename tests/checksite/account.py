"""What was looked at, what was wrong with it, and how both are printed."""

import collections
import dataclasses
from collections.abc import Iterable, Iterator

#: What is counted, in the order of the table, and what of.
PARTS = {
    "pages": "answers, redirects, who leads where",
    "links": "each leads somewhere, and to the part of the page it names",
    "images": "each and all its sizes: there, and as large as told",
    "files": "styles, scripts, fonts, icons",
    "headers": "policy, no cookie, language",
    "heads": "canonical, hreflang, sitemap",
    "feeds": "Atom, JSON Feed, sitemap, jobs.xml",
    "data": "JSON-LD",
    "API": "as its description says",
    "HTML": "valid, outline, references",
    "axe": "page x width x scheme",
    "browser": "nothing fails, nothing sticks out, works without JavaScript",
}
#: Places named of a fault that stands at many.
MOST_NAMED = 4


@dataclasses.dataclass(frozen=True)
class Fault:
    """Something wrong: in which part, on which page, at what place, what, and what to do about it."""

    part: str
    page: str
    place: str
    problem: str
    todo: str


class Account:
    """All faults, and per part how much was looked at in how many seconds of work."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.looked_at: collections.Counter[str] = collections.Counter()
        self.seconds: collections.Counter[str] = collections.Counter()

    def add(self, faults: Iterable[Fault]) -> None:
        """Note these faults."""
        self.faults += faults

    def table(self) -> Iterator[str]:
        """One line per part."""
        count = collections.Counter(fault.part for fault in self.faults)
        yield f"{'':9}{'looked at':>10}{'faults':>8}{'seconds':>9}"
        for part, words in PARTS.items():
            seconds = f"{self.seconds[part]:.1f}" if self.seconds[part] else ""
            yield f"{part:9}{self.looked_at[part]:>10,}{count[part]:>8,}{seconds:>9}  {words}"

    def lines(self) -> Iterator[str]:
        """Every kind of fault once: the part and what is wrong, some of the pages and places that have it, what to do."""
        found: dict[tuple[str, str, str], dict[tuple[str, str], None]] = collections.defaultdict(dict)
        for fault in self.faults:
            found[fault.part, fault.problem, fault.todo][fault.page, fault.place] = None
        order = list(PARTS)
        for (part, problem, todo), places in sorted(found.items(), key=lambda one: (order.index(one[0][0]), one[0])):
            yield f"{part}: {problem}"
            shown = sorted(places)
            for page, place in shown[:MOST_NAMED]:
                yield f"    on {page}" + (f" at {place}" if place else "")
            if len(shown) > MOST_NAMED:
                yield f"    and at {len(shown) - MOST_NAMED:,} more places"
            yield f"    -> {todo}"
