"""The picture other sites show beside a link to a post (Open Graph): title, who it is from, facts."""

import functools
import io
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

#: What every service shows whole: 1.91 to 1.
WIDTH, HEIGHT, MARGIN = 1200, 630, 80
PAPER, INK, SECOND, ACCENT = "#ffffff", "#14202b", "#4a5863", "#00667a"
TITLE_SIZES, TITLE_LINES, LEADING = (76, 66, 56, 48), 3, 1.16
FONTS = Path(__file__).parent.parent / "static" / "fonts"
#: The site's own type in files by letters, in the order in which they are asked; pages load the first two only.
SCRIPTS = ("latin", "latin-ext", "greek", "cyrillic", "vietnamese", "cyrillic-ext", "greek-ext")
FILES = tuple(f"source-sans-3-{script}-wght-normal.woff2" for script in SCRIPTS)
#: What no type has a picture of, so that it shows how a missing one looks.
NOBODYS = "\uffff"

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def share_picture(title: str, sender: str, facts: Sequence[str]) -> bytes:
    """A PNG of 1200 × 630 pixels. A title that does not fit in three lines is cut with an ellipsis.

    What the type cannot write is left out: a word with such letters is no word any more, so the whole text goes then.
    """
    title, sender = writable(title), writable(sender)
    facts = [fact for fact in map(writable, facts) if fact]
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 24, HEIGHT), fill=ACCENT)
    _write(draw, MARGIN, 76, _shortened(sender, 36, 650, WIDTH - 2 * MARGIN), 36, 650, ACCENT)
    size, lines = _title(title)
    top = 168
    for line in lines:
        _write(draw, MARGIN, top, line, size, 700, INK)
        top += round(size * LEADING)
    bottom = HEIGHT - 92
    for row in reversed(_rows(facts)):
        _write(draw, MARGIN, bottom, row, 34, 450, SECOND)
        bottom -= 50
    output = io.BytesIO()
    image.save(output, "PNG", optimize=True)
    return output.getvalue()


def writable(text: str) -> str:
    """A text without emoji and other signs that the type lacks; nothing where it lacks letters or digits of it."""
    joiners = {char for char in text if unicodedata.category(char) == "Cf"}  # what held emoji together
    missing = joiners | {char for char in text if not char.isspace() and _file_of(char) is None}
    if any(unicodedata.category(char)[0] in "LMN" for char in missing):
        return ""
    return " ".join("".join(char for char in text if char not in missing).split())


@functools.lru_cache(4096)
def _file_of(char: str) -> str | None:
    """The file that holds a character; None when none does."""
    return next((file for file in FILES if _picture_of(file, char) != _picture_of(file, NOBODYS)), None)


def _picture_of(file: str, char: str) -> tuple[tuple[int, int], bytes]:
    mask = _font(file, 34, 450).getmask(char)
    return mask.size, bytes(mask)


def _title(title: str) -> tuple[int, list[str]]:
    """The largest size at which the title fits, and its lines."""
    for size in TITLE_SIZES:
        lines = _wrapped(title, size, 700)
        if len(lines) <= TITLE_LINES:
            return size, lines
    last = _shortened(" ".join(lines[TITLE_LINES - 1 :]), size, 700, WIDTH - 2 * MARGIN)
    return size, [*lines[: TITLE_LINES - 1], last]


def _rows(facts: Sequence[str]) -> list[str]:
    """The facts in two lines at most, separated by dots."""
    rows: list[str] = []
    for fact in facts:
        longer = f"{rows[-1]} · {fact}" if rows else fact
        if rows and _width(longer, 34, 450) <= WIDTH - 2 * MARGIN:
            rows[-1] = longer
        elif len(rows) < 2:
            rows.append(_shortened(fact, 34, 450, WIDTH - 2 * MARGIN))
    return rows


def _wrapped(text: str, size: int, weight: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _width(longer, size, weight) <= WIDTH - 2 * MARGIN:
            lines[-1] = longer
        else:
            lines.append(_shortened(word, size, weight, WIDTH - 2 * MARGIN))
    return lines


def _shortened(text: str, size: int, weight: int, width: int) -> str:
    """A text that fits, its end cut off with an ellipsis where it does not."""
    if _width(text, size, weight) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if _width(f"{text[:middle].rstrip()}…", size, weight) <= width:
            low = middle
        else:
            high = middle - 1
    return f"{text[:low].rstrip()}…"


def _write(draw: ImageDraw.ImageDraw, x: float, y: float, text: str, size: int, weight: int, color: str) -> None:
    for file, run in _runs(text):
        font = _font(file, size, weight)
        draw.text((x, y), run, font=font, fill=color)
        x += font.getlength(run)


def _width(text: str, size: int, weight: int) -> float:
    return sum(_font(file, size, weight).getlength(run) for file, run in _runs(text))


def _runs(text: str) -> list[tuple[str, str]]:
    """The text in pieces that one file holds."""
    runs: list[tuple[str, str]] = []
    for char in text:
        file = _file_of(char) or FILES[0]
        if runs and (runs[-1][0] == file or char == " "):
            runs[-1] = (runs[-1][0], runs[-1][1] + char)
        else:
            runs.append((file, char))
    return runs


@functools.lru_cache(64)
def _font(file: str, size: int, weight: int) -> Font:
    try:
        font = ImageFont.truetype(FONTS / file, size)
        font.set_variation_by_axes([weight])
    except OSError:  # a Pillow without Brotli reads no WOFF2
        return ImageFont.load_default(size)
    return font
