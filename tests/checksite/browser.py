"""Pages in a real browser: axe on phone and desk, light and dark; nothing sticks out, fails or needs JavaScript."""

import collections
import dataclasses
import time
from collections.abc import Callable, Sequence
from typing import Any, Literal

from playwright.sync_api import Error as PlaywrightError

from tests.checksite.account import Fault
from tests.checksite.reading import Visit
from tests.twins.chromium import DESKTOP, PHONE, Chromium, Window, axe

#: Width and scheme, in the order they are looked at.
LOOKS: tuple[tuple[tuple[int, int], Literal["light", "dark"]], ...] = (
    (DESKTOP, "light"),
    (DESKTOP, "dark"),
    (PHONE, "dark"),
    (PHONE, "light"),
)
#: Pages at least taken of what one route shows in one language, where there are so many.
LEAST = 2
#: Folded parts are looked at unfolded.
UNFOLD = "document.querySelectorAll('details').forEach(one => { one.open = true })"
#: The widest element that is wider than the window and cannot be scrolled by itself; "" when there is none.
STICKS_OUT = """() => {
  if (document.documentElement.scrollWidth <= window.innerWidth) return "";
  const out = [...document.body.querySelectorAll("*")].filter(one => one.getBoundingClientRect().right > window.innerWidth + 1);
  const last = out.filter(one => ![...one.children].some(child => out.includes(child)))[0];
  return (last || document.body).outerHTML.slice(0, 120);
}"""
#: Forms without a button to send them, and a page without its words.
UNUSABLE = """() => {
  const seen = one => one.getClientRects().length > 0;
  const found = [...document.querySelectorAll("form")].filter(form => seen(form) || form.closest("details"))
    .filter(form => !form.querySelector("button:not([type=button]), input[type=submit]"))
    .map(form => form.outerHTML.slice(0, 120));
  const title = document.querySelector("h1");
  return title && seen(title) ? found : ["no h1 is to be seen", ...found];
}"""


@dataclasses.dataclass
class Looked:
    """What a browser found on some pages."""

    faults: list[Fault] = dataclasses.field(default_factory=list)
    axe_runs: int = 0
    pages: int = 0
    seconds: float = 0.0


def sample(
    pages: Sequence[Visit], route_of: Callable[[str], str], *, everything: bool = False, least: int = LEAST
) -> list[str]:
    """The pages to look at: of each route, status and language so many that every kind of element on any is on one of them.

    Greedy, the page with most new kinds first; what is alike is left out unless `everything` is asked for.
    """
    if everything:
        return sorted(page.path for page in pages)
    groups: dict[tuple[str, int, str], list[Visit]] = collections.defaultdict(list)
    for page in sorted(pages, key=lambda one: one.path):
        groups[route_of(page.path), page.status, page.language].append(page)
    chosen: list[str] = []
    for group in groups.values():
        missing = frozenset[str]().union(*(page.features for page in group))
        taken: list[str] = []
        while group and (missing or len(taken) < least):
            best = max(group, key=lambda one: len(one.features & missing))
            group.remove(best)
            missing -= best.features
            taken.append(best.path)
        chosen += taken
    return chosen


def look(origin: str, paths: Sequence[str], *, with_script: bool = True) -> Looked:
    """Look at pages with a browser of this process's own."""
    with Chromium() as chromium:
        return look_with(chromium, origin, paths, with_script=with_script)


def look_with(chromium: Chromium, origin: str, paths: Sequence[str], *, with_script: bool = True) -> Looked:
    """Look at pages: with JavaScript by axe in every look, without it by what must work all the same."""
    looked, began = Looked(), time.perf_counter()
    with chromium.new_context(base_url=origin, javascript=with_script) as window:
        for path in paths:
            looked.pages += 1
            try:
                window.page.goto(path, wait_until="load")
                (_with_script if with_script else _without_script)(window, path, looked)
            except PlaywrightError as error:
                looked.faults.append(_fault(path, "", f"cannot be looked at: {str(error).splitlines()[0]}"))
            _take_problems(window, path, looked)
    looked.seconds = time.perf_counter() - began
    return looked


def _with_script(window: Window, path: str, looked: Looked) -> None:
    for size, scheme in LOOKS:
        page = window.page
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        if size == PHONE:
            page.evaluate(UNFOLD)
        for line in axe(page):
            looked.faults.append(
                Fault("axe", path, f"{size[0]} px, {scheme}", line, "see the rule's name in axe's documentation")
            )
        looked.axe_runs += 1
        if stuck := page.evaluate(STICKS_OUT):
            looked.faults.append(_fault(path, stuck, f"sticks out of a window {size[0]} px wide"))


def _without_script(window: Window, path: str, looked: Looked) -> None:
    for size in (DESKTOP, PHONE):
        window.page.set_viewport_size({"width": size[0], "height": size[1]})
        if stuck := window.page.evaluate(STICKS_OUT):
            looked.faults.append(_fault(path, stuck, f"sticks out of a window {size[0]} px wide, without JavaScript"))
    unusable: list[Any] = window.page.evaluate(UNUSABLE)
    looked.faults += [_fault(path, one, "cannot be used without JavaScript") for one in unusable]


def _take_problems(window: Window, path: str, looked: Looked) -> None:
    """What the browser wrote down meanwhile."""
    window.page.wait_for_timeout(0)
    looked.faults += [_fault(path, "", str(problem)) for problem in window.problems]
    window.problems.clear()


def _fault(path: str, place: str, problem: str) -> Fault:
    return Fault("browser", path, place, problem, "open the page in a browser of this width, and its console")
