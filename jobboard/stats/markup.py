"""Pictures of numbers as SVG, drawn here: they work without JavaScript, in dark mode, in forced colours and on paper.

Sizes are percentages, so that bars grow with the page and words do not. Each picture stands beside the table it is drawn from.
"""

import dataclasses
import datetime as dt
from collections.abc import Sequence

from babel.dates import format_skeleton
from babel.numbers import format_percent
from markupsafe import Markup

from jobboard.core import i18n
from jobboard.core.i18n import _
from jobboard.stats.queries_period import Step

#: Fewer cases than this are told as numbers only: a share of them would say more than is known.
FEWEST = 5
#: Pixels: of the columns, the space above and the words below them; of a row with its words.
HIGH, ABOVE, BELOW, ROW = 150, 18, 24, 46
#: Most words below the columns, so that they do not touch on a telephone.
MOST_WORDS = 4
#: Letters of a row's words; the table has the rest.
MOST_LETTERS = 38

#: What a cell of a chart's table holds.
Cell = str | int | float | dt.date | None


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of a table; numbers stand at its end."""

    text: str
    is_number: bool = False


@dataclasses.dataclass(frozen=True)
class Chart:
    """A picture with its table. `name` is its id and its file's name; without a picture `empty` says what will be there."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    picture: Markup | None
    empty: str
    note: str = ""

    @property
    def headings(self) -> list[tuple[str, str]]:
        """(text, class) of each column, for `data_table`."""
        return [(column.text, "number" if column.is_number else "") for column in self.columns]

    @property
    def shown(self) -> list[list[tuple[str, str]]]:
        """(words, class) of each cell."""
        return [[(_shown(cell), self.headings[place][1]) for place, cell in enumerate(row)] for row in self.rows]


@dataclasses.dataclass(frozen=True)
class Bar:
    """One bar: what it is about, its length, and the words for it."""

    label: str
    number: float
    words: str


def _shown(cell: Cell) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return cell
    return i18n.day(cell, "medium") if isinstance(cell, dt.date) else i18n.number(cell)


def share(part: int, whole: int) -> str:
    """A part in per cent; "" where there are too few cases to say so."""
    return format_percent(part / whole, locale=i18n.current_locale()) if whole >= FEWEST else ""


def day_words(day: dt.date, step: Step) -> str:
    """The day a column begins with, short: "Nov 25", or the month."""
    return str(format_skeleton("yMMM" if step is Step.month else "MMMd", day, locale=i18n.current_locale()))


def columns(name: str, title: str, bars: Sequence[Bar]) -> Markup | None:
    """Columns side by side in their order, with lines to read them by; None where all are empty."""
    most = max((bar.number for bar in bars), default=0)
    if not most:
        return None
    step = _step(most)
    top = -(-int(most) // step) * step
    parts = [_line(number, top) for number in range(0, top + 1, step)]
    width = 100 / len(bars)
    for place, bar in enumerate(bars):
        height = max(2, round(HIGH * bar.number / top)) if bar.number else 0
        parts.append(
            Markup(
                '<rect class="chart-bar" x="{}%" y="{}" width="{}%" height="{}"><title>{}: {}</title></rect>'
            ).format(
                round(width * (place + 0.14), 2),
                ABOVE + HIGH - height,
                round(width * 0.72, 2),
                height,
                bar.label,
                bar.words,
            )
        )
    parts += _words_below([bar.label for bar in bars])
    highest = max(bars, key=lambda bar: bar.number)
    words = _(
        "From %(first)s to %(last)s; the most at %(label)s: %(number)s.",
        first=bars[0].label,
        last=bars[-1].label,
        label=highest.label,
        number=highest.words,
    )
    return _picture(name, title, words, ABOVE + HIGH + BELOW, parts)


def _step(most: float) -> int:
    """The distance of the lines: 1, 2 or 5, or such a multiple of ten, so that there are two to five of them."""
    size = 1
    while True:
        for step in (size, 2 * size, 5 * size):
            if most / step <= 4:
                return step
        size *= 10


def _line(number: int, top: int) -> Markup:
    y = ABOVE + HIGH - round(HIGH * number / top)
    return Markup(
        '<line class="chart-line" x1="0" x2="100%" y1="{0}" y2="{0}"/><text class="chart-scale" x="0" y="{1}">{2}</text>'
    ).format(y, y - 4, i18n.number(number) if number else "")


def _words_below(labels: Sequence[str]) -> list[Markup]:
    """The first, the last and some of the labels between, each below its column."""
    last, width = len(labels) - 1, 100 / len(labels)
    count = min(len(labels), MOST_WORDS)
    places = sorted({round(last * number / max(1, count - 1)) for number in range(count)})
    found = []
    for place in places:
        anchor = "middle" if 0 < place < last or not last else "end" if place else "start"
        x = {"middle": width * (place + 0.5), "end": 100, "start": 0}[anchor]
        found.append(
            Markup('<text class="chart-words" x="{}%" y="{}" text-anchor="{}">{}</text>').format(
                round(x, 2), ABOVE + HIGH + BELOW - 6, anchor, labels[place]
            )
        )
    return found


def rows(name: str, title: str, bars: Sequence[Bar]) -> Markup | None:
    """Bars below each other, each under its words; None where all are empty."""
    most = max((bar.number for bar in bars), default=0)
    if not most:
        return None
    parts = []
    for place, bar in enumerate(bars):
        y, length = place * ROW, round(100 * bar.number / most, 2)
        parts.append(
            Markup(
                '<text class="chart-label" x="0" y="{0}">{2}</text>'
                '<text class="chart-number" x="100%" y="{0}" text-anchor="end">{3}</text>'
                '<rect class="chart-track" x="0" y="{1}" width="100%" height="10" rx="2"/>'
                '<rect class="chart-bar" x="0" y="{1}" width="{4}%" height="10" rx="2"><title>{5}: {3}</title></rect>'
            ).format(y + 16, y + 24, _cut(bar.label), bar.words, length, bar.label)
        )
    words = i18n.listed(f"{bar.label}: {bar.words}" for bar in bars)
    return _picture(name, title, words, len(bars) * ROW, parts)


def _cut(words: str) -> str:
    return words if len(words) <= MOST_LETTERS else f"{words[: MOST_LETTERS - 1]}…"


def _picture(name: str, title: str, words: str, height: int, parts: Sequence[Markup]) -> Markup:
    return Markup(
        '<svg class="chart" role="img" aria-labelledby="{0}-title {0}-words" width="100%" height="{3}">'
        '<title id="{0}-title">{1}</title><desc id="{0}-words">{2}</desc>{4}</svg>'
    ).format(f"chart-{name}", title, words, height, Markup("").join(parts))
