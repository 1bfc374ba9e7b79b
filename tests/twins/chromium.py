"""One real Chromium per test process, which reaches this machine only, and windows that write down what goes wrong."""

import dataclasses
import os
import re
from collections.abc import Sequence
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    Response,
    WebError,
    expect,
    sync_playwright,
)
from playwright.sync_api import Error as PlaywrightError

from tests.twins import found
from tests.twins.child import Unavailable

__all__ = ["DESKTOP", "PHONE", "Chromium", "Problem", "Unavailable", "Window", "axe", "misfits"]

#: Milliseconds until something that does not happen is a failure: no time a machine may be busy for, a bound on hanging only.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)

PHONE = (360, 800)
DESKTOP = (1280, 900)

FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
    # Whatever a page names, nothing leaves this machine; asking is written down as a problem all the same.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)

#: The rules an accessible page has to keep: WCAG 2.2 A and AA, and axe's own good practice.
AXE_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


@dataclasses.dataclass(frozen=True)
class Problem:
    """Something a visitor should never cause: kind (console, csp, script, off-origin, response, failed), what, where."""

    kind: str
    text: str
    url: str

    def __str__(self) -> str:
        return f"[{self.kind}] {self.text} ({self.url})"


class Window:
    """One visitor: cookies and settings of their own. `.page` is the first tab; every tab is watched."""

    def __init__(self, context: BrowserContext, base_url: str = "") -> None:
        self.context = context
        self.origin = _origin(base_url)
        self.problems: list[Problem] = []
        self.expected = ""
        context.set_default_timeout(PATIENCE)
        context.on("console", self._on_console)
        context.on("weberror", self._on_script_error)
        context.on("request", self._on_request)
        context.on("response", self._on_response)
        context.on("requestfailed", self._on_failed_request)
        self.page = context.new_page()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all tabs."""
        self.context.close()

    def leave(self) -> None:
        """Close the tabs: whatever they still load is given up. For a fixture whose server stops before the windows' end."""
        for page in self.context.pages:
            page.close()

    def assert_clean(self, *, but: str = "") -> None:
        """Fail when anything was written down that neither `.expected` nor `but` (regular expressions) names; start anew."""
        expected = [pattern for pattern in (self.expected, but) if pattern]
        if self.context.pages:
            self.context.pages[0].wait_for_timeout(0)  # let events that are on their way arrive
        lines = map(str, self.problems)
        bad = [line for line in lines if not any(re.search(pattern, line) for pattern in expected)]
        self.problems.clear()
        assert not bad, "\n".join(bad)

    def _note(self, kind: str, text: str, url: str) -> None:
        self.problems.append(Problem(kind, text, url))

    def _on_console(self, message: ConsoleMessage) -> None:
        is_policy = re.search(r"Content[- ]Security[- ]Policy|Trusted(HTML|Script)|'?Trusted Type", message.text)
        if message.type != "error" and not is_policy:
            return
        # The status of a page or a file is judged in `_on_response`: a page may well answer 404 or 422.
        if not message.text.startswith("Failed to load resource: the server responded"):
            self._note("csp" if is_policy else "console", message.text, message.location.get("url", ""))

    def _on_script_error(self, error: WebError) -> None:
        self._note("script", str(error.error), error.page.url if error.page else "")

    def _on_request(self, request: Request) -> None:
        origin = _origin(request.url)
        if not self.origin and request.is_navigation_request():
            self.origin = origin
        if origin and origin != self.origin:
            self._note("off-origin", f"{request.method} {request.resource_type}", request.url)

    def _on_response(self, response: Response) -> None:
        is_page = response.request.is_navigation_request() and response.frame.parent_frame is None
        if response.status >= (500 if is_page else 400):
            self._note("response", str(response.status), response.url)

    def _on_failed_request(self, request: Request) -> None:
        # ERR_ABORTED: the visitor went on before it came, or it became a download.
        if request.failure != "net::ERR_ABORTED":
            self._note("failed", str(request.failure), request.url)


class Chromium:
    """The browser. Raises `Unavailable` from `start()` when there is none to run."""

    def __init__(self) -> None:
        self.version = ""
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the browser (0.7 s); nothing when it runs."""
        if self._browser:
            return
        executable = found.chromium()
        if executable is None:
            raise Unavailable(f"no Chromium found. To get one: {found.HOW_TO_GET_CHROMIUM}")
        flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        self._playwright = sync_playwright().start()
        try:
            self._browser = self._playwright.chromium.launch(executable_path=executable, args=flags)
        except PlaywrightError as error:
            self.stop()
            raise Unavailable(f"{executable} does not start: {str(error).splitlines()[0]}") from error
        self.version = self._browser.version

    def stop(self) -> None:
        """Close the browser and playwright's driver."""
        if self._browser:
            self._browser.close()
            self._browser = None
        if self._playwright:
            self._playwright.stop()
            self._playwright = None

    def new_context(
        self,
        locale: str = "en-GB",
        *,
        javascript: bool = True,
        size: tuple[int, int] = DESKTOP,
        color_scheme: Literal["light", "dark"] = "light",
        base_url: str = "",
        **options: Any,
    ) -> Window:
        """A new visitor. With `base_url`, `page.goto("/en/")` works; other options are playwright's own."""
        assert self._browser, "start() first"
        context = self._browser.new_context(
            locale=locale,
            java_script_enabled=javascript,
            viewport={"width": size[0], "height": size[1]},
            color_scheme=color_scheme,
            reduced_motion=options.pop("reduced_motion", "reduce"),
            timezone_id=options.pop("timezone_id", "Europe/Berlin"),
            base_url=base_url or None,
            **options,
        )
        return Window(context, base_url)


def axe(page: Page, *, without: Sequence[str] = (), within: str | None = None) -> list[str]:
    """What axe finds on the page, one line per rule and place: `assert axe(page) == []`. Needs JavaScript.

    `without` names rules left out, `within` is the selector of the part to look at.
    """
    rules = {rule: {"enabled": False} for rule in without}
    return _violations(page, {"runOnly": {"type": "tag", "values": list(AXE_TAGS)}, "rules": rules}, within)


def misfits(page: Page) -> list[str]:
    """What hinders somebody on the page as it stands: `assert misfits(page) == []`. Needs JavaScript.

    What axe finds, the colours of the other scheme too (all else is the same in both), and what is wider than the screen.
    """
    found = axe(page)
    shown = "dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
    page.emulate_media(color_scheme="light" if shown == "dark" else "dark")
    found += _violations(page, {"runOnly": {"type": "rule", "values": ["color-contrast"]}})
    page.emulate_media(color_scheme=shown)
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*found, f"{page.url} is {width} px too wide"] if width > 0 else found


def _violations(page: Page, options: dict[str, Any], within: str | None = None) -> list[str]:
    options = {"resultTypes": ["violations"], **options}
    violations = Axe().run(page, context=within, options=options).response["violations"]
    return [
        f"{rule['impact']}: {rule['id']} at {' '.join(map(str, node['target']))}: {_reasons(node)} {node['html'][:160]}"
        for rule in violations
        for node in rule["nodes"]
    ]


def _reasons(node: dict[str, Any]) -> str:
    checks = [check["message"] for group in ("any", "all", "none") for check in node[group]]
    return "; ".join(checks)


def _origin(url: str) -> str:
    """Scheme, host and port of a network address; empty for about:, data: and blob: ones."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https", "ws", "wss"} else ""
