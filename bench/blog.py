"""A blog of any size as people have them, the same each time: a Hugo site with code, pictures, links, two languages."""

import datetime as dt
import io
import random
from pathlib import Path

from PIL import Image, ImageDraw

#: A picture in every fourth post; every eighth has its own folder, the others share those of the site.
PICTURE_EVERY, BUNDLE_EVERY = 4, 8
SITE = """baseURL = "https://blog.tidenhub.example/"
defaultContentLanguage = "en"
timeZone = "Europe/Berlin"
[permalinks]
posts = "/:year/:month/:slug/"
[languages.en]
[languages.de]
"""
AUTHORS = ["Ada Brandt", "Bela Nyström", "Céline Okafor", "Davud Şahin", "Elif Marek"]
TOPICS = ["Operations", "Databases", "Privacy", "Testing", "Linux", "Search", "Accessibility", "Release notes"]
NOUNS = (
    "ferry", "tide", "harbour", "queue", "index", "lock", "cache", "schedule", "deck", "crew", "chart", "migration", "deadline",
    "release", "backup",
)  # fmt: skip
VERBS = (
    "measures", "moves", "keeps", "loses", "repairs", "reads", "writes", "orders", "counts", "replaces", "rebuilds", "watches",
)  # fmt: skip
ENDS = (
    "at night",
    "without a stop",
    "before the season begins",
    "on every pier",
    "for the second time",
    "when nobody looks",
)
CODE = {
    "python": '''def {0}(rows: list[str]) -> dict[str, int]:
    """Count every {1} once."""
    found: dict[str, int] = {{}}
    for row in rows:
        name, _, rest = row.partition(":")
        found[name.strip()] = found.get(name.strip(), 0) + len(rest.split())
    return {{key: value for key, value in sorted(found.items()) if value > {2}}}
''',
    "sql": """SELECT {0}.id, count(*) AS {1}s
FROM {0} JOIN {1} ON {1}.{0}_id = {0}.id
WHERE {1}.left_at < now() - interval '{2} days'
GROUP BY {0}.id HAVING count(*) > 1;
""",
    "bash": """set -euo pipefail
for file in /srv/{0}/*.log; do
    grep -c '{1} <{2}>' "$file" || echo "{{{{ $file }}}} has none"
done
""",
    "go": """func {0}(w http.ResponseWriter, r *http.Request) {{
	if r.Header.Get("{1}") != "" {{
		fmt.Fprintf(w, "<b>%d</b>", {2})
	}}
}}
""",
}


def write_blog(folder: Path, posts: int, seed: int = 20261125) -> None:
    """Write a Hugo site with so many posts, one in ten of them in German too."""
    chance = random.Random(seed)
    days = [dt.date(2014, 1, 1) + dt.timedelta(days=number * 3650 // posts) for number in range(posts)]
    names = [f"{chance.choice(NOUNS)}-{chance.choice(VERBS)}-{number}" for number in range(posts)]
    _write(folder / "hugo.toml", SITE)
    _write(folder / "content/posts/_index.md", "---\ntitle: Posts\n---\n")
    for number in range(0, posts, PICTURE_EVERY):
        if number % BUNDLE_EVERY:
            _write(folder / f"static/images/{names[number]}.png", _picture(chance, number))
    for number, (name, day) in enumerate(zip(names, days, strict=True)):
        place = folder / "content/posts" / (name if _is_bundle(number) else "")
        file = place / ("index.md" if _is_bundle(number) else f"{name}.md")
        _write(file, _post(chance, number, names, days, day))
        if _is_bundle(number):
            _write(place / "figure.jpg", _picture(chance, number))
        if number % 10 == 0:
            german = f'+++\ntitle = "Auf Deutsch: {name}"\n+++\n\n{_words(chance, 80)}\n'
            _write(file.with_suffix(".de.md"), german)


def _is_bundle(number: int) -> bool:
    return number % BUNDLE_EVERY == 0


def _write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def _post(chance: random.Random, number: int, names: list[str], days: list[dt.date], day: dt.date) -> str:
    """A post of about 700 words: sections, lists, a table, two pieces of code, links to others in four ways."""
    title = f"The {chance.choice(NOUNS)} {chance.choice(VERBS)} {chance.choice(ENDS)}, part {number}"
    head = [
        f'title = "{title}"',
        f"date = {day.isoformat()}T{number % 24:02}:30:00+01:00",
        f'slug = "{names[number]}"',
        f"authors = {chance.sample(AUTHORS, chance.choice((1, 1, 2)))}",
        f"categories = {chance.sample(TOPICS, chance.choice((1, 2)))}",
        f'aliases = ["/archive/{number}.html"]',
    ]
    parts = [_words(chance, 60), "<!--more-->"]
    for section in range(4):
        parts += [
            f"## {chance.choice(NOUNS).title()} {section + 1}",
            _words(chance, 90),
            _link(chance, number, names, days),
        ]
        if section % 2 == 0:
            language = chance.choice(list(CODE))
            code = CODE[language].format(chance.choice(NOUNS), chance.choice(NOUNS), chance.randrange(90))
            parts.append(f"```{language}\n{code}```")
    parts.append("\n".join(f"- {_words(chance, 9)}" for _item in range(4)))
    parts.append(
        f"| {chance.choice(NOUNS)} | number |\n|---|---|\n"
        + "".join(f"| {word} | {chance.random():.3f} |\n" for word in NOUNS[:4])
    )
    if number % PICTURE_EVERY == 0:
        image = "figure.jpg" if _is_bundle(number) else f"/images/{names[number]}.png"
        parts.insert(3, f'{{{{< figure src="{image}" alt="A chart of {number}" caption="Measured in {day.year}" >}}}}')
    front = "\n".join(head).replace("'", '"')
    return f"+++\n{front}\n+++\n\n" + "\n\n".join(parts) + "\n"


def _link(chance: random.Random, number: int, names: list[str], days: list[dt.date]) -> str:
    """A sentence with a link to an older or newer post."""
    other = chance.randrange(len(names))
    name, day = names[other], days[other]
    path = f"/{day:%Y/%m}/{name}/"
    target = chance.choice(
        (path, f"https://blog.tidenhub.example{path}", f'{{{{< ref "/posts/{name}" >}}}}', f"/archive/{other}.html")
    )
    return f"{_words(chance, 12)} See [what we wrote {'before' if other < number else 'later'}]({target}). {_words(chance, 20)}"


def _words(chance: random.Random, count: int) -> str:
    words = [
        chance.choice(NOUNS) if index % 3 == 0 else chance.choice(VERBS) if index % 3 == 1 else "the"
        for index in range(count)
    ]
    text = " ".join(words).capitalize()
    return f"{text[:-1]}**{chance.choice(NOUNS)}** `{chance.choice(NOUNS)}_{count}`."


def _picture(chance: random.Random, number: int) -> bytes:
    """A small drawing, different for each number."""
    picture = Image.new("RGB", (480, 300), chance.choice(("white", "ivory", "azure")))
    pen = ImageDraw.Draw(picture)
    points = [(x * 24, 280 - chance.randrange(240)) for x in range(21)]
    pen.line(points, fill="teal", width=3)
    pen.text((10, 10), f"Figure {number}", fill="black")
    target = io.BytesIO()
    picture.save(target, "JPEG" if _is_bundle(number) else "PNG")
    return target.getvalue()
