"""`make screenshots`: the pictures of the documentation, taken from the demo site by the browser of the tests."""

import io
import os
import signal
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

from PIL import Image

from tests.twins import child
from tests.twins.chromium import DESKTOP, PHONE, Chromium

HERE = Path(__file__).parent

#: Name of the picture: path, size of the window in CSS pixels, colour scheme, language of the browser.
PICTURES = {
    "timeline": ("/en/", DESKTOP, "light", "en-GB"),
    "openings": ("/en/jobs/", DESKTOP, "light", "en-GB"),
    "timeline-phone": ("/de/", PHONE, "dark", "de-DE"),
}


def answers(url: str) -> bool:
    """Whether the site is up."""
    try:
        with urllib.request.urlopen(f"{url}/health/live", timeout=5) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def take(url: str, folder: Path) -> None:
    """All pictures of the site at `url`, as PNG with a palette: a third of the size, and no eye sees it."""
    with Chromium() as browser:
        for name, (path, size, scheme, locale) in PICTURES.items():
            with browser.new_context(locale, base_url=url, size=size, color_scheme=scheme) as window:
                window.page.goto(path, wait_until="networkidle")
                picture = Image.open(io.BytesIO(window.page.screenshot(animations="disabled"))).convert("RGB")
                window.assert_clean()
            target = folder / f"{name}.png"
            picture.quantize(256, method=Image.Quantize.MAXCOVERAGE).save(target, optimize=True)
            sys.stdout.write(f"{target.relative_to(Path.cwd())}: {target.stat().st_size // 1024} kB\n")


def main() -> None:
    """Run a demo site of its own in a temporary folder while the pictures are taken."""
    port = child.free_port()
    with tempfile.TemporaryDirectory(prefix="jobboard-pictures-") as data:
        command = [Path(sys.executable).parent / "jobboard", "demo", "--port", port, "--folder", Path(data) / "demo"]
        log = Path(data) / "log"
        demo = child.start(command, log, env=os.environ, dies_by=signal.SIGTERM)
        try:
            child.wait_until(lambda: answers(f"http://127.0.0.1:{port}"), demo, log, seconds=120)
            take(f"http://127.0.0.1:{port}", HERE)
        finally:
            child.stop(demo, signal.SIGINT)


if __name__ == "__main__":
    main()
