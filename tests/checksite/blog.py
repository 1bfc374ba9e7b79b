"""A blog of any length as a folder of Hugo: every kind of text people write, pictures, links from post to post."""

import datetime as dt
import io
import json
import random
from pathlib import Path

from PIL import Image, ImageDraw

WORDS = (
    "latency queue index page cache disk write reader vector table kernel socket thread buffer commit "
    "branch merge deploy rollback metric alert cluster replica shard tenant token cookie header proxy "
    "packet router switch cable rack fan sensor curve sample median budget review pairing sprint release "
    "notes backup restore drill ledger invoice"
)
GERMAN = (
    "Latenz Warteschlange Verzeichnis Seite Zwischenspeicher Platte Schreibvorgang Leser Tabelle Kern "
    "Puffer Zweig Auslieferung Kennzahl Alarm Verbund Abbild Mandant Kopfzeile Paket Leitung Gestell "
    "Lüfter Fühler Kurve Stichprobe Haushalt Durchsicht Veröffentlichung Sicherung Übung Größe Maß Straße"
)
AUTHORS = ("Ada Winter", "Jürgen Groß", "Mei-Ling Chen", "Óscar Núñez", "Zoë O’Brien", "Søren Åkesson")
TAGS = ("Databases", "Operations", "Networks", "People", "C++ & Rust", "Öffentliches")
LANGUAGES = ("python", "sql", "bash", "yaml", "c", "rust", "")
FIRST = dt.datetime(2012, 1, 9, 8, tzinfo=dt.UTC)
#: Pictures that posts share; every one is stored once and copied in several sizes.
PICTURES = 24


def write_blog(folder: Path, count: int, seed: int = 7) -> None:
    """Write a blog of so many posts, always the same for the same seed."""
    chance = random.Random(seed)
    _write(folder / "hugo.toml", 'baseURL = "https://blog.example.org/"\nlanguageCode = "en-us"\ntitle = "Notes"\n')
    for number in range(min(PICTURES, max(3, count // 8))):
        path = folder / "static" / "images" / f"curve-{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_picture(chance, 1600 if number % 8 == 0 else 640, "PNG"))
    for number in range(count):
        _post(folder / "content" / "posts" / f"post-{number:04}", number, count, chance)


def _post(folder: Path, number: int, count: int, chance: random.Random) -> None:
    is_german = _is_german(number)
    facts = {
        "title": _title(number, chance, is_german=is_german),
        "date": (FIRST + dt.timedelta(hours=number * 113)).isoformat(),
        "authors": chance.sample(AUTHORS, 2 if number % 9 == 0 else 1),
        "tags": chance.sample(TAGS, 1 + number % 3),
        "aliases": [f"/old/{number}.html"] if number % 4 == 0 else [],
        **({"series": "Cables", "series_part": number // 50 + 1} if number % 50 == 0 else {}),
        **({"draft": True} if number % 97 == 96 else {}),
        **({"date": "2999-01-01T08:00:00Z"} if number % 101 == 100 else {}),
    }
    if number % 11 == 0:
        (folder / "own.jpg").parent.mkdir(parents=True, exist_ok=True)
        (folder / "own.jpg").write_bytes(_picture(chance, 300 + number % 200, "JPEG"))
    name = "index.de.md" if is_german else "index.md"
    _write(folder / name, _file(facts, _body(number, count, chance, is_german=is_german)))
    if number % 13 == 0 and not is_german:
        translated = {**facts, "title": _title(number, chance, is_german=True), "aliases": []}
        _write(folder / "index.de.md", _file(translated, _body(number, count, chance, is_german=True)))


def _file(facts: dict[str, object], body: str) -> str:
    lines = "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in facts.items() if value != [])
    return f"+++\n{lines}+++\n{body}"


def _title(number: int, chance: random.Random, *, is_german: bool) -> str:
    words = " ".join(chance.sample((GERMAN if is_german else WORDS).split(), 3))
    marks = ("", "", ": part <two> & more", " – “quoted”", " `code`", "?")
    return f"{words[:1].upper()}{words[1:]}{marks[number % len(marks)]}"


def _body(number: int, count: int, chance: random.Random, *, is_german: bool) -> str:
    """A text; which parts it has depends on its number, so that every kind comes often."""
    words = (GERMAN if is_german else WORDS).split()
    shown = [one for one in range(count) if not _is_hidden(one)]
    other, third = chance.choice(shown), chance.choice([one for one in shown if not _is_german(one)])
    there = f"/de/posts/post-{other:04}/" if _is_german(other) else f"/posts/post-{other:04}/"
    third_post = f'{{{{< ref "posts/post-{third:04}" >}}}}'
    part = _measured(other).lower().replace(" ", "-")
    language = LANGUAGES[number % len(LANGUAGES)]
    parts = [
        f"{_text(chance, words)} See [another one]({there}), [a part of it]({there}#{part}) and [this]({third_post}).",
        f"## {_measured(number)}\n\n{_text(chance, words)}",
        f"```{language}\nselect {number}  # a long line {'x' * (number % 90)}\nif a < b and c > d: pass\n```",
        f"![The curve](/images/curve-{number % min(PICTURES, max(3, count // 8))}.png)",
    ]
    more = [
        f"### Why & how\n\n{_text(chance, words)}[^one]\n\n[^one]: {_text(chance, words, 8)}",
        f"| name | value | third |\n|---|--:|:-:|\n| a | {number} | `x` |\n| {'long ' * 12} | 2 | 3 |",
        f"> [!NOTE]\n> {_text(chance, words, 12)}",
        f"- one\n- [ ] open\n- [x] done\n  1. inner\n  2. {_text(chance, words, 5)}",
        f"> {_text(chance, words, 10)}\n>\n> -- somebody",
        "## Again\n\nThe same heading twice.\n\n## Again\n\nSee [above](#again).",
        "Visit [the project](https://example.org/a?b=c&d=e) or write to [us](mailto:hello@example.org).",
        f"{_text(chance, words, 30)} ~~gone~~ **bold** *soft* `a<b>` a line  \nbroken, and {'unbroken' * 12}.",
    ]
    chosen = [part for index, part in enumerate(more) if (number >> index) & 1 or number % len(more) == index]
    own = [f'![{_text(chance, words, 4)}](own.jpg "A caption")'] if number % 11 == 0 else []
    long = [f"## Part {one}\n\n{_text(chance, words, 260)}" for one in range(4)] if number % 10 == 5 else []
    return "\n\n".join([*parts, *chosen, *own, *long]) + "\n"


def _is_german(number: int) -> bool:
    """Written in German only; on the old site it stands below /de/."""
    return number % 7 == 3


def _is_hidden(number: int) -> bool:
    """A draft, or one that appears later: nobody links to it."""
    return number % 97 == 96 or number % 101 == 100


def _measured(number: int) -> str:
    """The heading that every post has."""
    words = (GERMAN if _is_german(number) else WORDS).split()
    return f"{'Maß für' if _is_german(number) else 'Measure the'} {words[number % len(words)]}"


def _text(chance: random.Random, words: list[str], length: int = 40) -> str:
    text = " ".join(chance.choice(words) for _word in range(length))
    return f"{text[:1].upper()}{text[1:]}."


def _picture(chance: random.Random, width: int, form: str) -> bytes:
    image = Image.new("RGB", (width, width * 9 // 16), tuple(chance.randrange(120, 256) for _part in range(3)))
    draw = ImageDraw.Draw(image)
    points = [(x, chance.randrange(image.height)) for x in range(0, width, 40)]
    draw.line(points, fill="#14202b", width=3)
    target = io.BytesIO()
    image.save(target, form)
    return target.getvalue()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
